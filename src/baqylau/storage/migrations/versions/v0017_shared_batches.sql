-- What units of several people signed: each batch once, sealed so that the keys of all of them together open it.

CREATE TABLE shared_batch (
    digest BYTEA NOT NULL,
    device_id TEXT NOT NULL,
    entries TEXT[] NOT NULL,
    sealed BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT shared_batch_pk PRIMARY KEY (digest)
);
