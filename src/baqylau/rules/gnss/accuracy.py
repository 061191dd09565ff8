"""R95 of a fix: the radius that holds the true place in 95 of 100 cases. Runs in MicroPython."""

from baqylau.rules.gnss.figures import DEFAULT_R95_M, R95_PER_SIGMA, RANGE_ERROR_M


def r95_m(stated_m: "float | None", hdop: "float | None") -> float:
    """Give what the receiver states, else what the geometry of its satellites tells, else a default."""
    if stated_m is not None and stated_m > 0:
        return stated_m
    if hdop is not None and hdop > 0:
        return R95_PER_SIGMA * RANGE_ERROR_M * hdop
    return DEFAULT_R95_M
