-- Mobile consoles: which officers use them for which people, and when each was last in contact.

CREATE TABLE console_officer (
    device_id TEXT NOT NULL,
    login TEXT NOT NULL,
    districts JSONB NOT NULL,
    people JSONB NOT NULL,
    officer_key BYTEA NOT NULL,
    by TEXT NOT NULL,
    assigned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT console_officer_pk PRIMARY KEY (device_id, login)
);

CREATE TABLE console_contact (
    device_id TEXT NOT NULL,
    count BIGINT NOT NULL,
    login TEXT NOT NULL,
    boot TEXT NOT NULL,
    monotonic_ms BIGINT NOT NULL,
    console_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT console_contact_pk PRIMARY KEY (device_id)
);
