"""A real client on a real socket, in every protocol, with a server that goes away in the middle."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from baqylau.domain.observations import Fix, NoFix
from baqylau.links.tracks import Track, read_track
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Reading
from baqylau.sim.client import Habits, Line
from baqylau.sim.replay import SimulateOptions, SimulateReport, simulate
from tests.sim.door import Door

STARTED_AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
HABITS = Habits(answer_within_s=0.3, first_pause_s=0.02, longest_pause_s=0.05, batch_reports=20)
LENGTH = 400
TRACK = Track(
    reports=tuple(
        (STARTED_AT + timedelta(seconds=number), (Fix(latitude_deg=48.6 + number / 1e5, longitude_deg=66.9),))
        for number in range(LENGTH)
    )
)

GNSS = Path(os.environ.get("BAQYLAU_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata")) / "gnss"


async def replay(door: Door, protocol: str, speed: float, track: Track = TRACK) -> SimulateReport:
    options = SimulateOptions(
        track=track,
        line=Line(host="127.0.0.1", port=door.port),
        speak=lambda: FLEET[protocol].device("710000001", ""),
        speed=speed,
        habits=HABITS,
    )
    dice = Random(1)  # noqa: S311 - jitter
    return await simulate(options, sleep=asyncio.sleep, monotonic_s=time.monotonic, random=dice, progress=_unheeded)


def _unheeded(_: SimulateReport) -> None:
    """Progress is not looked at here."""


@pytest.mark.parametrize("protocol", FLEET)
def test_a_whole_track_arrives(protocol: str) -> None:
    async def story() -> None:
        async with Door(protocol).listening() as door:
            report = await replay(door, protocol, speed=10_000.0)
        assert (report.confirmed, report.refused, report.reconnects) == (LENGTH, 0, 0)
        assert [reading.observed_at for reading in door.kept.values()] == [at for at, _ in TRACK.reports]

    asyncio.run(asyncio.wait_for(story(), 30))


@pytest.mark.parametrize("protocol", FLEET)
def test_a_server_that_goes_away_and_comes_back_misses_nothing(protocol: str) -> None:
    async def story() -> None:
        door = Door(protocol)
        async with door.listening():
            replaying = asyncio.ensure_future(replay(door, protocol, speed=400.0))
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.2)
        async with door.listening():
            await asyncio.sleep(0.1)
            door.mute = True
            await asyncio.sleep(0.2)
        door.mute = False
        async with door.listening():
            report = await replaying
        assert report.confirmed == LENGTH
        assert report.reconnects > 0
        assert len(door.kept) == LENGTH
        assert {reading.observed_at for reading in door.kept.values()} == {at for at, _ in TRACK.reports}
        assert len(door.heard) > LENGTH, (
            "what was kept and not answered was sent again, and known again by its identity"
        )

    asyncio.run(asyncio.wait_for(story(), 30))


def test_reports_that_a_protocol_cannot_carry_are_counted_and_the_rest_arrives() -> None:
    fix = (Fix(latitude_deg=48.6, longitude_deg=66.9),)
    before_egts = [(datetime(2006, 9, 16, 19, 41, second, tzinfo=UTC), fix) for second in range(3)]
    track = Track(reports=(*before_egts, *TRACK.reports[:5]))

    async def story() -> SimulateReport:
        async with Door("egts").listening() as door:
            return await replay(door, "egts", 1e9, track)

    report = asyncio.run(asyncio.wait_for(story(), 30))
    assert (report.confirmed, report.refused) == (5, 3)


@pytest.mark.skipif(not GNSS.is_dir(), reason="the receiver logs (BAQYLAU_TESTDATA) are not at hand")
@pytest.mark.parametrize("protocol", FLEET)
@pytest.mark.parametrize(
    ("log", "fixes", "without_a_fix"),
    [
        ("nmea/bundg_zeus_9.log", 146, 0),
        ("nmea/rx210.log", 40, 22),
        ("nmea/skytraq.log", 0, 17),
        ("gpx/around-visnjan-with-car.gpx", 104, 0),
    ],
)
def test_a_real_log_arrives_with_every_fix_and_every_want_of_one(
    protocol: str, log: str, fixes: int, without_a_fix: int
) -> None:
    async def story() -> list[Reading]:
        async with Door(protocol).listening() as door:
            report = await replay(door, protocol, 1e9, read_track(GNSS / log))
        assert report.confirmed == report.reports
        return door.heard

    heard = asyncio.run(asyncio.wait_for(story(), 30))
    bodies = [body for reading in heard for body in reading.bodies]
    assert sum(isinstance(body, Fix) for body in bodies) == fixes
    assert sum(isinstance(body, NoFix) for body in bodies) == without_a_fix
