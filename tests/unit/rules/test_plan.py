"""What is prescribed, made ready: what applies when, and what one position says of a place."""

from datetime import timedelta
from math import sqrt

import pytest

from baqylau.domain.ids import ConsentId, DeviceId, ObservationId, OrderId, PersonId, RestrictionId
from baqylau.domain.observations import Fix
from baqylau.domain.orders import Consent, NoContact
from baqylau.domain.people import DeviceKind
from baqylau.domain.zones import Point
from baqylau.rules.places.position import Position
from baqylau.rules.plan import Plan, RestrictionPlan, plan_of
from baqylau.rules.spans import ALWAYS
from tests.unit.rules.stories import (
    HOME,
    METRE_DEG,
    ORDER,
    ORDER_FROM,
    ORDER_UNTIL,
    PERSON,
    TRACKER,
    at,
    at_work,
    circle,
    device,
    exclusion,
    fitting,
    north,
    order,
    permission,
    presence,
    required_place,
    supervision,
    territory,
)

SECOND = timedelta(seconds=1)
BRACELET, UNIT = DeviceId("bracelet-1"), DeviceId("home-unit-1")


def placed(place: Point, accuracy_m: float = 10.0, *, decides: bool = True) -> Position:
    fix = Fix(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg)
    return Position(at("12:00"), ObservationId("one"), fix, accuracy_m=accuracy_m, decides=decides)


def east(metres: float, of: Point) -> Point:
    """Give the place so far east: a degree of longitude is 0.731 of one of latitude here."""
    return Point(of.latitude_deg, of.longitude_deg + metres * METRE_DEG / 0.731)


def no_contact(**more: object) -> NoContact:
    fields: dict[str, object] = {
        "id": RestrictionId("no-contact-1"),
        "order_id": ORDER,
        "version": 1,
        "clause": "not near the other",
        "from_at": ORDER_FROM,
        "other_id": PersonId("person-2"),
        "distance_m": 300.0,
    }
    return NoContact(**(fields | more))  # type: ignore[arg-type]


def test_a_position_that_decides_nothing_speaks_for_nothing_and_makes_no_place_calm() -> None:
    home = Plan(supervision(presence())).restrictions[0]
    assert home.against(placed(HOME, decides=False)) == (None, 0.0)
    assert home.against(placed(north(95))) == (None, 0.0), "its disc crosses the edge"


def test_how_far_the_edge_is_counts_from_the_nearest_of_several_homes() -> None:
    homes = Plan(supervision(presence(places=(circle("Home"), circle("Mother", north(2000)))))).restrictions[0]
    inside, within_m = homes.against(placed(HOME))
    assert (inside, round(within_m)) == (False, 100)
    between, beyond_m = homes.against(placed(north(700)))
    assert (between, 550 < beyond_m <= 601) == (True, True)
    assert homes.against(placed(north(1950)))[0] is False
    assert homes.against(placed(north(1905)))[0] is None


def test_a_zone_is_against_who_is_inside_and_a_home_against_who_is_not() -> None:
    zone, home, town = Plan(supervision(exclusion(), presence(), territory())).restrictions
    assert [one.against(placed(north(2000)))[0] for one in (zone, home, town)] == [True, True, False]
    assert [one.against(placed(HOME))[0] for one in (zone, home, town)] == [False, False, False]
    assert town.against(placed(north(30_000)))[0] is True


def test_a_ring_reaches_as_far_as_it_is_wide_also_aslant() -> None:
    """500 m to the north and to the east of the middle is 607 m from the edge, though either way it is 400 m."""
    ring = Plan(supervision(exclusion(warning_m=500.0))).restrictions[1]
    school = north(2000)
    assert ring.against(placed(north(590, school)))[0] is True
    assert ring.against(placed(north(595, school)))[0] is None
    assert ring.against(placed(north(615, school)))[0] is False
    assert ring.against(placed(east(500, north(500, school))))[0] is False
    assert ring.against(placed(east(600 / sqrt(2) - 10, north(600 / sqrt(2) - 10, school))))[0] is True


def test_the_nearest_of_several_places_is_named_with_how_far_it_is() -> None:
    homes = Plan(supervision(presence(places=(circle("Home"), circle("Mother", north(2000)))))).restrictions[0]
    for metres, name, margin_m in ((0, "Home", 100), (700, "Home", -600), (1700, "Mother", -200)):
        zone, verdict = homes.nearest(placed(north(metres)))
        assert (zone.name, round(verdict.margin_m)) == (name, margin_m)


def test_a_warning_is_one_more_rule_of_the_same_restriction_under_what_it_warns_of() -> None:
    zone, ring = Plan(supervision(exclusion(warning_m=500.0))).restrictions
    assert (zone.key, zone.under) == ("exclusion-1/1", None)
    assert (ring.key, ring.under) == ("exclusion-1/1/warning_ring", "exclusion-1/1")
    assert (zone.author.rule, ring.author.rule, ring.author.subject) == ("exclusion", "warning_ring", "exclusion-1")


