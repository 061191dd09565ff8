"""A tracker with a radio says how it stands in a beacon of its own; without one it is silent."""

from baqylau.devices.beacon_sender import Beacon
from baqylau.protocols.beacon.frame import TRACKER, kind_of
from baqylau.protocols.beacon.keys import root_of
from baqylau.protocols.beacon.status import unpack
from tests.unit.devices.tracker.life import Life

ROOT = root_of(bytes([5] * 32))


def beacons(life: Life) -> list[Beacon]:
    found = [one for one in life.others if isinstance(one, Beacon)]
    life.others.clear()
    return found


def pairs(sent: list[Beacon]) -> list[tuple[int, int]]:
    return [(one.at_s, one.sub) for one in sent]


def test_without_a_radio_nothing_is_sent() -> None:
    life = Life()
    life.wait(60)
    assert beacons(life) == []


def test_it_speaks_every_five_seconds_in_frames_of_its_kind() -> None:
    life = Life(root=ROOT)
    life.wait(120)
    beacons(life)
    life.wait(60)
    sent = beacons(life)
    assert len(sent) in {11, 12, 13}
    assert {kind_of(one.frame()) for one in sent} == {TRACKER}


def test_a_cut_strap_is_said_at_once_and_every_second() -> None:
    life = Life(root=ROOT)
    life.wait(120)
    beacons(life)
    life.show(strap=(10_000_000, 0.0))
    life.wait(10)
    sent = beacons(life)
    assert len(sent) >= 8
    assert "strap" in unpack(sent[-1].status).now
    assert "strap" in unpack(sent[-1].status).latched


def test_no_frame_comes_twice_after_power_was_lost() -> None:
    life = Life(root=ROOT)
    life.wait(700)
    before = pairs(beacons(life))
    again = Life(kept=life.kept, root=ROOT)
    again.wait(300)
    assert not {*before} & {*pairs(beacons(again))}


def test_without_any_sky_or_network_it_goes_on_by_its_own_count() -> None:
    life = Life(place=None, root=ROOT)
    life.wait(3 * 3600, rate=5)
    assert pairs(beacons(life))[-1][0] >= 3 * 3600 - 10
