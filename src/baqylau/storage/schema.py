"""The tables, as SQLAlchemy Core knows them. What a database really gets is written in `migrations/`.

A test holds the two together. Instants are `timestamptz`; enumerations are stored by their value.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, number, octets, running_number, word
from baqylau.storage.journal.ledger_tables import sealed_once, sealing

data_key = Table(
    "data_key",
    metadata,
    Column("id", Integer, Identity(always=False), primary_key=True),
    word("person_id", nullable=True),
    octets("wrapped", nullable=True),
    instant("created_at"),
    instant("destroyed_at", nullable=True),
    Index(
        "data_key_in_use",
        text("coalesce(person_id, '')"),
        unique=True,
        postgresql_where=text("destroyed_at IS NULL"),
    ),
)
"""A person's keys, wrapped with the installation's. No person: the installation's own. Destroyed: nothing is left."""

journal = Table(
    "journal",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    octets("id"),
    word("person_id", nullable=True),
    word("device_id"),
    instant("observed_at"),
    Column("received_at", DateTime(timezone=True), primary_key=True),
    instant("instant"),
    word("authentication"),
    Column("key_id", Integer, nullable=False),
    octets("sealed"),
    octets("hash"),
    octets("leaf", nullable=True),
    Index(None, "device_id", "instant"),
    postgresql_partition_by="RANGE (received_at)",
)
"""What was heard, for ever. One table a day of receipt; a hash chain in each partition."""

journal_day = Table(
    "journal_day",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("first_seq", BigInteger, primary_key=True, autoincrement=False),
    instant("received_at"),
    octets("carried", nullable=True),
)
"""With which entry a day begins in a partition: so that a reader opens the tables of the right days only."""

journal_key = Table(
    "journal_key",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("partition", SmallInteger, nullable=False),
    number("seq"),
    instant("received_at"),
)
"""Every observation there is, over all days: the same one is never kept twice."""

journal_head = Table(
    "journal_head",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    number("seq"),
    octets("hash"),
    instant("received_at"),
    Column("first_seq", BigInteger, nullable=True),
    octets("peaks", nullable=True),
    postgresql_with={"fillfactor": 25},
)
"""Where each partition stands, and its tree of the day. Who holds its row is the only one to append."""

journal_signature = Table(
    "journal_signature",
    metadata,
    running_number(),
    instant("at"),
    octets("heads"),
    octets("public_key"),
    octets("signature"),
)
"""All heads at an instant, signed by the installation."""

quarantine = Table(
    "quarantine",
    metadata,
    running_number(),
    instant("at"),
    word("protocol"),
    word("fault"),
    number("length_bytes"),
    Column("key_id", Integer, nullable=False),
    octets("sealed"),
    Index(None, "at"),
)
"""Bytes that could not be taken, as evidence."""

quarantine_tally = Table(
    "quarantine_tally",
    metadata,
    Column("hour", DateTime(timezone=True), primary_key=True),
    Column("protocol", Text, primary_key=True),
    Column("fault", Text, primary_key=True),
    number("count"),
)
"""How many there were, kept or not."""

refusal = Table(
    "refusal",
    metadata,
    Column("day", Date, primary_key=True),
    Column("device_id", Text, primary_key=True),
    number("count"),
)
"""How often a device spoke of a person without an order in force. What it said is not kept."""

register = Table(
    "register",
    metadata,
    running_number(),
    word("kind"),
    word("key"),
    word("person_id", nullable=True),
    Column("body", JSONB, nullable=False),
    word("search"),
    Column("version", BigInteger, ForeignKey("register_version.version"), nullable=False),
    instant("recorded_at"),
    instant("replaced_at", nullable=True),
    Index("register_in_force", "kind", "key", unique=True, postgresql_where=text("replaced_at IS NULL")),
    Index("register_of_person", "person_id", "kind"),
    *sealing(),
    *sealed_once("register"),
)
"""People, devices, orders, restrictions, permissions, fittings. A row is closed, never changed."""

register_version = Table("register_version", metadata, running_number("version"), instant("recorded_at"), word("by"))
"""Each saving of the registers."""

register_change = Table(
    "register_change",
    metadata,
    running_number(),
    Column("version", BigInteger, ForeignKey("register_version.version"), nullable=False),
    word("person_id"),
    instant("effective_from"),
    instant("recorded_at"),
    instant("judged_at", nullable=True),
    Index("register_change_unjudged", "id", postgresql_where=text("judged_at IS NULL")),
)
"""Whose facts have to be judged again, and from when."""

judge_cursor = Table(
    "judge_cursor",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    number("seq"),
    number("epoch"),
    word("owner"),
    instant("claimed_at", nullable=True),
    postgresql_with={"fillfactor": 25},
)
"""How far each partition is judged, and whose turn it is. An older epoch can no longer write."""

person_state = Table(
    "person_state",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("partition", SmallInteger, nullable=False),
    octets("state"),
    instant("through", nullable=True),
    instant("wake_at", nullable=True),
    instant("judged_at"),
    postgresql_with={"fillfactor": 50},
)
"""Where the fold of each person stands."""

