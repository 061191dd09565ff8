"""Before a forbidden zone is saved, whoever saves it is told which clinics, courts and the like it takes."""

import pytest

from baqylau.domain.case_facts import LifeKind, LifePlace
from baqylau.domain.ids import RestrictionId
from baqylau.domain.orders import Restriction, TimedPlace
from baqylau.domain.public_places import PlaceKind, PublicPlace
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.places.geometry import metres_per_degree
from baqylau.rules.prescribing.covering import corners
from baqylau.rules.prescribing.everyday import Frame, avoided, frame_of, over_own, over_public
from tests.unit.rules.stories import HOME, ORDER, ORDER_FROM, circle, exclusion, nightly, north, presence, territory

CLINIC = PublicPlace(kind=PlaceKind.CLINIC, zone=circle("Clinic 5", north(150)))
COURT = PublicPlace(kind=PlaceKind.COURT, zone=circle("District court", north(250), 50.0))
TIMED = TimedPlace(
    id=RestrictionId("timed"),
    order_id=ORDER,
    version=1,
    clause="c",
    from_at=ORDER_FROM,
    zone=circle("Block"),
    schedule=nightly(),
)


def told(restriction: Restriction, *places: PublicPlace) -> list[tuple[str, object]]:
    return [(one.key, one.params.get("place")) for one in over_public(restriction, places)]


def test_each_place_that_the_zone_or_its_ring_takes_is_told_by_its_name_and_kind() -> None:
    block = exclusion(zone=circle("Block"))
    assert told(block, CLINIC, COURT) == [("covers_clinic", "Clinic 5")]
    assert told(exclusion(zone=circle("Block"), warning_m=120), CLINIC, COURT) == [
        ("covers_clinic", "Clinic 5"),
        ("covers_court", "District court"),
    ]
    assert told(TIMED, CLINIC, COURT) == [("covers_clinic", "Clinic 5")]


def test_half_a_metre_beyond_a_zone_that_has_no_ring_nothing_is_taken() -> None:
    beside = PublicPlace(kind=PlaceKind.CLINIC, zone=circle("Next door", north(200.5)))
    assert told(TIMED, beside) == []
    assert told(exclusion(zone=circle("Block")), beside) == []


def test_of_many_places_some_are_named_and_the_others_counted() -> None:
    many = [PublicPlace(kind=PlaceKind.STUDY, zone=circle(f"School {one}")) for one in range(1, 13)]
    found = list(over_public(exclusion(zone=circle("Town")), many))
    assert [one.params["place"] for one in found[:-1]] == [f"School {one}" for one in range(1, 6)]
    assert (found[-1].key, found[-1].params) == ("covers_more", {"zone": "Town", "count": 7})
    assert told(exclusion(zone=circle("Town")), *many[:5]) == [("covers_study", f"School {one}") for one in range(1, 6)]


def test_what_does_not_forbid_a_place_takes_none() -> None:
    for free in (presence(), territory()):
        assert avoided(free) is None
        assert told(free, CLINIC) == []


@pytest.mark.parametrize("latitude_deg", [0.0, 40.6, 48.0, 55.4])
@pytest.mark.parametrize("radius_m", [20.0, 3_000.0])
def test_the_rectangle_around_a_zone_leaves_out_nothing_that_is_near_enough_and_is_hardly_larger(
    latitude_deg: float, radius_m: float
) -> None:
    frame = frame_of(circle("Zone", Point(latitude_deg, HOME.longitude_deg), radius_m), 50.0)
    north_m, east_m = metres_per_degree(latitude_deg)
    for edge_m in (radius_m + 50.0, -radius_m - 50.0):
        assert frame.south_deg <= latitude_deg + edge_m / north_m <= frame.north_deg
        assert frame.west_deg <= HOME.longitude_deg + edge_m / east_m <= frame.east_deg
    assert frame.north_deg - frame.south_deg < 2.02 * (radius_m + 50.0) / north_m
    assert frame.east_deg - frame.west_deg < 2.02 * (radius_m + 50.0) / east_m


def test_a_way_far_to_the_north_has_room_beside_it_at_its_northern_end_too() -> None:
    end = north(200_000)
    _, east_m = metres_per_degree(end.latitude_deg)
    frame = frame_of(Corridor(name="Road", line=(HOME, end), half_width_m=30.0))
    assert frame.west_deg <= end.longitude_deg - 30.0 / east_m
    assert frame.east_deg >= end.longitude_deg + 30.0 / east_m


def test_the_rectangle_around_a_yard_ends_where_the_yard_ends() -> None:
    yard = Polygon(name="Yard", outline=(Point(43.24, 76.90), Point(43.25, 76.91), Point(43.23, 76.93)))
    assert frame_of(yard) == Frame(south_deg=43.23, west_deg=76.90, north_deg=43.25, east_deg=76.93)


def test_where_no_land_is_any_more_a_rectangle_grows_no_wider() -> None:
    """At the pole itself it would go round the globe without end."""
    widths_deg = [frame.east_deg - frame.west_deg for frame in map(near_the_pole, (89.1, 89.9, 90.0))]
    assert widths_deg == [widths_deg[0]] * 3
    assert widths_deg[0] < 360


def near_the_pole(latitude_deg: float) -> Frame:
    return frame_of(circle("Ice", Point(latitude_deg, 0.0)))


@pytest.mark.parametrize(
    "zone",
    [
        Circle(name="Round", center=HOME, radius_m=75.0),
        Polygon(name="Yard", outline=(HOME, north(100), Point(HOME.latitude_deg, HOME.longitude_deg + 0.01))),
        Corridor(name="Way", line=(HOME, north(500)), half_width_m=30.0),
    ],
)
def test_every_shape_lies_within_its_rectangle(zone: Zone) -> None:
    frame = frame_of(zone)
    for one in corners(zone):
        assert frame.south_deg <= one.latitude_deg <= frame.north_deg
        assert frame.west_deg <= one.longitude_deg <= frame.east_deg
    wider = frame_of(zone, 10.0)
    assert wider.south_deg < frame.south_deg
    assert wider.east_deg > frame.east_deg


def test_the_places_of_a_persons_own_life_are_told_where_a_zone_or_its_ring_takes_them() -> None:
    lives = LifePlace(kind=LifeKind.HOME, zone=circle("Tal 3", north(150), 50.0))
    works = LifePlace(kind=LifeKind.WORK, zone=circle("Depot", north(400), 50.0))

    def own(restriction: Restriction) -> list[tuple[str, object]]:
        return [(one.key, one.params["place"]) for one in over_own(restriction, (lives, works))]

    assert own(exclusion(zone=circle("Block"))) == [("covers_own_home", "Tal 3")]
    assert own(exclusion(zone=circle("Block"), warning_m=260)) == [
        ("covers_own_home", "Tal 3"),
        ("covers_own_work", "Depot"),
    ]
    assert own(TIMED) == [("covers_own_home", "Tal 3")]
    assert own(presence()) == []


def test_a_territory_that_leaves_out_where_the_person_works_is_told() -> None:
    lives = LifePlace(kind=LifeKind.HOME, zone=circle("Tal 3", north(10), 20.0))
    works = LifePlace(kind=LifeKind.WORK, zone=circle("Depot", north(90_000), 50.0))
    assert [(one.key, one.params["place"]) for one in over_own(territory(), (lives, works))] == [
        ("leaves_out", "Depot")
    ]
