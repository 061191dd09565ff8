"""Instants as texts of RFC 3339, in UTC, for devices whose interpreter has no calendar. Runs in MicroPython.

An instant is whole milliseconds since 1970-01-01T00:00:00Z.
"""

DAY_MS = 86_400_000
_ERA_DAYS, _ERA_YEARS = 146_097, 400
"""The calendar repeats itself after so long."""
_BEGIN = 719_468
"""Days from the first of March of the year 0 to 1970."""
_TEXT = 20
"""Letters of an instant without a fraction, its Z included."""


def text_of(at_ms: int) -> str:
    """Give the text of an instant: with six digits of the second, or none when it is whole."""
    year, month, day = _date(at_ms // DAY_MS)
    seconds, rest_ms = divmod(at_ms % DAY_MS, 1000)
    fraction = ".%06d" % (rest_ms * 1000) if rest_ms else ""  # noqa: UP031 - short on a board
    clock = "%02d:%02d:%02d" % (seconds // 3600, seconds // 60 % 60, seconds % 60)  # noqa: UP031 - as above
    return "%04d-%02d-%02dT" % (year, month, day) + clock + fraction + "Z"  # noqa: UP031 - as above


def milliseconds_of(text: str) -> int:
    """Give the instant of a text in UTC; what is finer than a millisecond is cut off. Raises ValueError."""
    if len(text) < _TEXT or text[-1] != "Z" or text[10] != "T":
        raise ValueError(text)
    days = days_of(text[:10])
    seconds = int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:19])
    fraction = text[20:-1] + "000" if text[19] == "." else "000"
    return days * DAY_MS + seconds * 1000 + int(fraction[:3])


def days_of(text: str) -> int:
    """Give the days since 1970 of a date such as 2026-11-22. Raises ValueError."""
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    if month < 3:  # noqa: PLR2004 - the year of this sum begins in March
        year -= 1
    era_year, of_year = year % _ERA_YEARS, (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return year // _ERA_YEARS * _ERA_DAYS + era_year * 365 + era_year // 4 - era_year // 100 + of_year - _BEGIN


def _date(days: int) -> "tuple[int, int, int]":
    era, of_era = divmod(days + _BEGIN, _ERA_DAYS)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    march = (5 * of_year + 2) // 153
    month = march + 3 if march < 10 else march - 9  # noqa: PLR2004 - the year of this sum begins in March
    return era * _ERA_YEARS + year + (month < 3), month, of_year - (153 * march + 2) // 5 + 1  # noqa: PLR2004
