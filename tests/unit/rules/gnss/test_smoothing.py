"""Filter and smoother, for drawing only."""

from collections.abc import Sequence
from math import hypot, sqrt

import numpy as np
import pytest

from baqylau.rules.gnss.plane import DEGREE_M, Place, distance_m
from baqylau.rules.gnss.smoothing import Manner, WorkedOut, filtered, smoothed
from tests.unit.rules.gnss.receiver import place

Fixes = list[tuple[Place, bool]]


def noisy(seconds: int, speed_m_s: float, seed: int = 5) -> tuple[Fixes, list[Place]]:
    """Give fixes with 5 m of noise either way of somebody who goes north, and the truth."""
    random = np.random.default_rng(seed)
    truth = [place(s, speed_m_s * s) for s in range(seconds)]
    fixes = []
    for one in truth:
        east_m, north_m = random.normal(0.0, 5.0, 2)
        longitude_deg = one.longitude_deg + east_m / (DEGREE_M * 0.66)
        fixes.append((Place(one.at_s, one.latitude_deg + north_m / DEGREE_M, longitude_deg, 12.2), speed_m_s == 0.0))
    return fixes, truth


def error_m(found: Sequence[WorkedOut | Place], truth: list[Place]) -> float:
    ways = [distance_m(Place(0, f.latitude_deg, f.longitude_deg, 0), t) for f, t in zip(found, truth, strict=True)]
    return hypot(*ways) / sqrt(len(ways))


@pytest.mark.parametrize("speed_m_s", [0.0, 1.4, 15.0])
def test_the_smoother_is_nearer_than_the_filter_and_that_nearer_than_the_fixes(speed_m_s: float) -> None:
    fixes, truth = noisy(120, speed_m_s)
    raw_m = error_m([fix for fix, _ in fixes], truth)
    assert error_m(smoothed(fixes), truth) < error_m(filtered(fixes), truth) < raw_m
    assert error_m(smoothed(fixes), truth) < 0.6 * raw_m


def test_what_is_worked_out_says_how_and_of_which_fix() -> None:
    fixes, _ = noisy(20, 1.0)
    assert {one.manner for one in filtered(fixes)} == {Manner.FILTERED}
    assert {one.manner for one in smoothed(fixes)} == {Manner.SMOOTHED}
    assert [one.at_s for one in smoothed(fixes)] == [fix.at_s for fix, _ in fixes]


def test_nothing_is_carried_over_a_gap_or_back_in_time() -> None:
    there = [(place(s), True) for s in range(5)]
    far = [(place(s + 1000, 40_000.0), True) for s in range(5)]
    for track in (there + far, far + there):
        found = smoothed(track)
        assert max(error_m((one,), [fix]) for one, (fix, _) in zip(found, track, strict=True)) < 1.0


def test_no_track_and_a_track_of_one_fix_are_what_they_are() -> None:
    assert smoothed([]) == ()
    (one,) = smoothed([(place(0), False)])
    assert one.latitude_deg == pytest.approx(place(0).latitude_deg)


def test_a_track_over_the_date_line_stays_there() -> None:
    fixes = [(Place(float(s), 10.0, (179.9999 + s * 1e-5 + 180) % 360 - 180, 5.0), False) for s in range(30)]
    assert all(abs(one.longitude_deg) > 179.9 for one in smoothed(fixes))
