"""What a fix has to be before anybody's freedom rests on it: to the last satellite, degree and second."""

import pytest

from baqylau.rules.gnss.validity import BACK_IN_TIME, enough, faults, fine, on_earth
from tests.unit.rules.gnss.receiver import BEGIN_S, epoch


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg"), [(90.0, 0.0), (-90.0, 0.0), (0.0, 180.0), (0.0, -180.0), (0.0, 0.0)]
)
def test_the_poles_and_the_date_line_are_places(latitude_deg: float, longitude_deg: float) -> None:
    assert on_earth(latitude_deg, longitude_deg) is True


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg"),
    [(90.5, 0.0), (-90.5, 0.0), (0.0, 180.5), (0.0, -180.5), (None, 66.9), (48.6, None), (None, None)],
)
def test_beyond_them_and_without_both_figures_there_is_none(
    latitude_deg: float | None, longitude_deg: float | None
) -> None:
    assert on_earth(latitude_deg, longitude_deg) is False


def test_four_satellites_are_enough_and_three_are_not() -> None:
    assert [enough(number) for number in (3, 4, 5)] == [False, True, True]


def test_satellites_that_stand_badly_are_told_from_those_that_just_do() -> None:
    assert [fine(hdop) for hdop in (5.9, 6.0, 6.1)] == [True, True, False]


def test_a_receiver_that_tells_nothing_of_its_satellites_has_the_benefit_of_it() -> None:
    assert enough(None) is True
    assert fine(None) is True
    assert faults(epoch(0, satellites=None, hdop=None), BEGIN_S, None) == ()


def test_the_same_second_told_again_is_not_later() -> None:
    assert faults(epoch(0), BEGIN_S, BEGIN_S) == (BACK_IN_TIME,)
    assert faults(epoch(0), BEGIN_S, BEGIN_S - 1) == ()
