"""Databases for tests: one real server a session, one database a test, made from a template that is up to date."""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from sqlalchemy import Engine

from baqylau.storage.database import migrate, open_database
from baqylau.storage.server import embedded

NOT_FOR_KEEPS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
"""Settings of a server whose data nobody will ever ask for again. Commits are as visible as ever."""

_numbers = count(1)


@pytest.fixture(scope="session")
def server_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running server; its database `baqylau` is migrated and empty."""
    with embedded(tmp_path_factory.mktemp("postgres") / "db", settings=NOT_FOR_KEEPS) as address:
        migrated(address)
        yield address


def migrated(address: str) -> None:
    """Bring a database up to date and leave no connection to it."""
    engine = open_database(address)
    migrate(engine)
    engine.dispose()


@pytest.fixture
def dsn(server_dsn: str) -> Iterator[str]:
    """Address of a fresh database of this test alone, up to date and empty."""
    name = f"test_{next(_numbers)}"
    beside = server_dsn.replace("/baqylau?", "/postgres?")
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE baqylau")
        yield server_dsn.replace("/baqylau?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(dsn: str) -> Iterator[Engine]:
    """A pool over the test's database."""
    opened = open_database(dsn)
    yield opened
    opened.dispose()
