"""When several fixes together say what one fix may not.

State machine, the same for every rule about a place:

    not confirmed --k of n decided fixes against--> confirmed      2 of 3 a minute apart, 3 of 5 when faster
    not confirmed --3 min after the first, nothing for--> confirmed
    confirmed --2 decided fixes for--> not confirmed                hysteresis
    confirmed --60 s after the first, nothing against--> not confirmed

"Against" is outside of a place to be in, inside of a place to keep out of. A fix whose R95 disc crosses the edge is
neither. Source: design, section 14; notes on radio and GNSS, 4.3, step 5; notes on the domain, section 4.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import ObservationId
from baqylau.rules.settings import (
    CONFIRM_WITHIN_S,
    FAST_BELOW_S,
    FAST_FIXES,
    POSITION_STALE_S,
    RETURN_FIXES,
    RETURN_WITHIN_S,
    SLOW_FIXES,
)

_CONFIRM_WITHIN = timedelta(seconds=CONFIRM_WITHIN_S)
_RETURN_WITHIN = timedelta(seconds=RETURN_WITHIN_S)
_STALE = timedelta(seconds=POSITION_STALE_S)
_FAST_BELOW = timedelta(seconds=FAST_BELOW_S)


class Mark(Struct, frozen=True, array_like=True, gc=False):
    """What one decided fix says."""

    at: datetime
    id: ObservationId
    against: bool


class Confirmation(Struct, frozen=True, array_like=True):
    """What is confirmed, and the fixes that are about to change it."""

    confirmed: bool = False
    since: datetime | None = None
    """First fix of what is confirmed, for or against; None when nothing is."""
    because: tuple[ObservationId, ...] = ()
    """The fixes that confirmed it."""
    marks: tuple[Mark, ...] = ()
    """Decided fixes since the first that speaks against what is confirmed."""
    decide_at: datetime | None = None
    """When a single fix decides, if nothing contradicts it until then."""


NOTHING = Confirmation()


def heard(state: Confirmation, mark: Mark, *, may_wait: bool) -> Confirmation:
    """Take a decided fix. `may_wait` is false while we do not listen: then time alone decides nothing."""
    if not state.marks and mark.against == state.confirmed:
        return state
    return _returning(state, mark, may_wait=may_wait) if state.confirmed else _leaving(state, mark, may_wait=may_wait)


def due(state: Confirmation) -> Confirmation:
    """Decide by time: `decide_at` has come and nothing spoke against the first fix."""
    return _turned(state, confirmed=not state.confirmed)


def _turned(state: Confirmation, *, confirmed: bool) -> Confirmation:
    speaking = [mark for mark in state.marks if mark.against is confirmed]
    return Confirmation(confirmed=confirmed, since=speaking[0].at, because=tuple(mark.id for mark in speaking))


def _leaving(state: Confirmation, mark: Mark, *, may_wait: bool) -> Confirmation:
    marks = _recent((*state.marks, mark), FAST_FIXES[1])
    if not marks:
        return replace(state, marks=(), decide_at=None)
    fast = len(marks) > 1 and mark.at - marks[-2].at < _FAST_BELOW
    needed, among = FAST_FIXES if fast else SLOW_FIXES
    pending = replace(state, marks=marks, decide_at=_deadline(marks, may_wait=may_wait))
    enough = sum(one.against for one in marks[-among:]) >= needed
    return _turned(pending, confirmed=True) if enough else pending


def _recent(marks: tuple[Mark, ...], most: int) -> tuple[Mark, ...]:
    """Keep the last fixes that still count, beginning with one that is against. Uncontradicted ones count longer."""
    newest_at = marks[-1].at
    counts = _STALE if all(mark.against for mark in marks) else _CONFIRM_WITHIN
    kept = [mark for mark in marks[-most:] if newest_at - mark.at <= counts]
    first = next((index for index, mark in enumerate(kept) if mark.against), len(kept))
    return tuple(kept[first:])


def _deadline(marks: tuple[Mark, ...], *, may_wait: bool) -> datetime | None:
    contradicted = not all(mark.against for mark in marks)
    return None if contradicted or not may_wait else marks[0].at + _CONFIRM_WITHIN


def _returning(state: Confirmation, mark: Mark, *, may_wait: bool) -> Confirmation:
    if mark.against:
        return replace(state, marks=(), decide_at=None)
    marks = (*state.marks, mark)
    decide_at = marks[0].at + _RETURN_WITHIN if may_wait else None
    pending = replace(state, marks=marks, decide_at=decide_at)
    return _turned(pending, confirmed=False) if len(marks) >= RETURN_FIXES else pending


def counted(state: Confirmation) -> tuple[int, int]:
    """Give how many fixes speak against what is prescribed, and how many have to."""
    speaking = sum(mark.against for mark in state.marks)
    gaps = zip(state.marks, state.marks[1:], strict=False)
    fast = any(later.at - earlier.at < _FAST_BELOW for earlier, later in list(gaps)[-1:])
    return (len(state.because) if state.confirmed else speaking), (FAST_FIXES if fast else SLOW_FIXES)[0]
