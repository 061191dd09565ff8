"""Bytes of a receiver, cut into sentences (NMEA) and frames (UBX), however they arrive and whatever stands between.

Nothing here waits, and nothing grows without bound: a length that is too long to be one is noise, and reading goes on
with the byte after it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from operator import xor

from msgspec import Struct

SENTENCE_BYTES_MAX = 512
"""NMEA allows 82; receivers of several systems exceed it."""
FRAME_BYTES_MAX = 4096
"""Of UBX; the longest that is read tells of some 90 satellites in 1.1 kB."""

_BEGIN = re.compile(rb"[$\xb5]")
_END = re.compile(rb"[\r\n$\xb5]")
_SENTENCE = re.compile(rb"\$([A-Z0-9]{2,8},[^$*\r\n]*)(?:\*([0-9A-Fa-f]{2}))?")
_UBX = b"\xb5b"
_HEADER_BYTES = 6
_CHECK_BYTES = 2


class Sentence(Struct, frozen=True):
    """An NMEA sentence whose checksum is right, from its `$` to its checksum."""

    raw: bytes
    talker: str
    kind: str


class Frame(Struct, frozen=True):
    """A UBX frame whose checksum is right."""

    raw: bytes
    kind: tuple[int, int]
    """Class and number."""


class Splitter:
    """What has arrived and is not complete yet."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.skipped: Counter[str] = Counter()
        """What was left out: `checksum_wrong`, `cut`, `noise`."""

    def feed(self, chunk: bytes) -> Iterator[Sentence | Frame]:
        """Take more bytes and give what is complete now."""
        self._buffer += chunk
        yield from self._split(over=False)

    def flush(self) -> Iterator[Sentence | Frame]:
        """Take it that no more bytes come and give what can still be read."""
        yield from self._split(over=True)
        self._buffer.clear()

    def _split(self, *, over: bool) -> Iterator[Sentence | Frame]:
        at = 0
        while (begin := _BEGIN.search(self._buffer, at)) is not None:
            at = begin.start()
            size, found = self._sentence(at, over=over) if begin[0] == b"$" else self._frame(at, over=over)
            if size == 0:
                break
            at += size
            if found is not None:
                yield found
        else:
            at = len(self._buffer)
        del self._buffer[:at]

    def _sentence(self, at: int, *, over: bool) -> tuple[int, Sentence | None]:
        """Give how many bytes are done with, none where more have to come, and what they say."""
        end = _END.search(self._buffer, at + 1)
        stop = end.start() if end is not None else len(self._buffer)
        if stop - at > SENTENCE_BYTES_MAX:
            self.skipped["noise"] += 1
            return 1, None
        if end is None and not over:
            return 0, None
        match = _SENTENCE.match(self._buffer, at, stop)
        return max(stop - at, 1), None if match is None else self._checked(match)

    def _checked(self, match: re.Match[bytes]) -> Sentence | None:
        text, checksum = match.groups()
        if checksum is None:
            self.skipped["cut"] += 1
            return None
        if reduce(xor, text) != int(checksum, 16):
            self.skipped["checksum_wrong"] += 1
            return None
        name = text.split(b",", 1)[0].decode()
        return Sentence(bytes(match[0]), name[:-3], name[-3:])

    def _frame(self, at: int, *, over: bool) -> tuple[int, Frame | None]:
        """Give the same for a frame."""
        head = bytes(self._buffer[at : at + _HEADER_BYTES])
        if not _UBX.startswith(head[:2]):
            return 1, None
        size = _HEADER_BYTES + int.from_bytes(head[4:], "little") + _CHECK_BYTES
        if len(head) < _HEADER_BYTES or len(self._buffer) - at < size <= FRAME_BYTES_MAX:
            return int(over), None
        if size > FRAME_BYTES_MAX:
            self.skipped["noise"] += 1
            return 1, None
        raw = bytes(self._buffer[at : at + size])
        if _fletcher(raw[2:-_CHECK_BYTES]) != raw[-_CHECK_BYTES:]:
            self.skipped["checksum_wrong"] += 1
            return 1, None
        return size, Frame(raw, (raw[2], raw[3]))


def _fletcher(content: bytes) -> bytes:
    one = two = 0
    for byte in content:
        one = (one + byte) & 0xFF
        two = (two + one) & 0xFF
    return bytes((one, two))
