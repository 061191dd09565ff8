"""Tags and their lengths, and records out of the tags of a packet (spec S3)."""

from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct


class Tag(IntEnum):
    """Tags that tell something of what we want to know."""

    NUMBER = 0x03
    OWN_ID = 0x04
    TIME = 0x20
    PLACE = 0x30
    MOVEMENT = 0x33
    ALTITUDE = 0x34
    ACCURACY = 0x35
    STATUS = 0x40
    SUPPLY = 0x41
    BATTERY = 0x42
    INPUTS = 0x46
    MORE_STATUS = 0x48
    COMMAND = 0xE0
    TEXT = 0xE1


_BY_LENGTH: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((0x01, 0x02), (0x35, 0x35), (0x43, 0x43), (0x49, 0x49), (0x88, 0x8C), (0xA0, 0xAF), (0xC4, 0xD2), (0xD5, 0xD5)),
    2: (
        *((0x04, 0x04), (0x10, 0x10), (0x21, 0x21), (0x34, 0x34), (0x40, 0x42), (0x45, 0x46), (0x48, 0x48)),
        *((0x50, 0x59), (0x60, 0x62), (0x70, 0x7D), (0xB0, 0xB9), (0xD6, 0xDA)),
    ),
    3: ((0x5D, 0x5D), (0x63, 0x6F), (0x80, 0x87), (0xFA, 0xFA)),
    4: (
        *((0x20, 0x20), (0x33, 0x33), (0x44, 0x44), (0x47, 0x47), (0x5A, 0x5A), (0x90, 0x90), (0xC0, 0xC3)),
        *((0xD3, 0xD4), (0xDB, 0xE0), (0xE2, 0xE9), (0xF0, 0xF9)),
    ),
    7: ((0x5B, 0x5B),),
    8: ((0xFD, 0xFD),),
    9: ((0x30, 0x30),),
    15: ((0x03, 0x03),),
    68: ((0x5C, 0x5C),),
}
"""First and last tag of each run, by the length of their values."""
_LENGTHS = [0] * 256
for _length, _runs in _BY_LENGTH.items():
    for _first, _last in _runs:
        _LENGTHS[_first : _last + 1] = [_length] * (_last - _first + 1)
_COUNTED = {0xE1: 1, 0xEA: 1, 0xFE: 2}
"""Tags that begin with their length, and how many bytes that takes. 0xFE holds tags with numbers of two bytes."""


class Record(Struct, frozen=True, gc=False):
    """One record: values by tag."""

    values: dict[int, bytes]
    raw: bytes


class Unread(Struct, frozen=True, gc=False):
    """The end of a packet that cannot be read: whoever does not know a tag does not know where the next one begins."""

    tag: int
    raw: bytes


def split(content: bytes) -> Iterator[Record | Unread]:
    """Give the records of a packet; a record ends where a tag does not follow the one before it."""
    at = 0
    while at < len(content):
        values, end = _values(content, at)
        if values:
            yield Record(values, content[at:end])
        if end < len(content) and content[end] > next(reversed(values), -1):
            yield Unread(content[end], content[end:])
            return
        at = end


def known(tag: int) -> bool:
    """Whether the length of this tag's value is known."""
    return bool(_LENGTHS[tag]) or tag in _COUNTED


def _values(content: bytes, at: int) -> tuple[dict[int, bytes], int]:
    """Read tags as long as they ascend and can be read."""
    values: dict[int, bytes] = {}
    last, size = -1, len(content)
    while at < size and (tag := content[at]) > last:
        begin, length = at + 1, _LENGTHS[tag]
        if not length:
            begin, length = _counted(content, tag, begin)
        end = begin + length
        if end > size:
            break
        values[tag] = content[begin:end]
        at, last = end, tag
    return values, at


def _counted(content: bytes, tag: int, at: int) -> tuple[int, int]:
    """Give where a value begins that tells its length, and that length; beyond the packet for an unknown tag."""
    if tag not in _COUNTED:
        return at, len(content)
    begin = at + _COUNTED[tag]
    return begin, int.from_bytes(content[at:begin], "little")
