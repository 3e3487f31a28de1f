-- made by test/upgrade/make
PRAGMA application_id = 1349479544; -- "Polx"
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 4294967295),
    kind          TEXT    NOT NULL CHECK (kind IN ('user', 'guest')),
    created_ms    INTEGER NOT NULL,
    username      TEXT,        -- as given; a guest has none
    email         TEXT,        -- as given
    username_key  TEXT UNIQUE, -- folded, so that names are compared without case
    email_key     TEXT UNIQUE,
    password_hash TEXT,
    CHECK ((kind = 'guest') = (username IS NULL)),
    CHECK ((username IS NULL) = (username_key IS NULL)),
    CHECK ((email IS NULL) = (email_key IS NULL))
) STRICT;
INSERT INTO accounts VALUES(1,'user',1795320382215,'ada','Ada@example.org','ada','ada@example.org','$argon2id$v=19$m=19456,t=2,p=1$ZIM/WYlrBt//Ya9EpS2SBQ$8+7SpJ1A8UwW+jaKXeYa7jDwpN4IoQaLLM6VSJHh5Z8');
INSERT INTO accounts VALUES(2,'user',1795320382236,'Bob','bob@example.org','bob','bob@example.org','$argon2id$v=19$m=19456,t=2,p=1$VwuSskMM+a7SAWDL4vndzA$FDbNRftcDC2A9Ud1TpaGGMGhACAIigQTBrMZsAILs7Q');
INSERT INTO accounts VALUES(3,'guest',1795320382253,NULL,NULL,NULL,NULL,NULL);
INSERT INTO accounts VALUES(4,'guest',1795320382260,NULL,NULL,NULL,NULL,NULL);
INSERT INTO accounts VALUES(5,'guest',1795320382267,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE polls (
    id          INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 4294967295),
    owner_id    INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    created_ms  INTEGER NOT NULL,
    opens_ms    INTEGER,       -- NULL: at once
    closes_ms   INTEGER,       -- NULL: never
    visibility  TEXT    NOT NULL CHECK (visibility IN ('always', 'after_vote', 'after_close')),
    voters      TEXT    NOT NULL CHECK (voters IN ('anyone', 'registered')),
    vote_change INTEGER NOT NULL CHECK (vote_change IN (0, 1)),
    title       TEXT    NOT NULL,
    description TEXT,
    options     TEXT    NOT NULL CHECK (json_type(options) = 'array'), -- of texts
    tags        TEXT    NOT NULL CHECK (json_type(tags) = 'array')
) STRICT;
INSERT INTO polls VALUES(1,1,1795320382273,NULL,NULL,'always','anyone',1,'Your favourite language?','Only one.','["C","Go","Grüße, \"alle\""]','["programming","c"]');
INSERT INTO polls VALUES(2,1,1795320382280,NULL,7226582400000,'after_close','registered',0,'Hidden until the end',NULL,'["yes","no"]','[]');
INSERT INTO polls VALUES(3,1,1795320382286,7195046400000,NULL,'always','anyone',0,'Nobody votes here',NULL,'["a","b"]','[]');
CREATE TABLE results (
    poll_id      INTEGER PRIMARY KEY REFERENCES polls (id) ON DELETE CASCADE,
    base_version INTEGER NOT NULL CHECK (base_version >= 1),
    total        INTEGER NOT NULL CHECK (total >= 0),
    skips        INTEGER NOT NULL CHECK (skips >= 0),
    counts       TEXT    NOT NULL -- JSON: votes by option, [20,13]
) STRICT;
INSERT INTO results VALUES(1,4,3,1,'[2,1,0]');
INSERT INTO results VALUES(2,2,1,0,'[0,1]');
INSERT INTO results VALUES(3,1,0,0,'[0,0]');
CREATE TABLE votes (
    poll_id  INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    option   INTEGER NOT NULL,
    voted_ms INTEGER NOT NULL,
    version  INTEGER NOT NULL, -- of the result after this vote, or its last move
    key      BLOB,             -- of the request, hashed
    receipt  BLOB,             -- what its answer said (receipt_blob.h)
    PRIMARY KEY (poll_id, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO votes VALUES(1,3,0,1795320382291,2,X'd5ead6fdd3d16630aad4f07f5e494863',X'000264010000');
INSERT INTO votes VALUES(1,4,1,1795320382297,3,X'be2974546978e3739e6d6da85c4be9f3',X'010364010100');
INSERT INTO votes VALUES(1,5,0,1795320382302,4,X'7c36b0a9dedde119c75165957c6c9c18',X'000464020100');
INSERT INTO votes VALUES(2,1,1,1795320382308,2,NULL,NULL);
CREATE TABLE skips (
    poll_id    INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    skipped_ms INTEGER NOT NULL,
    PRIMARY KEY (poll_id, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO skips VALUES(1,1,1795320382313);
CREATE TABLE daily_votes (
    day     INTEGER NOT NULL, -- since the Unix epoch, in UTC
    user_id INTEGER NOT NULL,
    votes   INTEGER NOT NULL CHECK (votes > 0),
    PRIMARY KEY (day, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO daily_votes VALUES(20779,1,1);
INSERT INTO daily_votes VALUES(20779,3,1);
INSERT INTO daily_votes VALUES(20779,4,1);
INSERT INTO daily_votes VALUES(20779,5,1);
CREATE TABLE journal (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL
) STRICT;
INSERT INTO journal VALUES(1,440);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('accounts',5);
INSERT INTO sqlite_sequence VALUES('polls',3);
CREATE INDEX polls_by_owner ON polls (owner_id);
COMMIT;
