"""The way to the database: a pool of connections, and transactions."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import psycopg
import sqlalchemy
from psycopg.errors import IdleInTransactionSessionTimeout
from sqlalchemy import ARRAY, URL, ColumnElement, Connection, Engine, Text, any_, event, literal, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

LINE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""After half a minute without a sign from the other end a line is over: without these it is hours."""
FRESH_S = 0.1
"""A connection that was used a moment ago is taken for alive; one that lay longer is asked first."""
AT_THE_OTHER_END = " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"

_GAVE_UP = (
    psycopg.OperationalError,
    IdleInTransactionSessionTimeout,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.TimeoutError,
)


_WHY_LENGTH = 200


class StorageUnavailableError(Exception):
    """The database could not be reached or gave up; nothing of the transaction can be relied upon. Try again later."""


class Witness(Protocol):
    """Who is told how the database does, by whichever thread asks it."""

    def gave_up(self, why: str) -> None:
        """It could not be reached or gave up; `why` is one line, without anybody's data."""

    def answered(self) -> None:
        """It did what was asked."""


_WITNESSES: WeakKeyDictionary[Engine, Witness] = WeakKeyDictionary()


def witnessed(engine: Engine, by: Witness) -> None:
    """Have somebody told of every transaction over an engine: who waits for the database need not say so himself."""
    _WITNESSES[engine] = by


def open_database(dsn: str, *, name: str = "baqylau", pool_size: int = 5, idle_s: float | None = None) -> Engine:
    """Give an engine for a `postgresql://` address; `name` is what the database's own lists call us.

    `idle_s`: how long a transaction of ours may do nothing before the database ends it, so that a program that is held
    still, or cut off without a word, keeps nobody else from writing. None for work that takes its time in between.
    `StorageUnavailableError` when it is no address.
    """
    try:
        url = make_url(dsn).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as unread:
        msg = "the address of the database cannot be read: it looks like postgresql://baqylau@db/baqylau"
        raise StorageUnavailableError(msg) from unread
    engine = sqlalchemy.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        connect_args={"application_name": name, "options": _options(url, idle_s), **LINE},
    )
    _ask_after_a_pause(engine)
    return engine


def _ask_after_a_pause(engine: Engine) -> None:
    """See that a connection is alive when it is taken up again after a pause.

    To ask each time, as the pool itself would, is a quarter of all that a judge does.
    """

    @event.listens_for(engine, "checkin")
    def left(_line: object, record: ConnectionPoolEntry) -> None:
        record.info["left_s"] = monotonic()

    @event.listens_for(engine, "checkout")
    def taken(line: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        left_s = record.info.get("left_s")
        if left_s is None or monotonic() - left_s <= FRESH_S:
            return
        try:
            engine.dialect.do_ping(line)
        except psycopg.Error as cause:
            msg = "the line is dead, and those beside it may be"
            raise InvalidatePoolError(msg) from cause


def _options(url: URL, idle_s: float | None) -> str:
    """Instants come back in UTC, and a plan never covers the tables of all days for the sake of being general."""
    given = url.query.get("options", "")
    theirs = given if isinstance(given, str) else " ".join(given)
    idle = "" if idle_s is None else f" -c idle_in_transaction_session_timeout={round(idle_s * 1000)}"
    return f"{theirs} -c timezone=UTC -c plan_cache_mode=force_custom_plan{AT_THE_OTHER_END}{idle}".strip()


def plain_dsn(engine: Engine) -> str:
    """Give the address as libpq and other programs take it, with the password."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Commit when the block ends, roll back when it raises; `StorageUnavailableError` when the database gave up."""
    try:
        with engine.begin() as connection:
            yield connection
    except _GAVE_UP as cause:
        raise gave_up(engine, "the database is not available", cause) from cause
    except sqlalchemy.exc.InternalError as cause:
        if isinstance(cause.orig, IdleInTransactionSessionTimeout):
            msg = "the database ended a transaction that did nothing for too long"
            raise gave_up(engine, msg, cause) from cause
        raise
    if (witness := _WITNESSES.get(engine)) is not None:
        witness.answered()


def gave_up(engine: Engine, msg: str, cause: Exception) -> StorageUnavailableError:
    """Tell whoever looks after an engine that the database gave up, and give what is to be raised: what, and why."""
    why = _short(cause)
    if (witness := _WITNESSES.get(engine)) is not None:
        witness.gave_up(why)
    return StorageUnavailableError(f"{msg}: {why}")


def _short(cause: Exception) -> str:
    """Give a cause as one line: what follows the first may quote what was written."""
    driver = cause.orig if isinstance(cause, sqlalchemy.exc.DBAPIError) else cause
    return str(driver).partition("\n")[0][:_WHY_LENGTH] or type(driver).__name__


def driver(connection: Connection) -> "psycopg.Connection[tuple[Any, ...]]":
    """Give psycopg's connection under the transaction, for COPY and arrays."""
    found = connection.connection.driver_connection
    if not isinstance(found, psycopg.Connection):
        msg = "the engine does not speak psycopg"
        raise TypeError(msg)
    return found


def among(column: ColumnElement[str], names: Iterable[str]) -> ColumnElement[bool]:
    """Give the condition that a text is one of these, however many."""
    return column == any_(literal(list(names), ARRAY(Text)))
