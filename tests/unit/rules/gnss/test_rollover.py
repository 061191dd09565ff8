"""Weeks that rolled over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.rules import settings
from baqylau.rules.gnss import figures
from baqylau.rules.gnss.figures import CLOCK_AHEAD_S, CLOCK_BEHIND_S, ERA_S
from baqylau.rules.gnss.rollover import eras_off, repaired_s
from tests.unit.rules.gnss.receiver import BEGIN_S

SHARED = [name for name in vars(figures) if name.isupper() and hasattr(settings, name)]


@pytest.mark.parametrize("name", SHARED)
def test_a_figure_that_the_server_knows_too_is_the_same_there(name: str) -> None:
    assert getattr(figures, name) == getattr(settings, name)


def test_there_are_such_figures() -> None:
    assert len(SHARED) >= 8


@given(st.integers(-3, 3), st.floats(-CLOCK_AHEAD_S, CLOCK_BEHIND_S))
def test_whatever_the_era_a_possible_time_is_found_again(eras: int, late_s: float) -> None:
    repaired = repaired_s(BEGIN_S - late_s + eras * ERA_S, BEGIN_S)
    assert repaired == pytest.approx(BEGIN_S - late_s, abs=1e-3)
    assert eras_off(BEGIN_S - late_s + eras * ERA_S, BEGIN_S) == -eras


@given(st.integers(-3, 3), st.floats(CLOCK_BEHIND_S + 1, ERA_S - CLOCK_AHEAD_S - 1))
def test_no_other_time_is_touched(eras: int, late_s: float) -> None:
    assert repaired_s(BEGIN_S - late_s + eras * ERA_S, BEGIN_S) is None


def test_a_record_may_come_as_late_as_forty_days_to_the_second() -> None:
    assert repaired_s(BEGIN_S - CLOCK_BEHIND_S, BEGIN_S) == BEGIN_S - CLOCK_BEHIND_S
    assert repaired_s(BEGIN_S - CLOCK_BEHIND_S - 1, BEGIN_S) is None
    assert repaired_s(BEGIN_S + CLOCK_AHEAD_S, BEGIN_S) == BEGIN_S + CLOCK_AHEAD_S
    assert repaired_s(BEGIN_S + CLOCK_AHEAD_S + 1, BEGIN_S) is None
