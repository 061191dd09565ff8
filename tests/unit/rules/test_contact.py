"""People who must not meet, and people who are protected."""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from baqylau.crypto.digests import observation_id
from baqylau.domain.findings import Check, Code
from baqylau.domain.ids import ConsentId, FindingId, ObservationId, PersonId, RestrictionId
from baqylau.domain.observations import Authentication, Nearness, Observation
from baqylau.domain.orders import Consent, NoContact
from baqylau.domain.partitions import nearness_of
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Compliance, Standing, Verdict
from baqylau.rules import contact
from baqylau.rules.clock import order_key
from baqylau.rules.contact import Contact, ContactPlan
from baqylau.rules.fold import begin, fold
from baqylau.rules.settings import RETURN_FIXES
from baqylau.rules.spans import Duty, Validity, watched
from baqylau.rules.state import PersonState
from tests.unit.rules.stories import (
    ORDER,
    ORDER_FROM,
    ORDER_UNTIL,
    PERSON,
    at,
    codes,
    every,
    fix,
    judged,
    permission,
    supervision,
    told,
)

OTHER = PersonId("person-2")
ONE, TWO = ObservationId("one"), ObservationId("two")
SECOND = timedelta(seconds=1)


def no_contact(**more: object) -> NoContact:
    fields: dict[str, object] = {
        "id": RestrictionId("apart"),
        "order_id": ORDER,
        "version": 1,
        "clause": "not to meet",
        "from_at": ORDER_FROM,
        "other_id": OTHER,
        "distance_m": 500.0,
    }
    return NoContact(**(fields | more))  # type: ignore[arg-type]


def consent(until_at: datetime | None = None) -> Consent:
    return Consent(id=ConsentId("consent-1"), person_id=OTHER, from_at=ORDER_FROM, until_at=until_at, form="1/2025")


ACCOMPLICES = supervision(no_contact(distance_m=100.0))
PROTECTED = supervision(no_contact(protected=True), consents=(consent(),))
PLAN = ContactPlan(PROTECTED, no_contact(protected=True), Validity(from_at=ORDER_FROM, until_at=ORDER_UNTIL))


def apart(when: datetime, distance_m: float, accuracy_m: float = 20.0) -> Observation:
    """Give what the server worked out of two positions."""
    name = observation_id(f"{when} {distance_m}".encode())
    because = (ObservationId(f"{name[:-1]}0"), ObservationId(f"{name[:-1]}1"))
    body = Nearness(other_id=OTHER, distance_m=distance_m, accuracy_m=accuracy_m, because=because)
    return Observation(
        id=name,
        device_id=nearness_of(PERSON),
        observed_at=when,
        received_at=when,
        bodies=(body,),
        authentication=Authentication.OURSELVES,
    )


def walk(begin_at: datetime, *distances_m: float) -> list[Observation]:
    """Give the distances of two people, a minute apart."""
    return [apart(begin_at + timedelta(minutes=minute), metres) for minute, metres in enumerate(distances_m)]


def test_two_people_who_meet_are_found_when_several_positions_say_so() -> None:
    story = walk(at("12:00"), 900, 60, 50, 40, 300, 900, 900)
    _, (met, parted) = judged(ACCOMPLICES, story)
    assert told([met, parted]) == [("V05", "12:02"), ("V06", "12:05")]
    assert met.because == (story[1].id, story[2].id)
    assert parted.ends == met.id
    assert met.subject == "apart"


def test_one_position_near_the_other_is_no_meeting() -> None:
    assert judged(ACCOMPLICES, walk(at("12:00"), 900, 60, 900, 900), at("13:00"))[1] == ()


def test_a_distance_that_is_less_certain_than_it_is_short_decides_nothing() -> None:
    story = [apart(at("12:00") + timedelta(minutes=minute), 60, accuracy_m=80) for minute in range(20)]
    assert judged(ACCOMPLICES, story)[1] == ()


def test_towards_a_protected_person_there_is_a_warning_first_and_then_the_alarm() -> None:
    story = walk(at("12:00"), 3000, 900, 800, 450, 400, 300, 700, 800, 2000, 2000)
    assert told(judged(PROTECTED, story)[1]) == [
        ("V01", "12:02"),
        ("V02", "12:04"),
        ("V06", "12:07"),
        ("V06", "12:09"),
    ]


def test_who_is_there_at_once_is_alarmed_at_once_and_without_the_warning() -> None:
    assert codes(judged(PROTECTED, walk(at("12:00"), 100, 100, 100))[1]) == ["V02"]


def test_the_screen_shows_it_as_long_as_it_lasts() -> None:
    state, _ = judged(PROTECTED, walk(at("12:00"), 100, 100, 100))
    assert state.compliance.value == "outside"
    state, _ = judged(PROTECTED, walk(at("12:00"), 100, 100, 100, 2000, 2000))
    assert state.compliance.value == "free"


