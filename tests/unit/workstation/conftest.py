"""A workstation server over a real database, with an invented town and a clock that the story moves."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.unit.workstation.office import Office


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """The server's parts, before anybody signs in."""
    return Office(engine, tmp_path)
