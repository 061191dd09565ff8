-- Devices that called and are not registered, one row for each number of a protocol.

CREATE TABLE stranger (
    protocol TEXT NOT NULL,
    number TEXT NOT NULL,
    peer TEXT NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    count BIGINT NOT NULL,
    CONSTRAINT stranger_pk PRIMARY KEY (protocol, number)
);
CREATE INDEX stranger_last_at_ix ON stranger (last_at);