def test_a_permission_such_as_a_day_in_court_excuses_both() -> None:
    who = replace(PROTECTED, permissions=(permission(at("11:00"), at("14:00")),))
    assert judged(who, walk(at("12:00"), 100, 100, 100), at("13:00"))[1] == ()


def test_after_the_order_nothing_is_found() -> None:
    assert judged(PROTECTED, walk(ORDER_UNTIL, 100, 100, 100))[1] == ()


def test_without_consent_nothing_is_judged_and_the_record_says_so() -> None:
    who = supervision(no_contact(protected=True))
    _, findings = judged(who, walk(at("12:00"), 100, 100, 100), at("13:00"))
    assert told(findings) == [("W04", "05:00")]


def test_a_consent_that_is_withdrawn_ends_it_at_once_and_leaves_a_record() -> None:
    who = replace(PROTECTED, consents=(consent(at("12:03")),))
    story = walk(at("12:00"), 100, 100, 100, 100, 100, 2000, 2000)
    state, findings = judged(who, story, at("13:00"))
    assert told(findings) == [("V02", "12:01"), ("W04", "12:03")]
    assert state.compliance.value == "free"


def test_the_other_persons_place_is_in_nothing_that_is_remembered_or_found() -> None:
    state, findings = judged(PROTECTED, walk(at("12:00"), 3000, 800, 800, 400, 400))
    kept = msgspec.json.encode([state, findings]).decode()
    assert "latitude" not in kept
    assert all(not finding.place for finding in findings)


def test_people_without_such_a_restriction_have_nothing_to_do_with_it() -> None:
    assert judged(supervision(), walk(at("12:00"), 10, 10, 10))[1] == ()


def test_any_cut_of_the_story_ends_in_the_same() -> None:
    story = sorted(
        walk(at("12:00"), 3000, 800, 800, 400, 400, 900) + every(60, at("12:00"), at("12:06")), key=order_key
    )
    whole = judged(PROTECTED, story)
    for cut in range(len(story)):
        assert _in_two(PROTECTED, story, cut) == whole


def _in_two(who: Supervision, story: list[Observation], cut: int) -> tuple[PersonState, tuple[object, ...]]:
    state, first = fold(who, begin(), story[:cut], None)
    state, second = fold(
        who, msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=PersonState), story[cut:], None
    )
    return state, first + second


def test_a_restriction_whose_protected_person_gives_no_consent_is_shown_as_not_watched() -> None:
    without = supervision(no_contact(protected=True))
    assert not watched(without, without.restrictions[0], at("12:00"))
    withdrawn = replace(PROTECTED, consents=(consent(at("12:00")),))
    assert watched(withdrawn, withdrawn.restrictions[0], at("11:59"))
    assert not watched(withdrawn, withdrawn.restrictions[0], at("12:00"))
    assert watched(ACCOMPLICES, ACCOMPLICES.restrictions[0], at("12:00"))


def nearness(distance_m: float, accuracy_m: float = 20.0, other_id: PersonId = OTHER) -> Nearness:
    return Nearness(other_id=other_id, distance_m=distance_m, accuracy_m=accuracy_m, because=(ONE, TWO))


def marks(distance_m: float, accuracy_m: float) -> dict[str, tuple[bool, ...]]:
    """Give what one position says to each distance."""
    states, _ = contact.near(PLAN, {}, at("12:00"), ONE, nearness(distance_m, accuracy_m))
    return {key[-3:]: tuple(mark.against for mark in state.confirmation.marks) for key, state in states.items()}


def test_near_is_nearer_than_a_distance_by_more_than_the_accuracy() -> None:
    assert marks(480, 20) == {"V02": (), "V01": (True,)}
    assert marks(479, 20) == {"V02": (True,), "V01": (True,)}
    assert marks(980, 20) == {"V02": (), "V01": ()}
    assert marks(979, 20) == {"V02": (), "V01": (True,)}


def test_apart_is_farther_than_a_distance_by_more_than_the_accuracy() -> None:
    for distance_m, ended in ((520, []), (521, ["V06", "V01"])):
        story = [*walk(at("12:00"), 100, 100), apart(at("12:02"), distance_m), apart(at("12:03"), distance_m)]
        assert codes(judged(PROTECTED, story)[1])[1:] == ended


def test_what_is_found_names_its_figures_and_how_sure_it_is() -> None:
    _, (near, again) = judged(PROTECTED, walk(at("12:00"), 100, 100, 2000, 2000))
    assert {one.name: one.value for one in near.thresholds} == {
        "distance_m": 500.0,
        "apart_m": 100.0,
        "return_fixes": RETURN_FIXES,
    }
    assert (near.verdict, again.verdict) == (
        Verdict(standing=Standing.INSIDE, margin_m=400.0, accuracy_m=20.0),
        Verdict(standing=Standing.OUTSIDE, margin_m=-1500.0, accuracy_m=20.0),
    )
    assert (near.since, again.since, near.restriction_version) == (at("12:00"), at("12:02"), 1)
    assert Check.CONSENT_IN_FORCE in near.checks
    _, (met,) = judged(ACCOMPLICES, walk(at("12:00"), 50, 50))
    assert (Check.CONSENT_IN_FORCE in met.checks, Check.CONFIRMED_BY_SEVERAL in met.checks) == (False, True)


