"""Packets: size, name of the object, time, flags and blocks (spec V2 to V5). Pure; both sides."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.observations import Fix

TAKEN = b"\x11"
"""What the receiver answers to each packet that it took."""
SIZE_MAX = 65_536
HAS_PLACE, IS_ALARM = 0x01, 0x10
_BLOCK = 0x0BBB
_SHOWN, _HIDDEN = 0, 1
_TEXT, _BINARY, _DOUBLE = 1, 2, 4
_HEAD = struct.Struct(">II")
_BLOCK_HEAD = struct.Struct(">HIBB")
_PLACE_DEGREES = struct.Struct("<ddd")
_PLACE_REST = struct.Struct(">hHB")
_PLACE = b"posinfo"
_DOUBLE_VALUE = struct.Struct("<d")
_KM_H = 3.6
_SPEED_MAX = 0x7FFF
_SATELLITES_MAX = 0xFF


class Message(Struct, frozen=True, kw_only=True):
    """One message about one object."""

    name: str
    """By which the receiver knows the object: printable ASCII, 1 to 64 characters."""
    at: datetime
    fix: Fix | None = None
    alarm: bool = False
    texts: dict[str, str] = {}
    """Blocks of text by their names."""


class PacketWrongError(Exception):
    """The bytes are no packet; the message names the field."""


def packet(message: Message) -> bytes:
    """Give a message as bytes. `ValueError` for a name or a time that the protocol cannot carry."""
    if not (message.name.isascii() and message.name.isprintable() and 1 <= len(message.name) <= 64):  # noqa: PLR2004
        msg = "the retranslator needs a name of 1 to 64 printable ASCII characters"
        raise ValueError(msg)
    at_s = int(message.at.timestamp())
    if not 0 <= at_s < 1 << 32:
        msg = "the retranslator's time has 32 bits"
        raise ValueError(msg)
    flags = (HAS_PLACE if message.fix is not None else 0) | (IS_ALARM if message.alarm else 0)
    content = message.name.encode() + b"\0" + _HEAD.pack(at_s, flags) + b"".join(_blocks(message))
    return len(content).to_bytes(4, "little") + content


def _blocks(message: Message) -> Iterator[bytes]:
    if message.fix is not None:
        yield _block(_PLACE, _HIDDEN, _BINARY, _place(message.fix))
        if message.fix.hdop is not None:
            yield _block(b"hdop", _SHOWN, _DOUBLE, _DOUBLE_VALUE.pack(message.fix.hdop))
    for name, text in message.texts.items():
        yield _block(name.encode("ascii"), _SHOWN, _TEXT, text.encode() + b"\0")


def _place(fix: Fix) -> bytes:
    speed = min(round((fix.speed_m_s or 0) * _KM_H), _SPEED_MAX)
    return _PLACE_DEGREES.pack(fix.longitude_deg, fix.latitude_deg, fix.altitude_m or 0.0) + _PLACE_REST.pack(
        speed, round(fix.course_deg or 0) % 360, min(fix.satellites or 0, _SATELLITES_MAX)
    )


def _block(name: bytes, visibility: int, kind: int, value: bytes) -> bytes:
    rest = name + b"\0" + value
    return _BLOCK_HEAD.pack(_BLOCK, 2 + len(rest), visibility, kind) + rest


def split(buffer: bytes) -> tuple[bytes | None, bytes]:
    """Give the first whole packet of a stream, None while it is not whole, and what follows it."""
    if len(buffer) < 4:  # noqa: PLR2004 - the size itself
        return None, buffer
    size = int.from_bytes(buffer[:4], "little")
    if size > SIZE_MAX:
        msg = "size"
        raise PacketWrongError(msg)
    end = 4 + size
    return (buffer[:end], buffer[end:]) if len(buffer) >= end else (None, buffer)


def read(raw: bytes) -> Message:
    """Give the message in a whole packet, as the other side reads it. `PacketWrongError` for what is none."""
    name, end, rest = raw[4:].partition(b"\0")
    if not end or len(rest) < _HEAD.size:
        msg = "head"
        raise PacketWrongError(msg)
    at_s, flags = _HEAD.unpack_from(rest)
    fix, texts, hdop = None, {}, None
    for block, kind, value in _read_blocks(rest[_HEAD.size :]):
        if block == _PLACE.decode():
            fix = _read_place(value)
        elif kind == _TEXT:
            texts[block] = value.rstrip(b"\0").decode("utf-8", "replace")
        elif block == "hdop" and kind == _DOUBLE and len(value) == _DOUBLE_VALUE.size:
            hdop = _DOUBLE_VALUE.unpack(value)[0]
    return Message(
        name=name.decode("ascii", "replace"),
        at=datetime.fromtimestamp(at_s, UTC),
        fix=_with(fix, hdop) if flags & HAS_PLACE else None,
        alarm=bool(flags & IS_ALARM),
        texts=texts,
    )


def _with(fix: Fix | None, hdop: float | None) -> Fix | None:
    return fix if fix is None or hdop is None else replace(fix, hdop=hdop)


def _read_blocks(rest: bytes) -> Iterator[tuple[str, int, bytes]]:
    while rest:
        if len(rest) < _BLOCK_HEAD.size:
            msg = "block"
            raise PacketWrongError(msg)
        mark, size, _, kind = _BLOCK_HEAD.unpack_from(rest)
        content, rest = rest[_BLOCK_HEAD.size : 6 + size], rest[6 + size :]
        name, end, value = content.partition(b"\0")
        if mark != _BLOCK or len(content) != size - 2 or not end:
            msg = "block"
            raise PacketWrongError(msg)
        yield name.decode("ascii", "replace"), kind, value


def _read_place(value: bytes) -> Fix:
    if len(value) != _PLACE_DEGREES.size + _PLACE_REST.size:
        msg = "place"
        raise PacketWrongError(msg)
    longitude_deg, latitude_deg, altitude_m = _PLACE_DEGREES.unpack_from(value)
    speed_km_h, course_deg, satellites = _PLACE_REST.unpack_from(value, _PLACE_DEGREES.size)
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=altitude_m,
        speed_m_s=speed_km_h / _KM_H,
        course_deg=float(course_deg),
        satellites=satellites,
    )
