-- Who somebody is at an identity provider of the installation's own.

CREATE TABLE account_identity (
    login TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    bound_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT account_identity_pk PRIMARY KEY (login),
    CONSTRAINT account_identity_login_fk FOREIGN KEY (login) REFERENCES account (login),
    CONSTRAINT account_identity_issuer_subject_uq UNIQUE (issuer, subject)
);
