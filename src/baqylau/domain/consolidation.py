"""How findings become one alarm: a function of the findings under it, not of the order in which they came."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import ASKED_AFTER, Code, Finding
from baqylau.domain.ids import AlarmId, FindingId

RECORD_ONLY = 4
"""Priority of events that open no alarm."""
LATE_AFTER = timedelta(seconds=120)
"""Said later than this after it happened, an alarm is marked late."""

CLEARED_BY: dict[Code, tuple[Code, ...]] = {
    code: tuple(event.code for event in EVENTS.values() if code in event.clears) for code in Code
}
"""By which events the condition of each code ends."""


class Told(Struct, frozen=True, kw_only=True):
    """A finding under an alarm: when it happened, when we said it, and whether late data took it away."""

    id: FindingId
    at: datetime
    raised_at: datetime
    superseded_at: datetime | None = None


NAMED_ONLY = frozenset({Code.IDENTIFIED, Code.BREATH_PASSED})
"""Events that end only what they name: another check that was passed says nothing of one that was doubted."""
PART_OF: dict[Code, Code] = {Code.STRAP_RESTORED: Code.STRAP_OPEN}
"""What belongs to an alarm that waits already: a strap that closes again is part of the story of its opening."""


def opens_alarm(finding: Finding) -> bool:
    """Whether somebody has to answer for it."""
    return EVENTS[finding.code].priority < RECORD_ONLY and not finding.maintenance


def asked_at(finding: Finding, raised_at: datetime) -> datetime:
    """Give from when somebody is asked about an alarm: from its raising, unless it is left to the wearer first."""
    after_s = next((one.value for one in finding.thresholds if one.name == ASKED_AFTER), 0.0)
    return max(raised_at, finding.at + timedelta(seconds=after_s))


def opened(alarm_id: AlarmId, finding: Finding, raised_at: datetime) -> Alarm:
    """Give the alarm that begins with this finding."""
    return Alarm(
        id=alarm_id,
        person_id=finding.person_id,
        code=finding.code,
        subject=finding.subject,
        priority=EVENTS[finding.code].priority,
        state=AlarmState.OPEN,
        first_finding_id=finding.id,
        last_finding_id=finding.id,
        raised_at=raised_at,
        began_at=finding.at,
        last_at=finding.at,
        waits_since=asked_at(finding, raised_at),
        late=raised_at - finding.at > LATE_AFTER,
    )


def asked_sooner(alarm: Alarm, finding: Finding, raised_at: datetime) -> Alarm:
    """Give the alarm after a finding joins it that leaves the wearer less time."""
    if alarm.state is not AlarmState.OPEN or alarm.waits_since <= raised_at:
        return alarm
    return replace(alarm, waits_since=min(alarm.waits_since, asked_at(finding, raised_at)))


class End(Struct, frozen=True):
    """The condition of an alarm ended; `of`: only that of this finding, or of all where none is named."""

    at: datetime
    of: FindingId | None = None


def consolidated(alarm: Alarm, told: Collection[Told], ended: Iterable[End]) -> Alarm:
    """Give the alarm as the findings under it make it.

    `told` are all of them, never none. What people did about the alarm stays as it is, and so does the ending of an
    alarm that is closed.
    """
    standing = [one for one in told if one.superseded_at is None]
    shown = sorted(standing or told, key=lambda one: (one.at, one.id))
    said = min(told, key=lambda one: (one.raised_at, one.at, one.id))
    cleared_at = _cleared_at(shown, tuple(ended))
    return replace(
        alarm,
        first_finding_id=shown[0].id,
        last_finding_id=shown[-1].id,
        raised_at=said.raised_at,
        began_at=shown[0].at,
        last_at=shown[-1].at,
        count=len(standing),
        late=said.raised_at - said.at > LATE_AFTER,
        cleared_at=alarm.cleared_at if alarm.state is AlarmState.CLOSED else cleared_at,
        superseded_at=None if standing else max(one.superseded_at for one in told if one.superseded_at),
    )


def can_shift(alarm: Alarm, at: datetime) -> bool:
    """Whether what comes and goes from now on can be told from how an alarm stands (`shifted`).

    Not where nothing stands any more under it, nor where each finding ends by itself: those have to be looked through.
    """
    by_each = not NAMED_ONLY.isdisjoint(CLEARED_BY[alarm.code])
    whole = alarm.superseded_at is None and alarm.state is not AlarmState.CLOSED
    return whole and not by_each and alarm.raised_at < at


def shifted(alarm: Alarm, edges: Collection[Told], count: int, ended: Iterable[End]) -> Alarm:
    """Give what `consolidated` gives, without all of what was said: an hour of repeats costs no more than the last one.

    `edges`: the first and the last of the `count` findings that stand now, maybe with others between; `ended`: the
    endings from the last on. The alarm could shift (`can_shift`), and what was said first of all is under it still.
    """
    spanned = consolidated(alarm, edges, ended)
    return replace(spanned, count=count, raised_at=alarm.raised_at, late=alarm.late)


def _cleared_at(shown: Sequence[Told], ended: Sequence[End]) -> datetime | None:
    """Give when everything that is shown was over: by an ending of all, or once each has its own."""
    whole = [one.at for one in ended if one.of is None and one.at >= shown[-1].at]
    each = {one.id: min((end.at for end in ended if end.of == one.id), default=None) for one in shown}
    by_each = [at for at in each.values() if at is not None]
    return min([*whole, *([max(by_each)] if len(by_each) == len(each) else [])], default=None)
