-- Times are milliseconds since the Unix epoch. Ids fit 32 bits and are never used again.

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

CREATE INDEX polls_by_owner ON polls (owner_id);

-- What has come of a poll, beside its definition and not in it: a row that every vote
-- touches should be small.
CREATE TABLE results (
    poll_id      INTEGER PRIMARY KEY REFERENCES polls (id) ON DELETE CASCADE,
    base_version INTEGER NOT NULL CHECK (base_version >= 1),
    total        INTEGER NOT NULL CHECK (total >= 0),
    skips        INTEGER NOT NULL CHECK (skips >= 0),
    counts       TEXT    NOT NULL -- JSON: votes by option, [20,13]
) STRICT;

-- No foreign keys: voters may be guests whom only their token knows, and that a poll is
-- there is asked once for all its votes of a batch.
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

CREATE TABLE skips (
    poll_id    INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    skipped_ms INTEGER NOT NULL,
    PRIMARY KEY (poll_id, user_id)
) STRICT, WITHOUT ROWID;

-- Votes cast, whether they are still there or not; of the last days only.
CREATE TABLE daily_votes (
    day     INTEGER NOT NULL, -- since the Unix epoch, in UTC
    user_id INTEGER NOT NULL,
    votes   INTEGER NOT NULL CHECK (votes > 0),
    PRIMARY KEY (day, user_id)
) STRICT, WITHOUT ROWID;

-- How far the journal is in the tables above.
CREATE TABLE journal (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL
) STRICT;

INSERT INTO journal VALUES (1, 0);
