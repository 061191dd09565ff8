"""An alarm is a finding that waits for a person, and what people did about it.

Life: open -> taken -> closed. Only a person closes an alarm, always with a cause and grounds. That the condition ended,
that the finding was superseded by late data, or that it came late is marked on the alarm and ends nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, FindingId, PersonId, SubjectId


class AlarmState(StrEnum):
    """Where an alarm stands in its life."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Cause(StrEnum):
    """What turned out to be behind an alarm; chosen by the person who closes it."""

    LEFT_PLACE = "left_place"
    ENTERED_ZONE = "entered_zone"
    DEVICE_TAMPERED = "device_tampered"
    DEVICE_FAULT = "device_fault"
    WEAK_SIGNAL = "weak_signal"
    PERMISSION_NOT_ENTERED = "permission_not_entered"
    HEALTH_OR_EMERGENCY = "health_or_emergency"
    OTHER = "other"


class Alarm(Struct, frozen=True, kw_only=True):
    """One open question to a person: repeats of the same finding are counted here, not shown again."""

    id: AlarmId
    person_id: PersonId
    code: Code
    subject: SubjectId
    priority: int
    state: AlarmState
    first_finding_id: FindingId
    last_finding_id: FindingId
    raised_at: datetime
    """When we said it."""
    began_at: datetime
    """When it happened."""
    last_at: datetime
    count: int = 1
    late: bool = False
    """Said more than the catalogue's delay after it happened, because the data came late."""
    cleared_at: datetime | None = None
    """The condition ended by itself; the alarm still waits for a person."""
    superseded_at: datetime | None = None
    """Data that came later took away every finding under it; the alarm still waits for a person."""
    taken_by: str | None = None
    taken_at: datetime | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    cause: Cause | None = None
    grounds: str | None = None


class Take(Struct, frozen=True, tag="take"):
    """Somebody takes the alarm into their hands."""


class Note(Struct, frozen=True, tag="note"):
    """Somebody writes down what was learned or done."""

    text: str


class Close(Struct, frozen=True, tag="close"):
    """Somebody says what it was. Grounds are never empty."""

    cause: Cause
    grounds: str


Act = Take | Note | Close


class ActRefusedError(Exception):
    """The act does not fit the alarm's state; the key names the sentence that tells the operator why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def act_on(alarm: Alarm, act: Act, *, by: str, at: datetime) -> Alarm:
    """Give the alarm as it is after the act, or raise `ActRefusedError`."""
    if alarm.state is AlarmState.CLOSED:
        raise ActRefusedError("alarm.refused.closed")
    match act:
        case Take():
            if alarm.taken_by is not None:
                mine = alarm.taken_by == by
                raise ActRefusedError("alarm.refused.already_yours" if mine else "alarm.refused.taken_by_another")
            return replace(alarm, state=AlarmState.TAKEN, taken_by=by, taken_at=at)
        case Note(text=text):
            if not text.strip():
                raise ActRefusedError("alarm.refused.empty_note")
            return alarm
        case Close(cause=cause, grounds=grounds):
            if not grounds.strip():
                raise ActRefusedError("alarm.refused.empty_grounds")
            return replace(
                alarm, state=AlarmState.CLOSED, closed_by=by, closed_at=at, cause=cause, grounds=grounds.strip()
            )
        case _:
            assert_never(act)
