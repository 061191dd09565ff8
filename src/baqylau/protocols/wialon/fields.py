"""Fields of a record: text to a figure, an instant or a place (spec W5). What is wrong is noted, never raised."""

from datetime import UTC, datetime
from math import isfinite
from typing import NamedTuple

from baqylau.protocols.session import Fault

ABSENT = frozenset((b"NA", b"", b"na"))
"""How a device says that it has no value."""


class Flaw(NamedTuple):
    """What is wrong with a record, and in which field."""

    fault: Fault
    detail: str


class Measure(NamedTuple):
    """A figure that a field holds, with the range that it can have in this world."""

    name: str
    low: float
    high: float


SPEED_KM_H = Measure("speed", 0, 2_000)
COURSE_DEG = Measure("course", 0, 360)
ALTITUDE_M = Measure("altitude", -1_000, 50_000)
SATELLITES = Measure("satellites", 0, 200)
HDOP = Measure("hdop", 0, 1_000)


def figure(text: bytes) -> float | None:
    """Give the finite number that the text writes in digits, or None where it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and b"_" not in text else None


def measured(text: bytes, measure: Measure, flaws: list[Flaw]) -> float | None:
    """Give the figure of a field, None where it is absent or, with a note in `flaws`, wrong."""
    if text in ABSENT:
        return None
    value = figure(text)
    if value is not None and measure.low <= value <= measure.high:
        return value
    flaws.append(Flaw(Fault.FIELD_WRONG, measure.name))
    return None


def counted(text: bytes, measure: Measure, flaws: list[Flaw]) -> int | None:
    """Give a whole figure, as `measured` does."""
    value = measured(text, measure, flaws)
    if value is None:
        return None
    if value != int(value):
        flaws.append(Flaw(Fault.FIELD_WRONG, measure.name))
        return None
    return int(value)


def instant(date: bytes, time: bytes, flaws: list[Flaw]) -> datetime | None:
    """Give the instant of DDMMYY and HHMMSS[.fraction] in UTC; None where both are absent or, with a note, wrong."""
    if date in ABSENT and time in ABSENT:
        return None
    seconds, _, fraction = time.partition(b".")
    if len(date) == len(seconds) == 6 and (date + seconds + fraction).isdigit():  # noqa: PLR2004 - three times two digits
        day, month, year = int(date[:2]), int(date[2:4]), int(date[4:])
        try:
            return datetime(
                year + (2000 if year < 80 else 1900),  # noqa: PLR2004 - 1980 is the year one of satellite time
                month,
                day,
                int(seconds[:2]),
                int(seconds[2:4]),
                int(seconds[4:]),
                int(fraction[:6].ljust(6, b"0")),
                UTC,
            )
        except ValueError:
            pass
    flaws.append(Flaw(Fault.TIME_WRONG, "time"))
    return None


class Axis(NamedTuple):
    """One of the two coordinates: what its hemispheres are called and how far it goes."""

    name: str
    signs: dict[bytes, int]
    limit_deg: int


LATITUDE = Axis("latitude", {b"N": 1, b"S": -1, b"n": 1, b"s": -1}, 90)
LONGITUDE = Axis("longitude", {b"E": 1, b"W": -1, b"e": 1, b"w": -1}, 180)


def coordinate(text: bytes, hemisphere: bytes, axis: Axis, flaws: list[Flaw]) -> float | None:
    """Give degrees of DDMM.MMMM and a hemisphere; None where absent or, with a note, wrong or out of range."""
    if text in ABSENT:
        return None
    value = figure(text)
    sign = axis.signs.get(hemisphere)
    if value is None or sign is None:
        flaws.append(Flaw(Fault.FIELD_WRONG, axis.name))
        return None
    whole, minutes = divmod(value, 100)
    degrees = whole + minutes / 60
    if minutes < 60 and 0 <= degrees <= axis.limit_deg:  # noqa: PLR2004 - minutes of a degree
        return sign * degrees
    flaws.append(Flaw(Fault.PLACE_OUT_OF_RANGE, axis.name))
    return None