person_snapshot = Table(
    "person_snapshot",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("through", DateTime(timezone=True), primary_key=True),
    octets("state"),
)
"""Earlier states, from which late data is folded again."""

alarm = Table(
    "alarm",
    metadata,
    running_number(),
    word("person_id"),
    word("code"),
    word("subject"),
    Column("priority", SmallInteger, nullable=False),
    word("state"),
    word("first_finding_id"),
    word("last_finding_id"),
    instant("raised_at"),
    instant("began_at"),
    instant("last_at"),
    instant("waits_since"),
    Column("count", Integer, nullable=False),
    Column("late", Boolean, nullable=False),
    instant("cleared_at", nullable=True),
    instant("superseded_at", nullable=True),
    Column("level", SmallInteger, nullable=False),
    instant("escalated_at", nullable=True),
    word("taken_by", nullable=True),
    instant("taken_at", nullable=True),
    instant("contacted_at", nullable=True),
    instant("suspended_until", nullable=True),
    word("suspended_why", nullable=True),
    Column("incident_id", BigInteger, ForeignKey("alarm.id"), nullable=True, index=True),
    word("closed_by", nullable=True),
    instant("closed_at", nullable=True),
    word("cause", nullable=True),
    word("action", nullable=True),
    word("grounds", nullable=True),
    instant("reopened_at", nullable=True),
    instant("contested_at", nullable=True),
    word("decision", nullable=True),
    word("decided_by", nullable=True),
    instant("decided_at", nullable=True),
    Index(
        "alarm_open_once",
        "person_id",
        "code",
        "subject",
        unique=True,
        postgresql_where=text("state <> 'closed'"),
    ),
    Index("alarm_of_person", "person_id", "id"),
    Index("alarm_raised_at_ix", "raised_at"),
    postgresql_with={"fillfactor": 70},
)
"""`domain.alarms.Alarm`, column by column. Never two that wait for the same person, code and subject."""

finding = Table(
    "finding",
    metadata,
    Column("id", Text, primary_key=True),
    word("person_id"),
    word("code"),
    word("subject"),
    instant("at"),
    instant("raised_at"),
    instant("superseded_at", nullable=True),
    Column(
        "alarm_id", BigInteger, ForeignKey("alarm.id", deferrable=True, initially="DEFERRED"), index=True, nullable=True
    ),
    Column("body", JSONB, nullable=False),
    Index("finding_of_person", "person_id", "at"),
    Index("finding_standing", "person_id", "at", postgresql_where=text("superseded_at IS NULL")),
    Index("finding_of_subject", "person_id", "subject", "code", "at"),
    Index("finding_of_area", text("(body->>'area')"), "at", postgresql_where=text("body->>'area' <> ''")),
)
"""What the rules found. Marked when late data takes it away, never erased."""

finding_event = Table(
    "finding_event",
    metadata,
    running_number(),
    Column("finding_id", Text, ForeignKey("finding.id"), nullable=False, index=True),
    Column(
        "alarm_id", BigInteger, ForeignKey("alarm.id", deferrable=True, initially="DEFERRED"), index=True, nullable=True
    ),
    instant("at"),
    word("kind"),
    Column("body", JSONB, nullable=True),
    *sealing(),
    *sealed_once("finding_event"),
)
"""When a finding was said, taken away, said again; `body`: what it said then."""

alarm_act = Table(
    "alarm_act",
    metadata,
    running_number(),
    Column("alarm_id", BigInteger, ForeignKey("alarm.id"), nullable=False, index=True),
    instant("at"),
    word("by"),
    Column("act", JSONB, nullable=False),
    *sealing(),
    *sealed_once("alarm_act"),
    Index("alarm_act_first_hands", "alarm_id", "at", postgresql_where=text("act ->> 'type' IN ('take', 'assign')")),
)
"""What people did about an alarm."""

feed = Table("feed", metadata, running_number(), word("kind"), word("key"))
"""What changed on the screens, in the order in which it was committed."""

person_live = Table(
    "person_live",
    metadata,
    Column("person_id", Text, primary_key=True),
    word("compliance"),
    Column("updated_at", DateTime(timezone=True), nullable=False, index=True),
    octets("body"),
    postgresql_with={"fillfactor": 50},
)
"""What the live screen shows of a person."""

beat = Table(
    "beat",
    metadata,
    Column("role", Text, primary_key=True),
    instant("alive_at"),
    Column("connected", Integer, nullable=False),
    Column("delay_ms", Float, nullable=True),
    instant("turned_away_at", nullable=True),
    postgresql_with={"fillfactor": 25},
)
"""When each program last proved that it lives."""

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    instant("at"),
    word("who"),
    word("what"),
    word("object"),
    word("purpose"),
    octets("hash"),
    Index(None, "object"),
    Index("audit_of_accounts", "at", postgresql_where=text("what IN ('account.create', 'account.role')")),
    *sealing(),
    *sealed_once("audit"),
)
"""Who did or read what, and for what purpose: a hash chain."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("chain", SmallInteger, primary_key=True, autoincrement=False),
    Column("id", BigInteger, nullable=False),
    octets("hash"),
    postgresql_with={"fillfactor": 25},
)
"""Where the audit stands; one row."""
