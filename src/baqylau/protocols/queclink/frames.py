"""Frames out of a stream (spec Q2, Q7)."""

import re
from binascii import crc_hqx

from msgspec import Struct

from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

FRAME_MAX_BYTES = 8_192
EVIDENCE_BYTES = 256
ENDS = b"$\x00\n"
_END = re.compile(rb"[$\x00\n]")
_BEGIN = b"+"
MARK = re.compile(rb"\+")
_TEXT = re.compile(rb"\+(RESP|BUFF|ACK|SACK):GT([A-Z0-9]{3}),?(.*)", re.DOTALL)
_TEXT_HEADS = (b"+RESP:", b"+BUFF:", b"+ACK:", b"+SACK:")
_BINARY_HEADS = {b"+RSP": 9, b"+BSP": 9, b"+EVT": 9, b"+BVT": 9, b"+INF": 7, b"+BNF": 7}
"""Where the two bytes of length stand: behind the kind and the mask of its fields."""
_BINARY_END = b"\r\n"
_HEAD_BYTES, _SUM_BYTES = 4, 2
_SHORTEST_BINARY = 16
_NEAR_HEAD, _NEAR_LENGTH_AT = b"+\x00", 2
_FIELDS_MIN = 4


class Frame(Struct, frozen=True, gc=False):
    """One frame of text: what kind of talk, what kind of message, and its fields from the protocol version on."""

    talk: str
    kind: str
    words: tuple[str, ...]
    content: bytes
    """The fields as they came, without head and end: the same for a message that was stored before it was sent."""
    raw: bytes

    @property
    def number(self) -> str:
        """Give the device's number."""
        return self.words[1]

    @property
    def count(self) -> str:
        """Give the running number by which the message is answered."""
        return self.words[-1]


def first(buffer: bytes) -> Frame | Broken | None:
    """Give what the buffer begins with, or None while it is not whole. The buffer is not empty."""
    if buffer[:1] != _BEGIN:
        return _foreign(buffer)
    if any(head.startswith(buffer[: len(head)]) for head in _TEXT_HEADS):
        return _text(buffer)
    return _binary(buffer)


def _foreign(buffer: bytes) -> Broken:
    """Bytes before a frame: the ends of lines between frames are nothing, anything else is named."""
    at = buffer.find(_BEGIN)
    blank = len(buffer) - len(buffer.lstrip(b"\r\n\x00 $"))
    if blank:
        return Broken(Fault.NOT_THIS_PROTOCOL, buffer[:blank], "between frames")
    return Broken(Fault.NOT_THIS_PROTOCOL, buffer[: at if at > 0 else EVIDENCE_BYTES], "no frame", fatal=at < 0)


def _text(buffer: bytes) -> Frame | Broken | None:
    found = _END.search(buffer, 0, FRAME_MAX_BYTES)
    if found is None:
        too_long = len(buffer) > FRAME_MAX_BYTES
        return Broken(Fault.TOO_LONG, buffer[:EVIDENCE_BYTES], "a frame without end", fatal=True) if too_long else None
    raw = buffer[: found.end()]
    parts = _TEXT.fullmatch(raw[:-1].rstrip(b"\r"))
    if parts is None:
        return Broken(Fault.FIELD_WRONG, raw[:EVIDENCE_BYTES], "head of a frame")
    talk, kind, content = parts.groups()
    words = tuple(content.decode("latin-1").split(","))
    if len(words) < _FIELDS_MIN or not words[1]:
        return Broken(Fault.FIELD_MISSING, raw[:EVIDENCE_BYTES], "number of the device")
    return Frame(talk.decode(), kind.decode(), words, content, raw)


def _binary(buffer: bytes) -> Broken | None:
    """Find the end of a frame of the maker's binary forms, which we do not read."""
    near = buffer.startswith(_NEAR_HEAD)
    at = _NEAR_LENGTH_AT if near else _BINARY_HEADS.get(buffer[:_HEAD_BYTES])
    if at is None:
        return None if _may_become_head(buffer) else _skipped(buffer)
    if len(buffer) < at + 2:
        return None
    length = int.from_bytes(buffer[at : at + 2], "big")
    if not _SHORTEST_BINARY <= length <= FRAME_MAX_BYTES:
        return _skipped(buffer)
    if len(buffer) < length:
        return None
    raw = buffer[:length]
    if not near and not _sealed(raw):
        return Broken(Fault.CHECKSUM_WRONG, raw, "checksum of a frame")
    return Broken(Fault.UNSUPPORTED, raw, "binary form")


def _may_become_head(buffer: bytes) -> bool:
    heads = (*_TEXT_HEADS, *_BINARY_HEADS, _NEAR_HEAD)
    return any(head.startswith(buffer) for head in heads)


def _skipped(buffer: bytes) -> Broken:
    """Pass over a beginning that leads nowhere, up to the next one."""
    at = buffer.find(_BEGIN, 1)
    return Broken(Fault.FIELD_WRONG, buffer[: at if at > 0 else EVIDENCE_BYTES], "head of a frame", fatal=at < 0)


def _sealed(raw: bytes) -> bool:
    """Say whether the checksum (CRC-16/CCITT, from 0xFFFF, behind the head) holds."""
    end = len(raw) - len(_BINARY_END) - _SUM_BYTES
    told = int.from_bytes(raw[end : end + _SUM_BYTES], "big")
    return raw.endswith(_BINARY_END) and crc_hqx(raw[_HEAD_BYTES:end], 0xFFFF) == told
