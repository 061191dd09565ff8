"""An alarm is what its findings make it, in whatever order they came."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.acts import Act, Close, Take, act_on
from baqylau.domain.alarms import Action, Alarm, AlarmState, Cause
from baqylau.domain.consolidation import (
    CLEARED_BY,
    End,
    Told,
    asked_at,
    asked_sooner,
    can_shift,
    consolidated,
    opened,
    opens_alarm,
    shifted,
)
from baqylau.domain.findings import ASKED_AFTER, Code, Finding, Threshold
from baqylau.domain.ids import AlarmId, FindingId, PersonId, SubjectId

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FINDING = Finding(
    id=FindingId("f0"),
    rule="exclusion",
    rule_version="1",
    code=Code.EXCLUSION_ENTRY,
    person_id=PersonId("aigul"),
    subject=SubjectId("zone-1"),
    at=NOON,
    because=(),
)


def told(name: str, at_s: float, *, said_s: float | None = None, gone_s: float | None = None) -> Told:
    return Told(
        id=FindingId(name),
        at=NOON + timedelta(seconds=at_s),
        raised_at=NOON + timedelta(seconds=at_s + 1 if said_s is None else said_s),
        superseded_at=None if gone_s is None else NOON + timedelta(seconds=gone_s),
    )


def alarm(*acts: Act) -> Alarm:
    one = opened(AlarmId(1), FINDING, NOON + timedelta(seconds=1))
    for act in acts:
        one = act_on(one, act, by="dana", at=NOON + timedelta(seconds=30))
    return one


def test_an_alarm_opens_with_the_catalogues_priority() -> None:
    one = alarm()
    assert (one.priority, one.state, one.count, one.late) == (1, AlarmState.OPEN, 1, False)


LEFT = replace(FINDING, code=Code.NO_COMMS, thresholds=(Threshold(name=ASKED_AFTER, value=1800),))
"""A lost link that is left to the wearer for half an hour."""


def test_an_alarm_that_is_left_to_the_wearer_waits_for_nobody_before_its_time() -> None:
    one = opened(AlarmId(1), LEFT, NOON + timedelta(seconds=1))
    assert (one.raised_at, one.waits_since) == (NOON + timedelta(seconds=1), NOON + timedelta(minutes=30))
    assert consolidated(one, [told("f0", 0), told("f1", 60)], []).waits_since == one.waits_since


def test_a_finding_that_leaves_less_time_is_asked_about_sooner_and_none_later() -> None:
    left = opened(AlarmId(1), LEFT, NOON)
    shorter = replace(LEFT, thresholds=(Threshold(name=ASKED_AFTER, value=600),))
    assert asked_sooner(left, shorter, NOON).waits_since == NOON + timedelta(minutes=10)
    assert asked_sooner(left, replace(FINDING, code=Code.NO_COMMS), NOON).waits_since == NOON
    longer = replace(LEFT, at=NOON + timedelta(minutes=5))
    assert asked_sooner(left, longer, NOON + timedelta(minutes=5)) == left
    assert asked_sooner(left, shorter, NOON + timedelta(minutes=30)) == left, "somebody is asked already"
    taken = act_on(left, Take(), by="dana", at=NOON + timedelta(hours=1))
    assert asked_sooner(taken, shorter, NOON) == taken


def test_what_is_said_late_was_the_wearers_long_enough() -> None:
    assert asked_at(LEFT, NOON + timedelta(minutes=31)) == NOON + timedelta(minutes=31)
    assert asked_at(FINDING, NOON) == NOON


def test_repeats_are_counted_and_the_alarm_spans_them() -> None:
    one = consolidated(alarm(), [told("b", 60), told("a", 0), told("c", 90)], [])
    assert (one.count, one.first_finding_id, one.last_finding_id) == (3, "a", "c")
    assert (one.began_at, one.last_at) == (NOON, NOON + timedelta(seconds=90))


@pytest.mark.parametrize(("said_s", "late"), [(120, False), (121, True)])
def test_what_is_said_more_than_two_minutes_after_it_happened_is_late(said_s: float, *, late: bool) -> None:
    assert consolidated(alarm(), [told("a", 0, said_s=said_s)], []).late is late


def test_the_condition_ends_after_the_last_finding_and_not_before() -> None:
    findings = [told("a", 0), told("b", 60)]
    assert consolidated(alarm(), findings, [End(NOON + timedelta(seconds=30))]).cleared_at is None
    ends = [End(NOON + timedelta(seconds=90)), End(NOON + timedelta(seconds=70))]
    assert consolidated(alarm(), findings, ends).cleared_at == NOON + timedelta(seconds=70)


def test_an_alarm_about_several_checks_is_over_when_each_of_them_is() -> None:
    findings = [told("a", 0), told("b", 60)]
    first, second = (End(NOON + timedelta(seconds=at_s), FindingId(of)) for at_s, of in ((90, "a"), (70, "b")))
    assert consolidated(alarm(), findings, [first]).cleared_at is None
    assert consolidated(alarm(), findings, [second]).cleared_at is None
    assert consolidated(alarm(), findings, [first, second]).cleared_at == NOON + timedelta(seconds=90)
    taken_away = [told("a", 0), told("b", 60, gone_s=500)]
    assert consolidated(alarm(), taken_away, [first]).cleared_at == NOON + timedelta(seconds=90)


def test_findings_that_late_data_took_away_no_longer_count() -> None:
    one = consolidated(alarm(), [told("a", 0, gone_s=500), told("b", 60)], [])
    assert (one.count, one.first_finding_id, one.superseded_at) == (1, "b", None)


def test_when_every_finding_was_taken_away_the_alarm_says_so_and_still_waits() -> None:
    one = consolidated(alarm(), [told("a", 0, gone_s=500), told("b", 60, gone_s=700)], [])
    assert (one.count, one.superseded_at) == (0, NOON + timedelta(seconds=700))
    assert one.state is AlarmState.OPEN


def test_what_people_did_stays() -> None:
    one = consolidated(alarm(Take()), [told("a", 0), told("b", 60)], [])
    assert (one.state, one.taken_by) == (AlarmState.TAKEN, "dana")


def test_a_closed_alarm_is_not_cleared_afterwards() -> None:
    closed = alarm(Close(cause=Cause.LEFT_PLACE, action=Action.VISITED, grounds="seen by the patrol"))
    assert consolidated(closed, [told("a", 0)], [End(NOON + timedelta(seconds=90))]).cleared_at is None


def test_no_event_ends_a_tamper() -> None:
    assert CLEARED_BY[Code.STRAP_OPEN] == CLEARED_BY[Code.CASE_OPEN] == ()
    assert CLEARED_BY[Code.NO_COMMS] == (Code.COMMS_RESTORED,)


def test_events_for_the_record_and_work_on_the_equipment_open_no_alarm() -> None:
    assert opens_alarm(FINDING)
    assert not opens_alarm(replace(FINDING, maintenance=True))
    assert not opens_alarm(replace(FINDING, code=Code.RETURNED))


some_told = st.builds(
    told,
    st.text("abcdef", min_size=1, max_size=3),
    st.integers(0, 300),
    said_s=st.one_of(st.none(), st.integers(300, 900)),
    gone_s=st.one_of(st.none(), st.integers(900, 1800)),
)

some_ends = st.lists(st.tuples(st.integers(0, 400), st.one_of(st.none(), st.text("abcdef", max_size=3).map(FindingId))))


@given(st.lists(some_told, min_size=1, unique_by=lambda one: one.id), some_ends, st.randoms())
def test_the_order_in_which_findings_came_does_not_matter(
    findings: list[Told], ends_s: list[tuple[int, FindingId | None]], chance: random.Random
) -> None:
    ends = [End(NOON + timedelta(seconds=second), of) for second, of in ends_s]
    shuffled, other_ends = list(findings), list(ends)
    chance.shuffle(shuffled)
    chance.shuffle(other_ends)
    one = consolidated(alarm(), findings, ends)
    assert consolidated(alarm(), shuffled, other_ends) == one
    assert consolidated(one, shuffled, other_ends) == one


LATER = NOON + timedelta(seconds=1000)


def _in_time(one: Told) -> tuple[datetime, FindingId]:
    return one.at, one.id


@given(
    st.lists(some_told, min_size=1, unique_by=lambda one: one.id),
    st.lists(st.tuples(st.text("ghij", min_size=1, max_size=3), st.integers(0, 300)), unique_by=lambda one: one[0]),
    st.lists(st.integers(0, 400)),
    st.lists(st.integers(0, 400)),
    st.randoms(),
)
def test_what_comes_and_goes_needs_no_look_at_all_that_was_said_before(
    before: list[Told],
    joining: list[tuple[str, int]],
    ends_s: list[int],
    later_ends_s: list[int],
    chance: random.Random,
) -> None:
    earlier = [End(NOON + timedelta(seconds=second)) for second in ends_s]
    ends = [*earlier, *(End(NOON + timedelta(seconds=second)) for second in later_ends_s)]
    new = [told(name, at_s, said_s=1000) for name, at_s in joining]
    stands = consolidated(alarm(), before, earlier)
    gone = chance.sample(before, k=chance.randrange(len(before) + 1))
    left = [one if one not in gone else replace(one, superseded_at=one.superseded_at or LATER) for one in before]
    standing = [one for one in (*left, *new) if one.superseded_at is None]
    if can_shift(stands, LATER) and standing:
        edges = [min(standing, key=_in_time), max(standing, key=_in_time)]
        told_from_there = [one for one in ends if one.at >= edges[1].at]
        assert shifted(stands, edges, len(standing), told_from_there) == consolidated(alarm(), [*left, *new], ends)


def test_an_alarm_of_which_findings_end_one_by_one_or_were_taken_away_is_looked_through() -> None:
    later = NOON + timedelta(minutes=1)
    assert can_shift(alarm(), later)
    assert not can_shift(alarm(), NOON), "a clock that stands behind may say something before what was said first"
    assert not can_shift(replace(alarm(), code=Code.FACE_NOT_MATCHED), later)
    assert not can_shift(replace(alarm(), superseded_at=NOON), later)
    assert not can_shift(replace(alarm(), state=AlarmState.CLOSED), later)
