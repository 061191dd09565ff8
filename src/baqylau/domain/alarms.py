"""An alarm is a finding that waits for a person. What people and named rules do about it is in `domain.acts`.

Life: open -> taken -> closed, with rests (suspended) that end by themselves; a closed one can be opened again. That the
condition ended, that late data took the finding away, or that it came late is marked on the alarm and ends nothing.
"""

from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, FindingId, PersonId, SubjectId

NOBODY = PersonId("")
"""Whom an alarm is about that is about nobody in particular: an area, or our own equipment."""


class AlarmState(StrEnum):
    """Where an alarm stands in its life."""

    OPEN = "open"
    TAKEN = "taken"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Level(IntEnum):
    """How far an alarm has climbed because nobody answered."""

    OPERATOR = 0
    SENIOR = 1
    DUTY_OFFICER = 2


class Cause(StrEnum):
    """What turned out to be behind an alarm; chosen by the person who closes it."""

    LEFT_PLACE = "left_place"
    ENTERED_ZONE = "entered_zone"
    CAME_NEAR = "came_near"
    DEVICE_TAMPERED = "device_tampered"
    SIGNAL_BLOCKED = "signal_blocked"
    NOT_CARRIED = "not_carried"
    NOT_CHARGED = "not_charged"
    CHECK_NOT_PASSED = "check_not_passed"
    DEVICE_FAULT = "device_fault"
    WEAK_SIGNAL = "weak_signal"
    NETWORK_OUTAGE = "network_outage"
    OWN_FAULT = "own_fault"
    MAINTENANCE = "maintenance"
    PERMISSION_NOT_ENTERED = "permission_not_entered"
    HEALTH_OR_EMERGENCY = "health_or_emergency"
    OVER_BY_ITSELF = "over_by_itself"
    OTHER = "other"

    @property
    def real(self) -> bool:
        """Whether the person did something that the alarm is for: the share of these is the quality of our alarms."""
        return self in _REAL


_REAL = frozenset(
    {
        Cause.LEFT_PLACE,
        Cause.ENTERED_ZONE,
        Cause.CAME_NEAR,
        Cause.DEVICE_TAMPERED,
        Cause.SIGNAL_BLOCKED,
        Cause.NOT_CARRIED,
        Cause.NOT_CHARGED,
        Cause.CHECK_NOT_PASSED,
    }
)


class Action(StrEnum):
    """What was done about an alarm; chosen by the person who closes it."""

    TALKED_WITH_PERSON = "talked_with_person"
    PERSON_CAME_BACK = "person_came_back"
    VISITED = "visited"
    DEVICE_INSPECTED = "device_inspected"
    DEVICE_REPLACED = "device_replaced"
    PERMISSION_ENTERED = "permission_entered"
    INSPECTOR_TOLD = "inspector_told"
    POLICE_TOLD = "police_told"
    ENGINEERS_TOLD = "engineers_told"
    ONLY_WATCHED = "only_watched"


class Decision(StrEnum):
    """What an inspector says of it. Only here may the word violation stand."""

    VIOLATION = "violation"
    NO_VIOLATION = "no_violation"
    UNDECIDED = "undecided"


class Alarm(Struct, frozen=True, kw_only=True):
    """One open question to a person: repeats of the same finding are counted here, not shown again."""

    id: AlarmId
    person_id: PersonId
    """`NOBODY` where it is about an area or about ourselves."""
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
    waits_since: datetime
    """From here the timers count: raised, taken, last worked on, climbed, back from a rest, freed, opened again.

    Later than its raising where it is left to the wearer first: until then nobody is asked.
    """
    count: int = 1
    """How often it was said; of an incident, how many alarms it holds."""
    late: bool = False
    """Said more than the catalogue's delay after it happened, because the data came late."""
    cleared_at: datetime | None = None
    """The condition ended by itself; the alarm still waits for a person."""
    superseded_at: datetime | None = None
    """Data that came later took away every finding under it; the alarm still waits for a person."""
    level: Level = Level.OPERATOR
    escalated_at: datetime | None = None
    taken_by: str | None = None
    """Who has it in hands now; earlier hands are in the acts."""
    taken_at: datetime | None = None
    contacted_at: datetime | None = None
    """When the wearer was first told or tried to be reached."""
    suspended_until: datetime | None = None
    suspended_why: str | None = None
    incident_id: AlarmId | None = None
    """The incident that holds it: while it does, nobody is asked about this one."""
    closed_by: str | None = None
    closed_at: datetime | None = None
    cause: Cause | None = None
    action: Action | None = None
    grounds: str | None = None
    reopened_at: datetime | None = None
    contested_at: datetime | None = None
    """When the wearer last contested it; later than `decided_at`, it waits for a decision again."""
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
