-- What a voter with an Idempotency-Key was told of a vote that is withdrawn: the last such
-- vote of a user and poll. A late repeat of its request is answered from here, and is not
-- counted as a new vote.
CREATE TABLE withdrawn_receipts (
    poll_id  INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    voted_ms INTEGER NOT NULL,
    key      BLOB    NOT NULL, -- of the request, hashed
    receipt  BLOB    NOT NULL, -- what its answer said (receipt_blob.h)
    PRIMARY KEY (poll_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX withdrawn_receipts_by_user ON withdrawn_receipts (user_id);
