"""The finder: what the trend says, and where an officer comes who follows it."""

import pytest

from baqylau.monitoring.console.nearby import Strength
from baqylau.monitoring.console.trend import Direction, smoothed, trend
from tests.quality.finder import figures, searches


def going(step_db: float, count: int = 60) -> list[Strength]:
    return [Strength(ms=at * 400, dbm=-80.0 + step_db * at + (2.0 if at % 2 else -2.0)) for at in range(count)]


@pytest.mark.parametrize(
    ("step_db", "direction"), [(0.5, Direction.STRONGER), (-0.5, Direction.WEAKER), (0.0, Direction.STEADY)]
)
def test_the_trend_says_which_way_it_goes_and_never_how_far_it_is(step_db: float, direction: Direction) -> None:
    seen = trend(going(step_db), 59 * 400)
    assert seen.direction is direction
    assert seen.level_dbm is not None
    assert seen.tone_hz is not None


def test_a_few_frames_say_nothing_and_silence_is_said() -> None:
    assert trend(going(1.0, 5), 2000).direction is Direction.WAIT
    assert trend(going(1.0), 60_000).direction is Direction.LOST
    assert trend([], 0).direction is Direction.LOST


def test_of_a_bracelet_at_rest_longer_spans_are_compared() -> None:
    slow = [Strength(ms=at * 5_000, dbm=-90.0 + at) for at in range(13)]
    seen = trend(slow, 60_000)
    assert (seen.direction, seen.span_s) == (Direction.STRONGER, 20)
    assert trend(going(0.5), 59 * 400).span_s == 12


def test_the_line_is_the_median_of_six_frames() -> None:
    line = smoothed([Strength(ms=at, dbm=float(dbm)) for at, dbm in enumerate((-70, -90, -71, -72, -73, -74, -20))])
    assert [one.dbm for one in line][-1] == -72.5


def test_who_follows_the_trend_reaches_the_bracelet_in_nineteen_of_twenty_places() -> None:
    assert figures(searches(60))["reached_share"] >= 0.95
