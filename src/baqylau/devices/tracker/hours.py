"""Hours of duty as the configuration says them, in local civil time. Runs in MicroPython.

A board has no table of time zones: the server tells how far each zone that it names is ahead of UTC now, and tells it
anew when that changes.
"""

from baqylau.protocols.batch.civil import DAY_MS, days_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_THURSDAY = 3
"""1970-01-01, with Monday as 0."""
_MINUTE_MS = 60_000


def holds(schedule: "dict[str, Any] | None", utc_ms: int, ahead_min: "dict[str, int]") -> bool:
    """Tell whether an instant is within the hours; without a schedule all are."""
    if schedule is None:
        return True
    local_ms = utc_ms + ahead_min.get(schedule["timezone"], 0) * _MINUTE_MS
    day, minute = local_ms // DAY_MS, local_ms % DAY_MS // _MINUTE_MS
    today = [one for one in _windows(schedule, day) if one["start_min"] <= minute < _end(one)]
    return bool(today) or bool([one for one in _windows(schedule, day - 1) if minute + 1440 < _end(one)])


def _end(window: "dict[str, Any]") -> int:
    """Give the end in minutes after the midnight before its beginning."""
    end: int = window["end_min"]
    return end if end > window["start_min"] else end + 1440


def _windows(schedule: "dict[str, Any]", day: int) -> "list[dict[str, Any]]":
    """Give the windows that begin on a day."""
    for one in schedule.get("exceptions", ()):
        if days_of(one["day"]) == day:
            return list(one["windows"])
    if day in [days_of(one) for one in schedule.get("holidays", ())]:
        return list(schedule["holiday_windows"])
    return [one for one in schedule["windows"] if (day + _THURSDAY) % 7 in one["weekdays"]]
