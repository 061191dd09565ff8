"""Hours of duty: local civil time to instants.

A window begins on its day at its local minute and ends at its local minute, on the next day when that is not later.
Windows that touch or overlap are one stretch. A time that the clock shows twice means its first showing (Kazakhstan
went from UTC+6 to UTC+5 on 2024-03-01, where Almaty's last hour of February showed twice). A time that it skips means
as long after the skip: an hour that begins where none is loses nothing of its length.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from baqylau.domain.schedules import Schedule, Window

_DAY = timedelta(days=1)
_DAY_MIN = 1440
_WEEK_MIN = 7 * _DAY_MIN
_LOOK_AHEAD_DAYS = 370
"""A schedule whose next window is farther away is asked again then."""


class Stretch(Struct, frozen=True, kw_only=True):
    """Duty or no duty, from one instant to another. A bound that was given is never passed."""

    on: bool
    from_at: datetime
    until_at: datetime


def on_duty(schedule: Schedule, at: datetime) -> bool:
    """Whether the schedule asks for something at the instant."""
    return any(begin <= at < end for begin, end in _around(schedule, at))


def stretch(schedule: Schedule, at: datetime, *, floor_at: datetime, ceiling_at: datetime) -> Stretch:
    """Give the stretch around `at`, cut to `floor_at` <= `at` < `ceiling_at`. A free stretch begins at `at` itself."""
    if _asks_always(schedule):
        return Stretch(on=True, from_at=floor_at, until_at=ceiling_at)
    covering = [(begin, end) for begin, end in _around(schedule, at) if begin <= at < end]
    if not covering:
        return Stretch(on=False, from_at=at, until_at=min(_next_begin(schedule, at), ceiling_at))
    begin, end = min(begin for begin, _ in covering), max(end for _, end in covering)
    while begin > floor_at and (earlier := _earlier(schedule, begin)) < begin:
        begin = earlier
    while end < ceiling_at and (later := _later(schedule, end)) > end:
        end = later
    return Stretch(on=True, from_at=max(begin, floor_at), until_at=min(end, ceiling_at))


def gap(schedule: Schedule, at: datetime, *, floor_at: datetime, ceiling_at: datetime) -> Stretch:
    """Give the time between two stretches that `at` lies in, `on` where there is one, cut like a stretch."""
    found = stretch(schedule, at, floor_at=floor_at, ceiling_at=ceiling_at)
    if found.on:
        return Stretch(on=False, from_at=at, until_at=found.until_at)
    return Stretch(on=True, from_at=max(_last_end(schedule, at), floor_at), until_at=found.until_at)


def overlap(one: Schedule | None, other: Schedule | None, from_at: datetime, until_at: datetime) -> bool:
    """Whether two schedules ask for something at once, in the first week or on a day of their own. None is always."""
    if one is None or other is None:
        return True
    return _begins_within(one, other, from_at, until_at) or _begins_within(other, one, from_at, until_at)


def _begins_within(one: Schedule, other: Schedule, from_at: datetime, until_at: datetime) -> bool:
    days = {_local_day(one, from_at) + number * _DAY for number in range(8)}
    days |= {exception.day for each in (one, other) for exception in each.exceptions}
    days |= {day for each in (one, other) for day in each.holidays}
    begins = (begin for day in days for begin, _ in _windows_of(one, day) if from_at <= begin < until_at)
    return any(on_duty(other, begin) for begin in begins)


def begins_of(schedule: Schedule, day: date) -> tuple[datetime, ...]:
    """Give when the windows of a local day begin."""
    return tuple(sorted({begin for begin, _ in _windows_of(schedule, day)}))


@lru_cache(maxsize=1024)
def _asks_always(schedule: Schedule) -> bool:
    """Whether the week leaves no minute free and no day has hours of its own: to look for an end would take a year."""
    if schedule.exceptions or schedule.holidays:
        return False
    reached_min = 0
    for begin_min, end_min in sorted(_of_the_week(schedule)):
        if begin_min <= reached_min:
            reached_min = max(reached_min, end_min)
    return reached_min >= _WEEK_MIN


def _of_the_week(schedule: Schedule) -> Iterator[tuple[int, int]]:
    """Give each weekly window in minutes after Monday 00:00, this week's and that of the week before."""
    for window in schedule.windows:
        for weekday in window.weekdays:
            begin_min = weekday * _DAY_MIN + window.start_min
            end_min = weekday * _DAY_MIN + window.end_min + (_DAY_MIN if window.end_min <= window.start_min else 0)
            yield begin_min, end_min
            yield begin_min - _WEEK_MIN, end_min - _WEEK_MIN


def _earlier(schedule: Schedule, begin: datetime) -> datetime:
    touching = [first for first, last in _around(schedule, begin) if first < begin <= last]
    return min(touching, default=begin)


def _later(schedule: Schedule, end: datetime) -> datetime:
    touching = [last for first, last in _around(schedule, end) if first <= end < last]
    return max(touching, default=end)


def _next_begin(schedule: Schedule, at: datetime) -> datetime:
    today = _local_day(schedule, at)
    for ahead in range(-1, _LOOK_AHEAD_DAYS):
        begins = [begin for begin, _ in _windows_of(schedule, today + ahead * _DAY) if begin > at]
        if begins:
            return min(begins)
    return at + _LOOK_AHEAD_DAYS * _DAY


def _last_end(schedule: Schedule, at: datetime) -> datetime:
    """Give when the hours last ended; a window of the day before may end after one that began later."""
    today = _local_day(schedule, at)
    for back in range(_LOOK_AHEAD_DAYS):
        day = today - back * _DAY
        if any(end <= at for _, end in _windows_of(schedule, day)):
            return max(end for one in (day, day - _DAY) for _, end in _windows_of(schedule, one) if end <= at)
    return at - _LOOK_AHEAD_DAYS * _DAY


def _around(schedule: Schedule, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Give every window that can hold `at` or touch it: those of its day, the two before it and the next."""
    today = _local_day(schedule, at)
    for offset in (-2, -1, 0, 1):
        yield from _windows_of(schedule, today + offset * _DAY)


def _local_day(schedule: Schedule, at: datetime) -> date:
    return at.astimezone(ZoneInfo(schedule.timezone)).date()


@lru_cache(maxsize=4096)
def _windows_of(schedule: Schedule, day: date) -> tuple[tuple[datetime, datetime], ...]:
    zone = ZoneInfo(schedule.timezone)
    pairs = ((_instant(day, window.start_min, zone), _end(day, window, zone)) for window in begun_on(schedule, day))
    return tuple((begin, end) for begin, end in pairs if begin < end)


def begun_on(schedule: Schedule, day: date) -> tuple[Window, ...]:
    """Give the windows that begin on a local day."""
    for exception in schedule.exceptions:
        if exception.day == day:
            return exception.windows
    if day in schedule.holidays:
        return schedule.holiday_windows
    return tuple(window for window in schedule.windows if day.weekday() in window.weekdays)


def _end(day: date, window: Window, zone: ZoneInfo) -> datetime:
    next_day = window.end_min <= window.start_min
    return _instant(day + _DAY if next_day else day, window.end_min, zone)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Give the instant of a local minute; 1440 is midnight at the end of the day."""
    whole_days, of_day = divmod(minute, _DAY_MIN)
    wall = time(of_day // 60, of_day % 60)
    return datetime.combine(day + whole_days * _DAY, wall, tzinfo=zone).astimezone(UTC)
