"""Late observations: judging one person again, and what that changes.

An observation is late when the fold already stands behind its place in the canonical order. Then the person is folded
again from a snapshot that serves (`serves`), with everything received since, in order. A snapshot that does not serve
an observation is worth nothing from then on, late or not: forget it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, SubjectId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.rules.clock import instant, order_key
from baqylau.rules.fold import fold
from baqylau.rules.state import PersonState


class Difference(Struct, frozen=True, kw_only=True):
    """What judging again changed."""

    raised: tuple[Finding, ...]
    superseded: tuple[FindingId, ...]


class Moved(Struct, frozen=True, kw_only=True):
    """The same event, told otherwise: it began at another instant, or rests on something else."""

    was: Finding
    now: Finding


class Comparison(Struct, frozen=True, kw_only=True):
    """Two judgements of the same time, side by side."""

    gained: tuple[Finding, ...]
    lost: tuple[Finding, ...]
    changed: tuple[Moved, ...]


_SAME_WITHIN = timedelta(hours=6)
"""Two findings of one event about one subject, farther apart than this, are two events."""


def late(state: PersonState, observation: Observation) -> bool:
    """Whether the fold already stands behind the observation."""
    return state.through is not None and order_key(observation) <= (state.through, state.through_id)


def serves(snapshot: PersonState, observation: Observation) -> bool:
    """Whether a refold for the observation may start from the snapshot: it stands before the observation's instant."""
    return snapshot.through is None or snapshot.through < instant(observation)


def complete(state: PersonState) -> bool:
    """Whether all is folded of the instant at which the state stands, ticks too: only then it is kept as a snapshot.

    What a tick of that very instant finds afterwards would be found once more by a refold from there.
    """
    return state.through is not None and (state.wake_at is None or state.through < state.wake_at)


def refold(
    supervision: Supervision, snapshot: PersonState, observations: Iterable[Observation], until: datetime | None
) -> tuple[PersonState, tuple[Finding, ...]]:
    """Fold again from a snapshot. `observations`: all with an instant after the snapshot's, in any order."""
    return fold(supervision, snapshot, in_order(observations), until)


def in_order(observations: Iterable[Observation]) -> list[Observation]:
    """Give observations as they are folded, each once."""
    once = {observation.id: observation for observation in observations}
    return sorted(once.values(), key=order_key)


def difference(known: Iterable[FindingId], found: Iterable[Finding]) -> Difference:
    """Compare a refold with what stood: `known` are the findings, not superseded, with `at` after the snapshot's."""
    before, now = dict.fromkeys(known), {finding.id: finding for finding in found}
    return Difference(
        raised=tuple(finding for finding in now.values() if finding.id not in before),
        superseded=tuple(finding_id for finding_id in before if finding_id not in now),
    )


def compared(said: Iterable[Finding], now: Iterable[Finding]) -> Comparison:
    """Set what was said against what is found now: findings with the same id are the same and left out.

    Of the others those of the same event about the same subject belong together, the nearest ones first.
    """
    before, after = {one.id: one for one in said}, {one.id: one for one in now}
    lost = [one for one in before.values() if one.id not in after]
    gained = [one for one in after.values() if one.id not in before]
    pairs: dict[FindingId, FindingId] = {}
    taken: set[FindingId] = set()
    for _, _, was_id, now_id in sorted(_near(lost, gained)):
        if was_id not in pairs and now_id not in taken:
            pairs[was_id] = now_id
            taken.add(now_id)
    return Comparison(
        gained=tuple(one for one in gained if one.id not in taken),
        lost=tuple(one for one in lost if one.id not in pairs),
        changed=tuple(Moved(was=before[was_id], now=after[now_id]) for was_id, now_id in pairs.items()),
    )


def _near(lost: list[Finding], gained: list[Finding]) -> Iterator[tuple[timedelta, datetime, FindingId, FindingId]]:
    alike: dict[tuple[Code, SubjectId], list[Finding]] = defaultdict(list)
    for one in gained:
        alike[one.code, one.subject].append(one)
    for was in lost:
        for one in alike[was.code, was.subject]:
            apart = abs(was.at - one.at)
            if apart <= _SAME_WITHIN:
                yield apart, was.at, was.id, one.id
