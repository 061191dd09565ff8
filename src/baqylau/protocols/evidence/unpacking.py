"""Reading MessagePack, as far as what is kept is written in it, without any library."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from struct import Struct, error
from typing import Any

DEPTH_MAX = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMESTAMP = -1
_NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q"}
_NEGATIVE = {0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
_SIZED = {
    0xC4: ("bin", ">B"),
    0xC5: ("bin", ">H"),
    0xC6: ("bin", ">I"),
    0xC7: ("ext", ">B"),
    0xC8: ("ext", ">H"),
    0xC9: ("ext", ">I"),
    0xD9: ("str", ">B"),
    0xDA: ("str", ">H"),
    0xDB: ("str", ">I"),
    0xDC: ("array", ">H"),
    0xDD: ("array", ">I"),
    0xDE: ("map", ">H"),
    0xDF: ("map", ">I"),
}
_WHOLE: dict[int, Any] = {
    **{first: first for first in range(0x80)},
    **{first: first - 0x100 for first in range(0xE0, 0x100)},
    0xC0: None,
    0xC2: False,
    0xC3: True,
}
"""Values that one byte says."""
_FIXED = {
    **{first: ("map", first & 15) for first in range(0x80, 0x90)},
    **{first: ("array", first & 15) for first in range(0x90, 0xA0)},
    **{first: ("str", first & 31) for first in range(0xA0, 0xC0)},
    **{0xD4 + power: ("ext", 1 << power) for power in range(5)},
}
"""Kinds whose length is in the first byte."""
_FORMS = {first: Struct(form) for first, form in (_NUMBERS | _NEGATIVE).items()}
_LENGTHS = {first: (kind, Struct(form)) for first, (kind, form) in _SIZED.items()}


class UnreadableError(Exception):
    """These bytes are not what is kept."""


def unpacked(raw: bytes) -> Any:
    """Give the value that bytes hold; `UnreadableError` for anything else than exactly one."""
    try:
        value, end = _value(raw, 0, 0)
    except (error, IndexError, UnicodeDecodeError, OverflowError, TypeError) as wrong:
        raise UnreadableError from wrong
    if end != len(raw):
        raise UnreadableError
    return value


def plain(value: Any) -> Any:
    """Give a value as JSON holds it: instants as text, bytes in base64."""
    match value:
        case bytes():
            return b64encode(value).decode()
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case list():
            return [plain(one) for one in value]
        case dict():
            return {name: plain(one) for name, one in value.items()}
        case _:
            return value


def _value(raw: bytes, at: int, depth: int) -> tuple[Any, int]:
    first = raw[at]
    if first in _WHOLE:
        return _WHOLE[first], at + 1
    if first in _FIXED:
        kind, length = _FIXED[first]
        return _READERS[kind](raw, at + 1, length, depth)
    if first in _FORMS:
        form = _FORMS[first]
        return form.unpack_from(raw, at + 1)[0], at + 1 + form.size
    if first not in _LENGTHS:
        raise UnreadableError
    kind, counted = _LENGTHS[first]
    return _READERS[kind](raw, at + 1 + counted.size, counted.unpack_from(raw, at + 1)[0], depth)


def _bytes(raw: bytes, at: int, length: int, _depth: int) -> tuple[bytes, int]:
    if at + length > len(raw):
        raise UnreadableError
    return raw[at : at + length], at + length


def _text(raw: bytes, at: int, length: int, depth: int) -> tuple[str, int]:
    found, end = _bytes(raw, at, length, depth)
    return found.decode(), end


def _array(raw: bytes, at: int, length: int, depth: int) -> tuple[list[Any], int]:
    if length > len(raw) or depth > DEPTH_MAX:
        raise UnreadableError
    found = []
    for _ in range(length):
        value, at = _value(raw, at, depth + 1)
        found.append(value)
    return found, at


def _map(raw: bytes, at: int, length: int, depth: int) -> tuple[dict[Any, Any], int]:
    flat, end = _array(raw, at, 2 * length, depth)
    return dict(zip(flat[::2], flat[1::2], strict=True)), end


def _ext(raw: bytes, at: int, length: int, depth: int) -> tuple[Any, int]:
    kind = int.from_bytes(raw[at : at + 1], "big", signed=True)
    found, end = _bytes(raw, at + 1, length, depth)
    if kind != _TIMESTAMP or length not in _TIMES:
        raise UnreadableError
    nanoseconds, seconds = _TIMES[length](found)
    return _EPOCH + timedelta(seconds=seconds, microseconds=nanoseconds // 1000), end


_TIMES: dict[int, Callable[[bytes], tuple[int, int]]] = {
    4: lambda found: (0, int.from_bytes(found, "big")),
    8: lambda found: divmod(int.from_bytes(found, "big"), 1 << 34),
    12: lambda found: (int.from_bytes(found[:4], "big"), int.from_bytes(found[4:], "big", signed=True)),
}
"""Nanoseconds and seconds of a timestamp, by its length."""
_READERS: dict[str, Callable[[bytes, int, int, int], tuple[Any, int]]] = {
    "bin": _bytes,
    "str": _text,
    "array": _array,
    "map": _map,
    "ext": _ext,
}
