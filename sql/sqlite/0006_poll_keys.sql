-- Which request with an Idempotency-Key made which poll, so that a repeat of it makes no
-- second one. A row outlives its poll, so that a late repeat does not put back what its
-- owner has deleted: those of an owner's newest deleted polls are kept (store.h).
CREATE TABLE poll_keys (
    owner_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key      BLOB    NOT NULL CHECK (length(key) = 16),     -- hashed
    content  BLOB    NOT NULL CHECK (length(content) = 16), -- what was asked for, hashed
    poll_id  INTEGER NOT NULL,
    deleted  INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
    PRIMARY KEY (owner_id, key)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX poll_keys_by_poll ON poll_keys (poll_id);
CREATE INDEX poll_keys_deleted ON poll_keys (owner_id, poll_id) WHERE deleted = 1;
