"""The sentences of a receiver, byte for byte as they come over its serial line (NMEA 0183, version 4.1)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import reduce

from baqylau.rules.gnss.epoch import BEIDOU, GALILEO, GLONASS, GPS, Epoch

_TALKER = {GPS: "GP", GLONASS: "GL", GALILEO: "GA", BEIDOU: "GB"}
_NUMBER = {GPS: 1, GLONASS: 2, GALILEO: 3, BEIDOU: 4}
"""NMEA's numbers of the systems."""
_FIRST = {GPS: 1, GLONASS: 65, GALILEO: 1, BEIDOU: 1}
_KNOT_M_S = 0.514444
_IN_A_SENTENCE = 4
_ONE_SYSTEM = 12
R95_PER_AXIS = 2.45
"""R95 of a circular Gaussian error with this spread in each axis."""


def sentences(epoch: Epoch) -> bytes:
    """Give RMC, GGA, GSA and GSV of each system, GST where it states its accuracy, PMTKSPF where it judges jamming."""
    return b"".join(_framed(fields) for fields in _all(epoch))


def _all(epoch: Epoch) -> Iterator[str]:
    at = datetime.fromtimestamp(epoch.at_s or 0.0, UTC)
    clock, date = at.strftime("%H%M%S.") + f"{at.microsecond // 10_000:02}", at.strftime("%d%m%y")
    fixed, place = epoch.measured(), _place(epoch)
    speed = "" if epoch.speed_m_s is None else f"{epoch.speed_m_s / _KNOT_M_S:.3f}"
    course = "" if epoch.course_deg is None else f"{epoch.course_deg:.1f}"
    yield f"GNRMC,{clock},{'A' if fixed else 'V'},{place},{speed},{course},{date},,,{'A' if fixed else 'N'},V"
    hdop = "99.99" if epoch.hdop is None else f"{epoch.hdop:.2f}"
    altitude = ",M" if epoch.altitude_m is None else f"{epoch.altitude_m:.1f},M"
    yield f"GNGGA,{clock},{place},{int(fixed)},{epoch.satellites or 0:02},{hdop},{altitude},0.0,M,,"
    if epoch.stated_m is not None:
        axis_m = epoch.stated_m / R95_PER_AXIS
        yield f"GNGST,{clock},,,,,{axis_m:.1f},{axis_m:.1f},{axis_m * 1.6:.1f}"
    used = epoch.systems or {GPS: 0}
    for letter, count in used.items():
        numbers = [f"{_FIRST[letter] + number:02}" for number in range(min(count, _ONE_SYSTEM))]
        filled = ",".join(numbers + [""] * (_ONE_SYSTEM - len(numbers)))
        yield f"GNGSA,A,{epoch.mode or 1},{filled},{hdop},{hdop},{hdop},{_NUMBER[letter]}"
    yield from _in_view(epoch)
    if epoch.receiver_jam is not None:
        yield f"PMTKSPF,{epoch.receiver_jam}"


def _in_view(epoch: Epoch) -> Iterator[str]:
    """Give the strengths: those that are used first, system by system; what is only heard goes with the first."""
    left = list(epoch.cn0_dbhz or ())
    shares = dict(epoch.systems) or {GPS: len(left)}
    shares[next(iter(shares))] += max(len(left) - sum(shares.values()), 0)
    for letter, count in shares.items():
        levels, left = left[:count], left[count:]
        yield from _told(letter, levels)


def _told(letter: str, levels: Sequence[float]) -> Iterator[str]:
    parts = range(0, max(len(levels), 1), _IN_A_SENTENCE)
    for number, start in enumerate(parts, 1):
        some = levels[start : start + _IN_A_SENTENCE]
        each = "".join(
            f",{_FIRST[letter] + start + place:02},45,{(start + place) * 37 % 360:03},{level:02.0f}"
            for place, level in enumerate(some)
        )
        yield f"{_TALKER[letter]}GSV,{len(parts)},{number},{len(levels):02}{each},1"


def _place(epoch: Epoch) -> str:
    if epoch.latitude_deg is None or epoch.longitude_deg is None:
        return ",,,"
    north, east = epoch.latitude_deg, epoch.longitude_deg
    return f"{_minutes(north, 2)},{'N' if north >= 0 else 'S'},{_minutes(east, 3)},{'E' if east >= 0 else 'W'}"


def _minutes(angle_deg: float, digits: int) -> str:
    """Give degrees and minutes as one number, to a ten-thousandth of a minute and a digit more."""
    hundred_thousandths = round(abs(angle_deg) * 60 * 100_000)
    whole_deg, rest = divmod(hundred_thousandths, 60 * 100_000)
    return f"{whole_deg:0{digits}}{rest / 100_000:08.5f}"


def _framed(fields: str) -> bytes:
    total = reduce(lambda before, one: before ^ one, fields.encode(), 0)
    return f"${fields}*{total:02X}\r\n".encode()
