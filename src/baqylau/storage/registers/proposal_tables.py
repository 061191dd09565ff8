"""The table of changes that somebody proposed; all others are in `storage.schema`."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, number, running_number, word

proposal = Table(
    "proposal",
    metadata,
    running_number("number"),
    word("person_id"),
    word("district"),
    Column("change", JSONB, nullable=False),
    word("grounds"),
    number("base"),
    Column("stricter", JSONB, nullable=False),
    word("state"),
    word("proposed_by"),
    instant("proposed_at"),
    word("answered_by"),
    instant("answered_at", nullable=True),
    word("answer"),
    Column("version", BigInteger, ForeignKey("register_version.version"), nullable=True),
    Index("proposal_waiting", "number", postgresql_where=text("state = 'waiting'")),
    Index("proposal_of_person", "person_id", "number"),
    Index("proposal_by_version", "version", postgresql_where=text("version IS NOT NULL")),
)
"""Answered ones stay: who wanted what, why, and who agreed. `version`: the saving of the registers that it made."""
