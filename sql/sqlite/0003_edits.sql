-- Edits of polls that the journal may, or may not, say have come to be true: a row waits
-- here from before the ballot is asked until its change is projected. `fields` says
-- which of the values count (enum poll_field).
CREATE TABLE poll_edits (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    poll_id     INTEGER NOT NULL,
    fields      INTEGER NOT NULL,
    opens_ms    INTEGER,
    closes_ms   INTEGER,
    visibility  TEXT    NOT NULL,
    voters      TEXT    NOT NULL,
    vote_change INTEGER NOT NULL,
    title       TEXT,
    description TEXT,
    options     TEXT    NOT NULL,
    tags        TEXT    NOT NULL
) STRICT;
