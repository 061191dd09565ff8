"""The tables of enrolled people; all others are in `storage.schema`."""

from sqlalchemy import Column, Index, Integer, SmallInteger, Table, Text

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
    Index("template_in_use", "person_id", "kind", "model", unique=True),
)
"""What people are compared with: of each person and model one."""

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

enrolment_draft = Table(
    "enrolment_draft",
    metadata,
    Column("person_id", Text, primary_key=True),
    instant("begun_at"),
    word("begun_by"),
    instant("asked_at", nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("key_id", Integer, nullable=True),
    octets("found", nullable=True),
    octets("statement", nullable=True),
)
"""An enrolment under way: what the audio-visual server found in its pieces, and what is to be signed."""

enrolment_piece = Table(
    "enrolment_piece",
    metadata,
    running_number(),
    word("person_id"),
    word("kind"),
    Column("digit", SmallInteger, nullable=True),
    word("content_type"),
    Column("size", Integer, nullable=False),
    Column("key_id", Integer, nullable=False),
    octets("sealed"),
    Index(None, "person_id"),
)
"""Photographs and sounds that were brought for an enrolment under way."""

enrolment_sheet = Table(
    "enrolment_sheet",
    metadata,
    running_number("number"),
    word("person_id"),
    Column("version", Integer, nullable=False),
    instant("made_at"),
    word("made_by"),
    octets("statement"),
    octets("signature", nullable=True),
    Index(None, "person_id"),
)
"""What was enrolled, by digests, and how the officer's own key signed it; without one it was done by name alone."""
