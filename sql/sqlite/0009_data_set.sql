-- Which data set this is, so that a part of another one, or of another age, is noticed
-- (profile/embedded/identity.h).
CREATE TABLE data_set (
    only          INTEGER PRIMARY KEY CHECK (only = 1),
    id            BLOB    NOT NULL CHECK (length(id) = 16), -- stays in backups
    journal_id    BLOB    NOT NULL CHECK (length(journal_id) = 16), -- of the journal beside it
    journal_from  INTEGER,          -- segments from here on carry journal_id; NULL: no journal yet
    commits       INTEGER NOT NULL, -- transactions so far
    first_version INTEGER NOT NULL CHECK (first_version >= 1) -- of a new poll's result
) STRICT;

INSERT INTO data_set VALUES (1, randomblob(16), randomblob(16), NULL, 0, 1);
