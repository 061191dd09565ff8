"""How long somebody stayed at a place within its hours, and when what is left of the hours no longer suffices.

Time in which the place is not known counts as stayed: nobody is accused by what was not seen.
"""

from datetime import datetime, timedelta

from msgspec import Struct


class Stay(Struct, frozen=True, array_like=True):
    """What was stayed within one stretch of hours."""

    from_at: datetime | None = None
    """Since when the person is there; None while seen elsewhere."""
    before_s: float = 0.0
    """What was stayed before that."""


def arrived(stay: Stay, at: datetime) -> Stay:
    """Take it that the person is there from an instant on."""
    return stay if stay.from_at is not None else Stay(at, stay.before_s)


def left(stay: Stay, at: datetime) -> Stay:
    """Take it that the person is elsewhere from an instant on."""
    if stay.from_at is None:
        return stay
    return Stay(None, stay.before_s + max((at - stay.from_at).total_seconds(), 0.0))


def latest(stay: Stay, needed: timedelta, until_at: datetime) -> datetime:
    """Give the last instant at which coming still gives the whole stay before the hours end."""
    return until_at - max(needed - timedelta(seconds=stay.before_s), timedelta())
