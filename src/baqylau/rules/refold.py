"""Late observations: judging one person again, and what that changes.

An observation is late when the fold already stands behind its place in the canonical order. Then the person is folded
again from a snapshot that serves (`serves`), with everything received since, in order. A snapshot that does not serve
an observation is worth nothing from then on, late or not: forget it.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from baqylau.domain.findings import Finding
from baqylau.domain.ids import FindingId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.rules.clock import instant, order_key
from baqylau.rules.fold import fold
from baqylau.rules.state import PersonState


class Difference(Struct, frozen=True, kw_only=True):
    """What judging again changed."""

    raised: tuple[Finding, ...]
    superseded: tuple[FindingId, ...]


def late(state: PersonState, observation: Observation) -> bool:
    """Whether the fold already stands behind the observation."""
    return state.through is not None and order_key(observation) <= (state.through, state.through_id)


def serves(snapshot: PersonState, observation: Observation) -> bool:
    """Whether a refold for the observation may start from the snapshot: it stands before the observation's instant."""
    return snapshot.through is None or snapshot.through < instant(observation)


def refold(
    supervision: Supervision, snapshot: PersonState, observations: Iterable[Observation], until: datetime | None
) -> tuple[PersonState, tuple[Finding, ...]]:
    """Fold again from a snapshot. `observations`: all with an instant after the snapshot's, in any order."""
    once = {observation.id: observation for observation in observations}
    return fold(supervision, snapshot, sorted(once.values(), key=order_key), until)


def difference(known: Iterable[FindingId], found: Iterable[Finding]) -> Difference:
    """Compare a refold with what stood: `known` are the findings, not superseded, with `at` after the snapshot's."""
    before, now = dict.fromkeys(known), {finding.id: finding for finding in found}
    return Difference(
        raised=tuple(finding for finding in now.values() if finding.id not in before),
        superseded=tuple(finding_id for finding_id in before if finding_id not in now),
    )
