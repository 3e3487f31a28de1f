-- What those see who may not see results has a version of its own, by status and edits.
ALTER TABLE polls ADD COLUMN edits INTEGER NOT NULL DEFAULT 0;
