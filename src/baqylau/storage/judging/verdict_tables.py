"""The table of what each restriction gave over time; all others are in `storage.schema`."""

from sqlalchemy import Column, DateTime, Integer, Table, Text

from baqylau.storage.columns import metadata, word

verdict = Table(
    "verdict",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("restriction_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("from_at", DateTime(timezone=True), primary_key=True),
    word("compliance"),
    word("blindness", nullable=True),
)
"""From when on a restriction gave what. Follows from the journal: a fold begun again writes its part anew."""
