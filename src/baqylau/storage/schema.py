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
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_N_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
    }
)


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable)


def _running_number(name: str = "id") -> Column[int]:
    return Column(name, BigInteger, Identity(always=False), primary_key=True)


data_key = Table(
    "data_key",
    metadata,
    Column("id", Integer, Identity(always=False), primary_key=True),
    _word("person_id", nullable=True),
    _bytes("wrapped", nullable=True),
    _instant("created_at"),
    _instant("destroyed_at", nullable=True),
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
    _bytes("id"),
    _word("person_id", nullable=True),
    _word("device_id"),
    _instant("observed_at"),
    Column("received_at", DateTime(timezone=True), primary_key=True),
    _instant("instant"),
    _word("authentication"),
    Column("key_id", Integer, nullable=False),
    _bytes("sealed"),
    _bytes("hash"),
    Index(None, "device_id", "instant"),
    postgresql_partition_by="RANGE (received_at)",
)
"""What was heard, for ever. One table a day of receipt; a hash chain in each partition."""

journal_day = Table(
    "journal_day",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("first_seq", BigInteger, primary_key=True, autoincrement=False),
    _instant("received_at"),
)
"""With which entry a day begins in a partition: so that a reader opens the tables of the right days only."""

journal_key = Table(
    "journal_key",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("partition", SmallInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    _instant("received_at"),
)
"""Every observation there is, over all days: the same one is never kept twice."""

journal_head = Table(
    "journal_head",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    _bytes("hash"),
    _instant("received_at"),
    postgresql_with={"fillfactor": 25},
)
"""Where each partition stands. Who holds its row is the only one to append."""

journal_signature = Table(
    "journal_signature",
    metadata,
    _running_number(),
    _instant("at"),
    _bytes("heads"),
    _bytes("public_key"),
    _bytes("signature"),
)
"""All heads at an instant, signed by the installation."""

quarantine = Table(
    "quarantine",
    metadata,
    _running_number(),
    _instant("at"),
    _word("protocol"),
    _word("fault"),
    Column("length_bytes", BigInteger, nullable=False),
    Column("key_id", Integer, nullable=False),
    _bytes("sealed"),
    Index(None, "at"),
)
"""Bytes that could not be taken, as evidence."""

quarantine_tally = Table(
    "quarantine_tally",
    metadata,
    Column("hour", DateTime(timezone=True), primary_key=True),
    Column("protocol", Text, primary_key=True),
    Column("fault", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""How many there were, kept or not."""

refusal = Table(
    "refusal",
    metadata,
    Column("day", Date, primary_key=True),
    Column("device_id", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""How often a device spoke of a person without an order in force. What it said is not kept."""

register = Table(
    "register",
    metadata,
    _running_number(),
    _word("kind"),
    _word("key"),
    _word("person_id", nullable=True),
    Column("body", JSONB, nullable=False),
    _word("search"),
    Column("version", BigInteger, ForeignKey("register_version.version"), nullable=False),
    _instant("recorded_at"),
    _instant("replaced_at", nullable=True),
    Index("register_in_force", "kind", "key", unique=True, postgresql_where=text("replaced_at IS NULL")),
    Index("register_of_person", "person_id", "kind"),
)
"""People, devices, orders, restrictions, permissions, fittings. A row is closed, never changed."""

register_version = Table(
    "register_version",
    metadata,
    _running_number("version"),
    _instant("recorded_at"),
    _word("by"),
)
"""Each saving of the registers."""

register_change = Table(
    "register_change",
    metadata,
    _running_number(),
    Column("version", BigInteger, ForeignKey("register_version.version"), nullable=False),
    _word("person_id"),
    _instant("effective_from"),
    _instant("recorded_at"),
    _instant("judged_at", nullable=True),
    Index("register_change_unjudged", "id", postgresql_where=text("judged_at IS NULL")),
)
"""Whose facts have to be judged again, and from when."""

judge_cursor = Table(
    "judge_cursor",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    _word("owner"),
    _instant("claimed_at", nullable=True),
    postgresql_with={"fillfactor": 25},
)
"""How far each partition is judged, and whose turn it is. An older epoch can no longer write."""

person_state = Table(
    "person_state",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("partition", SmallInteger, nullable=False),
    _bytes("state"),
    _instant("through", nullable=True),
    _instant("wake_at", nullable=True),
    _instant("judged_at"),
    postgresql_with={"fillfactor": 50},
)
"""Where the fold of each person stands."""

person_snapshot = Table(
    "person_snapshot",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("through", DateTime(timezone=True), primary_key=True),
    _bytes("state"),
)
"""Earlier states, from which late data is folded again."""

alarm = Table(
    "alarm",
    metadata,
    _running_number(),
    _word("person_id"),
    _word("code"),
    _word("subject"),
    Column("priority", SmallInteger, nullable=False),
    _word("state"),
    _word("first_finding_id"),
    _word("last_finding_id"),
    _instant("raised_at"),
    _instant("began_at"),
    _instant("last_at"),
    Column("count", Integer, nullable=False),
    Column("late", Boolean, nullable=False),
    _instant("cleared_at", nullable=True),
    _instant("superseded_at", nullable=True),
    _word("taken_by", nullable=True),
    _instant("taken_at", nullable=True),
    _word("closed_by", nullable=True),
    _instant("closed_at", nullable=True),
    _word("cause", nullable=True),
    _word("grounds", nullable=True),
    Index(
        "alarm_open_once",
        "person_id",
        "code",
        "subject",
        unique=True,
        postgresql_where=text("state <> 'closed'"),
    ),
    Index("alarm_of_person", "person_id", "id"),
    postgresql_with={"fillfactor": 70},
)
"""`domain.alarms.Alarm`, column by column. Never two that wait for the same person, code and subject."""

finding = Table(
    "finding",
    metadata,
    Column("id", Text, primary_key=True),
    _word("person_id"),
    _word("code"),
    _word("subject"),
    _instant("at"),
    _instant("raised_at"),
    _instant("superseded_at", nullable=True),
    Column(
        "alarm_id", BigInteger, ForeignKey("alarm.id", deferrable=True, initially="DEFERRED"), index=True, nullable=True
    ),
    Column("body", JSONB, nullable=False),
    Index("finding_of_person", "person_id", "at"),
    Index("finding_of_subject", "person_id", "subject", "code", "at"),
)
"""What the rules found. Marked when late data takes it away, never erased."""

finding_event = Table(
    "finding_event",
    metadata,
    _running_number(),
    Column("finding_id", Text, ForeignKey("finding.id"), nullable=False, index=True),
    Column(
        "alarm_id", BigInteger, ForeignKey("alarm.id", deferrable=True, initially="DEFERRED"), index=True, nullable=True
    ),
    _instant("at"),
    _word("kind"),
)
"""When a finding was said, taken away, said again."""

alarm_act = Table(
    "alarm_act",
    metadata,
    _running_number(),
    Column("alarm_id", BigInteger, ForeignKey("alarm.id"), nullable=False, index=True),
    _instant("at"),
    _word("by"),
    Column("act", JSONB, nullable=False),
)
"""What people did about an alarm."""

feed = Table("feed", metadata, _running_number(), _word("kind"), _word("key"))
"""What changed on the screens, in the order in which it was committed."""

person_live = Table(
    "person_live",
    metadata,
    Column("person_id", Text, primary_key=True),
    _word("compliance"),
    Column("updated_at", DateTime(timezone=True), nullable=False, index=True),
    _bytes("body"),
    postgresql_with={"fillfactor": 50},
)
"""What the live screen shows of a person."""

beat = Table(
    "beat",
    metadata,
    Column("role", Text, primary_key=True),
    _instant("alive_at"),
    Column("connected", Integer, nullable=False),
    Column("delay_ms", Float, nullable=True),
    postgresql_with={"fillfactor": 25},
)
"""When each program last proved that it lives."""

account = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),
    _word("name"),
    _word("password"),
    _word("language"),
    _word("role"),
    _instant("created_at"),
)
"""Who may sign in. The password is an argon2id text."""

account_session = Table(
    "account_session",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("login", Text, ForeignKey("account.login"), nullable=False, index=True),
    _word("csrf"),
    _instant("created_at"),
    _instant("used_at"),
    _instant("expires_at"),
)
"""Who is signed in. The token itself is never stored, its SHA-256 is."""

invitation = Table(
    "invitation",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    _word("role"),
    _instant("created_at"),
    _instant("expires_at"),
    _instant("used_at", nullable=True),
)
"""One-time links, by SHA-256."""

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    _running_number(),
    _instant("at"),
    _word("login"),
    _word("peer"),
    Index(None, "login", "at"),
    Index(None, "peer", "at"),
)
"""Sign-ins that did not match."""

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    _instant("at"),
    _word("who"),
    _word("what"),
    _word("object"),
    _word("purpose"),
    _bytes("hash"),
    Index(None, "object"),
)
"""Who did or read what, and for what purpose: a hash chain."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("chain", SmallInteger, primary_key=True, autoincrement=False),
    Column("id", BigInteger, nullable=False),
    _bytes("hash"),
    postgresql_with={"fillfactor": 25},
)
"""Where the audit stands; one row."""
