"""What an order cannot mean is noticed when it is saved, in time for somebody to ask the court."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import ConsentId, DeviceId, PersonId, RestrictionId
from baqylau.domain.orders import Consent, NoContact, Restriction
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.domain.schedules import DayException, Schedule
from baqylau.domain.zones import Corridor, Point, Polygon, Zone
from baqylau.rules.prescribing.contradictions import contradictions
from tests.unit.rules.checked import checked, sobriety
from tests.unit.rules.stories import (
    DAY,
    HOME,
    METRE_DEG,
    ORDER,
    ORDER_FROM,
    ORDER_UNTIL,
    PERSON,
    circle,
    device,
    exclusion,
    fitting,
    nightly,
    north,
    presence,
    required_place,
    supervision,
    territory,
)

OTHER = PersonId("person-2")
SECOND = RestrictionId("presence-2")


def _keys(who: Supervision) -> list[tuple[str, bool]]:
    return [(one.key, one.refused) for one in contradictions(who)]


def _no_contact(other: PersonId = OTHER, distance_m: float = 500.0) -> NoContact:
    return NoContact(
        id=RestrictionId("apart"),
        order_id=ORDER,
        version=1,
        clause="not to meet",
        from_at=ORDER_FROM,
        other_id=other,
        distance_m=distance_m,
        protected=True,
    )


@pytest.mark.parametrize(
    ("restrictions", "said"),
    [
        ((presence(), exclusion(), required_place(), territory()), []),
        ((presence(), exclusion(zone=circle("Block", HOME, 300))), [("place_excluded", True)]),
        (
            (presence(), exclusion(zone=circle("Block", HOME, 300), schedule=nightly("10:00", "12:00"))),
            [("place_excluded_at_other_hours", False)],
        ),
        ((required_place(zone=circle("Work", north(50_000))), territory()), [("outside_territory", True)]),
        ((presence(), presence(id=SECOND, places=(circle("Dacha", north(9000)),))), [("two_places_at_once", True)]),
        ((presence(), presence(id=SECOND, places=(circle("Yard", north(40)),))), []),
        (
            (
                presence(),
                presence(id=SECOND, places=(circle("Dacha", north(9000)),), schedule=nightly("08:00", "20:00")),
            ),
            [],
        ),
        ((presence(version=1, until_at=DAY + timedelta(days=5)), presence(version=2, places=(circle("N"),))), []),
        ((presence(schedule=Schedule(timezone="Asia/Almaty", windows=())),), [("no_hours", True)]),
        ((required_place(schedule=nightly("10:00", "11:00"), stay_s=7200),), [("stay_too_long", True)]),
        ((presence(from_at=ORDER_UNTIL),), [("outside_order", True)]),
        ((presence(from_at=ORDER_FROM - timedelta(days=1)),), [("cut_by_order", False)]),
        ((_no_contact(PERSON),), [("contact_with_oneself", True), ("without_consent", False)]),
        ((_no_contact(distance_m=0.0),), [("distance_not_positive", True), ("without_consent", False)]),
    ],
)
def test_what_contradicts_itself_is_named(restrictions: tuple[Restriction, ...], said: list[tuple[str, bool]]) -> None:
    assert _keys(supervision(*restrictions)) == said


def test_hours_that_meet_on_a_single_day_only_are_found_too() -> None:
    festive = DayException(day=DAY.date() + timedelta(days=20), windows=nightly("23:00", "24:00").windows)
    hours = Schedule(timezone="Asia/Almaty", windows=nightly("10:00", "12:00").windows, exceptions=(festive,))
    assert _keys(supervision(presence(), exclusion(zone=circle("Block"), schedule=hours))) == [("place_excluded", True)]


def test_one_of_several_homes_in_the_zone_is_no_contradiction() -> None:
    homes = (circle("Home"), circle("Mother's", north(3000)))
    assert _keys(supervision(presence(places=homes), exclusion(zone=circle("Block", HOME, 300)))) == []


def test_with_consent_a_protected_person_may_be_named() -> None:
    consent = Consent(id=ConsentId("c"), person_id=OTHER, from_at=ORDER_FROM, form="1")
    assert _keys(supervision(_no_contact(), consents=(consent,))) == []


def test_two_trackers_on_one_person_are_doubted_and_one_after_the_other_are_not() -> None:
    second, change_at = DeviceId("tracker-2"), DAY + timedelta(days=3)
    devices = (device(), device(second))
    both = supervision(fittings=(fitting(), fitting(second)), devices=devices)
    assert _keys(both) == [("two_of_a_kind", False)]
    swapped = (fitting(until_at=change_at), fitting(second, from_at=change_at))
    assert _keys(supervision(fittings=swapped, devices=devices)) == []


LATER = DAY + timedelta(days=5)
ALWAYS_OUT = {"zone": circle("Block", HOME, 300)}


def square(name: str, center: Point = HOME, half_m: float = 100.0) -> Polygon:
    """Give a square with its middle at a place."""
    half_deg = half_m * METRE_DEG
    lat, lon = center.latitude_deg, center.longitude_deg
    corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
    return Polygon(name=name, outline=tuple(Point(lat + a * half_deg, lon + b * half_deg * 1.4) for a, b in corners))


def street(name: str, *line: Point) -> Corridor:
    return Corridor(name=name, line=line, half_width_m=50.0)


@pytest.mark.parametrize(
    ("place", "zone", "said"),
    [
        (circle("Home"), square("Block"), ["place_excluded"]),
        (circle("Home"), square("North", north(300)), []),
        (circle("Home"), square("South", north(-300)), []),
        (circle("Home"), street("Street", HOME, north(500)), ["place_excluded"]),
        (circle("Home"), street("Far", north(200), north(500)), []),
        (square("Yard"), circle("Block", HOME, 30), ["place_excluded"]),
        (street("Way", HOME, north(900)), circle("Block", HOME, 30), ["place_excluded"]),
        (street("Way", north(900), HOME), circle("Block", HOME, 30), []),
        (circle("Home"), circle("Block", north(99.5)), ["place_excluded"]),
        (circle("Home"), circle("Block", north(100.5)), []),
    ],
)
def test_a_place_of_any_shape_is_compared_with_a_zone_of_any_shape(place: Zone, zone: Zone, said: list[str]) -> None:
    who = supervision(presence(places=(place,)), exclusion(zone=zone))
    assert [key for key, _ in _keys(who)] == said


@pytest.mark.parametrize(
    ("minutes", "stay_s", "refused"),
    [
        (("22:00", "06:00"), 8 * 3600, False),
        (("22:00", "06:00"), 8 * 3600 + 1, True),
        (("00:00", "24:00"), 24 * 3600, False),
        (("00:00", "24:00"), 24 * 3600 + 1, True),
        (("10:00", "10:01"), 60, False),
        (("10:00", "10:01"), 61, True),
    ],
)
def test_a_stay_fits_into_its_hours_to_the_second(minutes: tuple[str, str], stay_s: int, *, refused: bool) -> None:
    one = required_place(schedule=nightly(*minutes), stay_s=stay_s)
    assert _keys(supervision(one)) == ([("stay_too_long", True)] if refused else [])


def test_a_place_in_a_zone_over_the_date_line_is_in_it() -> None:
    corners = ((50.9, 179.9), (50.9, -179.9), (51.1, -179.9), (51.1, 179.9))
    zone = Polygon(name="Island", outline=tuple(Point(*one) for one in corners))
    for longitude_deg, said in ((179.95, ["place_excluded"]), (-179.95, ["place_excluded"]), (179.8, [])):
        home = circle("Home", Point(51.0, longitude_deg))
        assert [key for key, _ in _keys(supervision(presence(places=(home,)), exclusion(zone=zone)))] == said


def test_a_stay_has_to_fit_into_one_of_several_hours() -> None:
    windows = (*nightly("08:00", "09:00").windows, *nightly("10:00", "16:00").windows)
    hours = Schedule(timezone="Asia/Almaty", windows=windows)
    assert _keys(supervision(required_place(schedule=hours, stay_s=7200))) == []


@pytest.mark.parametrize(
    ("restriction", "said"),
    [
        (presence(order_id="lost"), []),
        (presence(from_at=ORDER_UNTIL + timedelta(days=1), until_at=ORDER_UNTIL + timedelta(days=1)), []),
        (presence(until_at=ORDER_UNTIL + timedelta(days=1)), [("cut_by_order", False)]),
        (presence(from_at=ORDER_FROM - timedelta(days=2), until_at=ORDER_FROM), [("outside_order", True)]),
        (presence(until_at=ORDER_UNTIL), []),
    ],
)
def test_a_restriction_holds_within_its_order(restriction: Restriction, said: list[tuple[str, bool]]) -> None:
    assert _keys(supervision(restriction)) == said


def test_nobody_protected_needs_no_consent_and_half_a_metre_is_a_distance() -> None:
    assert _keys(supervision(replace(_no_contact(distance_m=0.5), protected=False))) == []


def test_what_follows_one_another_does_not_meet() -> None:
    first = presence(until_at=LATER)
    assert _keys(supervision(first, exclusion(from_at=LATER, **ALWAYS_OUT))) == []
    assert _keys(supervision(exclusion(until_at=LATER, **ALWAYS_OUT), presence(from_at=LATER))) == []
    moved = presence(id=SECOND, from_at=LATER, places=(circle("Dacha", north(9000)),))
    assert _keys(supervision(first, moved)) == []


def test_two_homes_that_have_one_in_common_do_not_contradict_each_other_and_else_the_first_is_named() -> None:
    dacha, mothers = circle("Dacha", north(9000)), circle("Mother's", north(-3000))
    shared = supervision(
        presence(places=(circle("Home"), mothers)), presence(id=SECOND, places=(circle("Yard", north(40)), dacha))
    )
    assert _keys(shared) == []
    wide, narrow = circle("Block", HOME, 300), circle("House", north(200), 50)
    for places in ((wide, narrow), (narrow, wide)):
        ids = (RestrictionId("presence-1"), SECOND)
        assert (
            _keys(supervision(*(presence(id=name, places=(one,)) for name, one in zip(ids, places, strict=True)))) == []
        )
    apart = supervision(presence(id=SECOND), presence(places=(dacha,)))
    assert [(one.id, one.other) for one in contradictions(apart)] == [("presence-1", SECOND)]


def test_one_of_several_homes_in_the_territory_is_enough() -> None:
    homes = (circle("Home"), circle("Far", north(50_000)))
    assert _keys(supervision(presence(places=homes), territory())) == []


def test_what_is_wrong_with_checks_is_told_with_the_rest() -> None:
    assert ("limit_missing", True) in _keys(checked(sobriety(limit_mg_l=float("inf"))))


def test_only_two_of_what_one_person_carries_are_doubted() -> None:
    second = DeviceId("second")
    for devices in (
        (device(kind=DeviceKind.TRACKER), device(second, kind=DeviceKind.BRACELET)),
        (device(kind=DeviceKind.HOME_UNIT), device(second, kind=DeviceKind.HOME_UNIT)),
        (),
    ):
        assert _keys(supervision(fittings=(fitting(), fitting(second)), devices=devices)) == []
    assert _keys(supervision(fittings=(fitting(), fitting()), devices=(device(),))) == []
    both = (device(), device(second))
    earlier = (fitting(from_at=LATER), fitting(second, until_at=LATER))
    assert _keys(supervision(fittings=earlier, devices=both)) == []
