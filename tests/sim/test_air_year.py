"""A simulated year, in a few seconds of it: how seldom presence by radio is wrong, and that both ways say the same."""

from functools import reduce
from operator import add

import pytest

from baqylau.sim.air.agreement import both
from baqylau.sim.air.score import Score
from baqylau.sim.air.year import Setting, carried, interval, lived

HOMES, DAYS = 2, 3


def scores(setting: Setting) -> Score:
    return reduce(add, (lived(setting, seed, DAYS) for seed in range(HOMES)), Score())


def test_with_two_receivers_nobody_at_home_is_missed_and_everybody_who_leaves_is() -> None:
    score = scores(Setting(name="two", receivers=2))
    assert score.days == HOMES * DAYS
    assert (score.false, score.missed) == (0, 0)
    assert len(score.delays_s) > 2
    assert max(score.delays_s) <= 360


def test_one_receiver_in_homes_as_they_are_is_wrong_now_and_then_but_misses_nobody() -> None:
    score = scores(Setting(name="one", receivers=1))
    assert 0 < score.false / score.days < 3
    assert score.missed == 0


def test_frames_counted_by_the_minute_end_in_the_same_findings_as_frames_through_the_real_cores() -> None:
    whole, short = both(3, 1)
    assert whole == pytest.approx(short, abs=2)
    assert whole


def test_a_carried_signal_is_found_within_five_minutes_and_none_where_there_is_none() -> None:
    assert [carried(seed, 1.0) for seed in range(3)] == [()] * 3
    for seed in range(3):
        assert 4000 < carried(seed, 0.1, 0.02, 4000.0)[0] <= 4300


@pytest.mark.parametrize(("seen", "low", "high"), [(0, 0.0, 3.689), (2, 0.242, 7.225), (100, 81.36, 121.63)])
def test_poisson_intervals_are_the_exact_ones(seen: int, low: float, high: float) -> None:
    assert interval(seen) == pytest.approx((low, high), abs=0.01)
