-- Any number of judges share the partitions. `storage/seats.py` says how.

CREATE TABLE judge_seat (
    name TEXT NOT NULL,
    run TEXT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT judge_seat_pk PRIMARY KEY (name)
) WITH (fillfactor = 25);
