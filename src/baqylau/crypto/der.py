"""Reading and writing DER (X.690), as far as time-stamps need it, without any library.

Nothing that bytes can hold makes this raise anything but `DerWrongError`, or take longer than they are.
"""

from dataclasses import dataclass

SEQUENCE, SET = 0x30, 0x31
BOOLEAN, INTEGER, OCTETS, NULL, OID, TIME = 0x01, 0x02, 0x04, 0x05, 0x06, 0x18
_LONG, _LENGTH_BYTES_MAX, _MANY = 0x80, 4, 0x1F
TRUE = b"\xff"


class DerWrongError(Exception):
    """These bytes are not what is expected here."""


@dataclass(frozen=True)
class Der:
    """One value: its tag, what is in it, and all of its bytes."""

    tag: int
    content: bytes
    encoded: bytes

    def parts(self) -> list["Der"]:
        """Give the values within it."""
        found, at = [], 0
        while at < len(self.content):
            found.append(_der_at(self.content, at))
            at += len(found[-1].encoded)
        return found

    def number(self) -> int:
        """Give the whole number that it is."""
        if self.tag != INTEGER or not self.content:
            raise DerWrongError
        return int.from_bytes(self.content, "big", signed=True)

    def inner(self, tag: int) -> "Der":
        """Give the one value within it, which has to have this tag."""
        (only,) = self.parts() or [self]
        return only.tagged(tag)

    def tagged(self, tag: int) -> "Der":
        """Give itself if it has this tag."""
        if self.tag != tag:
            raise DerWrongError
        return self


def der(raw: bytes, tag: int = SEQUENCE) -> Der:
    """Give the value that bytes are; nothing may come after it."""
    found = _der_at(raw, 0).tagged(tag)
    if len(found.encoded) != len(raw):
        raise DerWrongError
    return found


def der_of(tag: int, *contents: bytes) -> bytes:
    """Write a value."""
    content = b"".join(contents)
    if len(content) < _LONG:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG | len(length)]) + length + content


def der_number(value: int) -> bytes:
    """Write a whole number, not below zero."""
    return der_of(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _der_at(raw: bytes, at: int) -> Der:
    if at + 2 > len(raw) or raw[at] & _MANY == _MANY:
        raise DerWrongError
    length, begin = raw[at + 1], at + 2
    if length >= _LONG:
        size = length - _LONG
        if not 1 <= size <= _LENGTH_BYTES_MAX:
            raise DerWrongError
        length, begin = int.from_bytes(raw[begin : begin + size], "big"), begin + size
    if begin + length > len(raw):
        raise DerWrongError
    return Der(raw[at], raw[begin : begin + length], raw[at : begin + length])
