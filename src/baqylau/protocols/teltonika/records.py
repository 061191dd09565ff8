"""Records of a data packet: time, place and elements, in the three binary codecs (spec T4)."""

import struct
from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct

_TIME_AND_PLACE = struct.Struct(">QBiihHBH")
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_WIDTHS = tuple(_CODES)


class Codec(IntEnum):
    """What a packet holds, by its first byte."""

    OLD = 0x07
    EIGHT = 0x08
    COMMAND = 0x0C
    TIMED_COMMAND = 0x0D
    SIXTEEN = 0x10
    EXTENDED = 0x8E


class _Shape(Struct, frozen=True):
    """How wide numbers of elements and counts are in a codec."""

    number_bytes: int
    count_bytes: int
    has_generation: bool = False
    has_variable: bool = False


_SHAPES = {
    Codec.EIGHT: _Shape(1, 1),
    Codec.EXTENDED: _Shape(2, 2, has_variable=True),
    Codec.SIXTEEN: _Shape(2, 1, has_generation=True),
}
_GROUPS = {
    (number_bytes, width): struct.Struct(f">{_CODES[number_bytes]}{_CODES[width]}")
    for number_bytes in (1, 2)
    for width in _WIDTHS
}


class Record(Struct, frozen=True, gc=False):
    """One record as it was sent; angles in units of 1e-7 degrees, speed in km/h."""

    raw: bytes
    elements: dict[int, int]
    long_elements: dict[int, bytes]
    """Those of any length."""
    time_ms: int
    priority: int
    longitude: int
    latitude: int
    altitude_m: int
    course_deg: int
    satellites: int
    speed_km_h: int


_NONE: dict[int, bytes] = {}


class ShortError(Exception):
    """A record ends beyond its packet."""


def binary(codec: int) -> bool:
    """Whether a packet of this codec holds records."""
    return codec in _SHAPES


def split(content: bytes) -> Iterator[Record]:
    """Give the records of a packet's content one by one. Raises `ShortError` at the first one that is not whole."""
    shape, at = _SHAPES[Codec(content[0])], 2
    for _ in range(content[1]):
        record = _record(content, at, shape)
        yield record
        at += len(record.raw)
    if at != len(content) - 1:
        raise ShortError


def _record(content: bytes, begin: int, shape: _Shape) -> Record:
    try:
        place = _TIME_AND_PLACE.unpack_from(content, begin)
        elements, end = _elements(content, begin + _TIME_AND_PLACE.size, shape)
        long_elements, end = _long_elements(content, end, shape) if shape.has_variable else (_NONE, end)
    except (struct.error, IndexError):
        raise ShortError from None
    if end >= len(content):
        raise ShortError
    return Record(content[begin:end], elements, long_elements, *place)


def _elements(content: bytes, at: int, shape: _Shape) -> tuple[dict[int, int], int]:
    """Read the groups of one, two, four and eight bytes."""
    at += shape.number_bytes + shape.has_generation + shape.count_bytes
    elements: dict[int, int] = {}
    for width in _WIDTHS:
        count, at = _count(content, at, shape)
        group = _GROUPS[shape.number_bytes, width]
        end = at + count * group.size
        if end > len(content):
            raise ShortError
        elements.update(group.iter_unpack(content[at:end]))
        at = end
    return elements, at


def _count(content: bytes, at: int, shape: _Shape) -> tuple[int, int]:
    end = at + shape.count_bytes
    if end > len(content):
        raise ShortError
    return int.from_bytes(content[at:end], "big"), end


def _long_elements(content: bytes, at: int, shape: _Shape) -> tuple[dict[int, bytes], int]:
    """Read the group of elements that tell their own length."""
    count, at = _count(content, at, shape)
    elements: dict[int, bytes] = {}
    for _ in range(count):
        number = int.from_bytes(content[at : at + shape.number_bytes], "big")
        length, at = _count(content, at + shape.number_bytes, shape)
        elements[number] = content[at : at + length]
        at += length
        if at > len(content):
            raise ShortError
    return elements, at
