"""A workstation server over a real database, with an invented town and a clock that the story moves."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from baqylau.storage.database import migrate, open_database
from baqylau.storage.server import embedded
from tests.unit.workstation.office import Office

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a migrated database that each test copies."""
    with embedded(tmp_path_factory.mktemp("postgres") / "data") as dsn:
        engine = open_database(dsn)
        migrate(engine)
        engine.dispose()
        yield dsn


@pytest.fixture
def engine(postgres: str) -> Iterator[Engine]:
    """A database of its own for one test."""
    name = f"workstation_{next(_numbers)}"
    with psycopg.connect(str(make_url(postgres).set(database="postgres")), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE baqylau")
    opened = open_database(make_url(postgres).set(database=name).render_as_string(hide_password=False), pool_size=10)
    yield opened
    opened.dispose()


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """The server's parts, before anybody signs in."""
    return Office(engine, tmp_path)
