"""Zones: checked when saved, measured in metres."""

from math import cos, inf, nan, pi, radians, sin
from typing import Any

import pytest
import shapely

from baqylau.domain.verdicts import Standing
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.places.geometry import ZoneError, distance_m, metres_per_degree, repaired, shape_of, verdict

TOWN = Point(43.24, 76.90)


def square(half_deg: float = 0.01, around: Point = TOWN) -> tuple[Point, ...]:
    lat, lon = around.latitude_deg, around.longitude_deg
    corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
    return tuple(Point(lat + half_deg * north, lon + half_deg * east) for north, east in corners)


@pytest.mark.parametrize(
    ("one", "two", "metres"),
    [
        # Vincenty distances on WGS 84.
        (Point(43.0, 76.9), Point(44.0, 76.9), 111_103),
        (Point(43.24, 76.9), Point(43.24, 77.9), 81_241),
        (Point(0.0, 0.0), Point(0.0, 1.0), 111_319),
        (Point(51.0, 179.99), Point(51.0, -179.99), 1404),
    ],
)
def test_distances_are_metres_on_the_ellipsoid(one: Point, two: Point, metres: float) -> None:
    measured = distance_m(one.latitude_deg, one.longitude_deg, two.latitude_deg, two.longitude_deg)
    assert measured == pytest.approx(metres, rel=2e-3)


@pytest.mark.parametrize(
    ("latitude_deg", "north_m", "east_m"),
    [(0.0, 110_574.276, 111_319.491), (45.0, 111_131.778, 78_846.835), (60.0, 111_412.287, 55_800.002)],
)
def test_a_degree_is_as_long_as_on_the_ellipsoid(latitude_deg: float, north_m: float, east_m: float) -> None:
    assert metres_per_degree(latitude_deg) == pytest.approx((north_m, east_m), abs=0.002)
    assert metres_per_degree(-latitude_deg) == metres_per_degree(latitude_deg)


@pytest.mark.parametrize(
    ("north_deg", "east_deg", "margin_m"),
    [
        (0.0, 0.0, 812.3),
        (0.005, 0.0, 555.6),
        (0.0, 0.009, 81.2),
        (0.0, -0.009, 81.2),
        (0.02, 0.0, -1111.1),
        (-0.02, 0.0, -1111.1),
        (0.0, 0.02, -812.3),
        (0.0, -0.02, -812.3),
        (0.02, 0.02, -1376.4),
    ],
)
@pytest.mark.parametrize("longitude_deg", [76.9, 90.0, 180.0])
def test_the_edge_of_a_quarter_is_as_many_metres_away_as_it_is_whichever_way(
    north_deg: float, east_deg: float, margin_m: float, longitude_deg: float
) -> None:
    corners = square(0.01, Point(43.24, longitude_deg))
    around = tuple(Point(one.latitude_deg, (one.longitude_deg + 180) % 360 - 180) for one in corners)
    place = (43.24 + north_deg, (longitude_deg + east_deg + 180) % 360 - 180)
    assert verdict(Polygon(name="Quarter", outline=around), *place, 10).margin_m == pytest.approx(margin_m, abs=0.5)


