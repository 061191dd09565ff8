"""Hours of duty in local civil time.

A window belongs to the day on which it begins and may run over midnight. Local time comes from the tz database, so that
22:00 stays 22:00 on the wall when the country changes its offset (Kazakhstan: UTC+5 everywhere since 2024-03-01).
"""

from datetime import date

from msgspec import Struct


class Window(Struct, frozen=True, kw_only=True):
    """From `start_min` to `end_min` after midnight; an end not after the start means the next day."""

    start_min: int
    end_min: int
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    """0 is Monday."""


class DayException(Struct, frozen=True, kw_only=True):
    """On this day these windows begin, in place of the weekly ones. None at all means a day without duty."""

    day: date
    windows: tuple[Window, ...] = ()


class Schedule(Struct, frozen=True, kw_only=True):
    """Weekly windows, dated exceptions, holidays and the time zone in which all are meant."""

    timezone: str
    windows: tuple[Window, ...]
    exceptions: tuple[DayException, ...] = ()
    holidays: tuple[date, ...] = ()
    """Days on which `holiday_windows` begin in place of the weekly ones; an exception for the day goes before."""
    holiday_windows: tuple[Window, ...] = ()
    """Their weekdays do not matter."""
