"""FLEX: the fields of a record, their lengths, and the records of a mask (spec N3 and N4).

Which fields a record has is agreed at the beginning of a line. A layout made of that reads a whole record at once.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from msgspec import Struct


class Field(IntEnum):
    """Fields that tell something of what we want to know, counted from 1."""

    TIME = 3
    STATUS = 4
    MODULES = 5
    DISTURBED = 6
    NETWORK = 7
    RECEIVER = 8
    PLACED = 9
    LATITUDE = 10
    LONGITUDE = 11
    ALTITUDE = 12
    SPEED = 13
    COURSE = 14
    SUPPLY = 19
    BATTERY = 20
    INPUTS = 29
    SKY = 70
    PRECISION = 71


_CODES: dict[int, str] = {
    Field.TIME: "I",
    Field.STATUS: "B",
    Field.MODULES: "B",
    Field.DISTURBED: "B",
    Field.NETWORK: "B",
    Field.RECEIVER: "B",
    Field.PLACED: "I",
    Field.LATITUDE: "i",
    Field.LONGITUDE: "i",
    Field.ALTITUDE: "i",
    Field.SPEED: "f",
    Field.COURSE: "H",
    Field.SUPPLY: "H",
    Field.BATTERY: "H",
    Field.INPUTS: "B",
    Field.SKY: "8s",
    Field.PRECISION: "2s",
}
"""How the fields that are read are written; the others are passed over."""
_RUNS = (
    *((1, 4), (1, 2), (1, 4), (5, 1), (5, 4), (1, 2), (2, 4), (12, 2), (4, 1), (2, 4), (2, 2), (1, 4), (7, 2), (8, 1)),
    *((1, 2), (1, 4), (1, 2), (1, 1), (1, 4), (5, 2), (3, 1), (1, 2), (1, 4), (1, 2), (1, 1)),
    *((1, 8), (1, 2), (1, 1), (1, 16), (1, 4), (1, 2), (1, 4), (1, 37), (6, 1), (10, 3), (1, 6), (1, 12), (1, 24)),
    *((1, 48), (2, 1), (1, 2), (1, 1), (2, 4), (1, 1), (1, 4), (1, 2), (1, 6), (1, 2), (1, 6), (8, 2), (1, 1), (3, 2)),
    *((1, 1), (4, 1), (6, 4), (6, 2), (2, 1), (1, 2), (1, 3), (1, 2), (2, 1), (1, 3), (20, 2), (4, 1), (1, 2), (3, 4)),
    *((1, 2), (1, 4), (2, 2), (1, 4), (13, 2), (4, 4), (1, 6), (1, 3), (1, 1), (2, 2), (1, 1), (1, 4), (1, 5), (2, 4)),
    *((16, 1), (15, 2), (15, 4), (3, 8)),
)
"""How many fields in a row have which length in bytes: 69 fields of FLEX 1.0, up to 122 of 2.0, up to 255 of 3.0."""
LENGTHS = tuple(length for count, length in _RUNS for _ in range(count))


class Layout(Struct, frozen=True):
    """What a record of an agreed mask looks like."""

    fields: tuple[int, ...]
    record: struct.Struct

    @property
    def record_bytes(self) -> int:
        """Give the length of a record."""
        return self.record.size


def layout(count: int, mask: bytes) -> Layout | None:
    """Give what the records of a mask look like; None for a mask without fields, or one that is not whole."""
    if len(mask) * 8 < count:
        return None
    chosen = [number for number in range(1, count + 1) if mask[(number - 1) // 8] >> (7 - (number - 1) % 8) & 1]
    if not chosen:
        return None
    codes = "".join(_CODES.get(number, f"{LENGTHS[number - 1]}x") for number in chosen)
    return Layout(tuple(number for number in chosen if number in _CODES), struct.Struct("<" + codes))


def mask_of(fields: set[int], count: int) -> bytes:
    """Give the mask that chooses these of the first `count` fields."""
    bits = "".join("1" if number in fields else "0" for number in range(1, count + 1)).ljust((count + 7) // 8 * 8, "0")
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


class Record(Struct, frozen=True, gc=False):
    """One record: values by field."""

    values: dict[int, Any]
    """Whole numbers, for the speed a number with fractions, bytes for what has several parts: in units of FLEX."""
    raw: bytes


def split(layout: Layout, content: bytes) -> Iterator[Record]:
    """Give the records that fill the bytes."""
    size = layout.record_bytes
    for number, values in enumerate(layout.record.iter_unpack(content)):
        yield Record(dict(zip(layout.fields, values, strict=True)), content[number * size : (number + 1) * size])
