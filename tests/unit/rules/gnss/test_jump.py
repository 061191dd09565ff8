"""Jumps on the device: by way, by speed, by course."""

import pytest

from baqylau.rules.gnss.jump import OFF_THE_WAY, TOO_FAST, TOO_SUDDEN, Track, doubt, step
from baqylau.rules.gnss.plane import DEGREE_M, Place
from tests.unit.rules.gnss.receiver import BEGIN_S, place


def doubts(*places: Place) -> list[str]:
    track, whys = Track(), []
    for one in places:
        track, why = step(track, one)
        whys.append(why)
    return whys


@pytest.mark.parametrize(
    ("seconds", "north_m", "why"),
    [
        (60, 4200.0, ""),
        (60, 4230.0, TOO_FAST),
        (1, 80.0, ""),
        (1, 90.0, TOO_FAST),
        (0.5, 50.0, ""),
        (0.5, 55.0, TOO_FAST),
        (0, 15.0, ""),
        (0, 25.0, TOO_FAST),
    ],
)
def test_nobody_goes_faster_than_70_m_s_beyond_both_accuracies(seconds: float, north_m: float, why: str) -> None:
    assert doubt(place(0), place(seconds, north_m)) == why


def test_a_speed_and_a_course_lead_somewhere() -> None:
    assert doubt(place(0, speed_m_s=20.0), place(5, 100.0, speed_m_s=20.0)) == ""
    assert doubt(place(0, speed_m_s=20.0), place(5, 100.0 + 160.0, speed_m_s=20.0)) == OFF_THE_WAY
    assert doubt(place(0, speed_m_s=0.0), place(1, 25.0, speed_m_s=0.0)) == OFF_THE_WAY
    assert doubt(place(0, speed_m_s=0.0), place(10, 650.0)) == OFF_THE_WAY
    assert doubt(place(0, speed_m_s=0.0), place(11, 720.0)) == "", "after ten seconds nobody knows"


def heading(course_deg: float | None, into_s: float = 0, east_m: float = 0.0) -> Place:
    """Give somebody on the equator at 20 m/s."""
    return Place(BEGIN_S + into_s, 0.0, east_m / DEGREE_M, 8.0, (20.0, course_deg))


def test_who_drives_east_is_found_east_and_nowhere_else() -> None:
    assert doubt(heading(90.0), heading(90.0, 2, 40.0)) == ""
    assert doubt(heading(90.0), heading(90.0, 2, -20.0)) == OFF_THE_WAY
    assert doubt(heading(270.0), heading(270.0, 2, -40.0)) == ""
    assert doubt(heading(0.0), heading(0.0, 2, 40.0)) == OFF_THE_WAY


def test_without_a_course_whatever_the_speed_reaches_is_on_the_way() -> None:
    for east_m in (-250.0, 250.0):
        assert doubt(heading(None), heading(None, 5, east_m)) == ""


@pytest.mark.parametrize(("wandered_m", "why"), [(18.0, ""), (19.0, OFF_THE_WAY)])
def test_who_stands_is_where_both_accuracies_and_a_step_explain_it(wandered_m: float, why: str) -> None:
    assert doubt(place(0, speed_m_s=0.0), place(1, wandered_m)) == why


def test_nobody_brakes_from_30_m_s_in_a_second() -> None:
    assert doubt(place(0, speed_m_s=30.0), place(1, 15.0, speed_m_s=0.0)) == TOO_SUDDEN
    assert doubt(place(0, speed_m_s=30.0), place(5, 75.0, speed_m_s=0.0)) == ""
    assert doubt(place(0, speed_m_s=10.0), place(1, 5.0, speed_m_s=0.0)) == "", "10 m/s in a second anybody can"
    assert doubt(place(0, speed_m_s=20.0), place(1, 12.0, speed_m_s=5.0)) == TOO_SUDDEN
    assert doubt(place(0, speed_m_s=20.0), place(0.5, 8.0, speed_m_s=12.0)) == "", (
        "of one second, however often it is told"
    )


def test_the_third_fix_at_a_new_place_is_believed_and_not_the_second() -> None:
    there = [place(n, 50_000.0) for n in (10, 20, 30, 40)]
    assert doubts(place(0), *there) == ["", TOO_FAST, TOO_FAST, "", ""]


def test_places_that_nobody_reaches_from_one_another_are_never_believed_however_many() -> None:
    astray = [place(n, 5_000.0 * n) for n in (10, 20, 30, 40)]
    assert doubts(place(0), *astray) == ["", *[TOO_FAST] * 4]


def test_a_fix_at_the_old_place_ends_the_doubt() -> None:
    assert doubts(place(0), place(10, 50_000.0), place(20), place(30, 50_000.0)) == ["", TOO_FAST, "", TOO_FAST]


def test_a_receiver_that_always_tells_a_wrong_speed_is_believed_all_the_same() -> None:
    whys = doubts(*(place(n, 0.0, speed_m_s=60.0) for n in range(0, 60, 5)))
    assert whys == ["", *([OFF_THE_WAY, OFF_THE_WAY, ""] * 4)][:12]
