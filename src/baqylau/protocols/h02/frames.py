"""Frames out of a stream, and frames to send (spec B2, B3)."""

import re

from msgspec import Struct

from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

TEXT_MAX_BYTES = 2_048
EVIDENCE_BYTES = 256
HEAD_BYTES = 32
"""What every binary frame has; all that is read stands in it."""
TAIL_MAX_BYTES = 16
"""What some makers send behind it: 0, 10, 13 or 16 bytes have been met."""
_NUMBER_DIGITS = 15
_SHORT_NUMBER, _LONG_NUMBER = 5, 8
_TEXT, _BINARY = b"*", {b"$", b"X"}
_END = b"#"
_HEAD = re.compile(rb"\*([A-Za-z]{2}),([0-9A-Za-z]{0,20}),([A-Za-z0-9]{1,8}),?(.*)", re.DOTALL)
_NEXT_TEXT = re.compile(rb"\*[A-Za-z]{2},")
MARK = re.compile(rb"[*$X]")
_LINE_END = b"\r\n"
_BLANK = b"\r\n\x00 "


class Words(Struct, frozen=True, gc=False):
    """A frame of text."""

    maker: str
    number: str
    kind: str
    words: tuple[str, ...]
    content: bytes
    raw: bytes


class Record(Struct, frozen=True, gc=False):
    """A binary frame: its number, and the 27 or 24 bytes behind that."""

    number: str
    content: bytes
    raw: bytes


class Tail(Struct, frozen=True, gc=False):
    """Bytes behind a binary frame that belong to it and are not read."""

    raw: bytes


Found = Words | Record | Tail | Broken


class Splitter:
    """Cuts one stream. What it has to remember: how many bytes may still belong to the last frame (spec B3)."""

    def __init__(self) -> None:
        self._tail_left = 0

    def first(self, buffer: bytes) -> Found | None:
        """Give what the buffer begins with, or None while it is not whole. The buffer is not empty."""
        if self._tail_left:
            starts = begins(buffer)
            if starts is None:
                return None
            if not starts:
                return self._tail(buffer)
            self._tail_left = 0
        if buffer[:1] == _TEXT:
            return _words(buffer)
        if buffer[:1] in _BINARY:
            return self._binary(buffer)
        return _foreign(buffer)

    def _tail(self, buffer: bytes) -> Tail:
        """Take the bytes up to where a frame may begin."""
        at = 1
        while at < min(self._tail_left, len(buffer)) and begins(buffer[at:]) is False:
            at += 1
        self._tail_left -= at
        return Tail(buffer[:at])

    def _binary(self, buffer: bytes) -> Found | None:
        if len(buffer) < HEAD_BYTES:
            return None
        digits = _number_bytes(buffer)
        if digits is None:
            return _skipped(buffer)
        self._tail_left = TAIL_MAX_BYTES
        number = buffer[1 : 1 + digits].hex()[:_NUMBER_DIGITS]
        return Record(number, buffer[1 + digits : HEAD_BYTES], buffer[:HEAD_BYTES])


def _number_bytes(buffer: bytes) -> int | None:
    """Give how many bytes the number has: 5, unless no time follows that; None when none follows 8 either."""
    for count in (_SHORT_NUMBER, _LONG_NUMBER):
        digits = buffer[1 : 1 + count + 6].hex()
        if _is_clock(digits[2 * count :]) and digits[: 2 * count].isdecimal():
            return count
    return None


def _is_clock(digits: str) -> bool:
    """Say whether twelve digits are an hour, a minute, a second, a day, a month and a year."""
    if not digits.isdecimal():
        return False
    hour, minute, second, day, month = (int(digits[at : at + 2]) for at in range(0, 10, 2))
    return hour < 24 and minute < 60 and second < 60 and 1 <= day <= 31 and 1 <= month <= 12  # noqa: PLR2004 (clock)


def begins(buffer: bytes) -> bool | None:
    """Say whether a frame begins here, None while too little has come to say it."""
    if buffer[:1] == _TEXT:
        return True if _NEXT_TEXT.match(buffer) else None if len(buffer) < 4 else False  # noqa: PLR2004 (`*HQ,`)
    if buffer[:1] in _BINARY:
        return None if len(buffer) < 1 + _LONG_NUMBER + 6 else _number_bytes(buffer) is not None
    if buffer[:1] == _LINE_END[:1]:
        return None if len(buffer) < len(_LINE_END) else buffer.startswith(_LINE_END)
    return False


def _words(buffer: bytes) -> Words | Broken | None:
    end = buffer.find(_END, 0, TEXT_MAX_BYTES)
    if end < 0:
        too_long = len(buffer) > TEXT_MAX_BYTES
        return Broken(Fault.TOO_LONG, buffer[:EVIDENCE_BYTES], "a frame without end", fatal=True) if too_long else None
    raw = buffer[: end + 1]
    parts = _HEAD.fullmatch(raw[:-1])
    if parts is None:
        return Broken(Fault.FIELD_WRONG, raw[:EVIDENCE_BYTES], "head of a frame")
    maker, number, kind, content = parts.groups()
    words = tuple(word.strip() for word in content.decode("latin-1").split(","))
    return Words(maker.decode(), number.decode(), kind.decode(), words, kind + b"," + content, raw)


def _foreign(buffer: bytes) -> Broken:
    blank = len(buffer) - len(buffer.lstrip(_BLANK))
    if blank:
        return Broken(Fault.NOT_THIS_PROTOCOL, buffer[:blank], "between frames")
    found = MARK.search(buffer)
    foreign = buffer[: found.start() if found else EVIDENCE_BYTES]
    return Broken(Fault.NOT_THIS_PROTOCOL, foreign, "no beginning of a frame", fatal=found is None)


def _skipped(buffer: bytes) -> Broken:
    """Pass over a beginning that leads nowhere, up to the next one."""
    found = MARK.search(buffer, 1)
    passed = buffer[: found.start() if found else EVIDENCE_BYTES]
    return Broken(Fault.FIELD_WRONG, passed, "number and time of a frame", fatal=found is None)


def frame(maker: str, number: str, content: str) -> bytes:
    """Give the bytes of a frame of text."""
    return f"*{maker},{number},{content}#".encode()
