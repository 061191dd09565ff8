"""Packets out of a stream (spec S2), and their confirmation (spec S6)."""

from msgspec import Struct

from baqylau.protocols.crc16 import crc16
from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

DATA, TAKEN, PHOTO, COMPRESSED = 0x01, 0x02, 0x07, 0x08
_HEADS = bytes([DATA, PHOTO, COMPRESSED])
_LENGTH = 0x7FFF
"""The bit above says that more waits in the device's memory."""
_HEAD_BYTES, _SUM_BYTES = 3, 2
_START = 0xFFFF
_SATELLITE = b"\x01\x00\x1c"
"""What a satellite operator's gateway puts behind the length, which it writes the other way round."""
_SATELLITE_MAX_BYTES = 2_048
_SMALLEST_BYTES = _HEAD_BYTES + len(_SATELLITE)
_SHOWN_BYTES = 64


class Packet(Struct, frozen=True, gc=False):
    """A packet whose checksum holds."""

    head: int
    content: bytes
    raw: bytes


def first(buffer: bytes) -> Packet | Broken | None:
    """Give what the buffer begins with, or None while it is not whole. The buffer is not empty."""
    if buffer[0] not in _HEADS:
        return Broken(Fault.NOT_THIS_PROTOCOL, buffer[:_SHOWN_BYTES], "no packet", fatal=True)
    if len(buffer) < _SMALLEST_BYTES:
        return None
    if buffer[0] == DATA and buffer[_HEAD_BYTES:_SMALLEST_BYTES] == _SATELLITE:
        return _by_satellite(buffer)
    end = _HEAD_BYTES + (int.from_bytes(buffer[1:_HEAD_BYTES], "little") & _LENGTH) + _SUM_BYTES
    if end < _SMALLEST_BYTES:
        return Broken(Fault.FIELD_WRONG, buffer[:_SHOWN_BYTES], "length of the packet", fatal=True)
    if len(buffer) < end:
        return None
    raw = buffer[:end]
    if crc16(raw[:-_SUM_BYTES], _START) != int.from_bytes(raw[-_SUM_BYTES:], "little"):
        return Broken(Fault.CHECKSUM_WRONG, raw, "checksum of the packet")
    return Packet(raw[0], raw[_HEAD_BYTES:-_SUM_BYTES], raw)


def _by_satellite(buffer: bytes) -> Broken | None:
    length = int.from_bytes(buffer[1:_HEAD_BYTES], "big")
    if length > _SATELLITE_MAX_BYTES:
        return Broken(Fault.TOO_LONG, buffer[:_SHOWN_BYTES], "length of a message by satellite", fatal=True)
    if len(buffer) < _HEAD_BYTES + length:
        return None
    return Broken(Fault.UNSUPPORTED, buffer[: _HEAD_BYTES + length], "message by satellite")


def packet(content: bytes, *, more: bool = False) -> bytes:
    """Give the packet that carries these tags; `more`: the device's memory holds more that was not sent."""
    head = bytes([DATA]) + (len(content) | (_LENGTH + 1 if more else 0)).to_bytes(2, "little") + content
    return head + crc16(head, _START).to_bytes(_SUM_BYTES, "little")


def confirmation(raw: bytes) -> bytes:
    """Give the answer to a packet that came whole: its checksum."""
    return bytes([PHOTO if raw[0] == PHOTO else TAKEN]) + raw[-_SUM_BYTES:]


def objection(raw: bytes) -> bytes:
    """Give the answer to a packet that did not: the checksum that it should have, so that the device sends it again."""
    return confirmation(raw[:-_SUM_BYTES] + crc16(raw[:-_SUM_BYTES], _START).to_bytes(_SUM_BYTES, "little"))
