"""The way to the database: a pool of connections, transactions, and the schema brought up to date."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from psycopg.errors import IdleInTransactionSessionTimeout
from sqlalchemy import ARRAY, URL, ColumnElement, Connection, Engine, Text, any_, literal, make_url, text

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x6261_7179
LINE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""After half a minute without a sign from the other end a line is over: without these it is hours."""
AT_THE_OTHER_END = " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"

_GAVE_UP = (
    psycopg.OperationalError,
    IdleInTransactionSessionTimeout,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.TimeoutError,
)


class StorageUnavailableError(Exception):
    """The database could not be reached or gave up; nothing of the transaction can be relied upon. Try again later."""


def open_database(dsn: str, *, name: str = "baqylau", pool_size: int = 5, idle_s: float | None = None) -> Engine:
    """Give an engine for a `postgresql://` address; `name` is what the database's own lists call us.

    `idle_s`: how long a transaction of ours may do nothing before the database ends it, so that a program that is held
    still, or cut off without a word, keeps nobody else from writing. None for work that takes its time in between.
    """
    url = make_url(dsn).set(drivername="postgresql+psycopg")
    return sqlalchemy.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"application_name": name, "options": _options(url, idle_s), **LINE},
    )


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
        msg = "the database is not available"
        raise StorageUnavailableError(msg) from cause
    except sqlalchemy.exc.InternalError as cause:
        if isinstance(cause.orig, IdleInTransactionSessionTimeout):
            msg = "the database ended a transaction that did nothing for too long"
            raise StorageUnavailableError(msg) from cause
        raise


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


def migrate(engine: Engine) -> None:
    """Bring the schema up to date. Programs that start together wait for one another."""
    with transaction(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        command.upgrade(migration_settings(connection), "head")


def migration_settings(connection: Connection) -> Config:
    """Give alembic what it needs to work on this connection."""
    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings
