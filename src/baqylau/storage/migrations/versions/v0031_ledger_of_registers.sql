-- Who looked and did what, and each version of a row of the registers: words of the ledger, as findings and acts are.

ALTER TABLE audit
    ADD COLUMN ledger_seq BIGINT,
    ADD COLUMN ledger_salt BYTEA,
    ADD COLUMN sealed_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE register
    ADD COLUMN ledger_seq BIGINT,
    ADD COLUMN ledger_salt BYTEA,
    ADD COLUMN sealed_at TIMESTAMP WITH TIME ZONE;

CREATE UNIQUE INDEX audit_sealed ON audit (ledger_seq) WHERE ledger_seq IS NOT NULL;
CREATE INDEX audit_unsealed ON audit (id) WHERE ledger_seq IS NULL;
CREATE UNIQUE INDEX register_sealed ON register (ledger_seq) WHERE ledger_seq IS NOT NULL;
CREATE INDEX register_unsealed ON register (id) WHERE ledger_seq IS NULL;
