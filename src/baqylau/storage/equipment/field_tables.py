"""The tables of work in the field, and of photographs of people; all others are in `storage.schema`."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, octets, running_number, word

field_act = Table(
    "field_act",
    metadata,
    running_number("number"),
    word("console_id"),
    word("act_id"),
    word("stage"),
    word("kind"),
    word("person_id"),
    word("officer"),
    Column("body", JSONB, nullable=False),
    instant("at"),
    instant("kept_at"),
    word("state"),
    word("refusal", nullable=True),
    Column("command", BigInteger, nullable=True),
    instant("settled_at", nullable=True),
    Index("field_act_once", "console_id", "act_id", "stage", unique=True),
    Index("field_act_waiting", "number", postgresql_where=text("state = 'waiting'")),
    Index("field_act_of_person", "person_id", "number"),
)
"""What officers did with a console, once each, and what became of it; `command`: the number of the order it gave."""

person_photo = Table(
    "person_photo",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("key_id", BigInteger, nullable=False),
    octets("sealed"),
    word("by"),
    instant("taken_at"),
)
"""What a person looks like, sealed with the person's own key."""
