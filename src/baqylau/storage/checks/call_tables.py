"""The table of live calls; all others are in `storage.schema`."""

from sqlalchemy import Boolean, Column, Index, Table, Text, text

from baqylau.storage.columns import instant, metadata, octets, word

live_call = Table(
    "live_call",
    metadata,
    Column("id", Text, primary_key=True),
    word("person_id"),
    word("device_id"),
    word("by"),
    word("purpose"),
    Column("recorded", Boolean, nullable=False),
    instant("asked_at"),
    instant("rings_until"),
    instant("rang_at", nullable=True),
    instant("answered_at", nullable=True),
    octets("description"),
    instant("ended_at", nullable=True),
    word("how", nullable=True),
    Index("live_call_of_person", "person_id", text("asked_at DESC")),
)
"""One row each; its facts are in the journal. `recorded`: its order had it recorded when it was asked for.

`description`: where the unit is reached, as long as the call lasts.
"""
