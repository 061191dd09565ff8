"""Positions of EGTS: POS_DATA and EXT_POS_DATA (GOST 33472-2015, B.2.3 and B.2.4).

Length rules over flags: 21 bytes are the base, 24 carry the altitude, 23 the source's data, 26 both.
"""

import struct
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from baqylau.domain.observations import Fix, NoFix

EPOCH = datetime(2010, 1, 1, tzinfo=UTC)
LAST = datetime(2100, 1, 1, tzinfo=UTC)
BASE = 21
HIGHEST_M = 20_000
FLAGS_AT = 12
FROM_MEMORY = 0x08

_LAST_S = int((LAST - EPOCH).total_seconds())
_BASE = struct.Struct("<IIIBHB3sBB")
_SCALE = 0xFFFFFFFF
_WITH_ALTITUDE = (24, 26)
_WITHOUT_ALTITUDE = (21, 23)
_VALID, _THREE_D, _MOVING, _SOUTH, _WEST, _ALTITUDE = 0x01, 0x02, 0x10, 0x20, 0x40, 0x80
_SPEED, _BELOW, _COURSE_HIGH = 0x3FFF, 0x4000, 0x8000
_TENTHS_KM_H_PER_M_S = 36
_TURN_DEG = 360
_VDOP, _HDOP, _PDOP, _SATELLITES = 0x01, 0x02, 0x04, 0x08


class Position(Struct, frozen=True, gc=False):
    """What one POS_DATA says. `at` is None where its time is absurd, `height_wrong` tells of a discarded altitude."""

    at: datetime | None
    place: Fix | NoFix
    moving: bool
    inputs: int
    source: int
    height_wrong: bool = False


class Extras(Struct, frozen=True, gc=False):
    """What EXT_POS_DATA adds to a position."""

    hdop: float | None = None
    satellites: int | None = None


NO_EXTRAS = Extras()


def instant(seconds: int) -> datetime | None:
    """Give the instant, or None for the epoch itself (a clock never set) and for times past the year 2100."""
    return EPOCH + timedelta(seconds=seconds) if 0 < seconds < _LAST_S else None


def seconds_of(at: datetime) -> int:
    """Give the wire's time. Raises ValueError for an instant that the wire cannot tell."""
    seconds = int((at - EPOCH).total_seconds())
    if not 0 < seconds < _LAST_S:
        msg = f"EGTS cannot tell the time {at.isoformat()}: only 2010 to 2099"
        raise ValueError(msg)
    return seconds


def read(data: bytes, at: int, length: int, extras: Extras = NO_EXTRAS) -> Position:
    """Read a POS_DATA of at least `BASE` bytes. The place 0, 0 is an empty one, whatever the flag says."""
    seconds, latitude, longitude, flags, speed, course, _, inputs, source = _BASE.unpack_from(data, at)
    when = instant(seconds)
    moving = flags & _MOVING != 0
    if not flags & _VALID or not (latitude or longitude):
        return Position(when, NoFix(satellites=extras.satellites), moving, inputs, source)
    altitude = _altitude(data, at, length, flags, speed)
    too_high = altitude is not None and abs(altitude) > HIGHEST_M
    direction = course + 256 if speed & _COURSE_HIGH else course
    fix = Fix(
        latitude_deg=(-latitude if flags & _SOUTH else latitude) * 90 / _SCALE,
        longitude_deg=(-longitude if flags & _WEST else longitude) * 180 / _SCALE,
        altitude_m=None if too_high else altitude,
        speed_m_s=(speed & _SPEED) / _TENTHS_KM_H_PER_M_S,
        course_deg=float(direction) if direction < _TURN_DEG else None,
        satellites=extras.satellites,
        hdop=extras.hdop,
    )
    return Position(when, fix, moving, inputs, source, too_high)


def _altitude(data: bytes, at: int, length: int, flags: int, speed: int) -> float | None:
    """Give metres over the sea, where the length has room for it and, for an unheard-of length, the flag says so."""
    if length in _WITHOUT_ALTITUDE or (length not in _WITH_ALTITUDE and not (flags & _ALTITUDE and length > BASE + 2)):
        return None
    metres = float(int.from_bytes(data[at + BASE : at + BASE + 3], "little"))
    return -metres if speed & _BELOW else metres


def read_extras(content: bytes) -> Extras:
    """Read an EXT_POS_DATA as far as it goes."""
    flags = content[0] if content else 0
    at = 1 + (2 if flags & _VDOP else 0)
    hdop = satellites = None
    if flags & _HDOP:
        hdop = int.from_bytes(content[at : at + 2], "little") / 100 or None
        at += 2
    if flags & _PDOP:
        at += 2
    if flags & _SATELLITES and at < len(content):
        satellites = content[at]
    return Extras(hdop, satellites)


def write(at: datetime, place: Fix | NoFix, *, moving: bool, inputs: int = 0, source: int = 0) -> bytes:
    """Give the content of a POS_DATA."""
    seconds = seconds_of(at)
    flags = _MOVING if moving else 0
    if isinstance(place, NoFix):
        return _BASE.pack(seconds, 0, 0, flags, 0, 0, bytes(3), inputs, source)
    flags |= _VALID | (_SOUTH if place.latitude_deg < 0 else 0) | (_WEST if place.longitude_deg < 0 else 0)
    speed = min(round((place.speed_m_s or 0.0) * _TENTHS_KM_H_PER_M_S), _SPEED)
    course = round(place.course_deg or 0.0) % _TURN_DEG
    height = b""
    if place.altitude_m is not None:
        flags |= _ALTITUDE | _THREE_D
        metres = round(place.altitude_m)
        height = abs(metres).to_bytes(3, "little")
        speed |= _BELOW if metres < 0 else 0
    latitude = int(abs(place.latitude_deg) / 90 * _SCALE)
    longitude = int(abs(place.longitude_deg) / 180 * _SCALE)
    speed |= (course >> 8) << 15
    base = _BASE.pack(seconds, latitude, longitude, flags, speed, course & 0xFF, bytes(3), inputs, source)
    return base + height


def write_extras(extras: Extras) -> bytes:
    """Give the content of an EXT_POS_DATA, empty when there is nothing to add."""
    flags, content = 0, b""
    if extras.hdop is not None:
        flags |= _HDOP
        content += min(round(extras.hdop * 100), 0xFFFF).to_bytes(2, "little")
    if extras.satellites is not None:
        flags |= _SATELLITES
        content += bytes((min(extras.satellites, 255), 0, 0))
    return bytes((flags,)) + content if flags else b""
