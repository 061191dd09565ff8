"""The tables of published heads and of the days in the archive; all others are in `storage.schema`."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text, text

from baqylau.storage.columns import instant, metadata, number, octets, running_number, word

published_head = Table(
    "published_head",
    metadata,
    running_number(),
    instant("at"),
    octets("content"),
    Index(None, "at"),
)
"""Signed statements of where the journal stood, byte for byte as they are published and time-stamped."""

head_delivery = Table(
    "head_delivery",
    metadata,
    Column("head_id", BigInteger, ForeignKey("published_head.id"), primary_key=True),
    Column("target", Text, primary_key=True),
    Column("attempts", Integer, nullable=False),
    instant("next_at", nullable=True),
    word("last_error"),
    instant("done_at", nullable=True),
    octets("token", nullable=True),
    Index("head_delivery_due", "next_at", postgresql_where=text("next_at IS NOT NULL")),
)
"""How it goes with each head at each target; what an authority gave for it."""

archived_day = Table(
    "archived_day",
    metadata,
    Column("day", Date, primary_key=True),
    number("entries"),
    octets("manifest"),
    octets("signature"),
    instant("archived_at"),
    word("archived_by"),
    instant("dropped_at", nullable=True),
)
"""Days of the journal that are in a file: what the file holds, signed. `dropped_at`: their entries are only there."""
