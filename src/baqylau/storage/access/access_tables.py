"""The tables of who may sign in and do what, and of what they said it was for."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, number, octets, running_number, word


def _login(*, key: bool = False) -> Column[str]:
    return Column("login", Text, ForeignKey("account.login"), primary_key=key, nullable=False, index=not key)


account = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),
    word("name"),
    word("password"),
    word("language"),
    word("role"),
    instant("created_at"),
)
"""Who may sign in. The password is an argon2id text."""

account_session = Table(
    "account_session",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("login", Text, ForeignKey("account.login"), nullable=False, index=True),
    word("csrf"),
    word("agent"),
    instant("created_at"),
    instant("used_at"),
    instant("expires_at"),
    instant("locked_at", nullable=True),
)
"""Who is signed in. The token itself is never stored, its SHA-256 is."""

invitation = Table(
    "invitation",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    word("role"),
    word("invited_by"),
    word("login", nullable=True),
    Column("bounds", JSONB(none_as_null=True), nullable=True),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", nullable=True),
)
"""One-time links, by SHA-256: for somebody new with a role and bounds, or to give an account a new password."""

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    running_number(),
    instant("at"),
    word("login"),
    word("peer"),
    Index(None, "login", "at"),
    Index(None, "peer", "at"),
)
"""Sign-ins that did not match."""

account_duty = Table(
    "account_duty",
    metadata,
    _login(key=True),
    Column("districts", JSONB(none_as_null=True), nullable=True),
    Column("people", JSONB, nullable=False),
    instant("suspended_at", nullable=True),
)
"""Whom an account's duty concerns, and whether it is suspended. No row: every district, not suspended."""

account_totp = Table(
    "account_totp",
    metadata,
    _login(key=True),
    Column("key_id", Integer, nullable=False),
    octets("sealed"),
    instant("confirmed_at", nullable=True),
    number("last_step"),
)
"""The secret of an authenticator, sealed with the installation's key; `last_step` is the last code that was used."""

account_recovery = Table(
    "account_recovery",
    metadata,
    Column("code", LargeBinary, primary_key=True),
    _login(),
    instant("used_at", nullable=True),
)
"""Recovery codes by SHA-256; each works once."""

account_passkey = Table(
    "account_passkey",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    _login(),
    word("name"),
    octets("public"),
    number("count"),
    instant("created_at"),
    instant("used_at", nullable=True),
)
"""Passkeys: what proves them is public."""

account_token = Table(
    "account_token",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    _login(),
    word("name"),
    Column("scope", JSONB, nullable=False),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", nullable=True),
    instant("revoked_at", nullable=True),
)
"""Keys for programs, by SHA-256: they may do no more than their scope, and no more than the account."""

account_wish = Table(
    "account_wish",
    metadata,
    running_number(),
    _login(),
    Column("body", JSONB, nullable=False),
    word("asked_by"),
    instant("asked_at"),
    word("answered_by", nullable=True),
    instant("answered_at", nullable=True),
    Column("agreed", Boolean, nullable=True),
)
"""Changes of an account that give it more: done when a second administrator agrees."""

stated_purpose = Table(
    "stated_purpose",
    metadata,
    running_number(),
    _login(),
    word("person_id"),
    word("purpose"),
    instant("at"),
    instant("until_at"),
    Index(None, "login", "person_id", "until_at"),
)
"""Why somebody looked beyond their duty, and for how long that holds."""

asked_change = Table(
    "asked_change",
    metadata,
    Column("asked_by", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    instant("at"),
    Column("done", Boolean, nullable=False),
    Index(None, "at"),
)
"""Changes of the last day that were asked for with a key, by SHA-256, so that a lost answer makes no second change."""
