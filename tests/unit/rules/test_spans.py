"""What applies at an instant, to the second: orders, versions, times on the person, permissions."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from baqylau.domain.ids import ConsentId, DeviceId, PermissionId, PersonId, RestrictionId
from baqylau.domain.orders import Consent, NoContact, Permission
from baqylau.rules.spans import ALWAYS, Duty, Span, Validity, fitted, is_protected, span_at, validity_of, watched
from tests.unit.rules.stories import (
    ORDER,
    ORDER_FROM,
    PERSON,
    TRACKER,
    at,
    exclusion,
    fitting,
    order,
    permission,
    supervision,
)

SECOND = DeviceId("tracker-2")
ZONE = exclusion()
ALL = Validity(from_at=ORDER_FROM, until_at=at("00:00", 5))


def span(when: datetime, *permissions: Permission) -> Span:
    return span_at(ZONE, ALL, permissions, when)


def named(name: str, from_at: datetime, until_at: datetime) -> Permission:
    return replace(permission(from_at, until_at), id=PermissionId(name))


def test_permissions_that_overlap_excuse_until_the_last_of_them_ends() -> None:
    early, late = named("a", at("10:00"), at("12:00")), named("b", at("11:00"), at("13:00"))
    excused = Span(duty=Duty.EXCUSED, from_at=at("11:30"), until_at=at("13:00"))
    assert span(at("11:30"), early, late) == excused
    assert span(at("11:30"), late, early) == excused


def test_duty_runs_between_two_permissions() -> None:
    one, two = named("a", at("10:00"), at("11:00")), named("b", at("15:00"), at("16:00"))
    assert span(at("12:00"), one, two) == Span(duty=Duty.DUE, from_at=at("11:00"), until_at=at("15:00"))


def test_a_permission_of_no_length_cuts_nothing() -> None:
    whole = Span(duty=Duty.DUE, from_at=ALL.from_at, until_at=ALL.until_at)
    empty = permission(at("12:00"), at("12:00"))
    assert [span(when, empty) for when in (at("11:00"), at("12:00"), at("13:00"))] == [whole] * 3


def test_a_version_of_no_length_is_never_in_force() -> None:
    assert validity_of(replace(ZONE, from_at=at("12:00"), until_at=at("12:00")), (order(),)) is None


def test_a_version_lives_within_its_order() -> None:
    cut = order(from_at=at("10:00"), until_at=at("20:00"))
    assert validity_of(ZONE, (cut,)) == Validity(from_at=at("10:00"), until_at=at("20:00"))


def test_only_the_persons_own_times_with_just_this_device_count() -> None:
    others = replace(fitting(TRACKER, at("15:00"), at("16:00")), person_id=PersonId("person-2"))
    fittings = (fitting(TRACKER, at("10:00"), at("11:00")), fitting(SECOND, at("12:00"), at("13:00")), others)
    who = supervision(fittings=fittings)
    assert fitted(who, TRACKER) == (Validity(from_at=at("10:00"), until_at=at("11:00")),)
    assert fitted(who, SECOND) == (Validity(from_at=at("12:00"), until_at=at("13:00")),)


def test_times_that_touch_are_one_and_others_stay_apart() -> None:
    hours = [("08:00", "09:00"), ("10:00", "11:00"), ("11:00", "12:00"), ("14:00", "15:00")]
    who = supervision(fittings=tuple(fitting(TRACKER, at(begin), at(end)) for begin, end in hours))
    joined = [("08:00", "09:00"), ("10:00", "12:00"), ("14:00", "15:00")]
    assert fitted(who, TRACKER) == tuple(Validity(from_at=at(begin), until_at=at(end)) for begin, end in joined)


def test_a_time_within_another_adds_nothing() -> None:
    who = supervision(fittings=(fitting(TRACKER, at("08:00"), at("15:00")), fitting(TRACKER, at("09:00"), at("10:00"))))
    assert fitted(who, TRACKER) == (Validity(from_at=at("08:00"), until_at=at("15:00")),)


def test_a_time_of_no_length_is_none() -> None:
    assert fitted(supervision(fittings=(fitting(TRACKER, at("08:00"), at("08:00")),)), TRACKER) == ()


def test_an_instant_belongs_to_what_begins_at_it() -> None:
    noon = permission(at("12:00"), at("13:00"))
    assert span(at("12:00"), noon).duty is Duty.EXCUSED
    assert span(at("13:00"), noon).duty is Duty.DUE
    assert span(at("12:00") - timedelta(microseconds=1), noon).duty is Duty.DUE


def test_a_restriction_that_protects_somebody_is_judged_while_they_consent() -> None:
    other = PersonId("person-2")
    apart = NoContact(
        id=RestrictionId("apart"),
        order_id=ORDER,
        version=1,
        clause="not to meet",
        from_at=ORDER_FROM,
        other_id=other,
        distance_m=500.0,
        protected=True,
    )
    endless = Consent(id=ConsentId("c"), person_id=other, from_at=at("10:00"), form="1")
    ended = replace(endless, until_at=at("12:00"))

    def judged_at(clock: str, *consents: Consent) -> bool:
        return watched(supervision(apart, consents=consents), apart, at(clock))

    assert [judged_at(clock, endless) for clock in ("09:59", "10:00", "23:00")] == [False, True, True]
    assert [judged_at(clock, ended) for clock in ("09:59", "10:00", "11:59", "12:00")] == [False, True, True, False]
    assert not judged_at("10:00")
    assert watched(supervision(), replace(apart, protected=False), at("10:00"))
    assert watched(supervision(), ZONE, at("10:00"))


def test_only_who_consented_and_is_under_no_order_is_protected() -> None:
    consent = Consent(id=ConsentId("consent-1"), person_id=PERSON, from_at=at("10:00"), until_at=at("12:00"), form="1")
    theirs = replace(consent, person_id=PersonId("person-2"))
    assert is_protected(supervision(orders=(), consents=(consent,))) is True
    assert is_protected(supervision(consents=(consent,))) is False, "an order watches them as well"
    assert is_protected(supervision(orders=())) is False
    assert is_protected(supervision(orders=(), consents=(theirs,))) is False


def test_a_device_is_on_who_consented_for_as_long_as_they_consent() -> None:
    for until_at in (None, at("12:00")):
        consent = Consent(id=ConsentId("consent-1"), person_id=PERSON, from_at=at("10:00"), until_at=until_at, form="1")
        who = supervision(orders=(), consents=(consent,), fittings=(fitting(TRACKER, at("09:00")),))
        assert fitted(who, TRACKER) == (Validity(from_at=at("10:00"), until_at=until_at or ALWAYS),)
