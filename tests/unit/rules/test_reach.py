"""Before a forbidden zone is saved, whoever saves it is told which places of everyday life it reaches over."""

from datetime import timedelta

import pytest

from baqylau.domain.ids import RestrictionId
from baqylau.domain.orders import NoContact, Restriction, Route, TimedPlace
from baqylau.domain.zones import Circle, Point, Polygon, Zone
from baqylau.rules.prescribing.covering import area_m2
from baqylau.rules.prescribing.reach import outside_country, places_of, reaching
from tests.unit.rules.stories import (
    HOME,
    ORDER,
    ORDER_FROM,
    ORDER_UNTIL,
    PERSON,
    circle,
    exclusion,
    nightly,
    north,
    presence,
    required_place,
    supervision,
    territory,
)

BASE = {"order_id": ORDER, "version": 1, "clause": "c", "from_at": ORDER_FROM}
MEETING = NoContact(id=RestrictionId("apart"), other_id=PERSON, distance_m=100.0, **BASE)  # type: ignore[arg-type]


def way(zone: Zone) -> Route:
    return Route(id=RestrictionId("way"), zone=zone, schedule=nightly(), **BASE)  # type: ignore[arg-type]


def at_times(zone: Zone) -> TimedPlace:
    return TimedPlace(id=RestrictionId("timed"), zone=zone, schedule=nightly(), **BASE)  # type: ignore[arg-type]


def told(restriction: Restriction, *others: Restriction) -> list[tuple[str, object]]:
    found = reaching(restriction, supervision(*others))
    return [(one.key, one.params.get("place")) for one in found]


@pytest.mark.parametrize(
    ("other", "place"),
    [
        (presence(places=(circle("Far", north(9000)), circle("Home"))), "Home"),
        (required_place(zone=circle("Work", north(150))), "Work"),
        (way(circle("Way", north(190))), "Way"),
    ],
)
def test_a_zone_over_home_work_or_the_way_is_told_with_the_place_that_it_takes(other: Restriction, place: str) -> None:
    assert told(exclusion(zone=circle("Block")), other) == [("covers_place", place)]
    assert told(at_times(circle("Block")), other) == [("covers_place", place)]


def test_neither_the_zone_itself_nor_other_zones_nor_what_is_over_are_places_of_everyday_life() -> None:
    block = exclusion(zone=circle("Block"))
    lapsed = presence(from_at=ORDER_UNTIL + timedelta(days=1))
    was_home = presence(id=block.id)
    assert told(block, block, exclusion(id=RestrictionId("other"), zone=circle("Block")), territory()) == []
    assert told(block, lapsed, was_home, MEETING) == []


def test_the_ring_in_which_the_person_is_warned_counts_and_a_step_beside_the_zone_does_not() -> None:
    home = presence()
    assert told(exclusion(zone=circle("School", north(250))), home) == []
    assert told(exclusion(zone=circle("School", north(250)), warning_m=60), home) == [("covers_place", "Home")]
    assert told(exclusion(zone=circle("School", north(250)), warning_m=40), home) == []
    assert told(at_times(circle("School", north(200.5))), home) == []


def test_only_what_must_be_avoided_is_asked_what_it_reaches_over() -> None:
    assert told(territory(), presence()) == []
    assert told(MEETING, presence()) == []


def test_a_zone_as_large_as_a_quarter_of_a_town_is_told_in_square_kilometres() -> None:
    assert [(one.key, one.params) for one in reaching(exclusion(zone=circle("Town", HOME, 3000)), supervision())] == [
        ("large", {"place": "Town", "km2": 28})
    ]
    assert told(exclusion(zone=circle("Block", HOME, 2500))) == []
    assert told(territory()) == []
    region = circle("Region", Point(48.0, 67.0), 800_000)
    (large,) = reaching(exclusion(zone=region), supervision())
    assert large.params["km2"] == round(area_m2(region) / 1_000_000)


@pytest.mark.parametrize(
    "village",
    [
        Point(40.78, 68.33),
        Point(49.42, 46.85),
        Point(55.4, 69.0),
        Point(49.0, 87.3),
        Point(40.5, 46.4),
        Point(55.5, 87.4),
    ],
)
def test_a_village_at_the_border_is_in_the_country(village: Point) -> None:
    assert list(outside_country(circle("Village", village))) == []


@pytest.mark.parametrize(
    ("place", "key"),
    [
        (Point(40.3, 68.33), "outside_country"),
        (Point(56.0, 69.0), "outside_country"),
        (Point(45.0, 46.0), "outside_country"),
        (Point(49.0, 88.0), "outside_country"),
        (Point(76.9, 40.0), "outside_country"),
        (Point(76.9, 47.24), "axes_exchanged"),
    ],
)
def test_a_zone_abroad_is_told_and_whether_its_coordinates_were_exchanged(place: Point, key: str) -> None:
    zone = circle("School", place)
    assert [one.key for one in outside_country(zone)] == [key]
    assert told(exclusion(zone=zone)) == [(key, "School")]
    assert told(presence(places=(circle("Home"), zone))) == [(key, "School")]


def test_a_zone_with_one_corner_abroad_is_abroad_and_not_exchanged() -> None:
    corners = (Point(43.0, 76.0), Point(43.0, 77.0), Point(39.0, 77.0))
    assert [one.key for one in outside_country(Polygon(name="Wrong", outline=corners))] == ["outside_country"]
    mixed = (Point(76.0, 50.0), Point(77.0, 50.0), Point(89.0, 39.0))
    assert [one.key for one in outside_country(Polygon(name="Mixed", outline=mixed))] == ["outside_country"]


def test_the_places_of_a_restriction_are_those_that_it_names() -> None:
    home = presence()
    assert places_of(home) == home.places
    assert places_of(territory()) == (territory().zone,)
    assert places_of(MEETING) == ()
    assert isinstance(places_of(exclusion())[0], Circle)
