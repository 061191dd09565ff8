"""The tables about the end of people's files; all others are in `storage.schema`."""

from sqlalchemy import Index, Table, text

from baqylau.storage.columns import instant, metadata, octets, running_number, word

file_hold = Table(
    "file_hold",
    metadata,
    running_number(),
    word("person_id"),
    word("why"),
    word("by"),
    instant("at"),
    word("released_why", nullable=True),
    word("released_by", nullable=True),
    instant("released_at", nullable=True),
    Index("file_hold_in_force", "person_id", unique=True, postgresql_where=text("released_at IS NULL")),
)
"""Why a file must not be destroyed, though its time is over."""

file_receipt = Table(
    "file_receipt",
    metadata,
    running_number("number"),
    word("person_id"),
    instant("closed_at"),
    octets("content"),
    octets("signature"),
    Index("file_receipt_of_person", "person_id"),
)
"""What says that a file was destroyed. It names rows, keys and recordings, never content."""
