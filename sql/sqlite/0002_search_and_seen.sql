-- What a user has voted on, the newest first, and skipped. The tables' keys begin with
-- the poll, as projecting wants them; an index holds the rest of the key by itself.
CREATE INDEX votes_by_user ON votes (user_id, voted_ms);
CREATE INDEX skips_by_user ON skips (user_id);

-- The words of polls. Options and tags are JSON arrays, whose brackets, quotes and
-- commas are no part of words. The text itself stays in polls: triggers tell the index
-- of each change, so whoever changes a poll cannot forget it.
CREATE VIRTUAL TABLE poll_words USING fts5(
    title, options, tags,
    content = 'polls', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

CREATE TRIGGER poll_words_add AFTER INSERT ON polls BEGIN
    INSERT INTO poll_words (rowid, title, options, tags)
    VALUES (new.id, new.title, new.options, new.tags);
END;

CREATE TRIGGER poll_words_remove AFTER DELETE ON polls BEGIN
    INSERT INTO poll_words (poll_words, rowid, title, options, tags)
    VALUES ('delete', old.id, old.title, old.options, old.tags);
END;

CREATE TRIGGER poll_words_change AFTER UPDATE OF title, options, tags ON polls BEGIN
    INSERT INTO poll_words (poll_words, rowid, title, options, tags)
    VALUES ('delete', old.id, old.title, old.options, old.tags);
    INSERT INTO poll_words (rowid, title, options, tags)
    VALUES (new.id, new.title, new.options, new.tags);
END;

INSERT INTO poll_words (poll_words) VALUES ('rebuild');

-- Tokens of a user that were issued until then are void. Not a column of accounts:
-- those of a deleted account are void too.
CREATE TABLE token_ends (
    user_id INTEGER PRIMARY KEY,
    end_ms  INTEGER NOT NULL
) STRICT;

CREATE INDEX token_ends_by_time ON token_ends (end_ms);
