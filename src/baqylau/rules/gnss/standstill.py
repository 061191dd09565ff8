"""Drift: a receiver at rest wanders, and nobody walks. Runs in MicroPython.

    free --motion sensor still for 2 min, and the fix within the drift of where that began--> held (static)
    held --motion, or a fix beyond the drift--> free

The held place is for the report "at rest" and for drawing; the fixes go on as they are. Without a motion sensor nothing
is held, and somebody has moved when two fixes in a row lie beyond the drift. Source: notes on radio and GNSS, 4.3,
step 3.
"""

from math import sqrt

from baqylau.rules.gnss.figures import DRIFT_M, LEAVING_FIXES, RADIUS_95_SIGMAS, STILL_S
from baqylau.rules.gnss.plane import Place, distance_m


class Rest:
    """Where somebody is, as far as drift lets one say. Nothing changes it: a step gives another."""

    __slots__ = ("anchor", "beyond", "moved", "static", "still_since_s")

    def __init__(self, anchor: "Place | None" = None, still_since_s: "float | None" = None) -> None:
        """Begin anywhere, with the motion sensor still since then, or not still."""
        self.anchor = anchor
        self.still_since_s = still_since_s
        self.beyond = 0
        """Fixes in a row beyond the drift."""
        self.static = False
        """The place is held."""
        self.moved = False
        """This fix shows that somebody went elsewhere."""


def step(rest: Rest, place: Place, *, moving: "bool | None") -> Rest:
    """Take a believed fix, and what the motion sensor says now, if there is one."""
    now = Rest(rest.anchor, _still_since_s(rest, place.at_s, moving=moving))
    if now.anchor is None:
        now.anchor = place
    elif distance_m(now.anchor, place) >= drift_m(now.anchor, place):
        now.beyond = rest.beyond + 1
    if now.beyond and (now.beyond >= LEAVING_FIXES or moving):
        now.anchor, now.beyond, now.moved = place, 0, True
    now.static = now.still_since_s is not None and place.at_s - now.still_since_s > STILL_S and not now.beyond
    if now.moved:
        now.static = False
    return now


def drift_m(one: Place, other: Place) -> float:
    """Give how far two fixes of one place may lie apart."""
    return max(DRIFT_M, 2 * sqrt(one.r95_m**2 + other.r95_m**2) / RADIUS_95_SIGMAS)


def _still_since_s(rest: Rest, at_s: float, *, moving: "bool | None") -> "float | None":
    if moving is None or moving:
        return None
    return at_s if rest.still_since_s is None else rest.still_since_s
