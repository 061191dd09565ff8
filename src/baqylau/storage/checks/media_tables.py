"""The tables of recordings of checks; all others are in `storage.schema`. The bytes themselves lie in a folder."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, text

from baqylau.storage.columns import instant, metadata, number, octets, running_number, word

media_check = Table(
    "media_check",
    metadata,
    running_number(),
    octets("manifest"),
    word("check_id"),
    word("kind"),
    word("device_id"),
    word("person_id"),
    number("counter"),
    instant("began_at"),
    instant("ended_at"),
    instant("received_at"),
    instant("whole_at", nullable=True),
    instant("judged_at", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("key_id", Integer, nullable=False),
    octets("wrapped", nullable=True),
    octets("sealed", nullable=True),
    octets("report", nullable=True),
    word("keeping"),
    instant("keep_until", nullable=True),
    word("held_why"),
    word("held_by", nullable=True),
    instant("held_at", nullable=True),
    instant("destroyed_at", nullable=True),
    word("destroyed_why"),
    Index("media_check_once", "check_id", unique=True),
    Index("media_check_manifest", "manifest", unique=True),
    Index("media_check_counter", "device_id", "counter", unique=True),
    Index("media_check_of_person", "person_id"),
    Index("media_check_waits", "id", postgresql_where=text("judged_at IS NULL AND destroyed_at IS NULL")),
)
"""One row for the recordings of one check: its key, wrapped with the person's, its sealed manifest and report."""

media_item = Table(
    "media_item",
    metadata,
    Column("media_id", BigInteger, primary_key=True, autoincrement=False),
    Column("item", Integer, primary_key=True, autoincrement=False),
    word("kind"),
    word("content_type"),
    number("from_ms"),
    number("duration_ms"),
    number("size"),
    octets("sha256"),
    number("held"),
)
"""The recordings, as the manifest names them, and how much of each is held."""

media_piece = Table(
    "media_piece",
    metadata,
    Column("media_id", BigInteger, primary_key=True, autoincrement=False),
    Column("item", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    word("name"),
)
"""Where each piece lies: its name is the digest of the sealed bytes."""

media_receipt = Table(
    "media_receipt",
    metadata,
    running_number("number"),
    word("check_id"),
    instant("destroyed_at"),
    octets("content"),
    octets("signature"),
    Index("media_receipt_of_check", "check_id", unique=True),
)
"""What says that recordings were destroyed. It names digests, never content."""

media_log = Table(
    "media_log",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    Column("media_id", BigInteger, nullable=False),
    word("what"),
    Column("detail", Text, nullable=False),
    octets("digest"),
    octets("hash"),
    Index(None, "media_id"),
)
"""What happened to recordings, as a chain of digests: it stands also when what they say is destroyed."""

media_log_head = Table(
    "media_log_head",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=False),
    number("id"),
    octets("hash"),
)
"""Where the chain stands: one row."""
