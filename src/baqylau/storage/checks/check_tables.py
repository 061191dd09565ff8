"""The tables of checks; all others are in `storage.schema`."""

from sqlalchemy import Boolean, Column, Float, Index, Table, Text, text

from baqylau.storage.columns import instant, metadata, number, octets, word

check_asked = Table(
    "check_asked",
    metadata,
    Column("id", Text, primary_key=True),
    word("person_id"),
    word("device_id"),
    word("kind"),
    word("why"),
    word("restriction_id"),
    octets("nonce"),
    Column("lamp", Boolean, nullable=False),
    instant("asked_at"),
    instant("due_at"),
    instant("remind_at"),
    instant("expires_at"),
    Column("limit_mg_l", Float(53), nullable=True),
    word("after"),
    word("by"),
    word("reason"),
    number("command"),
    Column("settled", Boolean, nullable=False),
    Index("check_asked_person_id_ix", "person_id", text("due_at DESC")),
    Index("check_asked_open", "due_at", postgresql_where=text("NOT settled")),
)
"""Checks that were asked for, one row each. `settled`: nothing follows from it any more."""

check_fact = Table(
    "check_fact",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("observation_id", Text, primary_key=True),
    Index(None, "observation_id"),
)
"""Which entries of the journal tell of which check; written with them."""
