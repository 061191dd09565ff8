"""Jumps on the device: by way, by speed, by course."""

import pytest

from baqylau.rules.gnss.jump import OFF_THE_WAY, TOO_FAST, TOO_SUDDEN, Track, doubt, step
from baqylau.rules.gnss.plane import Place
from tests.unit.rules.gnss.receiver import place


def doubts(*places: Place) -> list[str]:
    track, whys = Track(), []
    for one in places:
        track, why = step(track, one)
        whys.append(why)
    return whys


@pytest.mark.parametrize(
    ("seconds", "north_m", "why"),
    [(60, 4200.0, ""), (60, 4230.0, TOO_FAST), (1, 80.0, ""), (1, 90.0, TOO_FAST)],
)
def test_nobody_goes_faster_than_70_m_s_beyond_both_accuracies(seconds: int, north_m: float, why: str) -> None:
    assert doubt(place(0), place(seconds, north_m)) == why


def test_a_speed_and_a_course_lead_somewhere() -> None:
    assert doubt(place(0, speed_m_s=20.0), place(5, 100.0, speed_m_s=20.0)) == ""
    assert doubt(place(0, speed_m_s=20.0), place(5, 100.0 + 160.0, speed_m_s=20.0)) == OFF_THE_WAY
    assert doubt(place(0, speed_m_s=0.0), place(1, 25.0, speed_m_s=0.0)) == OFF_THE_WAY
    assert doubt(place(0, speed_m_s=0.0), place(60, 300.0, speed_m_s=0.0)) == "", "a minute on nobody knows"


def test_nobody_brakes_from_30_m_s_in_a_second() -> None:
    assert doubt(place(0, speed_m_s=30.0), place(1, 15.0, speed_m_s=0.0)) == TOO_SUDDEN
    assert doubt(place(0, speed_m_s=30.0), place(5, 75.0, speed_m_s=0.0)) == ""


def test_the_third_fix_at_a_new_place_is_believed_and_not_the_second() -> None:
    there = [place(n, 50_000.0) for n in (10, 20, 30, 40)]
    assert doubts(place(0), *there) == ["", TOO_FAST, TOO_FAST, "", ""]


def test_a_fix_at_the_old_place_ends_the_doubt() -> None:
    assert doubts(place(0), place(10, 50_000.0), place(20), place(30, 50_000.0)) == ["", TOO_FAST, "", TOO_FAST]


def test_a_receiver_that_always_tells_a_wrong_speed_is_believed_all_the_same() -> None:
    whys = doubts(*(place(n, 0.0, speed_m_s=60.0) for n in range(0, 60, 5)))
    assert whys == ["", *([OFF_THE_WAY, OFF_THE_WAY, ""] * 4)][:12]
