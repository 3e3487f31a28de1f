-- Votes cast, whether they are still there or not, by poll and span of five minutes; of
-- the last day only. What leaderboards of an hour and of a day are made from.
CREATE TABLE recent_votes (
    span    INTEGER NOT NULL, -- since the Unix epoch
    poll_id INTEGER NOT NULL,
    votes   INTEGER NOT NULL CHECK (votes > 0),
    PRIMARY KEY (span, poll_id)
) STRICT, WITHOUT ROWID;

INSERT INTO recent_votes
SELECT voted_ms / 300000, poll_id, count(*) FROM votes
WHERE voted_ms > (SELECT max(voted_ms) FROM votes) - 90000000 GROUP BY 1, 2;
