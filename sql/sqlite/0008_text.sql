-- Words and names are compared by this program's own rules (core/words.h,
-- base/lookalike.h, base/unicode.h), which it brings as functions: pollux_words(),
-- pollux_name_key(), pollux_name_look(), pollux_fold(). What they have made is made
-- again when they change (sqlite_text.c).

DROP TRIGGER poll_words_add;
DROP TRIGGER poll_words_remove;
DROP TRIGGER poll_words_change;
DROP TABLE poll_words;

-- The words are there already, a space after each: the tokenizer has nothing to decide.
CREATE VIRTUAL TABLE poll_words USING fts5(words, tokenize = 'ascii', prefix = '1 2 3');

CREATE TRIGGER poll_words_add AFTER INSERT ON polls BEGIN
    INSERT INTO poll_words (rowid, words)
    VALUES (new.id, pollux_words(new.title, new.options, new.tags));
END;

CREATE TRIGGER poll_words_remove AFTER DELETE ON polls BEGIN
    DELETE FROM poll_words WHERE rowid = old.id;
END;

CREATE TRIGGER poll_words_change AFTER UPDATE OF title, options, tags ON polls BEGIN
    UPDATE poll_words SET words = pollux_words(new.title, new.options, new.tags)
    WHERE rowid = new.id;
END;

-- No other account may have a name that looks like this one.
ALTER TABLE accounts ADD COLUMN username_look TEXT;
CREATE UNIQUE INDEX accounts_by_look ON accounts (username_look);

-- Which rules and tables the words and keys were made with.
CREATE TABLE text_rules (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    made_with TEXT NOT NULL
) STRICT;

INSERT INTO text_rules VALUES (1, '');