def test_what_is_asked_is_the_same_whatever_was_asked_about_before() -> None:
    away = permission(at("23:00"), at("23:30"))
    asked = [at(clock) for clock in ("22:00", "22:59:59", "23:00", "23:29:59", "23:30", "12:00", "21:59:59")]

    def fresh() -> RestrictionPlan:
        return Plan(supervision(presence(), permissions=(away,))).restrictions[0]

    alone = [fresh().span(instant).duty for instant in asked]
    together = fresh()
    assert [together.span(instant).duty for instant in asked] == alone
    assert [together.span(instant).duty for instant in reversed(asked)] == alone[::-1]


def test_what_has_no_order_is_not_prescribed() -> None:
    plan = Plan(supervision(presence(order_id=OrderId("another")), no_contact(order_id=OrderId("another"))))
    assert (plan.restrictions, plan.contacts) == ((), ())
    plan = Plan(supervision(presence(), no_contact()))
    assert [one.key for one in plan.restrictions] == ["presence-1/1"]
    assert [one.key for one in plan.contacts] == ["no-contact-1/1"]


def test_boundaries_are_all_the_instants_at_which_something_begins_or_ends_to_apply() -> None:
    consent = Consent(
        id=ConsentId("consent-1"),
        person_id=PersonId("person-2"),
        from_at=at("10:00", 7),
        until_at=at("10:00", 8),
        form="paper 7",
    )
    plan = Plan(
        supervision(
            presence(from_at=at("10:00", 1), until_at=at("10:00", 2)),
            no_contact(from_at=at("10:00", 3), until_at=at("10:00", 9), protected=True),
            fittings=(fitting(from_at=at("10:00", 4)),),
            maintenances=(at_work(at("10:00", 5), at("10:00", 6)),),
            consents=(consent,),
        )
    )
    assert plan.boundaries == (*(at("10:00", day) for day in range(1, 10)), ORDER_UNTIL)
    assert plan.next_boundary(None) == at("10:00", 1)
    assert plan.next_boundary(at("10:00", 1)) == at("10:00", 2)
    assert plan.next_boundary(at("10:00", 1) - SECOND) == at("10:00", 1)
    assert plan.next_boundary(ORDER_UNTIL) == ALWAYS


def test_an_order_is_in_force_from_its_first_instant_until_before_its_last_and_one_of_two_is_enough() -> None:
    second = order(at("10:00", 40), at("10:00", 50))
    plan = Plan(supervision(orders=(order(), second)))
    instants = (ORDER_FROM - SECOND, ORDER_FROM, ORDER_UNTIL - SECOND, ORDER_UNTIL, second.from_at, second.until_at)
    assert [plan.ordered(instant) for instant in instants] == [False, True, True, False, True, False]
    assert not Plan(supervision(orders=())).ordered(ORDER_FROM)


def test_a_device_is_worn_in_its_time_alone_and_a_strange_one_never() -> None:
    plan = Plan(supervision(fittings=(fitting(from_at=at("10:00"), until_at=at("11:00")),)))
    assert [plan.worn(TRACKER, at(clock)) for clock in ("09:59:59", "10:00", "10:59:59", "11:00")] == [
        False,
        True,
        True,
        False,
    ]
    assert not plan.worn(DeviceId("strange"), at("10:00"))


def with_radio(*kinds: tuple[DeviceId, DeviceKind]) -> Plan:
    devices = tuple(device(name, kind=kind) for name, kind in kinds)
    fittings = tuple(fitting(one.id) for one in devices)
    return Plan(supervision(presence(), required_place(), devices=devices, fittings=fittings))


def test_home_units_listen_at_the_hours_of_presence_and_only_for_who_wears_a_bracelet() -> None:
    home, work = with_radio((BRACELET, DeviceKind.BRACELET), (UNIT, DeviceKind.HOME_UNIT)).restrictions
    assert (home.posts, work.posts) == (((UNIT,),), ())
    without = with_radio((TRACKER, DeviceKind.TRACKER), (UNIT, DeviceKind.HOME_UNIT))
    assert without.radio is None
    assert without.restrictions[0].posts == ()


def test_one_supervision_has_one_plan_and_another_one_its_own() -> None:
    who = supervision(presence())
    plan = plan_of(who)
    assert plan_of(who) is plan
    assert plan.supervision is who
    again = supervision(presence())
    assert plan_of(again) is not plan
    assert plan_of(again).digest == plan.digest
    assert plan_of(supervision(exclusion())).digest != plan.digest
    assert plan.nearness_id.endswith(PERSON)


def test_no_more_plans_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baqylau.rules.plan._PLANS_KEPT", 2)
    three = [supervision(presence()) for _ in range(3)]
    first, second, third = (plan_of(one) for one in three)
    assert plan_of(three[2]) is third
    assert plan_of(three[1]) is second
    assert plan_of(three[0]) is not first
