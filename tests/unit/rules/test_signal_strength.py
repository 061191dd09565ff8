"""How strong a device's signals are, and from which state they were lost, at the very limits."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Cell, Fix, NoFix, Sky
from baqylau.rules.conditions import signals
from baqylau.rules.conditions.signals import Signal, Signals, Strength
from baqylau.rules.places.position import Position, position
from baqylau.rules.settings import (
    MINIMUM_SATELLITES,
    PLACE_HOLDS_S,
    STRONG_CELL_DBM,
    STRONG_CN0_DBHZ,
    STRONG_R95_M,
    STRONG_SATELLITES,
    STRONG_WITHIN_S,
    WEAK_CELL_DBM,
)
from tests.unit.rules.stories import HOME, at

NOON = at("12:00")
SECOND = timedelta(seconds=1)
STRONG, FADED, WEAK, LOST = Strength.STRONG, Strength.FADED, Strength.WEAK, Strength.LOST


def placed(after_s: float = 0, accuracy_m: float = STRONG_R95_M, satellites: int = 12) -> Position:
    fix = Fix(
        latitude_deg=HOME.latitude_deg, longitude_deg=HOME.longitude_deg, accuracy_m=accuracy_m, satellites=satellites
    )
    found = position(ObservationId("one"), NOON + after_s * SECOND, fix)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("satellites", "cn0_dbhz", "strength"),
    [
        (MINIMUM_SATELLITES - 1, STRONG_CN0_DBHZ, LOST),
        (MINIMUM_SATELLITES, None, WEAK),
        (STRONG_SATELLITES - 1, None, WEAK),
        (STRONG_SATELLITES, None, STRONG),
        (STRONG_SATELLITES, STRONG_CN0_DBHZ, STRONG),
        (STRONG_SATELLITES, STRONG_CN0_DBHZ - 0.1, WEAK),
    ],
)
def test_satellites_are_strong_when_they_are_many_and_loud(
    satellites: int, cn0_dbhz: float | None, strength: Strength
) -> None:
    assert signals.of_sky(Sky(satellites=satellites, mean_cn0_dbhz=cn0_dbhz)) is strength


def test_without_a_position_satellites_are_weak_or_lost() -> None:
    said = [signals.of_no_fix(NoFix(satellites=seen)) for seen in (None, MINIMUM_SATELLITES - 1, MINIMUM_SATELLITES)]
    assert said == [LOST, LOST, WEAK]


def test_a_position_is_strong_when_it_is_precise_and_decides() -> None:
    assert signals.of_place(placed()) is STRONG
    assert signals.of_place(placed(accuracy_m=STRONG_R95_M + 1)) is WEAK
    assert signals.of_place(replace(placed(), decides=False)) is WEAK


def test_a_network_is_lost_when_the_device_is_not_registered_and_strong_when_it_is_loud() -> None:
    cells = (
        Cell(registered=False, signal_dbm=STRONG_CELL_DBM),
        Cell(registered=True),
        Cell(registered=True, signal_dbm=STRONG_CELL_DBM),
        Cell(registered=True, signal_dbm=STRONG_CELL_DBM - 1),
        Cell(registered=True, signal_dbm=WEAK_CELL_DBM),
        Cell(registered=True, signal_dbm=WEAK_CELL_DBM - 1),
    )
    assert [signals.of_cell(cell) for cell in cells] == [LOST, STRONG, STRONG, FADED, FADED, WEAK]


def test_each_word_about_a_signal_replaces_the_one_before() -> None:
    before = Signal(lost_at=NOON, was_strong=True)
    assert signals.heard(before, NOON + SECOND, STRONG) == Signal(strong_at=NOON + SECOND)
    assert signals.heard(before, NOON + SECOND, WEAK) == Signal(weak_at=NOON + SECOND)
    assert signals.heard(before, NOON + SECOND, FADED) == Signal(faded_at=NOON + SECOND)
    assert signals.heard(before, NOON + SECOND, LOST) is before


def test_a_signal_that_fades_was_as_strong_as_it_was_and_is_known_to_have_faded() -> None:
    strong = Signal(strong_at=NOON)
    faded = signals.heard(strong, NOON + SECOND, FADED)
    assert faded == Signal(strong_at=NOON, faded_at=NOON + SECOND)
    lost = signals.heard(faded, NOON + 2 * SECOND, LOST)
    assert lost == Signal(NOON, None, NOON + 2 * SECOND, was_strong=True, faded_at=NOON + SECOND)
    assert signals.heard(faded, NOON + 2 * SECOND, STRONG) == Signal(NOON + 2 * SECOND)


@pytest.mark.parametrize(("age_s", "was_strong"), [(STRONG_WITHIN_S, True), (STRONG_WITHIN_S + 1, False)])
def test_a_signal_is_lost_from_a_strong_state_that_was_told_lately(age_s: int, *, was_strong: bool) -> None:
    when = NOON + age_s * SECOND
    assert signals.heard(Signal(strong_at=NOON), when, LOST) == Signal(NOON, None, when, was_strong)
    assert signals.heard(Signal(), when, LOST, placed()).was_strong is was_strong
    assert not signals.heard(Signal(), when, LOST).was_strong


def test_a_position_tells_of_satellites_when_it_is_newer_and_precise() -> None:
    when = NOON + (STRONG_WITHIN_S + 1) * SECOND
    weak = Signal(weak_at=NOON + SECOND)
    for place, was_strong in ((placed(2), True), (placed(1), False), (placed(2, STRONG_R95_M + 1), False)):
        assert signals.heard(weak, when, LOST, place).was_strong is was_strong
    assert signals.heard(Signal(strong_at=NOON + SECOND), when, LOST, placed()).was_strong
    assert signals.heard(Signal(strong_at=NOON), when, LOST, placed(1)).was_strong


def test_the_place_of_a_loss_is_one_that_is_fresh() -> None:
    fresh_until = NOON + PLACE_HOLDS_S * SECOND
    assert signals.place_at(placed(), fresh_until) == placed()
    assert signals.place_at(placed(), fresh_until + SECOND) is None
    assert signals.place_at(None, NOON) is None


SKY_LOST = Signals(sky=Signal(lost_at=NOON))
NETWORK_LOST = Signals(network=Signal(lost_at=NOON))


def test_a_loss_keeps_the_place_where_it_began() -> None:
    begun = signals.went_on(Signals(), SKY_LOST, NOON, placed(), suspicious=False)
    assert (begun.place, begun.suspicious, begun.lost, NETWORK_LOST.lost, Signals().lost) == (
        placed(),
        False,
        True,
        True,
        False,
    )
    gone_on = signals.went_on(begun, begun, NOON + SECOND, placed(1), suspicious=False)
    assert gone_on.place == placed()


def test_what_was_suspicious_once_stays_so_while_the_loss_goes_on() -> None:
    begun = signals.went_on(Signals(), SKY_LOST, NOON, placed(), suspicious=True)
    assert begun.suspicious
    assert signals.went_on(begun, begun, NOON, placed(), suspicious=False).suspicious
    before = Signals(suspicious=True)
    assert not signals.went_on(before, SKY_LOST, NOON, placed(), suspicious=False).suspicious


def test_a_loss_that_is_over_teaches_its_place_unless_something_was_suspicious() -> None:
    before = replace(SKY_LOST, place=placed())
    over = signals.went_on(before, Signals(), NOON, None, suspicious=False)
    assert (over.place, over.suspicious, len(over.spots)) == (None, False, 1)
    for state, suspicious in ((before, True), (replace(before, suspicious=True), False), (SKY_LOST, False)):
        assert signals.went_on(state, state, NOON, None, suspicious=suspicious).lost
        assert signals.went_on(state, Signals(), NOON, None, suspicious=suspicious) == Signals()
    calm = Signals(place=placed())
    assert signals.went_on(Signals(), calm, NOON, None, suspicious=False) is calm
