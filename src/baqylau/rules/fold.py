"""Judging is a fold: state and observations in, state and findings out.

The canonical fold of a person at an instant takes everything received so far in the order of `clock.order_key`. Time
speaks by ticks: before an observation later than `wake_at`, that tick is folded, and after the last one the ticks up to
the instant. So any order, delay, repetition or batching of the same observations ends in the same findings.

Observations count while their device is on the person and an order is in force; all others are passed over. When an
order, a restriction or a time on the person ends, what was open in it ends without a finding.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from msgspec import Struct

from baqylau.domain.findings import Finding
from baqylau.domain.ids import ObservationId, RestrictionId
from baqylau.domain.observations import Fix, Observation
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.judging import Judging
from baqylau.rules.plan import plan_of
from baqylau.rules.state import PersonState

__all__ = [
    "Folded",
    "LastFix",
    "PersonStanding",
    "PersonState",
    "Stretch",
    "Turn",
    "begin",
    "fold",
    "follow",
    "standing",
    "trace",
    "trace_each",
]


class LastFix(Struct, frozen=True, kw_only=True):
    """The last place that was believed."""

    at: datetime
    fix: Fix
    accuracy_m: float
    observation_id: ObservationId


class PersonStanding(Struct, frozen=True, kw_only=True):
    """A person on the live screen."""

    compliance: Compliance
    blindness: Blindness | None
    """Why it is unknown; None when it is not."""
    since: datetime | None
    last_fix: LastFix | None
    heard_at: datetime | None
    battery_percent: float | None


class Stretch(Struct, frozen=True, kw_only=True):
    """One compliance from one instant to another."""

    from_at: datetime
    until_at: datetime
    compliance: Compliance
    blindness: Blindness | None = None


class Turn(Struct, frozen=True, kw_only=True, gc=False):
    """From an instant on one version of a restriction gives this."""

    restriction_id: RestrictionId
    version: int
    at: datetime
    compliance: Compliance
    blindness: Blindness | None = None


class Folded(Struct, frozen=True, kw_only=True):
    """Everything that a fold gives."""

    state: PersonState
    findings: tuple[Finding, ...]
    turns: tuple[Turn, ...]
    """In the order of time; several of one restriction at one instant count as the last of them."""


def begin() -> PersonState:
    """Give the state of a person of whom nothing has been folded."""
    return PersonState()


def fold(
    supervision: Supervision, state: PersonState, observations: Sequence[Observation], until: datetime | None
) -> tuple[PersonState, tuple[Finding, ...]]:
    """Fold observations, sorted by `order_key` and none of them late (`refold.late`), then the ticks up to `until`.

    Every finding's `at` is the instant at which it was found: that of an observation or of a tick.
    """
    judging = _judged(supervision, state, observations, until)
    return judging.state(), tuple(judging.findings)


def follow(
    supervision: Supervision, state: PersonState, observations: Sequence[Observation], until: datetime | None
) -> Folded:
    """Fold in the same way, and give also what each restriction gave from when on."""
    judging = _judged(supervision, state, observations, until)
    return Folded(
        state=judging.state(), findings=tuple(judging.findings), turns=tuple(_turn(*one) for one in judging.turns)
    )


def _judged(
    supervision: Supervision, state: PersonState, observations: Sequence[Observation], until: datetime | None
) -> Judging:
    judging = Judging(plan_of(supervision), state)
    for observation in observations:
        judging.hear(observation)
    if until is not None:
        judging.wait(until)
    return judging


def _turn(at: datetime, key: str, said: Compliance, why: Blindness | None) -> Turn:
    name, _, version = key.rpartition("/")
    return Turn(restriction_id=RestrictionId(name), version=int(version), at=at, compliance=said, blindness=why)


def standing(supervision: Supervision, state: PersonState, now: datetime) -> PersonStanding:
    """Give what the live screen shows. `now` is the last instant at which we are known to have listened."""
    if state.wake_at is None or state.wake_at <= now:
        state, _ = fold(supervision, state, (), now)
    position = state.position
    return PersonStanding(
        compliance=state.compliance,
        blindness=state.blindness,
        since=state.since,
        last_fix=None
        if position is None
        else LastFix(at=position.at, fix=position.fix, accuracy_m=position.accuracy_m, observation_id=position.id),
        heard_at=state.heard_at,
        battery_percent=state.battery_percent,
    )


def trace(
    supervision: Supervision,
    state: PersonState,
    observations: Sequence[Observation],
    from_at: datetime,
    until_at: datetime,
) -> tuple[Stretch, ...]:
    """Give the timeline from one instant to another, by the same fold from a state before it."""
    judging = _judged(supervision, state, observations, until_at)
    begun = (from_at, state.compliance, state.blindness)
    clipped = ((min(max(at, from_at), until_at), said, why) for at, said, why in judging.changes)
    changes = [begun, *clipped, (until_at, *begun[1:])]
    return tuple(
        Stretch(from_at=at, until_at=end, compliance=said, blindness=why)
        for (at, said, why), (end, _, _) in pairwise(changes)
        if at < end
    )


def trace_each(
    supervision: Supervision,
    state: PersonState,
    observations: Sequence[Observation],
    until_at: datetime,
) -> tuple[Turn, ...]:
    """Give what each restriction gave, by the same fold: where it stands at the state, and every turn after it."""
    begun_at = state.through or datetime.min.replace(tzinfo=UTC)
    begun = (_turn(begun_at, key, *said) for key, said in state.said.items())
    return (*begun, *(_turn(*one) for one in _judged(supervision, state, observations, until_at).turns))
