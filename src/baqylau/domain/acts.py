"""What people and named rules do about an alarm, and what each act makes of it. Pure.

The acts of a rule are signed `rule/<name>`. An act that does not fit is refused with the sentence that says why.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, assert_never

from msgspec import Meta, Struct
from msgspec.structs import replace

from baqylau.domain.alarms import NOBODY, Action, Alarm, AlarmState, Cause, Decision, Level
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.ids import AlarmId
from baqylau.domain.reactions import Step

Word = Annotated[str, Meta(max_length=256, pattern=r"^[^\x00]*$")]
"""A line of text from outside."""
Words = Annotated[str, Meta(max_length=4_000, pattern=r"^[^\x00]*$")]
"""Several sentences from outside."""
Instant = Annotated[datetime, Meta(tz=True)]

RULE = "rule/"
"""How the signature of a rule begins."""
PERSON = "person/"
"""How the signature begins of the person whom an alarm is about, who says something on a page of their own."""
SUSPENDED_AT_MOST = {1: timedelta(hours=1), 2: timedelta(hours=8), 3: timedelta(hours=24)}
"""How long an alarm may rest, by priority [K]."""
TELLS_OTHERS = frozenset({Step.TELL_INSPECTOR, Step.TELL_POLICE, Step.ASK_FOR_VISIT, Step.WRITE_REPORT})
"""Steps that come after the wearer was tried, where the catalogue says that the wearer is told first."""


class Whom(StrEnum):
    """Who was contacted."""

    WEARER = "wearer"
    PROTECTED = "protected"
    INSPECTOR = "inspector"
    POLICE = "police"
    OTHER = "other"


class Channel(StrEnum):
    """By which way."""

    CALL = "call"
    TEXT = "text"
    VOICE = "voice"
    """Through the device that is worn or carried."""
    VISIT = "visit"


class Take(Struct, frozen=True, forbid_unknown_fields=True, tag="take"):
    """Somebody takes the alarm into their hands."""


class Note(Struct, frozen=True, forbid_unknown_fields=True, tag="note"):
    """Somebody writes down what was learned or done."""

    text: Words


class StepDone(Struct, frozen=True, forbid_unknown_fields=True, tag="step"):
    """A step of the catalogue was done."""

    step: Step


class Contact(Struct, frozen=True, forbid_unknown_fields=True, tag="contact"):
    """Somebody was contacted, or it was tried."""

    whom: Whom
    channel: Channel
    reached: bool
    text: Words = ""


class Assign(Struct, frozen=True, forbid_unknown_fields=True, tag="assign"):
    """Handed over to a colleague by login, as between shifts."""

    to: Word
    text: Words = ""


class Suspend(Struct, frozen=True, forbid_unknown_fields=True, tag="suspend"):
    """Laid aside until an instant, for a reason."""

    until_at: Instant
    why: Words


class Resume(Struct, frozen=True, forbid_unknown_fields=True, tag="resume"):
    """Taken up again before the end, or come back by itself at the end."""


class Close(Struct, frozen=True, forbid_unknown_fields=True, tag="close"):
    """Somebody says what it was and what was done. Grounds are never empty."""

    cause: Cause
    grounds: Words
    action: Action | None = None
    """Asked of every closing; missing only in acts that are older than the question."""


class Reopen(Struct, frozen=True, forbid_unknown_fields=True, tag="reopen"):
    """A closed alarm is a question again."""

    why: Words


class Explain(Struct, frozen=True, forbid_unknown_fields=True, tag="explain"):
    """The wearer's explanation, written down."""

    text: Words


class Contest(Struct, frozen=True, forbid_unknown_fields=True, tag="contest"):
    """The wearer says that it is not so."""

    text: Words


class Decide(Struct, frozen=True, forbid_unknown_fields=True, tag="decide"):
    """An inspector decides what it was in law."""

    decision: Decision
    grounds: Words


class Escalate(Struct, frozen=True, forbid_unknown_fields=True, tag="escalate"):
    """Nobody answered in time: it goes one place up. Only a rule does this."""

    level: Level


