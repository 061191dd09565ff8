"""Weeks that rolled over: a receiver that takes this GPS era for another tells dates that are 1 024 weeks off.

Its time of day and its day of the week are right all the same. So a time that cannot be right, and is right when whole
eras are added to it, is repaired; any other wrong time stays wrong. Runs in MicroPython.
"""

from baqylau.rules.gnss.figures import CLOCK_AHEAD_S, CLOCK_BEHIND_S, ERA_S


def eras_off(at_s: float, received_s: float) -> "int | None":
    """Give how many eras are missing from a time that reached us at `received_s`; None where no number repairs it.

    Both in Unix seconds. 0 is a time that can be right as it is.
    """
    latest_s = received_s + CLOCK_AHEAD_S
    eras = int((latest_s - at_s) // ERA_S)
    return eras if at_s + eras * ERA_S >= received_s - CLOCK_BEHIND_S else None


def repaired_s(at_s: float, received_s: float) -> "float | None":
    """Give the time in the era in which it reached us, or None where it cannot be right in any."""
    eras = eras_off(at_s, received_s)
    return None if eras is None else at_s + eras * ERA_S
