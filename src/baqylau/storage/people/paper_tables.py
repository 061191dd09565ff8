"""The table of papers that were made; all others are in `storage.schema`."""

from sqlalchemy import Column, Index, Integer, Table

from baqylau.storage.columns import instant, metadata, octets, running_number, word

paper = Table(
    "paper",
    metadata,
    running_number(),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    word("kind"),
    word("person_id", nullable=True),
    octets("statement"),
    octets("public_key"),
    octets("signature"),
    instant("made_at"),
    word("made_by"),
    Index("paper_number", "year", "number", unique=True),
    Index(None, "person_id"),
)
"""The register of papers: numbers without a gap in each year, and what was signed of each."""
