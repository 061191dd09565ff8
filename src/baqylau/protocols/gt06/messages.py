"""What a frame says: place, alarm, state of the device (spec G4 to G6)."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import IntEnum

from msgspec import Struct

from baqylau.domain.observations import (
    Body,
    Enclosure,
    Farewell,
    FarewellReason,
    Fix,
    NoFix,
    Panic,
    Power,
    Strap,
)
from baqylau.protocols.session import Fault

_UNITS_A_DEGREE = 1_800_000
_M_S = 1 / 3.6
_PLACE = struct.Struct(">6BBIIBH")
_POSITIONED, _WEST, _NORTH, _COURSE = 0x1000, 0x0800, 0x0400, 0x03FF
_CHARGING = 0x04
_CENTURY = 2000


class Kind(IntEnum):
    """Kinds of frames that we know."""

    LOGIN = 0x01
    PLACE = 0x12
    STATE = 0x13
    ALARM = 0x16
    PLACE_N = 0x22
    STATE_N = 0x23
    ALARM_N = 0x26
    ALARM_FENCE = 0x27
    PLACE_4G = 0xA0
    ALARM_4G = 0xA4


_PLACES_OF_MAKERS = (0x10, 0x1E, 0x24, 0x36, 0x37)
"""Kinds of single makers that begin with the same fields; what follows them differs and is passed over."""
PLACES = frozenset({Kind.PLACE, Kind.PLACE_N, Kind.PLACE_4G, *_PLACES_OF_MAKERS})
ALARMS = frozenset({Kind.ALARM, Kind.ALARM_N, Kind.ALARM_FENCE, Kind.ALARM_4G})
STATES = frozenset({Kind.STATE, Kind.STATE_N})
_STATE_FROM_END = 5
"""The five bytes of state stand at the end of an alarm; a fence adds its number behind them."""

_ALARMS: dict[int, Body] = {
    0x01: Panic(),
    0x02: Power(external=False),
    0x11: Farewell(reason=FarewellReason.SWITCHED_OFF),
    0x13: Strap(open=True),
    0x15: Farewell(reason=FarewellReason.BATTERY_EMPTY),
    0x18: Enclosure(open=True),
}
"""By number of the alarm. 0x13 is the removal of a worn device, 0x18 its cover."""


class Told(Struct, frozen=True, gc=False):
    """What a frame with a place says."""

    at: datetime
    bodies: tuple[Body, ...]


class FlawError(Exception):
    """A frame that cannot be read."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


def told(kind: int, content: bytes) -> Told:
    """Give what a frame of `PLACES` or `ALARMS` says, or raise `FlawError`."""
    if len(content) < _PLACE.size:
        raise FlawError(Fault.TRUNCATED, "a place without all its fields")
    *clock, counts, latitude, longitude, speed_km_h, course = _PLACE.unpack_from(content)
    bodies = (_place(counts & 0x0F, latitude, longitude, speed_km_h, course),)
    return Told(_instant(clock), (*bodies, *_alarm(kind, content)))


def _instant(clock: list[int]) -> datetime:
    year, month, day, hour, minute, second = clock
    try:
        return datetime(_CENTURY + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise FlawError(Fault.TIME_WRONG, "time of a place") from None


def _place(satellites: int, latitude: int, longitude: int, speed_km_h: int, course: int) -> Body:
    if not course & _POSITIONED:
        return NoFix(satellites=satellites)
    latitude_deg = latitude / _UNITS_A_DEGREE * (1 if course & _NORTH else -1)
    longitude_deg = longitude / _UNITS_A_DEGREE * (-1 if course & _WEST else 1)
    if abs(latitude_deg) > 90 or abs(longitude_deg) > 180:  # noqa: PLR2004 (the globe's own)
        raise FlawError(Fault.PLACE_OUT_OF_RANGE, "a place off the globe")
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        speed_m_s=speed_km_h * _M_S,
        course_deg=float((course & _COURSE) % 360),
        satellites=satellites,
    )


def _alarm(kind: int, content: bytes) -> Iterator[Body]:
    if kind not in ALARMS or len(content) < _PLACE.size + _STATE_FROM_END:
        return
    behind = 1 if kind == Kind.ALARM_FENCE else 0
    state = content[len(content) - _STATE_FROM_END - behind : len(content) - behind]
    yield from state_of(state)
    if state[3] in _ALARMS:
        yield _ALARMS[state[3]]


def state_of(content: bytes) -> tuple[Body, ...]:
    """Give what the first byte of a state says. Its voltage is a level without a unit: not taken for a figure."""
    return (Power(external=bool(content[0] & _CHARGING)),) if content else ()


def place_bytes(at: datetime, fix: Fix | None) -> bytes:
    """Write a place, as a device does."""
    clock = at.astimezone(UTC)
    course = 0
    if fix is not None:
        course = round(fix.course_deg or 0) % 360 | _POSITIONED
        course |= (_NORTH if fix.latitude_deg >= 0 else 0) | (_WEST if fix.longitude_deg < 0 else 0)
    return _PLACE.pack(
        *(clock.year - _CENTURY, clock.month, clock.day, clock.hour, clock.minute, clock.second),
        0xC0 | min(fix.satellites or 0, 15) if fix else 0xC0,
        round(abs(fix.latitude_deg) * _UNITS_A_DEGREE) if fix else 0,
        round(abs(fix.longitude_deg) * _UNITS_A_DEGREE) if fix else 0,
        min(round((fix.speed_m_s or 0) / _M_S), 255) if fix else 0,
        course,
    )