class Hold(Struct, frozen=True, forbid_unknown_fields=True, tag="hold"):
    """An incident explains it, so nobody is asked about it alone. Only a rule does this."""

    incident_id: AlarmId


class Free(Struct, frozen=True, forbid_unknown_fields=True, tag="free"):
    """The incident no longer explains it. Done by a rule, or by whoever closes the incident."""


Handling = Take | StepDone | Contact | Assign | Suspend | Resume
"""Work on an alarm that waits."""
Saying = Note | Explain | Contest | Decide | Close | Reopen
"""What is said of it."""
Doable = Handling | Saying
"""What a person may do."""
Ruling = Escalate | Hold | Free
"""What rules do."""
Act = Doable | Ruling

WITHOUT_REASON = frozenset({"alarm.refused.empty_grounds", "alarm.refused.no_action"})
"""Why a closing is refused that says neither what was done nor why."""
_AFTER_CLOSING = (Reopen, Explain, Contest, Decide, Note)


class ActRefusedError(Exception):
    """The act does not fit the alarm's state; the key names the sentence that tells the operator why."""

    def __init__(self, key: str, **params: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


def wearer_first(alarm: Alarm) -> bool:
    """Tell whether the wearer has to be tried before others are told."""
    told_first = EVENTS[alarm.code].tell_wearer_first
    return told_first and alarm.person_id != NOBODY and alarm.contacted_at is None


def act_on(alarm: Alarm, act: Act, *, by: str, at: datetime, steps_done: Collection[Step] = ()) -> Alarm:
    """Give the alarm as it is after the act, or raise `ActRefusedError`."""
    if alarm.state is AlarmState.CLOSED and not isinstance(act, _AFTER_CLOSING):
        raise ActRefusedError("alarm.refused.closed")
    after = _after(alarm, act, by, at, steps_done)
    in_hands = after.state is AlarmState.TAKEN and not by.startswith((RULE, PERSON))
    return replace(after, waits_since=at) if in_hands else after


def _after(alarm: Alarm, act: Act, by: str, at: datetime, steps_done: Collection[Step]) -> Alarm:
    if isinstance(act, Handling):
        return _handled(alarm, act, by, at, steps_done)
    if isinstance(act, Saying):
        return _spoken_of(alarm, act, by, at)
    return _ruled(alarm, act, at)


def _handled(alarm: Alarm, act: Handling, by: str, at: datetime, steps_done: Collection[Step]) -> Alarm:
    match act:
        case Take():
            return _taken(alarm, by, at)
        case StepDone(step=step):
            _fits(alarm, step, steps_done)
            return alarm
        case Contact(whom=whom):
            first = whom is Whom.WEARER and alarm.contacted_at is None
            return replace(alarm, contacted_at=at) if first else alarm
        case Assign(to=to):
            return _handed_over(alarm, to, at)
        case Suspend():
            return _suspended(alarm, act, by, at)
        case Resume():
            return _resumed(alarm, at)
        case _:
            assert_never(act)


def _spoken_of(alarm: Alarm, act: Saying, by: str, at: datetime) -> Alarm:
    match act:
        case Note(text=text):
            _said(text, "alarm.refused.empty_note")
            return alarm
        case Explain(text=text):
            _said(text, "alarm.refused.empty_explanation")
            return alarm
        case Contest(text=text):
            _said(text, "alarm.refused.empty_explanation")
            return replace(alarm, contested_at=at)
        case Decide(decision=decision, grounds=grounds):
            _said(grounds, "alarm.refused.empty_grounds")
            return replace(alarm, decision=decision, decided_by=by, decided_at=at)
        case Close():
            return _closed(alarm, act, by, at)
        case Reopen(why=why):
            return _reopened(alarm, why, at)
        case _:
            assert_never(act)


def _ruled(alarm: Alarm, act: Ruling, at: datetime) -> Alarm:
    match act:
        case Escalate(level=level):
            return _climbed(alarm, level, at)
        case Hold(incident_id=incident_id):
            return replace(alarm, incident_id=incident_id)
        case Free():
            return replace(alarm, incident_id=None, waits_since=at)
        case _:
            assert_never(act)


def _said(text: str, otherwise: str) -> str:
    if not text.strip():
        raise ActRefusedError(otherwise)
    return text.strip()


def _taken(alarm: Alarm, by: str, at: datetime) -> Alarm:
    if alarm.taken_by is not None:
        mine = alarm.taken_by == by
        raise ActRefusedError("alarm.refused.already_yours" if mine else "alarm.refused.taken_by_another")
    return replace(alarm, state=AlarmState.TAKEN, taken_by=by, taken_at=at)


def _fits(alarm: Alarm, step: Step, steps_done: Collection[Step]) -> None:
    if step not in EVENTS[alarm.code].steps:
        raise ActRefusedError("alarm.refused.not_a_step")
    if step in steps_done:
        raise ActRefusedError("alarm.refused.step_done")
    if step in TELLS_OTHERS and wearer_first(alarm):
        raise ActRefusedError("alarm.refused.wearer_first")


def _handed_over(alarm: Alarm, to: str, at: datetime) -> Alarm:
    if alarm.taken_by == to:
        raise ActRefusedError("alarm.refused.already_theirs")
    return replace(_awake(alarm), state=AlarmState.TAKEN, taken_by=_said(to, "alarm.refused.nobody"), taken_at=at)


def _suspended(alarm: Alarm, act: Suspend, by: str, at: datetime) -> Alarm:
    why = _said(act.why, "alarm.refused.empty_reason")
    if act.until_at <= at:
        raise ActRefusedError("alarm.refused.end_is_past")
    longest = SUSPENDED_AT_MOST[alarm.priority]
    if act.until_at > at + longest:
        raise ActRefusedError("alarm.refused.too_long", hours=longest // timedelta(hours=1))
    if alarm.priority == 1 and alarm.person_id != NOBODY and alarm.contacted_at is None:
        raise ActRefusedError("alarm.refused.not_contacted")
    return replace(
        alarm,
        state=AlarmState.SUSPENDED,
        suspended_until=act.until_at,
        suspended_why=why,
        taken_by=alarm.taken_by or by,
        taken_at=alarm.taken_at or at,
    )


def _awake(alarm: Alarm) -> Alarm:
    return replace(alarm, suspended_until=None, suspended_why=None)


def _resumed(alarm: Alarm, at: datetime) -> Alarm:
    if alarm.state is not AlarmState.SUSPENDED:
        raise ActRefusedError("alarm.refused.not_suspended")
    return replace(_awake(alarm), state=AlarmState.TAKEN, waits_since=at)


def _closed(alarm: Alarm, act: Close, by: str, at: datetime) -> Alarm:
    grounds = _said(act.grounds, "alarm.refused.empty_grounds")
    if act.action is None:
        raise ActRefusedError("alarm.refused.no_action")
    alarm = replace(_awake(alarm), cause=act.cause, action=act.action, grounds=grounds)
    return replace(alarm, state=AlarmState.CLOSED, closed_by=by, closed_at=at)


def _reopened(alarm: Alarm, why: str, at: datetime) -> Alarm:
    if alarm.state is not AlarmState.CLOSED:
        raise ActRefusedError("alarm.refused.not_closed")
    _said(why, "alarm.refused.empty_reason")
    alarm = replace(alarm, closed_by=None, closed_at=None, cause=None, action=None, grounds=None)
    alarm = replace(alarm, taken_by=None, taken_at=None, level=Level.OPERATOR, escalated_at=None, incident_id=None)
    return replace(alarm, state=AlarmState.OPEN, reopened_at=at, waits_since=at)


def _climbed(alarm: Alarm, level: Level, at: datetime) -> Alarm:
    """Whoever had it in hands and did nothing no longer has it."""
    alarm = replace(_awake(alarm), state=AlarmState.OPEN, taken_by=None, taken_at=None)
    return replace(alarm, level=level, escalated_at=at, waits_since=at)
