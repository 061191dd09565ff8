"""What each act makes of an alarm, and what is refused kindly."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.acts import (
    RULE,
    Act,
    ActRefusedError,
    Assign,
    Channel,
    Close,
    Contact,
    Contest,
    Decide,
    Escalate,
    Explain,
    Free,
    Hold,
    Note,
    Reopen,
    Resume,
    StepDone,
    Suspend,
    Take,
    Whom,
    act_on,
    wearer_first,
)
from baqylau.domain.alarms import NOBODY, Action, Alarm, AlarmState, Cause, Decision, Level
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, FindingId, PersonId, SubjectId
from baqylau.domain.reactions import Step

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
CLOSE = Close(cause=Cause.DEVICE_FAULT, action=Action.DEVICE_REPLACED, grounds="the strap was worn through")
CALLED = Contact(whom=Whom.WEARER, channel=Channel.CALL, reached=False)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def alarm(code: Code = Code.STRAP_OPEN, **changes: object) -> Alarm:
    waiting = Alarm(
        id=AlarmId(1),
        person_id=PersonId("aigul"),
        code=code,
        subject=SubjectId("device-1"),
        priority=EVENTS[code].priority,
        state=AlarmState.OPEN,
        first_finding_id=FindingId("f"),
        last_finding_id=FindingId("f"),
        raised_at=NOON,
        began_at=NOON,
        last_at=NOON,
        waits_since=NOON,
    )
    return replace(waiting, **changes)


def done(one: Alarm, *acts: Act, by: str = "dana", minutes: float = 1) -> Alarm:
    for act in acts:
        one = act_on(one, act, by=by, at=after(minutes))
    return one


def refused(one: Alarm, act: Act, *, by: str = "dana", steps_done: tuple[Step, ...] = ()) -> str:
    with pytest.raises(ActRefusedError) as told:
        act_on(one, act, by=by, at=after(1), steps_done=steps_done)
    return told.value.key


def rest(minutes: float, why: str = "the patrol is on its way") -> Suspend:
    return Suspend(until_at=after(minutes), why=why)


def test_closing_asks_for_grounds_and_for_what_was_done() -> None:
    closed = done(alarm(), CLOSE)
    assert (closed.state, closed.closed_by, closed.closed_at) == (AlarmState.CLOSED, "dana", after(1))
    assert (closed.cause, closed.action, closed.grounds) == (CLOSE.cause, CLOSE.action, CLOSE.grounds)
    assert refused(alarm(), replace(CLOSE, grounds=" ")) == "alarm.refused.empty_grounds"
    assert refused(alarm(), replace(CLOSE, action=None)) == "alarm.refused.no_action"


def test_closings_from_before_the_question_what_was_done_are_still_read() -> None:
    old = {"type": "close", "cause": "other", "grounds": "seen on site"}
    assert msgspec.convert(old, Act) == Close(cause=Cause.OTHER, grounds="seen on site")


def test_a_closed_alarm_takes_only_what_is_said_of_it_afterwards() -> None:
    closed = done(alarm(), CLOSE)
    said = (
        Note(text="n"),
        Explain(text="I was at the doctor's"),
        Contest(text="It was not me"),
        Decide(decision=Decision.NO_VIOLATION, grounds="the doctor confirms it"),
    )
    assert done(closed, *said).state is AlarmState.CLOSED
    for act in (Take(), CALLED, StepDone(step=Step.CALL_PERSON), Assign(to="erlan"), rest(9), Resume(), CLOSE, Free()):
        assert refused(closed, act) == "alarm.refused.closed"


def test_an_alarm_that_is_opened_again_is_a_question_as_on_the_first_day() -> None:
    climbed = done(alarm(), Escalate(level=Level.SENIOR), by="rule/escalation")
    again = done(done(climbed, Take(), CLOSE), Reopen(why="the cause was another one"), minutes=90)
    assert (again.state, again.taken_by, again.closed_at, again.cause, again.action, again.grounds) == (
        AlarmState.OPEN, None, None, None, None, None,
    )  # fmt: skip
    assert (again.reopened_at, again.waits_since, again.level) == (after(90), after(90), Level.OPERATOR)
    assert refused(alarm(), Reopen(why="x")) == "alarm.refused.not_closed"
    assert refused(done(alarm(), CLOSE), Reopen(why=" ")) == "alarm.refused.empty_reason"


def test_whoever_hands_over_names_the_colleague_who_has_it_then() -> None:
    handed = done(alarm(), Take(), Assign(to="erlan", text="my shift ends"))
    assert (handed.state, handed.taken_by) == (AlarmState.TAKEN, "erlan")
    assert refused(handed, Assign(to="erlan")) == "alarm.refused.already_theirs"
    assert refused(handed, Take()) == "alarm.refused.taken_by_another"


def test_a_rest_has_a_reason_and_an_end_in_the_near_future() -> None:
    one = alarm(Code.LATE_RETURN)
    resting = done(one, rest(30))
    assert (resting.state, resting.suspended_until, resting.taken_by) == (AlarmState.SUSPENDED, after(30), "dana")
    assert refused(one, rest(30, why=" ")) == "alarm.refused.empty_reason"
    assert refused(one, rest(1)) == "alarm.refused.end_is_past"
    assert refused(one, rest(60 * 8 + 2)) == "alarm.refused.too_long"
    assert done(alarm(Code.BATTERY_LOW), rest(60 * 24)).state is AlarmState.SUSPENDED


def test_an_urgent_alarm_rests_only_after_the_wearer_was_tried() -> None:
    assert refused(alarm(), rest(30)) == "alarm.refused.not_contacted"
    tried = done(alarm(), CALLED)
    assert tried.contacted_at == after(1)
    assert done(tried, rest(30)).state is AlarmState.SUSPENDED
    assert refused(tried, rest(62)) == "alarm.refused.too_long"
    ours = alarm(Code.PART_DOWN, person_id=NOBODY)
    assert done(ours, rest(30)).state is AlarmState.SUSPENDED


def test_a_rest_ends_with_the_alarm_in_the_hands_in_which_it_was() -> None:
    back = done(done(alarm(Code.LATE_RETURN), rest(30)), Resume(), by="rule/suspension", minutes=30)
    assert (back.state, back.taken_by, back.suspended_until, back.waits_since) == (
        AlarmState.TAKEN, "dana", None, after(30),
    )  # fmt: skip
    assert refused(back, Resume()) == "alarm.refused.not_suspended"


def test_a_step_is_ticked_off_once_and_only_if_it_belongs_to_the_alarm() -> None:
    called = StepDone(step=Step.CALL_PERSON)
    assert done(alarm(), called) == alarm()
    assert refused(alarm(), called, steps_done=(Step.CALL_PERSON,)) == "alarm.refused.step_done"
    assert refused(alarm(), StepDone(step=Step.MEDICAL_EXAMINATION)) == "alarm.refused.not_a_step"


def test_others_are_told_after_the_wearer_was_tried_where_the_catalogue_says_so() -> None:
    entered = alarm(Code.EXCLUSION_ENTRY)
    police = StepDone(step=Step.TELL_POLICE)
    assert wearer_first(entered)
    assert refused(entered, police) == "alarm.refused.wearer_first"
    assert done(entered, StepDone(step=Step.WARN_PROTECTED)) == entered
    assert not wearer_first(alarm())
    tried = done(entered, CALLED)
    assert not wearer_first(tried)
    assert done(tried, police) == tried


def test_the_first_contact_with_the_wearer_is_the_one_that_counts() -> None:
    police = Contact(whom=Whom.POLICE, channel=Channel.CALL, reached=True)
    assert done(alarm(), police).contacted_at is None
    assert done(done(alarm(), CALLED), CALLED, minutes=5).contacted_at == after(1)


def test_whoever_had_it_and_did_nothing_no_longer_has_it_when_it_climbs() -> None:
    climbed = done(done(alarm(), Take()), Escalate(level=Level.SENIOR), by="rule/escalation", minutes=20)
    assert (climbed.state, climbed.taken_by, climbed.level, climbed.escalated_at) == (
        AlarmState.OPEN, None, Level.SENIOR, after(20),
    )  # fmt: skip


def test_work_on_an_alarm_in_hands_puts_its_timer_back_and_looking_at_one_that_waits_does_not() -> None:
    assert done(done(alarm(), Take()), Note(text="no answer"), minutes=7).waits_since == after(7)
    assert done(alarm(), Note(text="seen"), minutes=7).waits_since == NOON
    assert done(done(alarm(), Take()), CALLED, by="rule/notices", minutes=7).waits_since == after(1)


def test_the_inspector_decides_and_a_contest_asks_again() -> None:
    violation = Decide(decision=Decision.VIOLATION, grounds="seen by the patrol")
    decided = done(done(alarm(), CLOSE), violation, by="inspector", minutes=5)
    assert (decided.decision, decided.decided_by, decided.decided_at) == (Decision.VIOLATION, "inspector", after(5))
    contested = done(decided, Contest(text="I was at work"), minutes=9)
    assert contested.contested_at is not None
    assert contested.decided_at is not None
    assert contested.contested_at > contested.decided_at
    assert refused(decided, replace(violation, grounds="")) == "alarm.refused.empty_grounds"
    assert refused(decided, Contest(text=" ")) == "alarm.refused.empty_explanation"


words = st.sampled_from(["", " ", "a reason"])
acts: st.SearchStrategy[Act] = st.one_of(
    st.just(Take()),
    st.builds(Note, text=words),
    st.builds(StepDone, step=st.sampled_from(Step)),
    st.builds(Contact, whom=st.sampled_from(Whom), channel=st.just(Channel.CALL), reached=st.booleans()),
    st.builds(Assign, to=st.sampled_from(["dana", "erlan", ""])),
    st.builds(rest, st.integers(-5, 300), words),
    st.just(Resume()),
    st.builds(Close, cause=st.sampled_from(Cause), grounds=words, action=st.sampled_from([None, *Action])),
    st.builds(Reopen, why=words),
    st.builds(Explain, text=words),
    st.builds(Contest, text=words),
    st.builds(Decide, decision=st.sampled_from(Decision), grounds=words),
    st.builds(Escalate, level=st.sampled_from(Level)),
    st.just(Hold(incident_id=AlarmId(7))),
    st.just(Free()),
)


@given(
    st.sampled_from([Code.STRAP_OPEN, Code.EXCLUSION_ENTRY, Code.NO_COMMS, Code.BATTERY_LOW]),
    st.lists(st.tuples(acts, st.sampled_from(["dana", "erlan", "rule/escalation"]))),
)
def test_an_alarm_ends_only_by_a_person_or_a_named_rule_that_says_why(code: Code, story: list[tuple[Act, str]]) -> None:
    one = alarm(code)
    for minute, (act, by) in enumerate(story):
        before = one
        with suppress(ActRefusedError):
            one = act_on(one, act, by=by, at=after(minute))
        if (before.state is AlarmState.CLOSED) != (one.state is AlarmState.CLOSED):
            assert isinstance(act, Close if one.state is AlarmState.CLOSED else Reopen)
        closing = (one.closed_by, one.closed_at, one.cause, one.action, one.grounds)
        assert all(closing) if one.state is AlarmState.CLOSED else closing == (None,) * 5
        assert (one.state is AlarmState.SUSPENDED) == (one.suspended_until is not None)
        assert (one.taken_by is None) == (one.taken_at is None)
        assert one.state is not AlarmState.TAKEN or one.taken_by
        assert not (one.taken_by or "").startswith(RULE) or by.startswith(RULE) or before.taken_by == one.taken_by
