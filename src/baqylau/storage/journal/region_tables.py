"""The tables of regional sites; all others are in `storage.schema`."""

from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from baqylau.storage.columns import instant, metadata, number, octets, running_number, word

region = Table(
    "region",
    metadata,
    Column("name", Text, primary_key=True),
    octets("public_key"),
    Column("districts", ARRAY(Text), nullable=False),
    word("stream"),
    number("seq"),
    Column("epoch", Integer, nullable=False),
    instant("added_at"),
    instant("heard_at", nullable=True),
    instant("known_as_of", nullable=True),
)
"""One row a site: its key, and up to which letter of which stream everything is in the journal."""

region_device = Table(
    "region_device",
    metadata,
    running_number("id"),
    Column("device_id", Text, nullable=False, unique=True),
    word("region"),
)
"""By which site a device was heard last; one that only the centre heard is not here."""
