"""Filter and smoother, for drawing only."""

from collections.abc import Sequence
from math import hypot, sqrt

import numpy as np
import pytest

from baqylau.rules.gnss.figures import RADIUS_95_SIGMAS
from baqylau.rules.gnss.plane import DEGREE_M, Place, distance_m, way_m
from baqylau.rules.gnss.smoothing import Manner, Values, WorkedOut, filtered, smoothed
from tests.unit.rules.gnss.receiver import HOME, place

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
    assert all(179.9 < abs(one.longitude_deg) <= 180.0 for one in smoothed(fixes))


def test_a_receiver_that_is_right_to_half_a_metre_is_drawn_as_well_as_it_is() -> None:
    (one,) = filtered([(place(0, r95_m=0.5), True)])
    assert one.r95_m == pytest.approx(0.5 / sqrt(2))


def together(track: Fixes) -> tuple[Values, Values, Values]:
    """Give what all fixes say at once, by one equation for all states: east and north, speeds, and standard deviations.

    Each state is a place and a speed of one axis; what is told is weighed by how sure it is.
    """
    number, origin = len(track), track[0][0]
    sure, told = np.zeros((2 * number, 2 * number)), np.zeros((2 * number, 2))
    sigmas_m = [fix.r95_m / RADIUS_95_SIGMAS for fix, _ in track]
    sure[0, 0], sure[1, 1] = sigmas_m[0] ** -2, 1 / 10.0**2
    for k, (fix, still) in enumerate(track):
        sure[2 * k, 2 * k] += sigmas_m[k] ** -2
        told[2 * k] += np.array(way_m(origin, fix)) * sigmas_m[k] ** -2
        if k:
            s, density = fix.at_s - track[k - 1][0].at_s, 0.001 if still else 1.0
            unknown = density * np.array([[s**3 / 3, s**2 / 2], [s**2 / 2, s]])
            leads = np.array([[-1.0, -s, 1.0, 0.0], [0.0, -1.0, 0.0, 1.0]])
            sure[2 * k - 2 : 2 * k + 2, 2 * k - 2 : 2 * k + 2] += leads.T @ np.linalg.inv(unknown) @ leads
    spread = np.linalg.inv(sure)
    found = spread @ told
    return found[::2], found[1::2], np.sqrt(np.diag(spread)[::2])


def test_the_smoother_says_what_all_fixes_say_together_and_the_filter_what_those_up_to_it_say() -> None:
    ways = ((0, 0, 0, 8.0), (7, 30, -12, 20.0), (9, 41, -9, 5.0), (60, 44, 6, 12.0), (61, 42, 3, 12.0))
    track = [
        (Place(s, HOME[0] + north / DEGREE_M, HOME[1] + east / DEGREE_M / 0.66, r95_m), s >= 60)
        for s, east, north, r95_m in ways
    ]
    places, speeds, sigmas_m = together(track)
    for one, way, speed, sigma_m in zip(smoothed(track), places, speeds, sigmas_m, strict=True):
        assert_is(one, track[0][0], way, speed, sigma_m)
    for k, one in enumerate(filtered(track), 1):
        places, speeds, sigmas_m = together(track[:k])
        assert_is(one, track[0][0], places[-1], speeds[-1], sigmas_m[-1])


def assert_is(one: WorkedOut, origin: Place, way: Values, speed: Values, sigma_m: float) -> None:
    found = way_m(origin, Place(one.at_s, one.latitude_deg, one.longitude_deg, one.r95_m))
    assert found == pytest.approx(tuple(way), abs=1e-4)
    assert one.speed_m_s == pytest.approx(hypot(*speed), abs=1e-6)
    assert one.r95_m == pytest.approx(RADIUS_95_SIGMAS * sigma_m, rel=1e-6)


@pytest.mark.parametrize(("gap_s", "carried"), [(120.0, True), (120.5, False), (0.0, False)])
def test_two_minutes_are_carried_and_no_longer_gap_nor_two_fixes_of_one_instant(gap_s: float, *, carried: bool) -> None:
    alone = filtered([(place(0), True)])[0].r95_m
    _, after = filtered([(place(0), True), (place(gap_s), True)])
    assert (after.r95_m != pytest.approx(alone)) is carried
