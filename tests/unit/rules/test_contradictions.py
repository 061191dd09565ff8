"""What an order cannot mean is noticed when it is saved, in time for somebody to ask the court."""

from datetime import timedelta

import pytest

from baqylau.domain.ids import ConsentId, DeviceId, PersonId, RestrictionId
from baqylau.domain.orders import Consent, NoContact, Restriction
from baqylau.domain.people import Supervision
from baqylau.domain.schedules import DayException, Schedule
from baqylau.rules.contradictions import contradictions
from tests.unit.rules.stories import (
    DAY,
    HOME,
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
