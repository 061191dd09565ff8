"""Signals that were lost together, to the second."""

from datetime import timedelta

import pytest

from baqylau.domain.observations import Cell
from baqylau.rules.conditions import shielding
from baqylau.rules.conditions.condition import Word
from baqylau.rules.conditions.signals import Signal
from baqylau.rules.settings import LOST_TOGETHER_S
from tests.unit.rules.stories import at

NOON = at("12:00")


def lost(after_s: float = 0, *, was_strong: bool = True) -> Signal:
    return Signal(lost_at=NOON + timedelta(seconds=after_s), was_strong=was_strong)


@pytest.mark.parametrize(("apart_s", "together"), [(0, True), (LOST_TOGETHER_S, True), (LOST_TOGETHER_S + 1, False)])
def test_signals_lost_within_some_seconds_are_lost_at_once_whichever_goes_first(
    apart_s: float, *, together: bool
) -> None:
    assert shielding.at_once(lost(), lost(apart_s)) is together
    assert shielding.at_once(lost(apart_s), lost()) is together


def test_both_have_to_be_lost_and_from_a_strong_state() -> None:
    weak, there = lost(was_strong=False), Signal(strong_at=NOON)
    for sky, network in ((lost(), weak), (weak, lost()), (weak, weak), (lost(), there), (there, lost())):
        assert not shielding.at_once(sky, network)


@pytest.mark.parametrize(
    ("open_s", "faded_s", "together"),
    [(-60, None, True), (-60, -60, True), (-60, -61, True), (-60, -59, False), (None, -59, False)],
)
def test_a_network_that_faded_after_the_last_open_sky_went_down_with_it(
    open_s: float | None, faded_s: float | None, *, together: bool
) -> None:
    open_at, faded_at = (None if one is None else NOON + timedelta(seconds=one) for one in (open_s, faded_s))
    sky = Signal(strong_at=open_at, lost_at=NOON, was_strong=True)
    assert shielding.at_once(sky, Signal(lost_at=NOON, was_strong=True, faded_at=faded_at)) is together


def test_the_network_that_is_back_ends_it_and_one_that_is_not_says_nothing_more() -> None:
    assert [shielding.KIND.says(Cell(registered=back)) for back in (True, False)] == [Word.ENDED, None]
