"""Condition: what one device says of itself holds, perhaps for some time, and ends.

State machine, for one kind of condition of one device while it is on the person and an order is in force:

    not so --evidence--> seen --it lasted `after_s`, or certain evidence--> found (`begins`)
    seen   --evidence against--> not so
    found  --evidence against--> not so (`ends`, which ends it, where the kind has such a code)

Whether it lasted is decided by a tick, so that a device which stays so and says nothing more is found all the same. One
that says so again is believed sooner, where the kind has a `told_after_s`.
Time in which we ourselves did not listen does not count. A kind whose evidence is a moment and not a state
(`moment_s`) counts everything within that time as one: a flood of it is one finding in that time. The kinds are rows of
`conditions.CONDITIONS`, each with its clause in its own module.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.observations import Body
from baqylau.domain.people import DeviceKind
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author

_B = TypeVar("_B", bound=Body)


class Word(Enum):
    """What one thing that a device says means for a condition."""

    ENDED = auto()
    HOLDS = auto()
    CERTAIN = auto()
    """It holds so surely that it need not last."""


class Kind(Struct, Generic[_B], frozen=True, kw_only=True):
    """What distinguishes one condition from another."""

    name: str
    version: str = "1"
    begins: Code
    ends: Code | None = None
    """None where nothing tells of the end, or where the end changes nothing for who has to look."""
    devices: frozenset[DeviceKind] = frozenset(DeviceKind)
    body: type[_B]
    says: Callable[[_B], Word | None]
    """None: the body says nothing of it."""
    after_s: float = 0
    told_after_s: float | None = None
    """A word that it still holds decides so soon already."""
    moment_s: float | None = None
    strap_closed: bool = False
    """Found only while the strap is closed: an open one says it already."""
    until_spoken: bool = False
    """Any later word of the device ends it."""
    checks: tuple[Check, ...] = ()
    located: bool = False
    """The finding names where the device's signals came from: others there may have the same cause."""


class Condition(Struct, frozen=True, array_like=True):
    """State of one condition of one device, from the evidence that began it."""

    since: datetime
    due_at: datetime
    """When it has lasted."""
    because: tuple[ObservationId, ...]
    finding: FindingId | None = None
    found_at: datetime | None = None


class Evidence(Struct, frozen=True, gc=False):
    """One observation as the rules of its device take it."""

    at: datetime
    id: ObservationId
    blind_until: datetime | None
    """End of the last gap in our own listening: nothing lasts before it."""
    area: str
    """Where the device's signals come from."""
    tampered: bool
    """Its strap or its case is open."""


_Step = tuple[Condition | None, tuple[Finding, ...]]


def word(*, holds: bool) -> Word:
    """Say of a state that has two sides whether it holds."""
    return Word.HOLDS if holds else Word.ENDED


def held(kind: Kind[Any], author: Author, state: Condition | None, evidence: Evidence, said: Word | None) -> _Step:
    """Take what a word of the device means; None when it says nothing of the condition."""
    if said is None:
        return state, ()
    if said is Word.ENDED:
        return ended(kind, author, state, evidence)
    if state is None or (kind.moment_s is not None and evidence.at - state.since >= timedelta(seconds=kind.moment_s)):
        state = _begun(kind, evidence)
    told = kind.told_after_s is not None and evidence.at >= state.due_at - timedelta(
        seconds=kind.after_s - kind.told_after_s
    )
    if state.finding is None and (said is Word.CERTAIN or not kind.after_s or told):
        state = replace(state, because=(*state.because, evidence.id))
        return _found(kind, author, state, evidence.at, evidence.area, told=told)
    return state, ()


def _begun(kind: Kind[Any], evidence: Evidence) -> Condition:
    counted_from = evidence.at if evidence.blind_until is None else max(evidence.at, evidence.blind_until)
    return Condition(evidence.at, counted_from + timedelta(seconds=kind.after_s), (evidence.id,))


def ended(kind: Kind[Any], author: Author, state: Condition | None, evidence: Evidence) -> _Step:
    """Take it that the condition does not hold any more."""
    if state is None or state.finding is None or kind.ends is None:
        return None, ()
    finding = author.finds(
        kind.ends,
        f"{kind.name} {state.finding}",
        at=evidence.at,
        because=(evidence.id,),
        since=state.since,
        ends=state.finding,
        area=evidence.area if kind.located else "",
    )
    return None, (finding,)


def tick(kind: Kind[Any], author: Author, state: Condition, at: datetime, area: str, *, strap_open: bool) -> _Step:
    """Take the passing of time."""
    if state.finding is not None or at < state.due_at:
        return state, ()
    if kind.strap_closed and strap_open:
        return None, ()
    return _found(kind, author, state, at, area)


def again(
    kind: Kind[Any], author: Author, state: Condition, since: datetime, at: datetime, area: str
) -> tuple[Condition, tuple[Finding, ...]]:
    """Find once more what was found from `since` on and still holds: maintenance has ended."""
    if state.found_at is None or state.found_at < since:
        return state, ()
    return _found(kind, author, state, at, area)


def _found(
    kind: Kind[Any], author: Author, state: Condition, at: datetime, area: str, *, told: bool = False
) -> tuple[Condition, tuple[Finding, ...]]:
    after_s = kind.told_after_s if told and kind.told_after_s is not None else kind.after_s
    finding = author.finds(
        kind.begins,
        kind.name,
        at=at,
        because=state.because,
        since=state.since,
        thresholds={f"{kind.name}_after_s": after_s} if after_s else None,
        checks=((Check.WE_LISTENED,) if kind.after_s else ()) + kind.checks,
        area=area if kind.located else "",
    )
    return replace(state, finding=finding.id, found_at=at), (finding,)


def blinded(state: Condition, gap: timedelta) -> Condition:
    """Take it that we did not listen for `gap` more."""
    return state if state.finding is not None else replace(state, due_at=state.due_at + gap)


def explain(kind: Kind[Any], author: Author, state: Condition | None) -> Account:
    """Say what is found next, and what it still lacks."""
    if state is None or state.finding is not None:
        ended = state is not None and kind.ends is not None
        needs = Need(key="condition_ended" if ended else "condition_told", met=False)
        code = kind.ends if ended and kind.ends is not None else kind.begins
        return author.account(code, needs, finding=state.finding if state is not None else None)
    figures: dict[str, float] = {"after_s": kind.after_s}
    return author.account(
        kind.begins,
        Need(key="condition_told", met=True, at=state.since),
        Need(key="condition_lasted", met=False, at=state.due_at, figures=figures),
    )


def wake_at(state: Condition) -> datetime | None:
    """Give when it will have lasted."""
    return state.due_at if state.finding is None else None
