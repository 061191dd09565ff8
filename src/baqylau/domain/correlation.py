"""Many silences with one cause: when the devices of many people in one place fall silent together, it is one incident.

An incident is an alarm (C07) about the place. It holds the alarms that it explains, so that nobody is asked about each.
Only alarms of a silence are held, never one of priority 1. What is found follows from the alarms alone, not from the
order in which they came. Pure.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.alarms import NOBODY, Alarm, AlarmState
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code, Finding, Threshold
from baqylau.domain.ids import AlarmId, FindingId, ObservationId, PersonId, SubjectId

CORRELATION = "rule/correlation"
"""How this rule signs its acts."""
VERSION = "1"
HELD = (Code.NO_COMMS, Code.UNIT_SILENT)
"""What an outage of an area explains."""
WINDOW = timedelta(minutes=10)
"""Silences that began within so long of each other may have one cause [K]."""
PEOPLE = 5
"""The devices of so many people make an incident [K]."""
SHARE = 0.2
"""Where only the district is known, so large a part of its people must be silent as well [K]."""
RESTORED_SHARE = 0.8
"""When so large a part of what an incident holds is over, the incident is [K]."""
MOST_BECAUSE = 20
"""So many observations are named as the grounds of an incident; its alarms name theirs."""


class Silence(Struct, frozen=True, kw_only=True):
    """An alarm about a silence that no incident holds yet."""

    alarm_id: AlarmId
    person_id: PersonId
    since: datetime
    because: tuple[ObservationId, ...] = ()


def needed(people_of_district: int | None = None) -> int:
    """Give how many people's silences make an incident; of a district, of which all that lie in it are known."""
    return PEOPLE if people_of_district is None else max(PEOPLE, ceil(people_of_district * SHARE))


def together(silences: Collection[Silence], least: int) -> tuple[Silence, ...]:
    """Give those that fell silent within one window with enough others, in the order of their beginning."""
    ordered = sorted(silences, key=lambda one: (one.since, one.alarm_id))
    people: Counter[PersonId] = Counter()
    found: list[Silence] = []
    start = upto = 0
    for end, last in enumerate(ordered, 1):
        people[last.person_id] += 1
        while last.since - ordered[start].since > WINDOW:
            people[ordered[start].person_id] -= 1
            start += 1
        if len(+people) >= least:
            found += ordered[max(start, upto) : end]
            upto = end
    return tuple(found)


def explained(incident: Alarm | None, silences: Collection[Silence], least: int) -> tuple[Silence, ...]:
    """Give the silences of a place that its incident holds; none when they make no incident."""
    if incident is not None and incident.cleared_at is None:
        return tuple(one for one in silences if one.since >= incident.began_at - WINDOW)
    return together(silences, least)


def outage(name: FindingId, place: str, silences: Collection[Silence], least: int) -> Finding:
    """Give the finding of an incident that begins with these silences."""
    grounds = sorted({name for one in silences for name in one.because})
    return Finding(
        id=name,
        rule="correlation",
        rule_version=VERSION,
        code=Code.AREA_OUTAGE,
        person_id=NOBODY,
        subject=SubjectId(place),
        at=max(one.since for one in silences),
        since=min(one.since for one in silences),
        because=tuple(grounds[:MOST_BECAUSE]),
        thresholds=(
            Threshold(name="outage_people", value=least),
            Threshold(name="outage_window_s", value=WINDOW.total_seconds()),
        ),
        area=place,
    )


def incident(alarm_id: AlarmId, finding: Finding, raised_at: datetime) -> Alarm:
    """Give the alarm of an incident that holds nothing yet."""
    return Alarm(
        id=alarm_id,
        person_id=NOBODY,
        code=finding.code,
        subject=finding.subject,
        priority=EVENTS[finding.code].priority,
        state=AlarmState.OPEN,
        first_finding_id=finding.id,
        last_finding_id=finding.id,
        raised_at=raised_at,
        began_at=finding.since or finding.at,
        last_at=finding.at,
        waits_since=raised_at,
        count=0,
    )


def holding(one: Alarm, children: Collection[Alarm]) -> Alarm:
    """Give the incident as what it holds makes it: over, when most of it is."""
    if one.state is AlarmState.CLOSED or not children:
        return one
    return replace(
        one,
        began_at=min(one.began_at, *(child.began_at for child in children)),
        last_at=max(child.last_at for child in children),
        count=len(children),
        cleared_at=_over_at(children),
        superseded_at=_withdrawn_at(children),
    )


def over(child: Alarm) -> datetime | None:
    """Tell when what an incident holds was over: restored, never true, or answered by a person."""
    return _earliest(at for at in (child.cleared_at, child.superseded_at, child.closed_at) if at is not None)


def _over_at(children: Collection[Alarm]) -> datetime | None:
    ended = sorted(at for at in map(over, children) if at is not None)
    enough = ceil(len(children) * RESTORED_SHARE)
    return ended[enough - 1] if len(ended) >= enough else None


def _withdrawn_at(children: Collection[Alarm]) -> datetime | None:
    gone = [child.superseded_at for child in children if child.superseded_at is not None]
    return max(gone) if len(gone) == len(children) else None


def _earliest(instants: Iterable[datetime]) -> datetime | None:
    return min(instants, default=None)
