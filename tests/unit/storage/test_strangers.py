"""Devices that call and are not registered can be seen, until they are registered."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.storage.equipment import strangers as module
from baqylau.storage.equipment.strangers import Strangers
from baqylau.storage.journal.quarantine import Item, Quarantine
from tests.unit.storage.kept import NOON, House

CALL = Item(
    protocol="gt06",
    peer="203.0.113.7:4711",
    number="353173060000009",
    fault="not_signed_in",
    detail="unknown_device",
    raw=b"\x78\x78",
)


@pytest.fixture
def quarantine(house: House) -> Quarantine:
    return Quarantine(house.engine, house.vault, house.clock, house.random)


def test_a_stranger_is_shown_once_with_when_and_how_often_it_called(house: House, quarantine: Quarantine) -> None:
    quarantine.keep([CALL])
    house.now += timedelta(minutes=5)
    quarantine.keep([replace(CALL, peer="203.0.113.8:1"), CALL, replace(CALL, number="17", protocol="h02")])
    found = {one.number: one for one in Strangers(house.engine).unregistered([])}
    again, other = found[CALL.number or ""], found["17"]
    assert (again.protocol, again.count, again.first_at) == ("gt06", 3, NOON)
    assert (again.last_at, again.peer) == (house.clock(), CALL.peer)
    assert (other.protocol, other.count) == ("h02", 1)


def test_a_device_that_is_registered_is_no_stranger_any_more(house: House, quarantine: Quarantine) -> None:
    quarantine.keep([CALL, replace(CALL, protocol="watch")])
    [left] = Strangers(house.engine).unregistered([("gt06", "353173060000009")])
    assert left.protocol == "watch"


@pytest.mark.parametrize("number", [None, "", "9" * 65, "1\x002", "\x1b[2J"])
def test_what_is_no_number_is_only_quarantined(house: House, quarantine: Quarantine, number: str | None) -> None:
    quarantine.keep([replace(CALL, number=number), replace(CALL, detail="wrong_password")])
    assert Strangers(house.engine).unregistered([]) == []
    assert len(quarantine.latest(5)) == 2


def test_beyond_the_bound_those_are_forgotten_that_called_first(
    house: House, quarantine: Quarantine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STRANGERS_MAX", 3)
    for number in range(5):
        quarantine.keep([replace(CALL, number=str(number))])
        house.now += timedelta(seconds=1)
    assert [one.number for one in Strangers(house.engine).unregistered([])] == ["4", "3", "2"]
