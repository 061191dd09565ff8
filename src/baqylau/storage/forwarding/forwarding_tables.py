"""The tables of forwarding; all others are in `storage.schema`."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, number, running_number, word

forwarding_basis = Table(
    "forwarding_basis",
    metadata,
    running_number("number"),
    word("recipient"),
    word("text"),
    Column("people", JSONB, nullable=False),
    instant("from_at"),
    instant("until_at"),
    instant("recorded_at"),
    word("recorded_by"),
    instant("ended_at", nullable=True),
    word("ended_by"),
    word("ended_why"),
    Index(None, "recipient"),
)
"""`domain.forwarding.Basis`, column by column. A row is ended, never changed in another way, and never deleted."""

forwarding_target = Table(
    "forwarding_target",
    metadata,
    Column("target", Text, primary_key=True),
    instant("since_at"),
    word("recipient"),
    number("sent"),
    Column("attempts", Integer, nullable=False),
    instant("next_at", nullable=True),
    word("last_error"),
    instant("last_sent_at", nullable=True),
    instant("looked_at", nullable=True),
    postgresql_with={"fillfactor": 50},
)
"""How it goes with each target: failed attempts since the last that went well, and when the next is due."""

forwarding_cursor = Table(
    "forwarding_cursor",
    metadata,
    Column("target", Text, primary_key=True),
    Column("stream", SmallInteger, primary_key=True, autoincrement=False),
    number("seq"),
    postgresql_with={"fillfactor": 50},
)
"""How far each target has what the journal (stream = partition) and the feed (stream -1) hold."""

forwarding_tally = Table(
    "forwarding_tally",
    metadata,
    Column("target", Text, primary_key=True),
    Column("basis", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    number("positions"),
    number("alarms"),
)
"""What of whom left for which target by which basis, counted by day (UTC): the record of disclosures."""
