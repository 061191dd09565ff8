-- What each restriction gave over time, as it was judged.

CREATE TABLE verdict (
    person_id TEXT NOT NULL,
    restriction_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    from_at TIMESTAMP WITH TIME ZONE NOT NULL,
    compliance TEXT NOT NULL,
    blindness TEXT,
    CONSTRAINT verdict_pk PRIMARY KEY (person_id, restriction_id, version, from_at)
);
