"""FLEX: messages with telemetry, and the answers to them (spec N3)."""

from msgspec import Struct

from baqylau.protocols.crc8 import crc8
from baqylau.protocols.navtelecom.fields import Layout
from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

MARK, ALIVE = 0x7E, 0x7F
ARRAY, EVENT, NOW, MORE, MORE_EVENT = b"~A", b"~T", b"~C", b"~E", b"~X"
_HEADS = {ARRAY: 3, EVENT: 6, NOW: 2, MORE: 3, MORE_EVENT: 6}
"""Bytes before the first record: the kind, and how many records follow, or the number of the event."""
_OF_A_MASK = (ARRAY, EVENT, NOW)
MAX_BYTES = 65_536
_SHOWN_BYTES = 64


class Telemetry(Struct, frozen=True, gc=False):
    """A message whose checksum holds."""

    kind: bytes
    head: bytes
    """What an answer repeats."""
    content: bytes
    raw: bytes


def first(buffer: bytes, layout: Layout | None) -> Telemetry | Broken | None:
    """Give the message that the buffer begins with, or None while it is not whole."""
    kind = buffer[:2]
    if len(kind) < len(ARRAY):
        return None
    if kind not in _HEADS:
        return Broken(Fault.UNKNOWN_KIND, buffer[:_SHOWN_BYTES], "kind of telemetry", fatal=True)
    if kind in _OF_A_MASK and layout is None:
        return Broken(Fault.NOT_SIGNED_IN, buffer[:_SHOWN_BYTES], "telemetry before its fields were agreed", fatal=True)
    end = _end(buffer, kind, layout)
    if end is not None and end > MAX_BYTES:
        return Broken(Fault.TOO_LONG, buffer[:_SHOWN_BYTES], "length of telemetry", fatal=True)
    if end is None or len(buffer) <= end:
        return None
    raw = buffer[: end + 1]
    if crc8(raw[:end]) != raw[end]:
        return Broken(Fault.CHECKSUM_WRONG, raw, "checksum of telemetry")
    return Telemetry(kind, raw[: _HEADS[kind]], raw[_HEADS[kind] : end], raw)


def _end(buffer: bytes, kind: bytes, layout: Layout | None) -> int | None:
    """Give where the checksum stands, None while that is not known."""
    head = _HEADS[kind]
    if len(buffer) < head:
        return None
    count = buffer[2] if kind in (ARRAY, MORE) else 1
    if kind in _OF_A_MASK and layout is not None:
        return head + count * layout.record_bytes
    at = head
    for _ in range(count):
        if len(buffer) < at + 2:
            return None
        at += 2 + int.from_bytes(buffer[at : at + 2], "little")
        if at > MAX_BYTES:
            break
    return at


def message(head: bytes, content: bytes = b"") -> bytes:
    """Give the message with this head; without content it is the answer to one."""
    told = head + content
    return told + bytes([crc8(told)])
