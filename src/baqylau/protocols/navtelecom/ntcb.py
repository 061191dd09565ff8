"""NTCB: the packets in which sign-in, agreement and orders travel (spec N2)."""

import struct
from functools import reduce
from operator import xor

from msgspec import Struct

from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

MARK = b"@NTC"
HEAD_BYTES = 16
_HEAD = struct.Struct("<4sIIHB")
_SHOWN_BYTES = 64


class Line(Struct, frozen=True, gc=False):
    """Who speaks to whom, by the numbers of the header."""

    to: int
    by: int


class Message(Struct, frozen=True, gc=False):
    """A packet whose checksums hold."""

    line: Line
    body: bytes
    raw: bytes


def first(buffer: bytes) -> Message | Broken | None:
    """Give the packet that the buffer begins with, or None while it is not whole."""
    if buffer[: len(MARK)] != MARK[: len(buffer)]:
        return Broken(Fault.NOT_THIS_PROTOCOL, buffer[:_SHOWN_BYTES], "no packet", fatal=True)
    if len(buffer) < HEAD_BYTES:
        return None
    _, to, by, length, body_sum = _HEAD.unpack_from(buffer)
    if _xor(buffer[: _HEAD.size]) != buffer[_HEAD.size]:
        return Broken(Fault.CHECKSUM_WRONG, buffer[:HEAD_BYTES], "checksum of the header", fatal=True)
    if len(buffer) < HEAD_BYTES + length:
        return None
    raw = buffer[: HEAD_BYTES + length]
    if _xor(raw[HEAD_BYTES:]) != body_sum:
        return Broken(Fault.CHECKSUM_WRONG, raw, "checksum of the body")
    return Message(Line(to, by), raw[HEAD_BYTES:], raw)


def message(line: Line, body: bytes) -> bytes:
    """Give the packet that carries this body."""
    head = _HEAD.pack(MARK, line.to, line.by, len(body), _xor(body))
    return head + bytes([_xor(head)]) + body


def back(line: Line) -> Line:
    """Give the line of an answer."""
    return Line(line.by, line.to)


def _xor(data: bytes) -> int:
    return reduce(xor, data, 0)
