"""Drift: a receiver at rest wanders, and nobody walks. Runs in MicroPython.

    free --motion sensor still for 2 min, and the fix within the drift of where that began--> held (static)
    held --motion, or a fix beyond the drift--> free

The held place is for the report "at rest" and for drawing; the fixes go on as they are. Somebody has moved when two
fixes in a row lie beyond the drift; far beyond it where the motion sensor is still, and at the first such fix where it
moves. Without a motion sensor nothing is held. Source: notes on radio and GNSS, 4.3, step 3.
"""

from math import sqrt

from baqylau.rules.gnss.figures import DRIFT_M, LEAVING_FIXES, RADIUS_95_SIGMAS, STILL_S, STILL_TIMES
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
    now = Rest(rest.anchor or place, _still_since_s(rest, place.at_s, moving=moving))
    away = 0.0 if rest.anchor is None else distance_m(rest.anchor, place) / drift_m(rest.anchor, place)
    now.beyond = rest.beyond + 1 if away >= 1.0 else 0
    still = moving is False
    if now.beyond >= LEAVING_FIXES or (now.beyond and moving):
        now.moved = not still or away >= STILL_TIMES
        if now.moved or _long_still(now, place):
            now.anchor, now.beyond = place, 0
    now.static = not now.moved and not now.beyond and _long_still(now, place)
    return now


def _long_still(rest: Rest, place: Place) -> bool:
    return rest.still_since_s is not None and place.at_s - rest.still_since_s > STILL_S


def drift_m(one: Place, other: Place) -> float:
    """Give how far two fixes of one place may lie apart."""
    return max(DRIFT_M, 2 * sqrt(one.r95_m**2 + other.r95_m**2) / RADIUS_95_SIGMAS)


def _still_since_s(rest: Rest, at_s: float, *, moving: "bool | None") -> "float | None":
    if moving is None or moving:
        return None
    return at_s if rest.still_since_s is None else rest.still_since_s
