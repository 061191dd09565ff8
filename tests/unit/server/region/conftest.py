"""A NATS server for the tests of regional sites, one a session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import own_directory
from tests.perf.nats import MISSING, NATS, NatsServer, running


@pytest.fixture(scope="session")
def nats() -> Iterator[NatsServer]:
    """A server that keeps."""
    if NATS is None:
        pytest.skip(MISSING)
    with own_directory() as place:
        server = NatsServer(Path(place), "alone", domain="alone")
        with running(server):
            yield server
