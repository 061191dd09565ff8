"""Databases for tests: one real server a session, one database a test, made from a template that is up to date."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from baqylau.storage.database import open_database
from baqylau.storage.migrating import migrate
from baqylau.storage.server import embedded

NOT_FOR_KEEPS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
}
"""Settings of a server whose data nobody will ever ask for again. Commits are as visible as ever."""
MEMORY = Path("/dev/shm")  # noqa: S108 - memory, where there is enough of it
ENOUGH_BYTES = 1_000_000_000

# Where others share the machine, how long inputs take to be made says nothing about us. How long we take is still held.
settings.register_profile("shared", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

_numbers = count(1)


@contextmanager
def own_directory() -> Iterator[Path]:
    """Give an empty directory, in memory where there is room.

    It is not one of pytest's: another session that starts would shut the way there to other accounts again.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES
    with tempfile.TemporaryDirectory(prefix="baqylau-", dir=MEMORY if roomy else None) as place:
        yield Path(place)


@contextmanager
def database_server(binaries: Path | None = None) -> Iterator[str]:
    """Give the address of a running server whose database `baqylau` is up to date and empty."""
    with own_directory() as place, embedded(place / "db", binaries=binaries, settings=NOT_FOR_KEEPS) as address:
        engine = open_database(address)
        migrate(engine)
        engine.dispose()
        yield address


@pytest.fixture(scope="session")
def server_dsn() -> Iterator[str]:
    """Address of a running server."""
    with database_server() as address:
        yield address


@pytest.fixture
def dsn(server_dsn: str) -> Iterator[str]:
    """Address of a fresh database of this test alone, up to date and empty."""
    name = f"test_{next(_numbers)}"
    beside = server_dsn.replace("/baqylau?", "/postgres?")
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE baqylau STRATEGY file_copy")
        yield server_dsn.replace("/baqylau?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(dsn: str) -> Iterator[Engine]:
    """A pool over the test's database."""
    opened = open_database(dsn)
    yield opened
    opened.dispose()
