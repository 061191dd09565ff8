"""Frames out of a stream, and frames to send (spec H2)."""

import re

from msgspec import Struct

from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

FRAME_MAX_BYTES = 16_384
_FRAME = re.compile(rb"\[(\w{2})\*(\d{4,20})\*(?:([0-9A-Fa-f]{4})\*)?([0-9A-Fa-f]{4})\*(.*)", re.DOTALL)
MARK = re.compile(rb"\[")
_END = b"]"
EVIDENCE_BYTES = 256


class Frame(Struct, frozen=True, gc=False):
    """One frame: maker, device, running number where there is one, and its words."""

    maker: str
    number: str
    index: str
    words: tuple[str, ...]
    raw: bytes


def first(buffer: bytes) -> Frame | Broken | None:
    """Give what the buffer begins with, or None while it is not whole. The buffer is not empty."""
    if buffer[:1] != b"[":
        at = buffer.find(b"[")
        foreign = buffer[: at if at > 0 else EVIDENCE_BYTES]
        return Broken(Fault.NOT_THIS_PROTOCOL, foreign, "no beginning of a frame", fatal=at < 0)
    end = buffer.find(_END)
    if end < 0:
        too_long = len(buffer) > FRAME_MAX_BYTES
        return Broken(Fault.TOO_LONG, buffer[:EVIDENCE_BYTES], "a frame without end", fatal=True) if too_long else None
    return _frame(buffer[: end + 1])


def _frame(raw: bytes) -> Frame | Broken:
    found = _FRAME.fullmatch(raw[:-1])
    if found is None:
        return Broken(Fault.FIELD_WRONG, raw[:EVIDENCE_BYTES], "head of a frame")
    maker, number, index, _, content = found.groups()
    words = tuple(content.decode("latin-1").split(","))
    return Frame(maker.decode(), number.decode(), (index or b"").decode(), words, raw)


def frame(maker: str, number: str, index: str, content: str) -> bytes:
    """Give the bytes of a frame."""
    counted = f"{index}*" if index else ""
    return f"[{maker}*{number}*{counted}{len(content.encode()):04X}*{content}]".encode()
