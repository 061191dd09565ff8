"""The table of restrictions that are written once for many people; all others are in `storage.schema`."""

from sqlalchemy import Column, Index, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, running_number, word

restriction_template = Table(
    "restriction_template",
    metadata,
    running_number("number"),
    word("name"),
    Column("body", JSONB, nullable=False),
    word("made_by"),
    instant("made_at"),
    word("retired_by", nullable=True),
    instant("retired_at", nullable=True),
    Index("restriction_template_name", "name", unique=True, postgresql_where=text("retired_at IS NULL")),
)
"""The body names nobody: no person, no order, no id. It is never written over: a new one takes its place."""
