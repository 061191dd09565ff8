"""What could not be taken is kept as evidence, and cannot fill the disk."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from baqylau.domain.ids import DeviceId
from baqylau.storage.journal import quarantine as module
from baqylau.storage.journal.quarantine import Item, Quarantine
from tests.unit.storage.kept import NOON, House

NOISE = Item(
    protocol="wialon", peer="203.0.113.7:4711", number=None, fault="checksum_wrong", detail="crc", raw=b"\xff\x00noise"
)


@pytest.fixture
def quarantine(house: House) -> Quarantine:
    return Quarantine(house.engine, house.vault, house.clock, house.random)


def test_bytes_come_back_with_their_reason_newest_first(house: House, quarantine: Quarantine) -> None:
    quarantine.keep([NOISE, replace(NOISE, number="17")])
    newest, oldest = quarantine.latest(5)
    assert (newest.item.number, oldest.item, oldest.at, oldest.length_bytes) == ("17", NOISE, NOON, 7)
    with house.engine.connect() as connection:
        assert NOISE.raw.hex() not in str(connection.scalar(text("SELECT quarantine::text FROM quarantine LIMIT 1")))


def test_nothing_to_keep_is_nothing_done(quarantine: Quarantine) -> None:
    quarantine.keep([])
    quarantine.refuse({})
    assert (quarantine.latest(5), quarantine.count_since(NOON), quarantine.refused(NOON.date())) == ([], 0, {})


def test_of_a_frame_without_end_only_the_beginning_is_kept(quarantine: Quarantine) -> None:
    quarantine.keep([replace(NOISE, raw=b"x" * 1_000_000)])
    [kept] = quarantine.latest(1)
    assert (kept.length_bytes, kept.item.raw) == (1_000_000, b"x" * module.KEPT_BYTES)


def test_beyond_the_bound_of_an_hour_noise_is_counted_only(
    house: House, quarantine: Quarantine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_PER_HOUR", 3)
    quarantine.keep([NOISE] * 2)
    quarantine.keep([NOISE] * 5)
    quarantine.keep([replace(NOISE, fault="too_long")])
    assert (len(quarantine.latest(99)), quarantine.count_since(NOON)) == (4, 8)

    house.now = NOON + timedelta(hours=1)
    quarantine.keep([NOISE])
    assert len(quarantine.latest(99)) == 5
    assert (quarantine.count_since(house.now), quarantine.count_since(NOON)) == (1, 9)


def test_who_has_no_order_in_force_is_counted_and_not_kept(quarantine: Quarantine) -> None:
    quarantine.refuse({DeviceId("t-1"): 2, DeviceId("t-2"): 1})
    quarantine.refuse({DeviceId("t-1"): 3})
    assert quarantine.refused(NOON.date()) == {"t-1": 5, "t-2": 1}
