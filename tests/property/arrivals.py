"""What the live judge does with observations as they arrive, without its database."""

from collections.abc import Sequence
from datetime import datetime

from baqylau.domain.findings import Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.rules.clock import order_key
from baqylau.rules.fold import PersonState, begin, fold
from baqylau.rules.refold import complete, difference, late, refold, serves

SNAPSHOT_EVERY = 3


class Judge:
    """Folds what comes, takes snapshots, and judges again when something comes late."""

    def __init__(self, supervision: Supervision, snapshot_every: int = SNAPSHOT_EVERY) -> None:
        self.supervision = supervision
        self.snapshot_every, self.kept_at = snapshot_every, 0
        self.state = begin()
        self.snapshots: list[PersonState] = [begin()]
        self.heard: dict[ObservationId, Observation] = {}
        self.findings: dict[FindingId, Finding] = {}
        """Those that stand."""
        self.superseded: set[FindingId] = set()

    def arrive(self, batch: Sequence[Observation], until: datetime | None = None) -> None:
        new = sorted({one.id: one for one in batch if one.id not in self.heard}.values(), key=order_key)
        self.heard.update((one.id, one) for one in new)
        behind = [one for one in new if late(self.state, one)]
        while new and not serves(self.snapshots[-1], new[0]):
            self.snapshots.pop()
        if behind:
            self._again(until)
        else:
            self.state, found = fold(self.supervision, self.state, new, until)
            self._raise(found)
        if len(self.heard) - self.kept_at >= self.snapshot_every and complete(self.state):
            self.kept_at = len(self.heard)
            self.snapshots.append(self.state)

    def _again(self, until: datetime | None) -> None:
        snapshot, reached = self.snapshots[-1], self.state.through
        after = [one for one in self.heard.values() if serves(snapshot, one)]
        until = max(instant for instant in (until, reached) if instant is not None)
        self.state, found = refold(self.supervision, snapshot, after, until)
        known = [one.id for one in self.findings.values() if snapshot.through is None or one.at > snapshot.through]
        change = difference(known, found)
        self._raise(change.raised)
        for finding_id in change.superseded:
            del self.findings[finding_id]
        self.superseded.update(change.superseded)

    def _raise(self, found: Sequence[Finding]) -> None:
        for finding in found:
            assert finding.id not in self.findings, "a finding is raised once"
            self.superseded.discard(finding.id)
            self.findings[finding.id] = finding
