"""A disk that is full: nothing is acknowledged that is not kept, and with room again it goes on without a restart."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from baqylau.domain.observations import Fix
from baqylau.storage.database import open_database
from baqylau.storage.migrating import migrate
from baqylau.storage.server import embedded
from tests.conftest import NOT_FOR_KEEPS
from tests.perf.disk import NoDiskError, OwnDisk, own_disk
from tests.unit.server.site import FAR_AWAY, START, TRACKER, Peer, Site, hello, prescribed, report

MEGABYTES = 160
FRAMES_MAX = 20_000
SETTINGS = {**NOT_FOR_KEEPS, "shared_buffers": "16MB", "max_connections": "20", "autovacuum": "off"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[OwnDisk]:
    """A disk of its own that is soon full."""
    tmp_path.chmod(0o755)
    try:
        with own_disk(tmp_path / "disk", MEGABYTES) as disk:
            yield disk
    except NoDiskError as none:
        pytest.skip(str(none))


@pytest.fixture
def engine(small_disk: OwnDisk) -> Iterator[Engine]:
    """A database on it."""
    with embedded(small_disk.place / "db", settings=SETTINGS) as address:
        one = open_database(address)
        migrate(one)
        yield one
        one.dispose()


@pytest.mark.timeout(240)
def test_a_full_disk_is_refused_and_not_acknowledged_and_room_ends_it(engine: Engine, small_disk: OwnDisk) -> None:
    site = Site(engine, prescribed())
    acknowledged: list[int] = []

    async def story() -> None:
        async with site.gateway() as (gateway, port):
            peer = await Peer.call(port)
            await peer.say(hello())
            good = await peer.say(_frame(0))
            acknowledged.append(0)
            small_disk.fill()
            refused = 0
            for number in range(1, FRAMES_MAX):
                answer = await peer.say(_frame(number))
                if answer != good:
                    refused = number
                    break
                acknowledged.append(number)
            assert refused
            small_disk.make_room()
            assert await asyncio.to_thread(_kept, site) == acknowledged, "read when a read may write what it pushes out"
            async with asyncio.timeout(120):
                while await peer.say(_frame(refused)) != good:  # noqa: ASYNC110 - no event says that it takes again
                    await asyncio.sleep(0.2)
            acknowledged.append(refused)
            assert gateway.connected == 1

    asyncio.run(story())
    assert _kept(site) == acknowledged


def _frame(number: int) -> bytes:
    return report(START - timedelta(hours=20) + timedelta(seconds=number), FAR_AWAY)


def _kept(site: Site) -> list[int]:
    """Give the numbers of the frames that are in the journal, in their order."""
    begun_at = START - timedelta(hours=20)
    found = site.journal.of_devices([TRACKER], begun_at, START + timedelta(days=1))
    fixes = [one for one in found if any(isinstance(body, Fix) for body in one.bodies)]
    return [int((one.observed_at - begun_at).total_seconds()) for one in fixes]
