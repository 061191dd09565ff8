-- Live calls from the duty room to the unit in a person's home.

CREATE TABLE live_call (
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    by TEXT NOT NULL,
    purpose TEXT NOT NULL,
    recorded BOOLEAN NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rings_until TIMESTAMP WITH TIME ZONE NOT NULL,
    rang_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE,
    description BYTEA NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    how TEXT,
    CONSTRAINT live_call_pk PRIMARY KEY (id)
);
CREATE INDEX live_call_of_person ON live_call (person_id, asked_at DESC);
