"""What an operator's desk makes of a life: alarms as they are raised, taken, withdrawn and over before anybody looked.

The desk follows the server: repeats of an open alarm are counted in it, a strap that closes again belongs to its
opening, data that come late take findings away, and an alarm about weak equipment that is over before anybody took it
is no task for anybody (`domain.settling`). A lost link is asked about when its grace is over (`domain.consolidation`).
Whoever takes an alarm needs half of the time that the catalogue allows, and works on it for a quarter of an hour.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.catalogue import EVENTS, TAKE_WITHIN_S
from baqylau.domain.consolidation import PART_OF, asked_at, opens_alarm
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId
from baqylau.domain.observations import Observation
from baqylau.domain.settling import SETTLED_AFTER, settles
from tests.property.arrivals import Judge
from tests.quality.case import Case
from tests.quality.judging import SNAPSHOT_EVERY

ROUND = timedelta(seconds=30)
TAKEN_AFTER = {priority: timedelta(seconds=seconds / 2) for priority, seconds in TAKE_WITHIN_S.items()}
WORKED = timedelta(minutes=15)


class Task(Struct, kw_only=True):
    """One alarm on the desk."""

    code: Code
    asked_at: datetime
    """From when on somebody is asked about it."""
    findings: set[FindingId]
    over_at: datetime | None = None
    """When nothing of it stood any longer: cleared, or taken away by late data."""

    @property
    def taken_at(self) -> datetime:
        """When somebody takes it, if it is still there."""
        return self.asked_at + TAKEN_AFTER[EVENTS[self.code].priority]

    @property
    def settled(self) -> bool:
        """It was over before anybody took it, and it is one of those that end so."""
        return self.over_at is not None and self.over_at + SETTLED_AFTER <= self.taken_at and settles(self.code)

    def waits(self, now: datetime) -> bool:
        """Whether a repeat belongs to it: somebody is at it, or nobody has been yet."""
        if self.settled:
            return False
        return now <= self.taken_at + WORKED or self.over_at is None


class Desk:
    """The desk of one person's alarms."""

    def __init__(self) -> None:
        self.alarms: list[Task] = []
        self.told: dict[FindingId, Finding] = {}
        """Every finding that was ever said, also those taken away again."""
        self._standing: dict[FindingId, Finding] = {}

    @property
    def tasks(self) -> list[Task]:
        """Those that somebody had to look at."""
        return [one for one in self.alarms if not one.settled]

    def look(self, standing: dict[FindingId, Finding], now: datetime) -> None:
        """Take it that these findings stand now."""
        new = [one for name, one in standing.items() if name not in self._standing]
        gone = self._standing.keys() - standing.keys()
        self._standing = dict(standing)
        for one in sorted(new, key=lambda one: (one.at, one.id)):
            self._said(one, now)
        for task in self.alarms:
            if task.over_at is None and task.findings <= gone | self._taken_away(task):
                task.over_at = now

    def _taken_away(self, task: Task) -> set[FindingId]:
        return {name for name in task.findings if name not in self._standing}

    def _said(self, finding: Finding, now: datetime) -> None:
        self.told[finding.id] = finding
        if finding.ends is not None:
            self._ended(finding.ends, now)
        if not opens_alarm(finding):
            return
        codes = {finding.code, PART_OF.get(finding.code)}
        same = [task for task in self.alarms if task.code in codes and self._about(task) == finding.subject]
        waiting = next((task for task in same if task.waits(now)), None)
        if waiting is None:
            self.alarms.append(Task(code=finding.code, asked_at=asked_at(finding, now), findings={finding.id}))
        else:
            waiting.findings.add(finding.id)
            waiting.over_at = None

    def _about(self, task: Task) -> str:
        return self.told[next(iter(task.findings))].subject

    def _ended(self, name: FindingId, now: datetime) -> None:
        for task in self.alarms:
            if name in task.findings and task.over_at is None:
                task.over_at = now


def worked(case: Case) -> Desk:
    """Let a life arrive as it did, time passing in between, and give the desk at its end."""
    judge, desk = Judge(case.prescribed, SNAPSHOT_EVERY), Desk()
    for together, now in _rounds(case):
        while judge.state.wake_at is not None and judge.state.wake_at < now:
            wake_at = judge.state.wake_at
            judge.arrive([], wake_at)
            desk.look(judge.findings, wake_at)
        judge.arrive(together, now)
        desk.look(judge.findings, now)
    return desk


def _rounds(case: Case) -> Iterator[tuple[list[Observation], datetime]]:
    together: list[Observation] = []
    for one in case.arriving:
        if together and one.received_at - together[0].received_at > ROUND:
            yield together, together[-1].received_at
            together = []
        together.append(one)
    yield together, max(case.ended_at, together[-1].received_at)
