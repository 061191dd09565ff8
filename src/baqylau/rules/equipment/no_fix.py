"""No fix: a tracker speaks, moves, and has not known its place for ten minutes.

State machine, for one tracker while it is on the person and an order is in force:

    has a place --a record without one, 10 min of motion within 60 without a place--> lost (L01)
    lost --ten minutes of motion more--> lost for long (L09)
    lost --a place--> has a place (L02, which ends each of the two)

At rest it is under a roof, and nobody is asked to go outside. Of a tracker that never tells whether it moves all time
counts as motion. One that does not speak is silent, not lost. A place from a cell tower, from Wi-Fi or with an
impossible clock is not counted as one. Time in which we ourselves did not listen does not count. In a known dead spot
it is found all the same, without the check that rules one out. Source: catalogue L01, L02; notes on the domain,
section 4 (motion without satellites); L09 is its graver sequel.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import NO_FIX_AFTER_S, NO_FIX_PERSISTS_S, NO_FIX_WITHIN_S

NAME = "no_fix"
VERSION = "4"

_AFTER = timedelta(seconds=NO_FIX_AFTER_S)
_PERSISTS = timedelta(seconds=NO_FIX_AFTER_S + NO_FIX_PERSISTS_S)
_WITHIN = timedelta(seconds=NO_FIX_WITHIN_S)
_FIGURES: dict[str, float] = {"no_fix_after_s": NO_FIX_AFTER_S}
_MOVING: dict[str, float] = {"no_fix_within_s": NO_FIX_WITHIN_S}


class Loss(Struct, frozen=True, array_like=True):
    """State of the rule for one device."""

    counted_from: datetime
    """The last place, or the beginning, moved by the time in which we did not listen."""
    since: datetime
    fix_id: ObservationId | None = None
    finding: FindingId | None = None
    found_at: datetime | None = None
    persists: FindingId | None = None
    moving: bool | None = None
    """What the device last said of its motion; None when it never did."""
    told_at: datetime | None = None
    """The last record without a place; motion counts from it to the next."""
    ways: tuple[tuple[datetime, datetime], ...] = ()
    """When it moved without a place, within the last hour."""


def begun(at: datetime) -> Loss:
    """Begin with the first word of the device."""
    return Loss(at, at)


def placed(
    author: Author, state: Loss, at: datetime, observation_id: ObservationId, *, moving: bool | None
) -> tuple[Loss, tuple[Finding, ...]]:
    """Take a record that has a place. `moving` is what it says of motion, if anything."""
    now = Loss(at, at, observation_id, moving=state.moving if moving is None else moving)
    if state.finding is None:
        return now, ()
    return now, tuple(
        author.finds(Code.FIX_RESTORED, lost, at=at, because=(observation_id,), since=state.since, ends=lost)
        for lost in (state.finding, state.persists)
        if lost is not None
    )


def unplaced(
    author: Author,
    state: Loss,
    at: datetime,
    observation_id: ObservationId,
    *,
    dead_spot: bool,
    moving: bool | None,
) -> tuple[Loss, tuple[Finding, ...]]:
    """Take a record that has none. `moving` is what it says of motion, if anything."""
    state = _gone_on(state, at, moving=moving)
    lasted = _lasted(state, at)
    if lasted < _AFTER or (state.finding is not None and (state.persists is not None or lasted < _PERSISTS)):
        return state, ()
    persists = state.finding is not None
    last = () if state.fix_id is None else (state.fix_id,)
    finding = author.finds(
        Code.NO_FIX_PERSISTS if persists else Code.NO_FIX,
        _onset(state),
        at=at,
        because=(*last, observation_id),
        since=state.since,
        thresholds=_figures(state) | ({"no_fix_persists_s": NO_FIX_PERSISTS_S} if persists else {}),
        checks=(Check.WE_LISTENED,) if dead_spot else (Check.WE_LISTENED, Check.NO_DEAD_SPOT),
    )
    if persists:
        return replace(state, persists=finding.id), (finding,)
    return replace(state, finding=finding.id, found_at=at), (finding,)


def _onset(state: Loss) -> str:
    """Name the loss, and by what its time was counted: late words about motion may change that and nothing else."""
    return (state.fix_id or state.since.isoformat()) + ("" if state.moving is None else " moving")


def _figures(state: Loss) -> dict[str, float]:
    return _FIGURES if state.moving is None else _FIGURES | _MOVING


def _gone_on(state: Loss, at: datetime, *, moving: bool | None) -> Loss:
    """Take the time since the last record: in motion, when that one said so."""
    if moving is None and state.moving is None:
        return state
    ways, from_at = state.ways, state.told_at or state.counted_from
    if state.moving and from_at < at:
        joined = bool(ways) and ways[-1][1] == from_at
        ways = (*ways[:-1], (ways[-1][0], at)) if joined else (*ways, (from_at, at))
    ways = tuple(way for way in ways if way[1] > at - _WITHIN)
    return replace(state, moving=state.moving if moving is None else moving, told_at=at, ways=ways)


def _lasted(state: Loss, at: datetime) -> timedelta:
    """Give how long it was without a place, in motion where the device tells of motion."""
    if state.moving is None:
        return at - state.counted_from
    return sum((end - max(begin, at - _WITHIN) for begin, end in state.ways), timedelta())


def again(state: Loss, since: datetime) -> Loss:
    """Let what was found from `since` on be found once more: maintenance has ended."""
    if state.found_at is None or state.found_at < since:
        return state
    return replace(state, finding=None, found_at=None, persists=None)


def blinded(state: Loss, gap: timedelta) -> Loss:
    """Take it that we did not listen for `gap` more."""
    told_at = state.told_at and state.told_at + gap
    return replace(state, counted_from=state.counted_from + gap, told_at=told_at)


def explain(author: Author, state: Loss | None, at: datetime) -> Account:
    """Say what is found next, and what it still lacks."""
    if state is None:
        return author.account(Code.NO_FIX, Need(key="word_heard", met=False))
    if state.finding is not None:
        return author.account(Code.FIX_RESTORED, Need(key="place_told", met=False), finding=state.finding)
    met, over_at = _lasted(state, at) >= _AFTER, state.counted_from + _AFTER
    long = Need(key="without_place", met=met, at=over_at, figures=_FIGURES)
    if state.moving is not None:
        long = Need(key="moved_without_place", met=met, figures=_figures(state))
    return author.account(Code.NO_FIX, long, Need(key="record_without_place", met=False, at=over_at))
