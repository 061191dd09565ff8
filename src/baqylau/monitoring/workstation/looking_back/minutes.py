"""Why and why not: one person at one minute, from the fold that judged it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from baqylau.domain.findings import Finding
from baqylau.domain.ids import FindingId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Person, Supervision
from baqylau.monitoring.workstation import pages
from baqylau.monitoring.workstation.looking_back.minute import Minute, OpenFinding
from baqylau.monitoring.workstation.looking_back.recall import LONGEST, Recall
from baqylau.monitoring.workstation.messages import Segment
from baqylau.rules.clock import instant
from baqylau.rules.explaining import explain
from baqylau.rules.fold import fold, trace
from baqylau.rules.spans import fitted
from baqylau.storage.judging.findings import Findings, Written
from baqylau.storage.judging.live import Live

_LINE = timedelta(hours=1)
"""So much of the timeline is drawn before the minute."""
_BEFORE = timedelta(minutes=15)
_AFTER = timedelta(minutes=15)
_MOST_HEARD = 500


class Minutes:
    """Answers for any minute."""

    def __init__(self, recall: Recall, findings: Findings, live: Live) -> None:
        self._recall = recall
        self._findings = findings
        self._live = live

    def of(
        self, person: Person, at: datetime, *, known_at: datetime | None = None, longest: timedelta | None = LONGEST
    ) -> Minute:
        """Give what was before the rules at an instant. `known_at`: as known then, not before `at`.

        Never beyond the last instant at which we are known to have listened: `explanation.at` is the earlier one then.
        """
        ends = [one for one in (self._live.last_listened(), known_at) if one is not None]
        seen_at, until_at = min([at, *ends]), min([at + _AFTER, *ends])
        from_at = seen_at - _LINE
        recalled = self._recall.of(person.id, from_at, until_at, known_at=known_at, longest=longest)
        supervision, begun = recalled.supervision, recalled.state
        told = [one for one in recalled.observations if instant(one) <= seen_at]
        state, found = fold(supervision, begun, told, seen_at)
        explanation = explain(supervision, state, seen_at)
        open_now = self._open(explanation.open_findings(), found, known_at)
        stretches = trace(supervision, begun, recalled.observations, from_at, until_at)
        return Minute(
            person_id=person.id,
            person_name=person.name,
            at=at,
            known_at=known_at,
            explanation=explanation,
            findings=open_now,
            heard=pages.nearest(
                [one for one in recalled.observations if _around(one, supervision, seen_at)],
                pages.decisive(one.finding for one in open_now),
                seen_at,
                _MOST_HEARD,
            ),
            zones=pages.zones_in_force(supervision, seen_at),
            timeline=tuple(msgspec.convert(one, Segment, from_attributes=True) for one in stretches),
            begun=recalled.begun,
            begun_at=recalled.begun_at,
            folded=len(told),
        )

    def _open(
        self, ids: tuple[FindingId, ...], found: Iterable[Finding], known_at: datetime | None
    ) -> tuple[OpenFinding, ...]:
        folded = {finding.id: finding for finding in found}
        written = {one.finding.id: one for one in self._findings.written(ids)}
        both = {name: one.finding for name, one in written.items()} | folded
        return tuple(_known(both[name], written.get(name), known_at) for name in ids if name in both)


def _known(finding: Finding, written: Written | None, known_at: datetime | None) -> OpenFinding:
    """Give a finding with what was said of it by an instant."""
    if written is None or (known_at is not None and written.raised_at > known_at):
        return OpenFinding(finding=finding, alarm_id=None, raised_at=None, superseded_at=None)
    gone_at = written.superseded_at
    return OpenFinding(
        finding=finding,
        alarm_id=written.alarm_id,
        raised_at=written.raised_at,
        superseded_at=None if gone_at is None or (known_at is not None and gone_at > known_at) else gone_at,
    )


def _around(observation: Observation, supervision: Supervision, at: datetime) -> bool:
    told_at = instant(observation)
    near = at - _BEFORE <= told_at <= at + _AFTER
    return near and any(time.holds(told_at) for time in fitted(supervision, observation.device_id))
