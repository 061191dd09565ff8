"""Frames out of a stream, and frames to send (spec G2)."""

import re
from binascii import crc_hqx

from msgspec import Struct

from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

SHORT, LONG = b"\x78\x78", b"\x79\x79"
MARK = re.compile(SHORT + b"|" + LONG)
END = b"\x0d\x0a"
_SERIAL_AND_SUM = 4
_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
EVIDENCE_BYTES = 256


class Frame(Struct, frozen=True, gc=False):
    """A frame whose checksum holds."""

    kind: int
    content: bytes
    serial: int
    long: bool
    raw: bytes


def checksum(data: bytes) -> int:
    """Give CRC-16/X-25: reflected polynomial 0x1021, from 0xFFFF, inverted; `123456789` gives 0x906E."""
    mirrored = crc_hqx(data.translate(_MIRROR), 0xFFFF)
    return int.from_bytes(mirrored.to_bytes(2, "big").translate(_MIRROR), "little") ^ 0xFFFF


def first(buffer: bytes) -> Frame | Broken | None:
    """Give what the buffer begins with, or None while it is not whole. The buffer is not empty."""
    begin = buffer[:2]
    if begin not in {SHORT, LONG, b"\x78", b"\x79"}:
        return Broken(Fault.NOT_THIS_PROTOCOL, buffer[:EVIDENCE_BYTES], "no beginning of a frame", fatal=True)
    head = 4 if begin == LONG else 3
    if len(buffer) < head:
        return None
    length = int.from_bytes(buffer[2:head], "big")
    end = head + length
    if len(buffer) < end + len(END):
        return None
    if length <= _SERIAL_AND_SUM or buffer[end : end + len(END)] != END:
        return _astray(buffer)
    return _frame(buffer[: end + len(END)], head, end)


def _astray(buffer: bytes) -> Broken | None:
    """A frame whose length is not that of its bytes is passed over up to the next end of a frame."""
    at = buffer.find(END, 2)
    if at >= 0:
        return Broken(Fault.FIELD_WRONG, buffer[: at + len(END)], "length of a frame")
    return Broken(Fault.FIELD_WRONG, buffer[:EVIDENCE_BYTES], "length of a frame", fatal=True)


def _frame(raw: bytes, head: int, end: int) -> Frame | Broken:
    if checksum(raw[2 : end - 2]) != int.from_bytes(raw[end - 2 : end], "big"):
        return Broken(Fault.CHECKSUM_WRONG, raw, "checksum of a frame")
    serial = int.from_bytes(raw[end - 4 : end - 2], "big")
    return Frame(raw[head], raw[head + 1 : end - _SERIAL_AND_SUM], serial, head > len(SHORT) + 1, raw)


def frame(kind: int, content: bytes, serial: int, *, long: bool = False) -> bytes:
    """Give the bytes of a frame."""
    length = len(content) + 1 + _SERIAL_AND_SUM
    told = length.to_bytes(2 if long else 1, "big") + bytes([kind]) + content + (serial & 0xFFFF).to_bytes(2, "big")
    return (LONG if long else SHORT) + told + checksum(told).to_bytes(2, "big") + END
