"""When several fixes together say what one fix may not.

State machine, the same for every rule about a place:

    not confirmed --k of n decided fixes against--> confirmed      2 of 3 a minute apart, 3 of 5 when faster
    not confirmed --3 min after the first, nothing for--> confirmed
    confirmed --2 decided fixes for--> not confirmed                hysteresis
    confirmed --60 s after the first, nothing against--> not confirmed

"Against" is outside of a place to be in, inside of a place to keep out of. A fix whose R95 disc crosses the edge is
neither. The errors of a receiver last for a while, so it is not the number of fixes that confirms but their time: those
that say the same within 9 s count as one, and those that confirm reach over 27 s. What contradicts counts at once.
Where we did not listen for a while, what fixes said stays said, and time alone counts from when we listened again.
Source: design, section 14; notes on radio and GNSS, 4.3, step 5; notes on the domain, section 4.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import ObservationId
from baqylau.rules.settings import (
    CONFIRM_WITHIN_S,
    FAST_BELOW_S,
    FAST_FIXES,
    FIXES_APART_S,
    FIXES_SPAN_S,
    POSITION_STALE_S,
    RETURN_FIXES,
    RETURN_WITHIN_S,
    SLOW_FIXES,
)

_CONFIRM_WITHIN = timedelta(seconds=CONFIRM_WITHIN_S)
_RETURN_WITHIN = timedelta(seconds=RETURN_WITHIN_S)
_STALE = timedelta(seconds=POSITION_STALE_S)
_FAST_BELOW = timedelta(seconds=FAST_BELOW_S)
_APART = timedelta(seconds=FIXES_APART_S)
_SPAN = timedelta(seconds=FIXES_SPAN_S)


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
    listened_from: datetime | None = None
    """The end of the last gap in our listening since the first of these fixes."""


NOTHING = Confirmation()


def heard(state: Confirmation, mark: Mark, *, may_wait: bool) -> Confirmation:
    """Take a decided fix. `may_wait` is false while we do not listen: then time alone decides nothing."""
    if not state.marks and mark.against == state.confirmed:
        return state
    return _returning(state, mark, may_wait=may_wait) if state.confirmed else _leaving(state, mark, may_wait=may_wait)


def due(state: Confirmation) -> Confirmation:
    """Decide by time: `decide_at` has come and nothing spoke against the first fix."""
    return _turned(state, confirmed=not state.confirmed)


def paused(state: Confirmation, until: datetime) -> Confirmation:
    """Take it that we did not listen until then: nothing that was not heard counts for or against."""
    return replace(state, decide_at=None, listened_from=until) if state.marks else state


def _turned(state: Confirmation, *, confirmed: bool) -> Confirmation:
    speaking = [mark for mark in state.marks if mark.against is confirmed]
    return Confirmation(confirmed=confirmed, since=speaking[0].at, because=tuple(mark.id for mark in speaking))


def _with(state: Confirmation, mark: Mark) -> tuple[Mark, ...]:
    """Add a fix to those that count, unless it only repeats what one of a moment ago said against what is confirmed."""
    if mark.against is not state.confirmed:
        last_at = next((one.at for one in reversed(state.marks) if one.against is mark.against), None)
        if last_at is not None and mark.at - last_at < _APART:
            return state.marks
    return (*state.marks, mark)


def _leaving(state: Confirmation, mark: Mark, *, may_wait: bool) -> Confirmation:
    marks = _recent(_with(state, mark), FAST_FIXES[1])
    if not marks:
        return _settled(state)
    contradicted = not all(mark.against for mark in marks)
    decide_at = _deadline(state, marks, _CONFIRM_WITHIN, may_wait=may_wait and not contradicted)
    pending = replace(state, marks=marks, decide_at=decide_at)
    return _turned(pending, confirmed=True) if mark.against and _agree(marks) else pending


def _agree(marks: tuple[Mark, ...]) -> bool:
    """Whether enough of the last fixes are against, over a time that is long enough."""
    needed, among = _needed(marks)
    against = [one.at for one in marks[-among:] if one.against]
    return len(against) >= needed and against[-1] - against[0] >= _SPAN


def _needed(marks: tuple[Mark, ...]) -> tuple[int, int]:
    """Give how many of how many fixes have to agree at the rate at which they come."""
    fast = len(marks) > 1 and marks[-1].at - marks[-2].at < _FAST_BELOW
    return FAST_FIXES if fast else SLOW_FIXES


def _recent(marks: tuple[Mark, ...], most: int) -> tuple[Mark, ...]:
    """Keep the last fixes that still count, beginning with one that is against. Uncontradicted ones count longer."""
    newest_at = marks[-1].at
    counts = _STALE if all(mark.against for mark in marks) else _CONFIRM_WITHIN
    kept = [mark for mark in marks[-most:] if newest_at - mark.at <= counts]
    first = next((index for index, mark in enumerate(kept) if mark.against), len(kept))
    return tuple(kept[first:])


def _settled(state: Confirmation) -> Confirmation:
    """Give the same with nothing under way."""
    return replace(state, marks=(), decide_at=None, listened_from=None)


def _deadline(state: Confirmation, marks: tuple[Mark, ...], within: timedelta, *, may_wait: bool) -> datetime | None:
    return max(marks[0].at, state.listened_from or marks[0].at) + within if may_wait else None


def _returning(state: Confirmation, mark: Mark, *, may_wait: bool) -> Confirmation:
    if mark.against:
        return _settled(state)
    marks = _with(state, mark)
    decide_at = _deadline(state, marks, _RETURN_WITHIN, may_wait=may_wait)
    pending = replace(state, marks=marks, decide_at=decide_at)
    return _turned(pending, confirmed=False) if len(marks) >= RETURN_FIXES else pending


def counted(state: Confirmation) -> tuple[int, int]:
    """Give how many fixes speak against what is prescribed, and how many must: one more while their span is short."""
    needed = _needed(state.marks)[0]
    if state.confirmed:
        return len(state.because), needed
    speaking = sum(mark.against for mark in state.marks)
    return speaking, max(needed, speaking + 1)
