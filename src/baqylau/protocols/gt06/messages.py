"""What a frame says: place, alarm, state of the device (spec G4 to G6)."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import IntEnum

from msgspec import Struct

from baqylau.domain.observations import (
    Body,
    Cell,
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
    PLACE_NUMBERED = 0x34
    PLACE_4G = 0xA0
    CELLS_4G = 0xA1
    ALARM_4G = 0xA4


_PLACES_OF_MAKERS = (0x10, 0x1E, 0x24, 0x36, 0x37)
"""Kinds of single makers that begin with the same fields; what follows them differs and is passed over."""
PLACES = frozenset({Kind.PLACE, Kind.PLACE_N, Kind.PLACE_4G, Kind.PLACE_NUMBERED, *_PLACES_OF_MAKERS})
ALARMS = frozenset({Kind.ALARM, Kind.ALARM_N, Kind.ALARM_FENCE, Kind.ALARM_4G})
STATES = frozenset({Kind.STATE, Kind.STATE_N})
_CELLS = frozenset({0x18, 0x28, 0x2C, 0x2E, Kind.CELLS_4G})
_CLOCK_BYTES = 6
_SERVES, _SERVES_4G = struct.Struct(">HBH3s"), struct.Struct(">HBI8s")
"""Country, network, area, cell."""
_STATE_BYTES = 5
_CELL_BYTES, _CELL_4G_BYTES = 9, 16
"""What an alarm tells of the network with its length, which counts itself with some makers and not with others."""
_NUMBER_BYTES = 4
"""Of a running number before the place."""
_QUESTION = 0x2A
"""The device asks for the words of an address, and repeats a place for it."""
_FIGURES = 0xC
"""How many bytes of figures a place has, as it says of itself beside the satellites."""

_ALARMS: dict[int, Body] = {
    0x01: Panic(),
    0x02: Power(external=False),
    0x11: Farewell(reason=FarewellReason.SWITCHED_OFF),
    0x13: Strap(open=True),
    0x15: Farewell(reason=FarewellReason.BATTERY_EMPTY),
    0x18: Enclosure(open=True),
    0x25: Enclosure(open=True),
    0x32: Power(external=False),
}
"""By number of the alarm. 0x13 is the removal of a worn device, 0x18 its cover, 0x25 light in its case."""
_NOT_OURS = frozenset(
    (0x00, *range(0x03, 0x11), 0x12, 0x14, 0x16, 0x17, 0x19, 0x20, 0x23, *range(0x28, 0x2F), 0x30, 0xFE, 0xFF)
)
"""Alarms that are known and say nothing of what is looked for here: shaking, fences, speed, driving, blind spots."""
_HELP = 0b100
"""What the bits of a state say of help wanted, where the alarm has no number."""


class Told(Struct, frozen=True, gc=False):
    """What a frame with a place says."""

    at: datetime
    bodies: tuple[Body, ...]
    unknown: str = ""
    """What it says besides, in words that nobody knows."""


class FlawError(Exception):
    """A frame that cannot be read."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


def told(kind: int, content: bytes) -> Told:
    """Give what a frame says that `tells_place`, or raise `FlawError`."""
    content = content[_NUMBER_BYTES:] if kind == Kind.PLACE_NUMBERED else content
    if len(content) < _PLACE.size:
        raise FlawError(Fault.TRUNCATED, "a place without all its fields")
    *clock, counts, latitude, longitude, speed_km_h, course = _PLACE.unpack_from(content)
    place = _place(counts & 0x0F, latitude, longitude, speed_km_h, course)
    if kind not in ALARMS or not (state := _state(kind, content)):
        return Told(_instant(clock), (place,))
    known = state[3] in _ALARMS or state[3] in _NOT_OURS
    return Told(_instant(clock), (place, *_alarm(state)), "" if known else f"alarm {state[3]:#04x}")


def tells_place(kind: int, content: bytes) -> bool:
    """Whether a frame begins with a place: by its kind, or, of a kind of single makers, by its very form."""
    if kind in PLACES | ALARMS:
        return True
    if kind == _QUESTION or len(content) < _PLACE.size or content[6] >> 4 != _FIGURES or not content[7:15].strip(b"\0"):
        return False
    _, month, day, hour, minute, second = content[:6]
    return 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60  # noqa: PLR2004 - a date


def tells_cells(kind: int) -> bool:
    """Whether a frame tells of the network alone: there was no place."""
    return kind in _CELLS


def cells(kind: int, content: bytes) -> Told:
    """Give what a frame says that `tells_cells`: no position, and the cell that serves. Raises `FlawError`."""
    wide = kind == Kind.CELLS_4G
    if len(content) < _CLOCK_BYTES + (_SERVES_4G if wide else _SERVES).size:
        raise FlawError(Fault.TRUNCATED, "cells without all their fields")
    at = _instant(list(content[:_CLOCK_BYTES]))
    country, network, area, cell = (_SERVES_4G if wide else _SERVES).unpack_from(content, _CLOCK_BYTES)
    serving = int.from_bytes(cell, "big")
    if not country or not serving:
        return Told(at, (NoFix(),))
    return Told(at, (NoFix(), Cell(registered=True, id=f"{country}-{network}-{area}-{serving}")))


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


def _state(kind: int, content: bytes) -> bytes:
    """Give the five bytes of state: behind what is told of the network; further facts of single makers follow them.

    One maker writes the battery in two bytes, of which the first says nothing. A fence's number stands behind.
    """
    cells = content[_PLACE.size] if len(content) > _PLACE.size else 0
    behind = content[_PLACE.size + (_CELL_4G_BYTES if cells >= _CELL_4G_BYTES - 1 else _CELL_BYTES if cells else 1) :]
    fenced = kind in {Kind.ALARM_FENCE, Kind.ALARM_4G}
    wide = len(behind) == _STATE_BYTES + 1 and not fenced
    state = behind[:1] + behind[2:] if wide else behind[:_STATE_BYTES]
    return state if len(state) == _STATE_BYTES else b""


def _alarm(state: bytes) -> Iterator[Body]:
    yield from state_of(state)
    if state[3] in _ALARMS:
        yield _ALARMS[state[3]]
    elif state[3] == 0 and state[0] >> 3 & 0b111 == _HELP:
        yield Panic()


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
