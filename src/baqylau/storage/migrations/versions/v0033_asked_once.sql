-- Changes that were asked for with a key: whoever lost the answer asks again, and nothing is done twice.

CREATE TABLE asked_change (
    asked_by TEXT NOT NULL,
    key BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    done BOOLEAN NOT NULL,
    CONSTRAINT asked_change_pk PRIMARY KEY (asked_by, key)
);
CREATE INDEX asked_change_at_ix ON asked_change (at);
