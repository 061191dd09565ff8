"""What changed, in the order in which it was committed: a reader that goes on after its cursor misses nothing."""

from collections.abc import Generator, Sequence
from typing import LiteralString

import psycopg
from msgspec import Struct
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, func, insert, select, text

from baqylau.storage.alarms.ear import Ear
from baqylau.storage.database import LINE, gave_up, plain_dsn, transaction
from baqylau.storage.schema import feed

FEED_LOCK = 0x6261_7166
ALARM = "alarm"


class FeedRow(Struct, frozen=True, kw_only=True):
    """Something changed: `kind` says what, `key` which one."""

    id: int
    kind: str
    key: str


class Feed:
    """The order of changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, connection: Connection, kind: str, keys: Sequence[str]) -> None:
        """Add changes to the transaction and tell the readers at its commit.

        From here to the commit nobody else appends, so that numbers become visible in their order: do it last.
        """
        append(connection, kind, keys)

    def after(self, cursor: int, limit: int) -> list[FeedRow]:
        """Give the next changes after a cursor, oldest first."""
        wanted = select(feed).where(feed.c.id > cursor).order_by(feed.c.id).limit(limit)
        with transaction(self._engine) as connection:
            return [FeedRow(id=row.id, kind=row.kind, key=row.key) for row in connection.execute(wanted)]

    def cursor(self) -> int:
        """Give the cursor after which everything is still to come."""
        with transaction(self._engine) as connection:
            return int(connection.scalar(select(func.coalesce(func.max(feed.c.id), 0))) or 0)


def append(connection: Connection, kind: str, keys: Sequence[str]) -> None:
    """Add changes to the transaction; see `Feed.append`."""
    if keys:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FEED_LOCK})
        connection.execute(insert(feed), [{"kind": kind, "key": key} for key in keys])
        notify(connection, "feed")


def notify(connection: Connection, channel: str) -> None:
    """Wake those who wait on the channel, when the transaction commits."""
    connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})


def notifications(engine: Engine, channels: Sequence[LiteralString], timeout_s: float) -> Generator[frozenset[str]]:
    """Wait on channels, for ever: gives those that spoke, or none when the time passed without a word.

    It has a connection of its own, which is read all the time (`ear`). The first value comes at once, when the line
    stands: look at the database then, because what was said before is not heard. `StorageUnavailableError` when the
    line breaks. Close it: what is left to the end of the program waits there for a thread that runs no more.
    """
    try:
        address = make_conninfo(plain_dsn(engine), **LINE)
        with psycopg.connect(address, autocommit=True, application_name="baqylau-listener") as connection:
            for channel in channels:
                connection.execute(f"LISTEN {channel}")
            with Ear(connection) as ear:
                yield frozenset()
                while True:
                    yield ear.heard(timeout_s)
    except psycopg.OperationalError as cause:
        raise gave_up(engine, "the line on which the database notifies is broken", cause) from cause
