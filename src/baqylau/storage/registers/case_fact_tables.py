"""The table of a case's visits, warnings, hours of labour and places of life; all others are in `storage.schema`."""

from sqlalchemy import Column, Index, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, running_number, word

case_fact = Table(
    "case_fact",
    metadata,
    running_number("number"),
    word("person_id"),
    word("by"),
    instant("at"),
    Column("fact", JSONB, nullable=False),
    Index("case_fact_of_person", "person_id", "number"),
    Index("case_fact_visits", "number", postgresql_where=text("fact->>'type' IN ('visit_due', 'visit_ended')")),
)
"""Append only: what was recorded wrongly is taken back by a later row."""
