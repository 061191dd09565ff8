-- Checks that were asked for, and where the journal holds what was said of each.

CREATE TABLE check_asked (
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    restriction_id TEXT NOT NULL,
    nonce BYTEA NOT NULL,
    lamp BOOLEAN NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    remind_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    limit_mg_l DOUBLE PRECISION,
    after TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    command BIGINT NOT NULL,
    settled BOOLEAN NOT NULL,
    CONSTRAINT check_asked_pk PRIMARY KEY (id)
);
CREATE INDEX check_asked_person_id_ix ON check_asked (person_id, due_at DESC);
CREATE INDEX check_asked_open ON check_asked (due_at) WHERE NOT settled;

CREATE TABLE check_fact (
    check_id TEXT NOT NULL,
    observation_id TEXT NOT NULL,
    CONSTRAINT check_fact_pk PRIMARY KEY (check_id, observation_id)
);
CREATE INDEX check_fact_observation_id_ix ON check_fact (observation_id);
