"""Deterministic CBOR as `cbor.py` has it, for devices whose interpreter brings no library. Runs in MicroPython.

Plain values alone: whole numbers, numbers with a fraction, text, bytes, truth, nothing, lists and maps by text.
"""

from struct import pack, unpack

DEPTH_MAX = 16
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _PLAIN = 0, 1, 2, 3, 4, 5, 7
_FALSE, _TRUE, _NONE = b"\xf4", b"\xf5", b"\xf6"
_WIDTHS = (1, 2, 4, 8)
"""Bytes of a length that says of itself 24, 25, 26 or 27."""
_SHORT = 24
_HALF, _SINGLE, _DOUBLE = (2, 5, 10), (4, 8, 23), (8, 11, 52)
"""Bytes, bits of the exponent and bits of the fraction (IEEE 754)."""
_FRACTION_BITS = 53
"""Of the longest form, with the bit that is not written."""


class SmallCborError(ValueError):
    """Not deterministic CBOR of plain values."""


def written(value: object) -> bytes:
    """Give the one form of a value; TypeError for what is none of the plain ones."""
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    if isinstance(value, int):
        return _head(_NEGATIVE, -1 - value) if value < 0 else _head(_UNSIGNED, value)
    if isinstance(value, float):
        return _number(value)
    return _several(value)


def _several(value: object) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _head(_TEXT, len(raw)) + raw
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, (list, tuple)):
        return list_head(len(value)) + b"".join([written(one) for one in value])
    if isinstance(value, dict):
        pairs = sorted([(written(name), written(one)) for name, one in value.items()])
        return _head(_MAP, len(pairs)) + b"".join([name + one for name, one in pairs])
    raise TypeError(value)


def list_head(count: int) -> bytes:
    """Give the beginning of a list whose entries follow, each written by itself."""
    return _head(_LIST, count)


def read(raw: bytes) -> object:
    """Give the value, or raise `SmallCborError`, whatever the bytes."""
    value, at = _read(raw, 0, DEPTH_MAX)
    if at != len(raw) or written(value) != raw:
        raise SmallCborError
    return value


def _head(major: int, figure: int) -> bytes:
    if figure < _SHORT:
        return bytes([major << 5 | figure])
    for at, width in enumerate(_WIDTHS):
        if figure < 1 << 8 * width:
            return bytes([major << 5 | _SHORT + at]) + figure.to_bytes(width, "big")
    raise TypeError(figure)


def _number(value: float) -> bytes:
    """Give the shortest of the three forms that holds the number whole."""
    bits = int.from_bytes(pack(">d", value), "big")
    for at, form in enumerate((_HALF, _SINGLE)):
        short = _narrowed(bits, form)
        if short is not None:
            return bytes([_PLAIN << 5 | 25 + at]) + short.to_bytes(form[0], "big")
    return b"\xfb" + bits.to_bytes(8, "big")


def _narrowed(bits: int, form: "tuple[int, int, int]") -> "int | None":
    """Give the bits of a finite number in a shorter form, None when it loses something there."""
    width, exponent_bits, fraction_bits = form
    sign, exponent, fraction = bits >> 63 << 8 * width - 1, bits >> 52 & 0x7FF, bits & (1 << 52) - 1
    if exponent == 0:
        return sign if fraction == 0 else None
    bias = (1 << exponent_bits - 1) - 1
    told, lost = exponent - 1023 + bias, 52 - fraction_bits
    if told > 2 * bias:
        return None
    if told < 1:
        fraction, lost, told = fraction | 1 << 52, lost + 1 - told, 0
    if lost > _FRACTION_BITS or fraction & (1 << lost) - 1:
        return None
    return sign | told << fraction_bits | fraction >> lost


def _widened(bits: int, form: "tuple[int, int, int]") -> float:
    """Give the number of a short form."""
    width, exponent_bits, fraction_bits = form
    if width > _HALF[0]:
        number: float = unpack(">f" if width == _SINGLE[0] else ">d", bits.to_bytes(width, "big"))[0]
        return number
    exponent, fraction = bits >> fraction_bits & (1 << exponent_bits) - 1, bits & (1 << fraction_bits) - 1
    if exponent == (1 << exponent_bits) - 1:
        raise SmallCborError
    if exponent:
        fraction, exponent = fraction | 1 << fraction_bits, exponent - 1
    size = fraction * 2.0 ** (exponent - 24)
    return -size if bits >> 15 else size


def _read(raw: bytes, at: int, deeper: int) -> "tuple[object, int]":
    """Give the value that begins here, and where it ends."""
    major, figure, begin = _opened(raw, at)
    if deeper == 0:
        raise SmallCborError
    if major == _PLAIN:
        return _plain(raw[at], figure), begin
    if major in (_UNSIGNED, _NEGATIVE):
        return (figure if major == _UNSIGNED else -1 - figure), begin
    if major in (_BYTES, _TEXT):
        return _string(raw, begin, begin + figure, text=major == _TEXT)
    if major == _LIST:
        return _list(raw, begin, figure, deeper)
    if major == _MAP:
        return _map(raw, begin, figure, deeper)
    raise SmallCborError


def _opened(raw: bytes, at: int) -> "tuple[int, int, int]":
    """Give the kind of a value, its length or figure, and where what follows begins."""
    if at >= len(raw):
        raise SmallCborError
    major, short = raw[at] >> 5, raw[at] & 31
    if short < _SHORT:
        return major, short, at + 1
    if short >= _SHORT + len(_WIDTHS):
        raise SmallCborError
    end = at + 1 + _WIDTHS[short - _SHORT]
    if end > len(raw):
        raise SmallCborError
    return major, int.from_bytes(raw[at + 1 : end], "big"), end


def _plain(first: int, figure: int) -> object:
    simple = bytes([first])
    if simple in (_FALSE, _TRUE, _NONE):
        return None if simple == _NONE else simple == _TRUE
    for mark, form in ((0xF9, _HALF), (0xFA, _SINGLE), (0xFB, _DOUBLE)):
        if first == mark:
            number = _widened(figure, form)
            if number - number == 0.0:
                return number
    raise SmallCborError


def _string(raw: bytes, begin: int, end: int, *, text: bool) -> "tuple[object, int]":
    if end > len(raw):
        raise SmallCborError
    if not text:
        return raw[begin:end], end
    try:
        return raw[begin:end].decode(), end
    except UnicodeError:
        raise SmallCborError from None


def _list(raw: bytes, at: int, count: int, deeper: int) -> "tuple[object, int]":
    values: list[object] = []
    for _ in range(count):
        value, at = _read(raw, at, deeper - 1)
        values.append(value)
    return values, at


def _map(raw: bytes, at: int, count: int, deeper: int) -> "tuple[object, int]":
    values: dict[str, object] = {}
    for _ in range(count):
        name, at = _read(raw, at, deeper - 1)
        if not isinstance(name, str) or name in values:
            raise SmallCborError
        values[name], at = _read(raw, at, deeper - 1)
    return values, at
