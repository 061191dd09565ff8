"""The tables of the outbox; all others are in `storage.schema`."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, SmallInteger, Table, Text, text

from baqylau.storage.columns import instant, metadata, running_number, word

announcement = Table(
    "announcement",
    metadata,
    running_number(),
    Column("alarm_id", BigInteger, ForeignKey("alarm.id", deferrable=True, initially="DEFERRED"), nullable=False),
    word("why"),
    Column("level", SmallInteger, nullable=False),
    instant("at"),
    instant("told_at", nullable=True),
    Index("announcement_untold", "id", postgresql_where=text("told_at IS NULL")),
)
"""What happened to an alarm that people want to be told of: written in the transaction in which it happens."""

notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alarm_id", BigInteger, ForeignKey("alarm.id"), nullable=False, index=True),
    word("target"),
    word("channel"),
    word("why"),
    Column("level", SmallInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    word("state"),
    Column("attempts", Integer, nullable=False),
    instant("next_at", nullable=True),
    word("last_error"),
    instant("sent_at", nullable=True),
    instant("delivered_at", nullable=True),
    word("reference"),
    Index("notice_due", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    Index("notice_of_gateway", "reference", postgresql_where=text("reference <> ''")),
    postgresql_with={"fillfactor": 70},
)
"""`domain.notices.Notice`, column by column."""
