"""The storage keeps its word on both servers it promises to run on: the wheel's and Debian's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.conftest import database_server
from tests.unit.storage.kept import House

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="session", params=[None, DEBIAN], ids=["wheel", "debian-15"])
def server_dsn(request: pytest.FixtureRequest) -> Iterator[str]:
    binaries: Path | None = request.param
    if binaries and not binaries.is_dir():
        pytest.skip(f"PostgreSQL 15 is not installed at {binaries}")
    with database_server(binaries) as address:
        yield address


@pytest.fixture
def house(engine: Engine) -> House:
    """An installation on its first day."""
    return House(engine)
