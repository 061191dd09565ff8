"""What a battery's figures tell, at their very limits."""

import pytest

from baqylau.domain.ids import ObservationId, PersonId, SubjectId
from baqylau.domain.observations import Battery
from baqylau.domain.people import DeviceKind
from baqylau.rules.equipment import battery
from baqylau.rules.equipment.battery import Charge, Level
from baqylau.rules.finding import Author
from tests.unit.rules.stories import at

AUTHOR = Author(rule="battery", rule_version="2", person_id=PersonId("person-1"), subject=SubjectId("tracker-1"))


def told(state: Charge, said: Battery) -> tuple[Charge, list[str]]:
    names = battery.codes(DeviceKind.TRACKER)
    after, found = battery.step(AUTHOR, state, at("12:00"), ObservationId("one"), names, said)
    return after, [finding.code.value for finding in found]


@pytest.mark.parametrize(
    ("percent", "level", "found"),
    [(25.5, Level.FINE, []), (25.0, Level.FINE, []), (24.9, Level.LOW, ["T01"]), (10.0, Level.LOW, ["T01"])],
)
def test_a_limit_itself_is_not_below_it(percent: float, level: Level, found: list[str]) -> None:
    assert told(Charge(), Battery(level_percent=percent)) == (Charge(percent, level), found)


@pytest.mark.parametrize(("percent", "level"), [(29.9, Level.LOW), (30.0, Level.FINE), (9.0, Level.CRITICAL)])
def test_a_level_is_left_upwards_with_some_to_spare(percent: float, level: Level) -> None:
    assert told(Charge(20.0, Level.LOW), Battery(level_percent=percent))[0].level is level


def test_figures_that_tell_no_charge_change_nothing() -> None:
    low = Charge(20.0, Level.LOW)
    assert told(low, Battery(voltage_v=12.6)) == (low, [])
    assert told(low, Battery()) == (low, [])


@pytest.mark.parametrize(("said", "percent"), [(130.0, 100.0), (-5.0, 0.0), (0.0, 0.0), (100.0, 100.0)])
def test_a_level_stays_between_nothing_and_all(said: float, percent: float) -> None:
    assert battery.percent(Battery(level_percent=said)) == percent


@pytest.mark.parametrize(("voltage_v", "percent"), [(2.5, 0.0), (4.4, 100.0), (2.49, None), (4.41, None)])
def test_the_voltage_of_a_cell_ends_where_the_cell_does(voltage_v: float, percent: float | None) -> None:
    assert battery.percent(Battery(voltage_v=voltage_v)) == percent
