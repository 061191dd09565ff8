"""Packets out of a stream: sign-in, sign of life, data (spec T2 and T3)."""

import re

from msgspec import Struct

from baqylau.protocols.crc16 import crc16
from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

NUMBER_MAX = 17
"""An IMEI has 15 digits, with its software version 16 or 17."""
CONTENT_MAX_BYTES = 65_536
ALIVE = 0xFF
MARK = re.compile(rb"\0{5}")
"""Four bytes before the length of a packet, and its first."""
_FRAME_BYTES = 8
_SUM_BYTES = 4
_SMALLEST = 4
"""Codec, two counts, and something between them."""


class SignIn(Struct, frozen=True, gc=False):
    """A device says its number."""

    number: str
    raw: bytes


class Alive(Struct, frozen=True, gc=False):
    """One byte that only says that the line lives."""

    raw: bytes


class Data(Struct, frozen=True, gc=False):
    """A packet whose checksum holds: from the codec to the second count."""

    content: bytes
    raw: bytes


Packet = SignIn | Alive | Data | Broken


def first(buffer: bytes) -> Packet | None:
    """Give what the buffer begins with, or None while it is not whole. The buffer is not empty."""
    if buffer[0] == ALIVE:
        return Alive(buffer[:1])
    if buffer[:2] != b"\0\0"[: len(buffer)]:
        return _sign_in(buffer)
    return _data(buffer)


def _sign_in(buffer: bytes) -> Packet | None:
    length = int.from_bytes(buffer[:2], "big") if len(buffer) > 1 else buffer[0] << 8
    if not length <= NUMBER_MAX:
        return Broken(Fault.NOT_THIS_PROTOCOL, buffer[:64], "neither a sign-in nor a packet", fatal=True)
    if len(buffer) < 2 + max(length, 1):
        return None
    raw = buffer[: 2 + length]
    if not (raw[2:].isascii() and raw[2:].isdigit()):
        return Broken(Fault.FIELD_WRONG, raw, "number of the device", fatal=True)
    return SignIn(raw[2:].decode(), raw)


def _data(buffer: bytes) -> Packet | None:
    if buffer[:4] != b"\0\0\0\0"[: len(buffer)]:
        return Broken(Fault.NOT_THIS_PROTOCOL, buffer[:64], "neither a sign-in nor a packet", fatal=True)
    if len(buffer) < _FRAME_BYTES:
        return None
    length = int.from_bytes(buffer[4:_FRAME_BYTES], "big")
    if not _SMALLEST <= length <= CONTENT_MAX_BYTES:
        fault = Fault.TOO_LONG if length > CONTENT_MAX_BYTES else Fault.FIELD_WRONG
        return Broken(fault, buffer[:64], "length of the packet", fatal=True)
    end = _FRAME_BYTES + length + _SUM_BYTES
    if len(buffer) < end:
        return None
    raw, content = buffer[:end], buffer[_FRAME_BYTES : _FRAME_BYTES + length]
    if crc16(content) != int.from_bytes(raw[-_SUM_BYTES:], "big"):
        return Broken(Fault.CHECKSUM_WRONG, raw, "checksum of the packet")
    return Data(content, raw)


def packet(content: bytes) -> bytes:
    """Give the packet that carries this content."""
    return bytes(4) + len(content).to_bytes(4, "big") + content + crc16(content).to_bytes(_SUM_BYTES, "big")
