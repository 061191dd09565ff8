-- Each entry has a digest of what it says, and the digests of a day make a tree: any entry can be proved by itself.
-- Entries from before have none; their trees begin with the next entry.

ALTER TABLE journal ADD COLUMN leaf BYTEA;

ALTER TABLE journal_day ADD COLUMN carried BYTEA;

ALTER TABLE journal_head ADD COLUMN first_seq BIGINT, ADD COLUMN peaks BYTEA;
