"""Records that are not made by a mask, read into the same fields (spec N5).

Those are the formats 5 and 6 that devices sent before there was FLEX, and the positions among its additional packets.
"""

import struct
from calendar import timegm
from collections.abc import Iterator, Sequence
from datetime import datetime
from math import degrees

from baqylau.protocols.navtelecom.fields import Field, Record
from baqylau.protocols.session import Fault, Rejected

UNITS_A_DEGREE = 600_000
_FIVE = struct.Struct("<IH6B2xBBBHH12xB6BfffH12x")
_SIX = struct.Struct("<IH6BBxBxBHH52xB6BiiifH12x")
_TAILS = {0x05: 0, 0x15: 15, 0x25: 19, 0x06: 0}
"""Formats that have a position, and what follows the part of them that is read."""
_PLACED = struct.Struct("<IHIBIiiifH")
PLACE_KIND = 0x0A
_CENTURY = 2000


def old_records(content: bytes, count: int) -> Iterator[Record | Rejected]:
    """Give the records of formats 5 and 6; of another one there is no more to say."""
    at = 0
    for _ in range(count):
        kind = content[at] if at < len(content) else 0
        if kind not in _TAILS:
            yield Rejected(fault=Fault.UNSUPPORTED, raw=content[at:], detail=f"record of format {kind:#04x}")
            return
        body = _SIX if kind == 0x06 else _FIVE  # noqa: PLR2004 - the format's own number
        end = at + 1 + body.size + _TAILS[kind]
        if end > len(content):
            yield Rejected(fault=Fault.TRUNCATED, raw=content[at:], detail="a record that is not whole")
            return
        values = body.unpack_from(content, at + 1)
        yield Record(_six(values) if body is _SIX else _five(values), content[at:end])
        at = end


def _five(values: Sequence[float]) -> dict[int, float]:
    _, _, *told, network, state, inputs, supply, battery, receiver = values[:14]
    *placed, latitude, longitude, speed, course = values[14:]
    return {
        Field.TIME: _seconds(told),
        Field.NETWORK: network,
        Field.RECEIVER: int(receiver) & 0x03 | int(state) & 0xFC,
        Field.PLACED: _seconds(placed),
        Field.LATITUDE: degrees(latitude) * UNITS_A_DEGREE,
        Field.LONGITUDE: degrees(longitude) * UNITS_A_DEGREE,
        Field.SPEED: speed,
        Field.COURSE: course,
        Field.SUPPLY: supply,
        Field.BATTERY: battery,
        Field.INPUTS: inputs,
    }


def _six(values: Sequence[float]) -> dict[int, float]:
    _, _, *told, status, network, inputs, supply, battery, receiver = values[:14]
    *placed, latitude, longitude, altitude, speed, course = values[14:]
    return {
        Field.TIME: _seconds(told),
        Field.STATUS: status,
        Field.NETWORK: network,
        Field.RECEIVER: receiver,
        Field.PLACED: _seconds(placed),
        Field.LATITUDE: latitude,
        Field.LONGITUDE: longitude,
        Field.ALTITUDE: altitude,
        Field.SPEED: speed,
        Field.COURSE: course,
        Field.SUPPLY: supply,
        Field.BATTERY: battery,
        Field.INPUTS: inputs,
    }


def _seconds(clock: Sequence[float]) -> int:
    """Give the seconds since 1970; 0 for what is no time. Months count from 0."""
    hour, minute, second, day, month, year = map(int, clock)
    try:
        return timegm(datetime(_CENTURY + year, month + 1, day, hour, minute, second).timetuple())  # noqa: DTZ001 - UTC
    except ValueError:
        return 0


def additional(content: bytes) -> Iterator[Record | Rejected]:
    """Give the positions among additional packets; each other kind is named."""
    at = 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "little")
        raw = content[at:end]
        yield _additional(raw)
        at = end


def _additional(raw: bytes) -> Record | Rejected:
    kind = raw[2] if len(raw) > 2 else 0  # noqa: PLR2004 - behind two bytes of length
    if kind != PLACE_KIND:
        return Rejected(fault=Fault.UNSUPPORTED, raw=raw, detail=f"additional packet of kind {kind:#04x}")
    if len(raw) < 4 + _PLACED.size:
        return Rejected(fault=Fault.TRUNCATED, raw=raw, detail="a record that is not whole")
    _, _, told, *place = _PLACED.unpack_from(raw, 4)
    numbers = (*range(Field.RECEIVER, Field.COURSE + 1),)
    return Record({Field.TIME: told, **dict(zip(numbers, place, strict=True))}, raw)
