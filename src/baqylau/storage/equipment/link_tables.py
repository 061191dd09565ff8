"""The tables of the device link; all others are in `storage.schema`."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, number, octets, running_number, word

device_key = Table(
    "device_key",
    metadata,
    running_number(),
    word("device_id"),
    word("kind"),
    word("serial"),
    octets("public", nullable=True),
    Column("key_id", Integer, nullable=True),
    octets("sealed", nullable=True),
    instant("enrolled_at"),
    instant("revoked_at", nullable=True),
    word("revoked_why"),
    Index("device_key_in_use", "device_id", "kind", unique=True, postgresql_where=text("revoked_at IS NULL")),
)
"""Keys of devices, all that there ever were: public ones as they are, secret ones sealed with the installation's."""

link_state = Table(
    "link_state",
    metadata,
    Column("device_id", Text, primary_key=True),
    number("through"),
    octets("beyond"),
    Column("configuration", Integer, nullable=False),
    octets("batch"),
    instant("heard_at"),
    postgresql_with={"fillfactor": 50},
)
"""How far each device's records are kept: all up to `through`, and stretches beyond."""

link_batch = Table(
    "link_batch",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    octets("previous"),
    number("first_seq"),
    number("last_seq"),
    octets("contents"),
    instant("received_at"),
    Index(None, "device_id", "last_seq"),
)
"""The last batches of each device, with 8 bytes of the digest of each record: another content is then seen."""

beacon_status = Table(
    "beacon_status",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    octets("status"),
)
"""What a transmitter had latched, and since when: of what is latched already, it tells nothing new."""

unit_word = Table(
    "unit_word",
    metadata,
    running_number(),
    word("device_id"),
    number("seq"),
    word("person_id", nullable=True),
    instant("observed_at"),
    instant("received_at"),
    word("kind"),
    Column("body", JSONB, nullable=False),
    Index("unit_word_of_device", "device_id", "kind", "observed_at"),
    Index("unit_word_once", "device_id", "seq", "observed_at", unique=True),
)
"""What a unit tells that no rule judges: its walk tests, and what it found and said by itself."""

device_command = Table(
    "device_command",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("body", JSONB, nullable=False),
    word("by"),
    word("state"),
    word("detail"),
    instant("issued_at"),
    instant("expires_at"),
    instant("sent_at", nullable=True),
    instant("acknowledged_at", nullable=True),
    instant("ended_at", nullable=True),
    Index("device_command_open", "expires_at", postgresql_where=text("state IN ('queued', 'sent', 'acknowledged')")),
)
"""What devices were ordered to do, and how far that has come."""

link_configuration = Table(
    "link_configuration",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    octets("content"),
    number("first_period"),
    number("last_period"),
    instant("issued_at"),
)
"""Which version of its configuration each unit should run by, and of what: a digest, and the periods of its keys."""