def test_how_near_somebody_else_is_says_nothing() -> None:
    stranger = nearness(10, other_id=PersonId("person-3"))
    assert contact.near(PLAN, {}, at("12:00"), ONE, stranger) == ({}, ())


def test_a_restriction_is_watched_while_it_is_in_force_and_consent_is_given() -> None:
    short = Validity(from_at=at("12:00"), until_at=at("13:00"))
    for plan in (
        ContactPlan(PROTECTED, no_contact(protected=True), short),
        ContactPlan(ACCOMPLICES, no_contact(), short),
    ):
        assert plan.watched == (short,)
    for begin_, end, watched_times in (
        (at("12:10"), at("12:20"), (Validity(from_at=at("12:10"), until_at=at("12:20")),)),
        (at("10:00"), at("12:00"), ()),
        (at("10:00"), at("14:00"), (short,)),
    ):
        who = replace(PROTECTED, consents=(replace(consent(end), from_at=begin_),))
        assert ContactPlan(who, no_contact(protected=True), short).watched == watched_times


def test_not_being_watched_is_said_once_where_it_begins() -> None:
    until = at("12:00")
    plan = ContactPlan(
        replace(PROTECTED, consents=(consent(until),)),
        no_contact(protected=True),
        Validity(from_at=ORDER_FROM, until_at=ORDER_UNTIL),
    )
    (said,) = contact.tick(plan, until)
    assert (said.code.value, said.since, said.because, said.restriction_version) == ("W04", until, (), 1)
    assert contact.tick(plan, until - SECOND) == contact.tick(plan, until + SECOND) == ()
    assert contact.tick(plan, ORDER_UNTIL) == contact.tick(PLAN, ORDER_UNTIL) == ()
    never = ContactPlan(replace(PROTECTED, consents=()), no_contact(protected=True), PLAN.validity)
    assert [len(contact.tick(never, ORDER_FROM + SECOND * step)) for step in range(2)] == [1, 0]


def test_what_is_remembered_lasts_while_it_is_watched_and_is_open_while_it_is_asked() -> None:
    open_ = {f"{PLAN.key}/V02": Contact(Code.PROXIMITY, finding=FindingId("open"))}
    assert contact.kept([PLAN], open_, at("12:00")) == open_
    assert contact.kept([PLAN], open_, ORDER_UNTIL) == contact.kept([], open_, at("12:00")) == {}
    excused = replace(PROTECTED, permissions=(permission(at("12:00"), at("13:00")),))
    plan = ContactPlan(excused, no_contact(protected=True), PLAN.validity)
    assert contact.kept([plan], open_, at("12:00")) == {f"{PLAN.key}/V02": Contact(Code.PROXIMITY)}
    assert [contact.wake_at(plan, when) for when in (at("11:00"), at("12:00"))] == [at("12:00"), at("13:00")]
    assert plan.span(at("13:00")).duty is Duty.DUE


def test_only_a_distance_itself_shows_as_not_kept() -> None:
    open_ = FindingId("open")
    assert contact.broken({"one": Contact(Code.PREALERT, finding=open_), "two": Contact(Code.MEETING, finding=open_)})
    assert not contact.broken({"one": Contact(Code.PREALERT, finding=open_), "two": Contact(Code.MEETING)})


def test_a_permission_ends_what_is_open_without_a_word_and_the_next_position_finds_it_again() -> None:
    who = replace(PROTECTED, permissions=(permission(at("12:02"), at("12:04")),))
    story = walk(at("12:00"), 100, 100, 100, 100, 100)
    assert told(judged(who, story)[1]) == [("V02", "12:01"), ("V02", "12:04")]


def test_half_a_metre_nearer_is_nearer_where_positions_are_that_precise() -> None:
    close = [apart(at("12:00") + timedelta(minutes=minute), 499.5, accuracy_m=0.1) for minute in range(2)]
    (found,) = (one for one in judged(PROTECTED, close)[1] if one.code is Code.PROXIMITY)
    assert found.verdict == Verdict(standing=Standing.INSIDE, margin_m=0.5, accuracy_m=0.1)


def test_a_meeting_is_shown_no_more_from_the_word_after_the_restriction_is_taken_back() -> None:
    other = no_contact(id=RestrictionId("other"), other_id=PersonId("person-3"))
    met, _ = judged(ACCOMPLICES, walk(at("12:00"), 900, 60, 50))
    assert (met.compliance, set(met.contacts)) == (Compliance.NOT_AS_PRESCRIBED, {"apart/1/V05"})
    again, _ = fold(replace(ACCOMPLICES, permissions=(permission(at("20:00"), at("21:00")),)), met, [], None)
    assert again.contacts == met.contacts
    after, _ = fold(supervision(other), met, [fix(at("12:05"))], None)
    assert (after.compliance, after.contacts) == (Compliance.FREE, {})
