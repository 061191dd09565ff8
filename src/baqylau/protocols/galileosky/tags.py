"""Tags and their lengths, and records out of the tags of a packet (spec S3)."""

from collections.abc import Callable, Iterator
from enum import IntEnum
from operator import itemgetter

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


_WANTED = frozenset(Tag)


class Record(Struct, frozen=True, gc=False):
    """One record: values of the tags that we want to know."""

    values: dict[int, bytes]
    raw: bytes


class Unread(Struct, frozen=True, gc=False):
    """The end of a packet that cannot be read: whoever does not know a tag does not know where the next one begins."""

    tag: int | None
    """None where the packet ends before one."""
    raw: bytes


class _Shape(Struct, frozen=True):
    """Where a record's tags and values lie: a device's records mostly look alike."""

    marks: Callable[[bytes], object]
    """Gives tags and told lengths of a record, which say that it looks like this."""
    marked: object
    wanted: tuple[tuple[int, int, int], ...]
    """Tag, begin and end of each value."""
    last: int
    size: int


class Records:
    """Reads the packets of one line."""

    def __init__(self) -> None:
        self._shape: _Shape | None = None
        """What the record before looked like: one that looks the same need not be walked through again."""

    def split(self, content: bytes) -> Iterator[Record | Unread]:
        """Give the records of a packet; a record ends where a tag does not follow the one before it."""
        at = 0
        while at < len(content):
            shape = self._shape
            if shape is None or not _fits(shape, content, at):
                shape = self._shape = _walked(content, at)
            if shape is not None:
                raw = content[at : at + shape.size]
                yield Record({tag: raw[begin:end] for tag, begin, end in shape.wanted}, raw)
                at += shape.size
            if at < len(content) and (shape is None or content[at] > shape.last):
                yield Unread(content[at], content[at:])
                return


def known(tag: int) -> bool:
    """Whether the length of this tag's value is known."""
    return bool(_LENGTHS[tag]) or tag in _COUNTED


def value_end(content: bytes, tag: int, at: int) -> tuple[int, int]:
    """Give where a tag's value begins and ends; an end beyond the packet where nobody knows."""
    if tag not in _COUNTED:
        return at, at + (_LENGTHS[tag] or len(content) + 1)
    length, begin = _counted(content, tag, at)
    return begin, begin + length


def _fits(shape: _Shape, content: bytes, at: int) -> bool:
    end = at + shape.size
    if end > len(content) or (end < len(content) and content[end] > shape.last):
        return False
    return shape.marks(content[at:end]) == shape.marked


def _walked(content: bytes, at: int) -> _Shape | None:
    """Go from tag to tag as long as they ascend and can be read; None when not even the first can be."""
    marks, wanted = list[int](), list[tuple[int, int, int]]()
    begin, last, size = at, -1, len(content)
    while at < size and (tag := content[at]) > last:
        length, value_at = _LENGTHS[tag], at + 1
        if not length:
            length, value_at = _counted(content, tag, value_at)
        if value_at + length > size:
            break
        marks += range(at - begin, value_at - begin)
        if tag in _WANTED:
            wanted.append((tag, value_at - begin, value_at + length - begin))
        at, last = value_at + length, tag
    if not marks:
        return None
    getter = itemgetter(*marks)
    return _Shape(getter, getter(content[begin:at]), tuple(wanted), last, at - begin)


def _counted(content: bytes, tag: int, at: int) -> tuple[int, int]:
    """Give the length that a value tells, and where it begins; a length beyond the packet for an unknown tag."""
    if tag not in _COUNTED:
        return len(content), at
    begin = at + _COUNTED[tag]
    return int.from_bytes(content[at:begin], "little"), begin
