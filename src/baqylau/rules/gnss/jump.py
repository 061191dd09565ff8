"""Jumps: a fix that does not follow from the one before it. Runs in MicroPython.

    believed --a fix too far, too fast, or off the way--> in doubt
    in doubt --a fix that follows from the believed place--> believed
    in doubt --the third fix in a row that agrees with the new place--> believed, there

Nothing is thrown away, and nobody is locked out: whatever came before, of three fixes in a row one is believed when
somebody can go from each to the next. Only the way counts for that, so that a receiver which tells wrong speeds is
believed too. The server's rule (`rules.equipment.jump`) holds fleets of any kind to the way alone; this one also
knows speed and course. Source: notes on radio and GNSS, 4.3, step 2.
"""

from math import cos, radians, sin

from baqylau.rules.gnss.figures import (
    INNOVATION,
    MANOEUVRE_M_S2,
    MAXIMUM_ACCELERATION_M_S2,
    MAXIMUM_SPEED_M_S,
    NEW_CLUSTER_FIXES,
    PREDICTED_FOR_S,
    RADIUS_95_SIGMAS,
)
from baqylau.rules.gnss.plane import Place, distance_m, way_m

TOO_FAST = "too_fast"
"""Nobody covers the way in the time."""
TOO_SUDDEN = "too_sudden"
"""The speeds told before and now lie further apart than anything accelerates."""
OFF_THE_WAY = "off_the_way"
"""Speed and course led somewhere else."""

SHORTEST_S = 0.05
"""Epochs closer than this are of one instant: receivers tell up to twenty a second."""


class Track:
    """Which place is believed, and which is in doubt. Nothing changes it: a step gives another."""

    __slots__ = ("agreeing", "believed", "doubted", "moved_over")

    def __init__(
        self,
        believed: "Place | None" = None,
        doubted: "Place | None" = None,
        agreeing: int = 0,
        *,
        moved_over: bool = False,
    ) -> None:
        """Take the places, how many fixes in a row agree with the one in doubt, and whether it was believed now."""
        self.believed = believed
        self.doubted = doubted
        self.agreeing = agreeing
        self.moved_over = moved_over


def step(track: Track, place: Place) -> "tuple[Track, str]":
    """Take a fix; give the track, and why the fix is in doubt, or nothing where it is believed."""
    if track.believed is None:
        return Track(place), ""
    why = doubt(track.believed, place)
    if not why:
        return Track(place), ""
    if track.doubted is None or not reachable(track.doubted, place):
        return Track(track.believed, place, 1), why
    if track.agreeing + 1 >= NEW_CLUSTER_FIXES:
        return Track(place, moved_over=True), ""
    return Track(track.believed, place, track.agreeing + 1), why


def doubt(before: Place, after: Place) -> str:
    """Give why a place does not follow from another, or nothing where it does."""
    seconds = max(after.at_s - before.at_s, SHORTEST_S)
    if not reachable(before, after):
        return TOO_FAST
    speed_m_s = before.speed_m_s
    if seconds > PREDICTED_FOR_S or speed_m_s is None:
        return ""
    if after.speed_m_s is not None:
        step_s = max(seconds, 1.0)
        if abs(after.speed_m_s - speed_m_s) > MAXIMUM_ACCELERATION_M_S2 * step_s:
            return TOO_SUDDEN
    return OFF_THE_WAY if innovation(before, after, speed_m_s, seconds) > INNOVATION else ""


def reachable(before: Place, after: Place) -> bool:
    """Tell whether somebody can go from one place to the other in the time, as far as both are known."""
    seconds = max(after.at_s - before.at_s, SHORTEST_S)
    return distance_m(before, after) - before.r95_m - after.r95_m <= MAXIMUM_SPEED_M_S * seconds


def innovation(before: Place, after: Place, speed_m_s: float, seconds: float) -> float:
    """Give the squared distance of a place from where speed and course led, in terms of what explains one."""
    east_m, north_m = way_m(before, after)
    turned_m = 0.5 * MANOEUVRE_M_S2 * seconds * seconds
    if before.course_deg is None:
        turned_m += speed_m_s * seconds
    else:
        course = radians(before.course_deg)
        east_m -= speed_m_s * seconds * sin(course)
        north_m -= speed_m_s * seconds * cos(course)
    spread_m2 = (before.r95_m**2 + after.r95_m**2) / RADIUS_95_SIGMAS**2 + turned_m**2
    return (east_m**2 + north_m**2) / spread_m2
