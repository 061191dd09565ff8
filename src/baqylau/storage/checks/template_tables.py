"""The tables of enrolled people; all others are in `storage.schema`."""

from sqlalchemy import Column, Index, Integer, SmallInteger, Table, text

from baqylau.storage.columns import instant, metadata, octets, running_number, word

enrolment_item = Table(
    "enrolment_item",
    metadata,
    running_number(),
    word("person_id"),
    word("kind"),
    Column("digit", SmallInteger, nullable=True),
    word("content_type"),
    Column("key_id", Integer, nullable=False),
    octets("sealed"),
    instant("made_at"),
    word("made_by"),
    instant("retired_at", nullable=True),
    Index(None, "person_id"),
)
"""Photographs and sounds from which templates are made, kept so that they can be made anew for another model."""

template = Table(
    "template",
    metadata,
    running_number(),
    word("person_id"),
    word("kind"),
    word("model"),
    Column("version", Integer, nullable=False),
    Column("key_id", Integer, nullable=False),
    octets("sealed"),
    instant("made_at"),
    word("made_by"),
    instant("retired_at", nullable=True),
    Index("template_in_use", "person_id", "kind", "model", unique=True, postgresql_where=text("retired_at IS NULL")),
)
"""What people are compared with: of each person and model one in use."""

template_receipt = Table(
    "template_receipt",
    metadata,
    running_number("number"),
    word("person_id"),
    Column("version", Integer, nullable=False),
    instant("forgotten_at"),
    octets("content"),
    octets("signature"),
    Index(None, "person_id"),
)
"""What says that somebody's templates were deleted, and the last of their versions: none is given twice."""
