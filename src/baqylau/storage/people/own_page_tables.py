"""The tables of the page on which a supervised person sees their own case; all others are in `storage.schema`."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, number, octets, running_number, word

own_access = Table(
    "own_access",
    metadata,
    running_number(),
    word("person_id"),
    Column("code", LargeBinary, nullable=False, unique=True),
    word("given_by"),
    instant("given_at"),
    instant("expires_at"),
    instant("opened_at", nullable=True),
    Column("phone", LargeBinary, nullable=True, unique=True),
    word("pin", nullable=True),
    Column("failures", Integer, nullable=False),
    instant("used_at", nullable=True),
    instant("ended_at", nullable=True),
    word("ended_by", nullable=True),
    word("ended_why", nullable=True),
    Index("own_access_of_person", "person_id", "id"),
    Index("own_access_in_force", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")),
)
"""A one-time code that was handed over, and the phone that it opened. Code and phone are SHA-256, the PIN argon2id."""

own_session = Table(
    "own_session",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("access_id", BigInteger, ForeignKey("own_access.id"), nullable=False, index=True),
    word("person_id"),
    word("csrf"),
    instant("created_at"),
    instant("used_at"),
    instant("expires_at"),
)
"""Who has their own page open, by the SHA-256 of the token."""

own_message = Table(
    "own_message",
    metadata,
    running_number(),
    word("person_id"),
    word("by"),
    instant("at"),
    word("text"),
    instant("read_at", nullable=True),
    Index("own_message_of_person", "person_id", "id"),
)
"""What the service wrote to the person, and when they said that they read it."""

own_file = Table(
    "own_file",
    metadata,
    running_number(),
    word("person_id"),
    number("alarm_id"),
    instant("at"),
    word("media_type"),
    number("length_bytes"),
    number("key_id"),
    octets("sealed"),
    Index("own_file_of_alarm", "alarm_id", "id"),
    Index("own_file_of_person", "person_id"),
)
"""A photograph or a voice note with which the person explains or contests, sealed with the person's key."""

own_request = Table(
    "own_request",
    metadata,
    running_number(),
    word("person_id"),
    instant("at"),
    instant("from_at"),
    instant("until_at"),
    Column("weekly", JSONB(none_as_null=True), nullable=True),
    word("reason"),
    word("state"),
    instant("ended_at", nullable=True),
    word("ended_by", nullable=True),
    word("answer"),
    Index("own_request_of_person", "person_id", "id"),
    Index("own_request_waiting", "id", postgresql_where=text("state = 'waiting'")),
)
"""What the person asked leave for, and what became of it."""
