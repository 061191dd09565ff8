"""The load generator against a server of nothing but the protocol."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.links.wall_clock import monotonic_s
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Reading
from baqylau.rules.fold import begin, fold
from baqylau.sim.client import Line
from baqylau.sim.load import LoadOptions, LoadReport, run_load
from baqylau.sim.load_fleet import load_number, load_registry
from tests.sim.door import Door

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@contextmanager
def open_door(protocol: str, *, mute: bool = False) -> Iterator[Door]:
    """Run the server in a thread of its own: the generator brings its own loop."""
    door, loop = Door(protocol), asyncio.new_event_loop()
    door.mute = mute
    stop, ready = asyncio.Event(), threading.Event()

    async def serve() -> None:
        async with door.listening():
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(5)
    try:
        yield door
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
        loop.close()


def load(door: Door, protocol: str, *, closed_loop: bool = False, batch: int = 1) -> LoadReport:
    options = LoadOptions(
        protocol=protocol,
        line=Line(host="127.0.0.1", port=door.port),
        devices=10,
        rate=400,
        seconds=0.5,
        batch=batch,
        closed_loop=closed_loop,
    )
    return run_load(options, NOW)


@pytest.mark.parametrize("protocol", FLEET)
@pytest.mark.parametrize("batch", [1, 10])
def test_an_open_loop_keeps_its_rate_and_counts_every_answer(protocol: str, batch: int) -> None:
    with open_door(protocol) as door:
        report = load(door, protocol, batch=batch)
    assert (report.sent, report.acked, report.errors) == (200, 200, 0)
    assert report.achieved_rate == pytest.approx(400, rel=0.25)
    assert 0 < report.ack_p50_ms <= report.ack_p99_ms
    assert len(door.kept) == 200


def test_a_closed_loop_goes_as_fast_as_it_is_answered() -> None:
    with open_door("wialon") as door:
        report = load(door, "wialon", closed_loop=True)
    assert report.acked == 200
    assert report.achieved_rate > 800


def test_answers_that_never_come_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baqylau.sim.load.DRAIN_S", 0.1)
    with open_door("wialon", mute=True) as door:
        report = load(door, "wialon")
    assert (report.acked, report.errors) == (0, report.sent)


def test_nobody_listening_is_said_at_once() -> None:
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        load(Door("wialon"), "wialon")


def test_a_position_is_of_the_second_in_which_it_is_sent_however_long_connecting_took() -> None:
    with open_door("wialon") as door:
        begun_s, line = monotonic_s(), Line(host="127.0.0.1", port=door.port)
        run_load(LoadOptions(protocol="wialon", line=line, devices=40, rate=10, seconds=4), NOW)
    instants_s = [(reading.observed_at - NOW).total_seconds() for reading in door.heard if reading.observed_at]
    age_s = [heard_s - begun_s - at_s for heard_s, at_s in zip(door.heard_s, instants_s, strict=True)]
    assert len(age_s) == 40
    assert min(age_s) >= 0
    assert max(age_s) < 3


@pytest.mark.parametrize("protocol", FLEET)
@pytest.mark.parametrize("closed_loop", [False, True])
def test_reports_are_in_order_apart_and_not_of_the_future(protocol: str, *, closed_loop: bool) -> None:
    with open_door(protocol) as door:
        load(door, protocol, batch=5, closed_loop=closed_loop)
    one = [reading for reading in door.kept.values() if reading.number == load_number(1)]
    instants = [reading.observed_at for reading in one if reading.observed_at]
    assert len(instants) == 20
    assert all((later - earlier).total_seconds() >= 1 for earlier, later in pairwise(instants))
    assert max(instants) <= NOW + timedelta(seconds=0.0 if closed_loop else 0.5)


def test_the_registers_know_the_fleet_and_its_walk_finds_nothing() -> None:
    registry = load_registry("wialon", 3, NOW)
    assert [device.number for device in registry.devices] == ["770000001", "770000002", "770000003"]
    with open_door("wialon") as door:
        load(door, "wialon")
    number = registry.devices[0].number
    supervision = Supervision(
        person_id=PersonId(number),
        orders=registry.orders[:1],
        restrictions=tuple(one for one in registry.restrictions if one.order_id == registry.orders[0].id),
        fittings=registry.fittings[:1],
        devices=registry.devices[:1],
    )
    assert len(supervision.restrictions) == 10
    readings = [reading for reading in door.kept.values() if reading.number == number]
    _, found = fold(supervision, begin(), [_observation(reading, supervision) for reading in readings], NOW)
    assert readings
    assert found == ()


def _observation(reading: Reading, supervision: Supervision) -> Observation:
    device = supervision.devices[0]
    return Observation(
        id=observation_id(device.id.encode(), reading.identity),
        device_id=device.id,
        observed_at=reading.observed_at or NOW,
        received_at=NOW,
        bodies=reading.bodies,
    )
