"""Drift of a receiver at rest, and movement."""

import pytest

from baqylau.rules.gnss.standstill import Rest, drift_m, step
from tests.unit.rules.gnss.receiver import place


def rested(*norths_m: float, moving: bool | None, every_s: int = 10) -> list[Rest]:
    rest, rests = Rest(), []
    for number, north_m in enumerate(norths_m):
        rest = step(rest, place(number * every_s, north_m), moving=moving)
        rests.append(rest)
    return rests


def test_a_still_device_is_held_after_two_minutes_and_not_before() -> None:
    rests = rested(*([0.0, 12.0] * 8), moving=False)
    assert [rest.static for rest in rests].index(True) == 13
    assert rests[-1].anchor is not None
    assert rests[-1].anchor.at_s == place(0).at_s


def test_drift_is_no_movement_and_a_walk_is() -> None:
    assert not any(rest.moved for rest in rested(*(n % 24 for n in range(0, 400, 7)), moving=None))
    assert [rest.moved for rest in rested(0.0, 10.0, 30.0, 45.0, 60.0, moving=None)] == [False] * 3 + [True, False]
    assert [rest.moved for rest in rested(0.0, 10.0, 30.0, moving=True)] == [False, False, True]


def test_one_fix_that_lies_off_is_no_movement() -> None:
    assert not any(rest.moved for rest in rested(0.0, 60.0, 0.0, 0.0, 60.0, 0.0, moving=None))


def test_a_still_device_that_drifts_has_not_moved_and_is_held_again() -> None:
    rests = rested(*(min(n * 3.0, 90.0) for n in range(60)), moving=False)
    assert not any(rest.moved for rest in rests)
    assert rests[-1].static


def test_a_still_device_that_is_far_off_has_moved_whatever_its_sensor_says() -> None:
    assert rested(0.0, 0.0, 5000.0, 5000.0, moving=False)[-1].moved


@pytest.mark.parametrize(("r95_m", "drifts_m"), [(8.0, 25.0), (60.0, 69.3)])
def test_drift_is_as_wide_as_the_accuracy_and_at_least_25_m(r95_m: float, drifts_m: float) -> None:
    assert drift_m(place(0, r95_m=r95_m), place(1, r95_m=r95_m)) == pytest.approx(drifts_m, abs=0.1)


@pytest.mark.parametrize("moving", [True, None])
def test_nobody_is_held_who_moves_or_of_whose_motion_nothing_is_known(*, moving: bool | None) -> None:
    assert not any(rest.static for rest in rested(*[0.0] * 30, moving=moving))


def test_who_moved_in_between_is_still_anew_since_then() -> None:
    rest = Rest()
    held = []
    for s in range(0, 400, 10):
        rest = step(rest, place(s), moving=s == 200)
        held.append(rest.static)
    assert held == [False] * 13 + [True] * 7 + [False] * 14 + [True] * 6


def test_a_held_device_is_free_with_the_first_fix_beyond_the_drift_and_held_again_with_the_next_within_it() -> None:
    rests = rested(*[0.0] * 14, 30.0, 0.0, moving=False)
    assert [(rest.static, rest.beyond, rest.moved) for rest in rests[13:]] == [
        (True, 0, False),
        (False, 1, False),
        (True, 0, False),
    ]


def test_who_has_moved_is_held_nowhere_and_anchored_there() -> None:
    *_, before, moved, after = rested(*[0.0] * 14, 5000.0, 5000.0, 5000.0, moving=False)
    assert [(rest.moved, rest.static) for rest in (before, moved, after)] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert after.anchor is moved.anchor
    assert after.anchor is not None
    assert after.anchor.at_s == place(150).at_s


def test_a_device_still_for_less_than_two_minutes_keeps_its_first_place() -> None:
    assert [rest.beyond for rest in rested(0.0, 0.0, 60.0, 60.0, 60.0, moving=False)] == [0, 0, 1, 2, 3]
    assert rested(0.0, 199.0, 199.0, moving=False)[-1].moved is False
    assert rested(0.0, 201.0, 201.0, moving=False)[-1].moved is True


def test_a_still_device_that_drifted_is_held_where_it_drifted_to_with_the_second_fix() -> None:
    *_, off, there, then = rested(*[0.0] * 14, 30.0, 30.0, 55.5, moving=False)
    assert [(rest.static, rest.moved, rest.beyond) for rest in (off, there, then)] == [
        (False, False, 1),
        (True, False, 0),
        (False, False, 1),
    ]
    assert there.anchor is not None
    assert there.anchor.at_s == place(150).at_s
