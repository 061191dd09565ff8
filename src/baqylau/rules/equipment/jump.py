"""Jump: two places of one device that nobody can travel between in that time.

State machine, for one device while it is on the person and an order is in force:

    believed --a fix too far for its time, beyond what both accuracies explain--> in doubt (L04)
    in doubt --a fix that follows from the believed place--> believed
    in doubt --the third fix in a row that agrees with the new place--> believed, there

A fix in doubt is kept and drawn, and decides about no zone. Source: catalogue L04; notes on radio and GNSS, 4.3,
step 2.
"""

from datetime import timedelta

from msgspec import Struct

from baqylau.domain.findings import Check, Code, Finding
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.places.geometry import LONGEST_DEGREE_M, distance_m
from baqylau.rules.places.position import Position
from baqylau.rules.settings import MAXIMUM_SPEED_M_S, NEW_CLUSTER_FIXES

NAME = "jump"
VERSION = "1"

_STEP = timedelta(seconds=1)
"""Shortest time between fixes that a speed is taken from: devices tell whole seconds."""


class Track(Struct, frozen=True, array_like=True):
    """State of the rule for one device."""

    believed: Position | None = None
    doubted: Position | None = None
    """The last fix in doubt."""
    agreeing: int = 0
    """Fixes in a row that agree with it, itself included."""


BEGUN = Track()


def step(author: Author, state: Track, position: Position) -> tuple[Track, bool, tuple[Finding, ...]]:
    """Take a fix; give the state, whether the fix is believed, and what is found."""
    if state.believed is None or _possible(state.believed, position):
        return Track(position), True, ()
    if state.doubted is None:
        return Track(state.believed, position, 1), False, (_finding(author, state.believed, position),)
    if not _possible(state.doubted, position):
        return Track(state.believed, position, 1), False, ()
    if state.agreeing + 1 >= NEW_CLUSTER_FIXES:
        return Track(position), True, ()
    return Track(state.believed, position, state.agreeing + 1), False, ()


def _possible(before: Position, after: Position) -> bool:
    reach_m = MAXIMUM_SPEED_M_S * max(after.at - before.at, _STEP).total_seconds()
    one, two = before.fix, after.fix
    north_deg, east_deg = abs(two.latitude_deg - one.latitude_deg), abs(two.longitude_deg - one.longitude_deg)
    if (north_deg + east_deg) * LONGEST_DEGREE_M <= reach_m:
        return True
    return _way_m(before, after) - before.accuracy_m - after.accuracy_m <= reach_m


def _way_m(before: Position, after: Position) -> float:
    one, two = before.fix, after.fix
    return distance_m(one.latitude_deg, one.longitude_deg, two.latitude_deg, two.longitude_deg)


def _finding(author: Author, before: Position, after: Position) -> Finding:
    seconds = max(after.at - before.at, _STEP).total_seconds()
    return author.finds(
        Code.JUMP,
        after.id,
        at=after.at,
        because=(before.id, after.id),
        since=before.at,
        thresholds={"maximum_speed_m_s": MAXIMUM_SPEED_M_S, "implied_speed_m_s": _way_m(before, after) / seconds},
        checks=(Check.FIX_VALID, Check.CLOCK_PLAUSIBLE),
    )


def explain(author: Author, state: Track) -> Account:
    """Say what is found next, and what it still lacks."""
    if state.doubted is None:
        figures = {"maximum_speed_m_s": MAXIMUM_SPEED_M_S}
        return author.account(Code.JUMP, Need(key="impossible_way", met=False, figures=figures))
    figures = {"agreeing": state.agreeing, "needed": NEW_CLUSTER_FIXES}
    return author.account(Code.JUMP, Need(key="new_place_believed", met=False, at=state.doubted.at, figures=figures))
