-- What a user has skipped is listed, the newest first.
DROP INDEX skips_by_user;
CREATE INDEX skips_by_user ON skips (user_id, skipped_ms);
