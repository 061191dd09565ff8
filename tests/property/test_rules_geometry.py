"""What holds for every zone and every place on the globe."""

from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.verdicts import Standing
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.places.geometry import ZoneError, clearance_m, repaired, verdict

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
near = st.builds(Point, st.floats(43.0, 43.5), st.floats(76.5, 77.5))
any_float = st.floats(allow_nan=True, allow_infinity=True)
any_points = st.one_of(points, near, st.builds(Point, any_float, any_float))


def zones(of: st.SearchStrategy[Point]) -> st.SearchStrategy[Zone]:
    rings = st.lists(of, max_size=7).map(tuple)
    return st.one_of(
        st.builds(lambda center, radius_m: Circle(name="", center=center, radius_m=radius_m), of, any_float),
        st.builds(lambda line, width: Corridor(name="", line=line, half_width_m=width), rings, any_float),
        st.builds(
            lambda outline, holes: Polygon(name="", outline=outline, holes=tuple(holes)),
            rings,
            st.lists(rings, max_size=2),
        ),
    )


@given(st.one_of(zones(any_points), zones(near)), points, st.floats(0, 1e6))
def test_a_zone_is_refused_by_name_or_can_be_judged_anywhere(zone: Zone, place: Point, accuracy_m: float) -> None:
    try:
        usable = repaired(zone)
    except ZoneError:
        return
    found = verdict(usable, place.latitude_deg, place.longitude_deg, accuracy_m)
    assert (found.standing is Standing.UNKNOWN) == (abs(found.margin_m) <= clearance_m(accuracy_m))


@given(zones(near), near, near)
def test_a_margin_changes_no_faster_than_one_moves(zone: Zone, one: Point, two: Point) -> None:
    try:
        usable = repaired(zone)
    except ZoneError:
        return
    margins = [verdict(usable, place.latitude_deg, place.longitude_deg, 0).margin_m for place in (one, two)]
    way_m = (abs(one.latitude_deg - two.latitude_deg) + abs(one.longitude_deg - two.longitude_deg)) * 111_700 * 1.25
    assert abs(margins[0] - margins[1]) <= way_m + 0.01
