"""Unexcused absence, added up over local days and weeks.

Only what is known to be absence counts: not the time in which nothing was known, not what a permission covers, whether
it was granted before or afterwards. A day is one of the wall clock, a week begins on Monday; where the clock was put
back, the day is an hour longer. Source: catalogue P04, P08; notes on the domain, 3.3, section 7 check 27.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

_DAY = timedelta(days=1)
_DAYS_KEPT = 8
"""A week and the day that follows it."""


class Limit(StrEnum):
    """What a regime may limit; the names are those of its fields."""

    PER_DAY = "absence_limit_s_per_day"
    PER_WEEK = "absence_limit_s_per_week"


class Tally(Struct, frozen=True, array_like=True):
    """What has been added up, and the absence that goes on."""

    days: tuple[tuple[int, float], ...] = ()
    """Seconds by local day, as its proleptic number; days without absence are left out."""
    from_at: datetime | None = None
    """From here the absence that goes on is counted."""
    said: tuple[tuple[Limit, int], ...] = ()
    """Limits already found to be passed, with the first day of the time that they are for."""


class Over(Struct, frozen=True):
    """A limit that is passed: when, which, and for the day or week that begins on which day."""

    at: datetime
    limit: Limit
    day: int


def begun(state: Tally, at: datetime) -> Tally:
    """Begin to count, or go on."""
    return replace(state, from_at=at) if state.from_at is None else state


def ended(state: Tally, at: datetime, timezone: str) -> Tally:
    """End counting at an instant, which may lie before the beginning: then nothing is added."""
    if state.from_at is None:
        return state
    days = dict(state.days)
    for day, from_at, until_at in _days(state.from_at, at, ZoneInfo(timezone)):
        days[day] = days.get(day, 0.0) + (until_at - from_at).total_seconds()
    return replace(state, days=tuple(sorted(days.items())[-_DAYS_KEPT:]), from_at=None)


def total_s(state: Tally, limit: Limit, day: int) -> float:
    """Give what is added up for the day, or for the week that begins on it."""
    last = day if limit is Limit.PER_DAY else day + 6
    return sum(seconds for counted, seconds in state.days if day <= counted <= last)


def over(state: Tally, limits: dict[Limit, float], until_at: datetime, timezone: str) -> Over | None:
    """Give the first limit, not said yet, that the absence that goes on passes by `until_at`."""
    if state.from_at is None or not limits:
        return None
    counted = replace(state, from_at=None)
    for day, from_at, to_at in _days(state.from_at, until_at, ZoneInfo(timezone)):
        passed = [_passed(counted, limit, seconds, day, from_at) for limit, seconds in limits.items()]
        due = [one for one in passed if one.at <= to_at and (one.limit, one.day) not in state.said]
        if due:
            return min(due, key=lambda one: (one.at, one.limit))
        counted = ended(replace(counted, from_at=from_at), to_at, timezone)
    return None


def said(state: Tally, found: Over) -> Tally:
    """Note that a limit was found to be passed: once for its day or week."""
    return replace(state, said=(*state.said, (found.limit, found.day))[-2 * _DAYS_KEPT :])


def _passed(state: Tally, limit: Limit, seconds: float, day: int, from_at: datetime) -> Over:
    first = day if limit is Limit.PER_DAY else day - date.fromordinal(day).weekday()
    return Over(from_at + timedelta(seconds=max(0.0, seconds - total_s(state, limit, first))), limit, first)


def _days(from_at: datetime, until_at: datetime, zone: ZoneInfo) -> Iterator[tuple[int, datetime, datetime]]:
    """Give the local days of an interval, each with its part of it."""
    while from_at < until_at:
        day = from_at.astimezone(zone).date()
        midnight = datetime.combine(day + _DAY, time(), tzinfo=zone).astimezone(from_at.tzinfo)
        end = min(max(midnight, from_at + timedelta(microseconds=1)), until_at)
        yield day.toordinal(), from_at, end
        from_at = end
