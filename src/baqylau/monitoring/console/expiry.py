"""When the caseload has to go. Pure.

By the clock that cannot be set back, too: whoever takes a console and sets its clock to yesterday gains nothing.
"""

from datetime import datetime, timedelta

from msgspec import Struct

LASTS = timedelta(hours=48)


class Times(Struct, frozen=True, kw_only=True):
    """What is known of a package's age and of the clocks."""

    expires_at: datetime
    latest_at: datetime
    """The latest instant that the console ever showed, put right."""
    came_ms: int
    """When it came, by the clock that counts since the start."""
    same_boot: bool
    """Whether it is still that start."""


def left(times: Times, at: datetime, ms: int) -> timedelta:
    """Give how long the package still serves; nothing or less: it has to be wiped. `at`: put right."""
    by_time = times.expires_at - max(at, times.latest_at)
    if not times.same_boot:
        return by_time
    return min(by_time, LASTS - timedelta(milliseconds=ms - times.came_ms))
