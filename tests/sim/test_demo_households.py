"""The demo's households: what the registers hold of them, and what their homes' receivers hear through the plots."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from baqylau.domain.orders import PresenceRegime
from baqylau.domain.people import DeviceKind
from baqylau.links.radio.modem import read
from baqylau.links.radio.words import Frame
from baqylau.protocols.beacon.frame import FRAME_BYTES
from baqylau.rules.schedule import on_duty
from baqylau.rules.settings import GONE_AFTER_S
from baqylau.sim.air.live import LiveHouse
from baqylau.sim.demo_households import TRANSMITTERS, Household, households, households_registry, on_air
from baqylau.sim.demo_registry import GRACE_S, demo_registry

NOW = datetime(2026, 11, 22, 15, 20, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
STAYS, LEAVES, CUTS = households()


def frames_a_minute(one: Household, minutes: int) -> list[int]:
    """How many frames of bracelet and relay are heard in the home in each minute."""
    roots = {one.device_id(kind): bytes([number] * 32) for number, kind in enumerate(TRANSMITTERS, 1)}
    house = LiveHouse(on_air(one, "127.0.0.1", 0, roots), NOW, Random(7))  # noqa: S311 - invented noise
    words = [[read(line) for second in range(60) for line in house.lines(60.0 * m + second)] for m in range(minutes)]
    return [sum(isinstance(word, Frame) and len(word.raw) == FRAME_BYTES for word in minute) for minute in words]


def test_everybody_has_a_bracelet_a_relay_and_a_home_unit_and_nobodys_id_is_used_twice() -> None:
    given = households_registry(founded_at=NOW, started_at=NOW)
    trackers = demo_registry(founded_at=NOW, started_at=NOW)
    assert len(given.fittings) == len(given.devices) == 9
    assert {one.kind for one in given.devices} == {*TRANSMITTERS, DeviceKind.HOME_UNIT}
    names = [str(one.id) for registry in (given, trackers) for one in registry.people]
    names += [str(one.id) for registry in (given, trackers) for one in registry.devices]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_whenever_the_demo_is_started_they_are_to_be_at_home_through_its_first_quarter(hour: int) -> None:
    started_at = NOW.replace(hour=hour, minute=59)
    for one in households_registry(founded_at=NOW, started_at=started_at).restrictions:
        assert isinstance(one, PresenceRegime)
        assert on_duty(one.schedule, started_at)
        assert on_duty(one.schedule, started_at + QUARTER)


def test_who_leaves_is_gone_for_longer_than_any_wait_and_back_within_the_quarter_while_the_relay_is_heard_on() -> None:
    heard = frames_a_minute(LEAVES, 15)
    away = heard[3:11]
    assert 60 * len(away) > GONE_AFTER_S + GRACE_S
    assert 40 < min(away) <= max(away) < min(*heard[:2], *heard[13:])


def test_who_stays_and_who_cuts_the_strap_is_heard_all_the_time() -> None:
    for one in (STAYS, CUTS):
        assert min(frames_a_minute(one, 6)) > 15
