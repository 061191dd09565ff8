"""The tables of the mobile consoles; all others are in `storage.schema`."""

from sqlalchemy import Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, number, octets, word

console_officer = Table(
    "console_officer",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("login", Text, primary_key=True),
    Column("districts", JSONB, nullable=False),
    Column("people", JSONB, nullable=False),
    Column("spares", JSONB, nullable=False),
    octets("officer_key"),
    word("by"),
    instant("assigned_at"),
)
"""Who may use which console, and for whom: people of districts, and these people. `spares`: devices they carry."""

console_contact = Table(
    "console_contact",
    metadata,
    Column("device_id", Text, primary_key=True),
    number("count"),
    word("login"),
    word("boot"),
    number("monotonic_ms"),
    instant("console_at"),
    instant("seen_at"),
)
"""When each console last asked, and what its clocks showed then; `login` is whose package it was."""
