"""Ways between places: right where people walk, and where the date line runs between them."""

import pytest

from baqylau.rules.gnss.plane import Place, distance_m, way_m


def at(latitude_deg: float, longitude_deg: float) -> Place:
    return Place(0.0, latitude_deg, longitude_deg, 8.0)


def test_a_hundredth_of_a_degree_is_a_good_kilometre_north_and_less_east() -> None:
    assert way_m(at(60.0, 70.0), at(60.0, 70.01)) == pytest.approx((555.98, 0.0), abs=0.01)
    assert way_m(at(60.0, 70.0), at(60.01, 70.0)) == pytest.approx((0.0, 1111.95))
    assert way_m(at(60.0, 70.0), at(59.99, 69.99))[1] == pytest.approx(-1111.95)
    assert way_m(at(60.0, 70.0), at(59.99, 69.99))[0] == pytest.approx(-555.98, abs=0.1)


def test_degrees_east_are_measured_in_the_middle_of_the_way() -> None:
    east_m, _ = way_m(at(40.0, 70.0), at(80.0, 71.0))
    assert east_m == pytest.approx(55_597.5, abs=1.0), "as at 60 degrees north"


def test_the_way_over_the_date_line_is_the_short_one() -> None:
    assert way_m(at(0.0, 179.99), at(0.0, -179.99))[0] == pytest.approx(2223.9)
    assert way_m(at(0.0, -179.99), at(0.0, 179.99))[0] == pytest.approx(-2223.9)


def test_the_distance_is_the_straight_one() -> None:
    assert distance_m(at(0.0, 0.0), at(0.003, 0.004)) == pytest.approx(0.005 * 111_195.0, rel=1e-6)
