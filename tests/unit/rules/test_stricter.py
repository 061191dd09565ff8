"""A change that asks more of a person waits for a second pair of eyes; one that asks less does not."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.ids import ConsentId, DeviceId, OrderId, PermissionId, PersonId, RestrictionId
from baqylau.domain.orders import Consent, NoContact, PresenceRegime, Restriction, Route, TimedPlace
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.domain.proposals import Stricter
from baqylau.domain.schedules import DayException, Schedule, Window
from baqylau.rules.prescribing.stricter import stricter
from baqylau.rules.prescribing.stricter_kinds import differences
from tests.unit.rules.checked import identification, sobriety
from tests.unit.rules.stories import (
    DAY,
    HOME,
    ORDER,
    ORDER_FROM,
    ORDER_UNTIL,
    PERSON,
    at,
    circle,
    device,
    exclusion,
    fitting,
    nightly,
    north,
    order,
    permission,
    presence,
    required_place,
    supervision,
    territory,
)

WIDE, NARROW, ELSEWHERE = circle("Wide", HOME, 200), circle("Narrow", HOME, 100), circle("Dacha", north(9000))
LONG, SHORT = nightly("21:00", "07:00"), nightly("22:00", "06:00")
MORE_WINDOWS = Schedule(
    timezone="Asia/Almaty", windows=(Window(start_min=480, end_min=495), Window(start_min=900, end_min=915))
)
BASE: dict[str, Any] = {"order_id": ORDER, "version": 1, "clause": "c", "from_at": ORDER_FROM}


def timed(**more: Any) -> TimedPlace:
    return TimedPlace(**(BASE | {"id": "timed", "zone": NARROW, "schedule": SHORT} | more))


def way(**more: Any) -> Route:
    return Route(**(BASE | {"id": "way", "zone": WIDE, "schedule": SHORT} | more))


def apart(**more: Any) -> NoContact:
    return NoContact(**(BASE | {"id": "apart", "other_id": "q", "distance_m": 100.0} | more))


@pytest.mark.parametrize(
    ("milder", "harder", "why"),
    [
        (presence(places=(WIDE,)), presence(places=(NARROW,)), "place_smaller"),
        (presence(places=(NARROW, ELSEWHERE)), presence(places=(NARROW,)), "place_smaller"),
        (presence(schedule=SHORT), presence(schedule=LONG), "hours_more"),
        (presence(grace_s=600), presence(grace_s=300), "grace_shorter"),
        (presence(), presence(absence_limit_s_per_day=3600), "absence_limit_lower"),
        (presence(absence_limit_s_per_day=3600), presence(absence_limit_s_per_day=600), "absence_limit_lower"),
        (presence(absence_limit_s_per_week=3600), presence(absence_limit_s_per_week=600), "absence_limit_lower"),
        (exclusion(zone=NARROW), exclusion(zone=WIDE), "zone_larger"),
        (exclusion(schedule=SHORT), exclusion(schedule=LONG), "hours_more"),
        (exclusion(schedule=SHORT), exclusion(), "hours_more"),
        (exclusion(), exclusion(warning_m=100), "warning_wider"),
        (exclusion(dwell_s=60), exclusion(dwell_s=0), "grace_shorter"),
        (exclusion(), exclusion(loiter_s=600), "loiter_shorter"),
        (exclusion(loiter_s=600), exclusion(loiter_s=300), "loiter_shorter"),
        (required_place(zone=WIDE), required_place(zone=NARROW), "place_smaller"),
        (required_place(schedule=SHORT), required_place(schedule=LONG), "hours_more"),
        (required_place(grace_s=900), required_place(grace_s=300), "grace_shorter"),
        (required_place(stay_s=600), required_place(stay_s=1200), "stay_longer"),
        (territory(zone=WIDE), territory(zone=NARROW), "place_smaller"),
        (timed(zone=NARROW), timed(zone=WIDE), "zone_larger"),
        (timed(schedule=LONG), timed(schedule=SHORT), "hours_fewer"),
        (way(zone=WIDE), way(zone=NARROW), "place_smaller"),
        (way(schedule=SHORT), way(schedule=LONG), "hours_more"),
        (apart(), apart(distance_m=200.0), "distance_longer"),
        (sobriety(limit_mg_l=0.16), sobriety(limit_mg_l=0.1), "limit_lower"),
        (sobriety(), sobriety(random_per_day=1), "more_checks"),
        (identification(), identification(schedule=MORE_WINDOWS), "hours_more"),
        (identification(), identification(random_per_day=1), "more_checks"),
        (identification(), identification(most_per_day=9), "more_checks"),
        (identification(min_gap_s=3600), identification(min_gap_s=600), "more_checks"),
        (identification(), identification(after=(Code.STRAP_OPEN,)), "more_checks"),
        (identification(answer_s=900), identification(answer_s=600), "less_time_to_answer"),
        (identification(), identification(urgent=True), "asked_aloud"),
        (
            identification(),
            identification(quiet_from_min=1320, quiet_until_min=360),
            None,
        ),
    ],
)
def test_what_asks_more_is_named_and_its_reverse_is_milder(
    milder: Restriction, harder: Restriction, why: str | None
) -> None:
    """No quiet hours at all were the hardest, so that any are milder."""
    if why is None:
        milder, harder, why = harder, milder, "quiet_hours_changed"
    assert list(differences(milder, harder)) == [why]
    assert list(differences(harder, milder)) == []


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (presence(), exclusion(), "other_kind"),
        (apart(), territory(), "other_kind"),
        (apart(), apart(other_id="z"), "other_person"),
        (apart(), apart(protected=True), "protection_changed"),
        (identification(), identification(remind_s=60), "less_time_to_answer"),
        (
            identification(quiet_from_min=1320, quiet_until_min=360),
            identification(quiet_from_min=1320, quiet_until_min=420),
            "quiet_hours_changed",
        ),
        (
            required_place(stay_s=600, schedule=SHORT),
            required_place(stay_s=600, schedule=LONG),
            "hours_more",
        ),
        (
            identification(),
            identification(
                schedule=Schedule(
                    timezone="Asia/Almaty",
                    windows=identification().schedule.windows,
                    exceptions=(DayException(day=DAY.date(), windows=MORE_WINDOWS.windows),),
                )
            ),
            "hours_more",
        ),
    ],
)
def test_what_may_be_meant_either_way_is_stricter_in_both(old: Restriction, new: Restriction, why: str) -> None:
    assert list(differences(old, new)) == [why]
    assert list(differences(new, old)) == [why]


def test_to_stay_for_some_time_is_milder_than_to_stay_for_all_of_the_hours_where_these_do_not_change() -> None:
    whole, part = required_place(), required_place(stay_s=3600)
    assert list(differences(whole, part)) == []
    assert list(differences(part, whole)) == ["stay_longer"]
    fewer_hours = required_place(stay_s=3600, schedule=nightly("10:00", "18:00"))
    assert list(differences(whole, fewer_hours)) == ["hours_more"]
    assert list(differences(fewer_hours, whole)) == ["hours_more", "stay_longer"]
    later = required_place(schedule=nightly("10:00", "18:00"))
    assert list(differences(part, later)) == ["hours_more", "stay_longer"]


def test_what_was_so_already_is_no_reason_beside_what_changes() -> None:
    aloud = identification(quiet_from_min=1320, quiet_until_min=360, urgent=True)
    assert list(differences(aloud, replace(aloud, answer_s=600))) == ["less_time_to_answer"]


@pytest.mark.parametrize("one", [presence(), apart()])
def test_other_words_another_number_and_other_times_are_no_difference(one: PresenceRegime | NoContact) -> None:
    other = replace(one, version=2, clause="otherwise said", from_at=at("12:00"), until_at=at("13:00"))
    assert list(differences(one, other)) == []


def keys(before: Supervision, after: Supervision) -> list[str]:
    return [one.key for one in stricter(before, after)]


def both_ways(milder: Supervision, harder: Supervision) -> list[str]:
    """Give why the one is stricter, of two where the other certainly is not."""
    assert stricter(harder, milder) == ()
    return keys(milder, harder)


def test_an_order_more_or_one_that_ends_later_or_begins_earlier_is_stricter() -> None:
    one = supervision()
    another = replace(order(), id=OrderId("order-2"), act_number="2")
    assert stricter(one, supervision(orders=(order(), another))) == (Stricter(key="order_added", params={"act": "2"}),)
    assert stricter(supervision(orders=(order(), another)), one) == ()
    day = timedelta(days=1)
    later, earlier = order(until_at=ORDER_UNTIL + day), order(from_at=ORDER_FROM - day)
    assert both_ways(one, supervision(orders=(later,))) == ["order_ends_later"]
    assert both_ways(one, supervision(orders=(earlier,))) == ["order_begins_earlier"]
    recording = replace(order(), calls_recorded="calls are recorded")
    assert both_ways(one, supervision(orders=(recording,))) == ["order_records_calls"]
    assert stricter(supervision(orders=(recording,)), supervision(orders=(recording,))) == ()
    assert stricter(one, one) == ()


def test_a_restriction_more_and_one_that_holds_for_longer_are_stricter_by_its_own_words() -> None:
    none, home = supervision(), supervision(presence())
    assert stricter(none, home) == (Stricter(key="restriction_added", params={"clause": presence().clause}),)
    assert stricter(home, none) == ()
    week = presence(until_at=DAY + timedelta(days=7))
    later = presence(from_at=DAY + timedelta(days=1))
    assert both_ways(supervision(week), home) == ["restriction_lasts_longer"]
    assert both_ways(supervision(later), home) == ["restriction_lasts_longer"]
    lapsed = presence(from_at=ORDER_UNTIL)
    assert both_ways(supervision(lapsed), none) == []


def test_a_new_version_is_compared_with_what_holds_at_its_times_and_the_same_reason_is_told_once() -> None:
    long_from = DAY + timedelta(days=3)
    first = presence(grace_s=900, until_at=long_from)
    second = presence(version=2, grace_s=600, from_at=long_from)
    was, now = supervision(first, second), supervision(presence(grace_s=600))
    assert both_ways(was, now) == ["grace_shorter"]
    assert keys(supervision(presence(grace_s=900, places=(WIDE,))), supervision(first, second)) == [
        "place_smaller",
        "grace_shorter",
    ]


def test_of_versions_that_hold_at_once_the_newest_counts() -> None:
    home, longer = presence(grace_s=300), presence(version=2, grace_s=600)
    for versions in ((home, longer), (longer, home)):
        assert stricter(supervision(presence(grace_s=600)), supervision(*versions)) == ()
        assert keys(supervision(presence(grace_s=900)), supervision(*versions)) == ["grace_shorter"]


def test_a_permission_that_is_cut_is_stricter_and_one_that_is_made_up_for_is_not() -> None:
    whole, half = permission(at("10:00"), at("12:00")), permission(at("10:00"), at("11:00"))
    rest = replace(permission(at("11:00"), at("12:00")), id=PermissionId("rest"))
    mine = replace(whole, restriction_id=RestrictionId("presence-1"))
    others = replace(whole, restriction_id=RestrictionId("exclusion-1"))

    def permitted(*permissions: Any) -> Supervision:
        return supervision(permissions=permissions)

    assert stricter(permitted(whole), permitted()) == (Stricter(key="permission_cut", params={"reason": "hospital"}),)
    assert stricter(permitted(), permitted(whole)) == ()
    assert keys(permitted(whole), permitted(half)) == ["permission_cut"]
    assert keys(permitted(whole), permitted(rest)) == ["permission_cut"]
    assert keys(permitted(whole), permitted(half, rest)) == []
    assert keys(permitted(mine), permitted(whole)) == []
    assert keys(permitted(mine), permitted(mine)) == []
    assert keys(permitted(mine), permitted(others)) == ["permission_cut"]
    assert keys(permitted(whole), permitted(mine)) == ["permission_cut"]
    nothing = permission(at("12:00"), at("12:00"))
    assert keys(permitted(nothing), permitted()) == []


def test_a_consent_of_the_persons_own_that_is_given_or_lasts_longer_lets_more_be_collected() -> None:
    own = Consent(id=ConsentId("c"), person_id=PERSON, from_at=DAY, until_at=DAY + timedelta(days=3), form="7")

    def agreed(*consents: Consent) -> Supervision:
        return supervision(consents=consents)

    assert stricter(agreed(), agreed(own)) == (Stricter(key="consent_given", params={"form": "7"}),)
    assert stricter(agreed(own), agreed()) == stricter(agreed(own), agreed(own)) == ()
    assert both_ways(agreed(own), agreed(replace(own, until_at=None))) == ["consent_given"]
    assert both_ways(agreed(own), agreed(replace(own, from_at=DAY - timedelta(days=1)))) == ["consent_given"]
    sooner_and_shorter = agreed(replace(own, from_at=DAY - timedelta(days=1), until_at=DAY))
    assert keys(agreed(own), sooner_and_shorter) == keys(sooner_and_shorter, agreed(own)) == ["consent_given"]
    assert keys(agreed(), agreed(replace(own, person_id=PersonId("person-2")))) == []


def test_equipment_of_a_kind_that_the_person_never_had_is_stricter_and_a_swap_is_not() -> None:
    one = supervision()
    spare, bracelet = DeviceId("tracker-2"), DeviceId("bracelet-1")
    swapped = supervision(devices=(device(spare),), fittings=(fitting(spare),))
    assert stricter(one, swapped) == ()
    two = (device(), device(bracelet, kind=DeviceKind.BRACELET))
    more = supervision(devices=two, fittings=(fitting(), fitting(bracelet)))
    assert stricter(one, more) == (Stricter(key="equipment_added", params={"device": bracelet}),)
    assert stricter(more, one) == stricter(more, more) == ()
    fitted_before = supervision(devices=(device(),), fittings=(fitting(), fitting(bracelet)))
    assert stricter(fitted_before, more) == ()