def test_a_zone_is_drawn_when_the_first_fix_comes_near(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, library = list[object](), shapely.Polygon

    def draw(*rings: Any) -> shapely.Polygon:
        drawn.append(rings)
        return library(*rings)

    monkeypatch.setattr(shapely, "Polygon", draw)
    quarter = shape_of(Polygon(name="Drawn when it is asked for", outline=square(0.01)))
    assert quarter.clear_m(43.30, 76.90, 10) < -5000
    assert not drawn
    assert quarter.clear_m(43.24, 76.9085, 200) == pytest.approx(121.8, abs=0.5)
    assert quarter.margin_m(43.24, 76.9) == pytest.approx(812.3, abs=0.5)
    assert len(drawn) == 1


def test_a_region_is_measured_as_wide_as_it_is_in_its_middle() -> None:
    region = Polygon(name="Region", outline=square(1.0))
    assert verdict(region, 43.24, 76.9, 10).margin_m == pytest.approx(81_230, abs=50)


def test_a_fix_decides_only_when_its_disc_is_clear_of_the_edge() -> None:
    zone = Circle(name="Home", center=TOWN, radius_m=100)
    outside = TOWN.latitude_deg + 150 / 111_113
    assert verdict(zone, 43.24, 76.90, 50).standing is Standing.INSIDE
    assert verdict(zone, 43.24, 76.90, 51).standing is Standing.UNKNOWN
    assert verdict(zone, outside, TOWN.longitude_deg, 49).standing is Standing.OUTSIDE
    assert verdict(zone, outside, TOWN.longitude_deg, 51).standing is Standing.UNKNOWN
    assert verdict(zone, outside, TOWN.longitude_deg, 51).margin_m == pytest.approx(-50, abs=0.2)


def test_a_disc_that_touches_the_edge_does_not_decide() -> None:
    assert verdict(Circle(name="Home", center=TOWN, radius_m=50), 43.24, 76.90, 50).standing is Standing.UNKNOWN
    away_m = distance_m(43.24, 76.90, 43.2409, 76.90)
    home = Circle(name="Home", center=TOWN, radius_m=away_m - 32)
    assert verdict(home, 43.2409, 76.90, 32).standing is Standing.UNKNOWN
    assert verdict(home, 43.2409, 76.90, 31.9).standing is Standing.OUTSIDE


def test_a_hole_is_outside() -> None:
    zone = Polygon(name="Park", outline=square(0.01), holes=(square(0.002),))
    assert verdict(zone, 43.24, 76.90, 10).standing is Standing.OUTSIDE
    assert verdict(zone, 43.245, 76.90, 10).standing is Standing.INSIDE
    assert verdict(zone, 43.26, 76.90, 10).standing is Standing.OUTSIDE


def test_a_corridor_is_as_wide_as_said() -> None:
    zone = Corridor(name="Way", line=(TOWN, Point(43.24, 76.95)), half_width_m=50)
    assert verdict(zone, 43.24, 76.92, 10).margin_m == pytest.approx(50, abs=0.5)
    assert verdict(zone, 43.24 + 80 / 111_113, 76.92, 10).margin_m == pytest.approx(-30, abs=0.5)
    over = Corridor(name="Way", line=(Point(43.24, 179.99), Point(43.26, -179.99)), half_width_m=50)
    assert verdict(over, 43.25, 180.0, 10).margin_m == pytest.approx(50, abs=0.5), "over the date line, too"


@pytest.mark.parametrize(
    ("zone", "key"),
    [
        (Circle(name="", center=TOWN, radius_m=0), "zone.refused.radius"),
        (Circle(name="", center=TOWN, radius_m=-5), "zone.refused.radius"),
        (Circle(name="", center=TOWN, radius_m=1_000_001), "zone.refused.radius"),
        (Circle(name="", center=TOWN, radius_m=nan), "zone.refused.radius"),
        (Circle(name="", center=Point(nan, 76.9), radius_m=5), "zone.refused.not_a_number"),
        (Circle(name="", center=Point(inf, 76.9), radius_m=5), "zone.refused.not_a_number"),
        (Circle(name="", center=Point(43, nan), radius_m=5), "zone.refused.not_a_number"),
        (Circle(name="", center=Point(91, 76.9), radius_m=5), "zone.refused.off_the_globe"),
        (Circle(name="", center=Point(43, -180.5), radius_m=5), "zone.refused.off_the_globe"),
        (Corridor(name="", line=(), half_width_m=5), "zone.refused.too_few_points"),
        (Corridor(name="", line=(TOWN, TOWN), half_width_m=5), "zone.refused.too_few_points"),
        (Corridor(name="", line=(TOWN, Point(43, 76)), half_width_m=0), "zone.refused.width"),
        (Polygon(name="", outline=()), "zone.refused.too_few_points"),
        (Polygon(name="", outline=square()[:2]), "zone.refused.too_few_points"),
        (Polygon(name="", outline=(*square(), Point(nan, 76.9))), "zone.refused.not_a_number"),
        (Polygon(name="", outline=(*square(), Point(43, 181))), "zone.refused.off_the_globe"),
        (Polygon(name="", outline=(Point(43, 76), Point(43.1, 76.1), Point(43.2, 76.2))), "zone.refused.no_area"),
        (Polygon(name="", outline=(*square()[:2], *square()[:1:-1])), "zone.refused.crosses_itself"),
        (Polygon(name="", outline=square(), holes=(square(0.05),)), "zone.refused.hole_outside"),
        (Polygon(name="", outline=square(), holes=(square(0.01),)), "zone.refused.no_area"),
        (Polygon(name="", outline=square(), holes=(square(0.001, Point(44, 77)),)), "zone.refused.hole_outside"),
    ],
)
def test_a_zone_that_cannot_be_used_is_refused_with_its_reason(zone: Zone, key: str) -> None:
    with pytest.raises(ZoneError) as refused:
        repaired(zone)
    assert refused.value.key == str(refused.value) == key


def test_the_point_and_the_hole_that_are_wrong_are_counted_from_one() -> None:
    wrong_point = Corridor(name="", line=(TOWN, Point(43, 181)), half_width_m=5)
    wrong_hole = Polygon(name="", outline=square(), holes=(square(0.002), square(0.001, Point(44, 77))))
    said = []
    for zone in (wrong_point, wrong_hole):
        with pytest.raises(ZoneError) as refused:
            repaired(zone)
        said.append(refused.value.params)
    assert said == [{"point": 2, "latitude_deg": 43, "longitude_deg": 181}, {"hole": 2}]


@pytest.mark.parametrize("radius_m", [0.5, 1_000_000])
def test_a_zone_as_large_as_may_be_a_very_small_one_and_one_at_the_end_of_the_map_can_be_used(radius_m: float) -> None:
    for center in (TOWN, Point(90, 180), Point(-90, -180)):
        zone = Circle(name="", center=center, radius_m=radius_m)
        assert repaired(zone) is zone


def test_points_given_twice_and_a_closed_ring_are_put_right() -> None:
    ring = square()
    zone = repaired(Polygon(name="Park", outline=(ring[0], *ring, ring[0])))
    assert zone == Polygon(name="Park", outline=ring)
    circle = Circle(name="Home", center=TOWN, radius_m=100)
    assert repaired(circle) is circle
    line = repaired(Corridor(name="Way", line=(TOWN, TOWN, Point(43, 76)), half_width_m=5))
    assert line == Corridor(name="Way", line=(TOWN, Point(43, 76)), half_width_m=5)


def test_a_slip_of_the_hand_in_an_outline_is_put_right() -> None:
    """Two corners so near that the lines cross: a sliver is cut off, the zone stays."""
    south_west, south_east, north_east, north_west = square()
    slip = Point(north_east.latitude_deg + 0.0001, north_east.longitude_deg - 0.00005)
    zone = repaired(
        Polygon(name="Park", outline=(south_west, south_east, north_east, slip, _east(north_east), north_west))
    )
    assert isinstance(zone, Polygon)
    assert repaired(zone) == zone
    assert verdict(zone, 43.24, 76.90, 10).standing is Standing.INSIDE


def _east(point: Point) -> Point:
    return Point(point.latitude_deg + 0.00005, point.longitude_deg + 0.00005)


def test_holes_that_touch_are_joined() -> None:
    holes = (square(0.002, Point(43.24, 76.899)), square(0.002, Point(43.24, 76.901)))
    zone = repaired(Polygon(name="Park", outline=square(), holes=holes))
    assert isinstance(zone, Polygon)
    assert len(zone.holes) == 1


def test_the_answer_from_a_near_fix_is_the_exact_one() -> None:
    """Walk along the edge of a star: the remembered distance never changes a verdict."""
    star = tuple(
        Point(43.24 + (0.01 if n % 2 else 0.004) * cos(n * pi / 8), 76.9 + (0.01 if n % 2 else 0.004) * sin(n * pi / 8))
        for n in range(16)
    )
    zone = Polygon(name="Star", outline=star)
    shape = shape_of(zone)
    for step in range(2000):
        angle = radians(step * 0.9)
        place = (43.24 + 0.007 * cos(angle * 7), 76.9 + 0.007 * sin(angle * 5))
        near_m, exact_m = shape.clear_m(*place, 20), shape.margin_m(*place)
        assert abs(near_m) <= abs(exact_m) + 1e-6
        assert verdict(zone, *place, 20).standing is standing_of(near_m)


def test_a_receiver_that_is_right_to_half_a_metre_decides_no_nearer_to_the_edge() -> None:
    shape = shape_of(Polygon(name="Quarter", outline=square()))
    for off_m in (-0.4, 0.4):
        assert abs(shape.clear_m(43.25 - off_m / 111_113, 76.9, 0.5)) == pytest.approx(0.4, abs=0.05)


_MIDDLE = Point(43.23, 76.90)
"""Below the middle of the quarter: walking north from there leads straight to an edge, along a line of the grid."""


@pytest.mark.parametrize(
    "zone",
    [
        Circle(name="Home", center=TOWN, radius_m=700),
        Polygon(name="Quarter", outline=(_MIDDLE, *square()[1:], square()[0]), holes=(square(0.002),)),
        Corridor(name="Way", line=(TOWN, Point(43.25, 76.905), Point(43.25, 76.92)), half_width_m=300),
    ],
)
def test_what_is_said_at_less_cost_is_never_more_than_is_certain_and_decides_the_same(zone: Zone) -> None:
    """Look from all sides: a person is inside or outside by the exact distance, however it was worked out."""
    shape = shape_of(zone)
    for north in range(-30, 31, 2):
        for east in range(-30, 31, 2):
            place = (TOWN.latitude_deg + north / 1000, TOWN.longitude_deg + east / 1000)
            near_m, exact_m = shape.clear_m(*place, 20), shape.margin_m(*place)
            assert abs(near_m) <= abs(exact_m) + 1e-6
            assert standing_of(near_m) is standing_of(exact_m)


def standing_of(margin_m: float) -> Standing:
    if abs(margin_m) <= 20:
        return Standing.UNKNOWN
    return Standing.INSIDE if margin_m > 0 else Standing.OUTSIDE


def test_a_coarse_fix_decides_only_twice_its_radius_off_the_edge() -> None:
    home = Circle(name="home", center=Point(48.6, 66.9), radius_m=60.0)
    metre_deg = 1 / 111_200
    for off_m, standing in ((250.0, Standing.UNKNOWN), (340.0, Standing.UNKNOWN), (380.0, Standing.OUTSIDE)):
        assert verdict(home, 48.6 + off_m * metre_deg, 66.9, 150.0).standing is standing
    assert verdict(home, 48.6 + 115 * metre_deg, 66.9, 50.0).standing is Standing.OUTSIDE
