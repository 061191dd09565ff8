"""A calm place spares the rules a look only where the look would change nothing."""

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Fix
from baqylau.rules.equipment.silence import Silence
from baqylau.rules.places.geometry import clearance_m
from baqylau.rules.places.keeping import Keeping
from baqylau.rules.places.position import Position
from baqylau.rules.spans import ALWAYS
from baqylau.rules.state import Calm, DeviceState, PersonState
from tests.unit.rules.stories import HOME, METRE_DEG, ORDER_FROM, at

CALM = Calm(HOME.latitude_deg, HOME.longitude_deg, 500.0)


def place(north_m: float = 0.0, east_m: float = 0.0, accuracy_m: float = 10.0, *, decides: bool = True) -> Position:
    there = Fix(
        latitude_deg=HOME.latitude_deg + north_m * METRE_DEG, longitude_deg=HOME.longitude_deg + east_m * METRE_DEG
    )
    return Position(at("12:00"), ObservationId("1"), there, accuracy_m=accuracy_m, decides=decides)


@pytest.mark.parametrize(
    ("position", "calm"),
    [
        (place(), True),
        (place(150), True),
        (place(-150), True),
        (place(0, 150), True),
        (place(0, -150), True),
        (place(150, 150), True),
        (place(480), False),
        (place(-480), False),
        (place(0, 480), False),
        (place(250, 250), False),
        (place(250, -250), False),
        (place(150, accuracy_m=450), False),
        (place(decides=False), False),
    ],
)
def test_a_place_near_a_calm_one_is_calm_when_edge_and_disc_stay_clear(position: Position, *, calm: bool) -> None:
    assert CALM.holds(position) is calm


def test_at_the_very_edge_of_what_is_clear_the_rules_look_again() -> None:
    assert not replace(CALM, clear_m=clearance_m(10.0)).holds(place())
    assert replace(CALM, clear_m=clearance_m(10.0) + 0.1).holds(place())


def test_of_whom_nothing_was_heard_no_place_holds_and_no_clock_is_wrong() -> None:
    nobody = PersonState()
    assert (nobody.stale, nobody.holds, nobody.unheard, nobody.at_home()) == (True, False, False, False)
    assert not DeviceState(ORDER_FROM, Silence(ALWAYS, ORDER_FROM)).clock_wrong


def test_a_person_is_at_home_while_any_place_hears_the_bracelet_and_a_fix_there_is_not_enough() -> None:
    heard, gone = Keeping(against=False, by_radio=True), Keeping(against=True, by_radio=True)
    seen, unknown = Keeping(against=False), Keeping(by_radio=True)
    for keepings, home in (((heard, gone), True), ((gone, seen, unknown), False), ((), False)):
        named = {str(number): one for number, one in enumerate(keepings)}
        assert PersonState(keepings=named).at_home() is home
