"""The checksum of Wialon IPS 2.0 (spec W3): CRC-16, reflected polynomial 0xA001, initial value 0."""

import struct

_POLYNOMIAL = 0xA001


def _remainder(word: int) -> int:
    """Divide one 16-bit word, bit by bit."""
    for _ in range(16):
        word = (word >> 1) ^ _POLYNOMIAL if word & 1 else word >> 1
    return word


def _remainders() -> list[int]:
    """Give the remainder of every 16-bit word. Division is linear: each bit doubles what is known of the lower ones."""
    table = [0]
    for bit in range(16):
        remainder = _remainder(1 << bit)
        table += [remainder ^ lower for lower in table]
    return table


_TABLE = _remainders()


def crc16(data: bytes) -> int:
    """Give the checksum of the bytes, two at a step. Starting from 0, a zero byte in front changes nothing."""
    if len(data) & 1:
        data = b"\0" + data
    remainder = 0
    for word in struct.unpack(f"<{len(data) >> 1}H", data):
        remainder = _TABLE[remainder ^ word]
    return remainder


def is_checksum(text: bytes) -> bool:
    """Say whether the text has the form of a checksum: one to four hexadecimal digits."""
    if not 0 < len(text) <= 4:  # noqa: PLR2004 - a 16-bit figure has four digits
        return False
    return all(digit in b"0123456789abcdefABCDEF" for digit in text)


def holds(covered: bytes, checksum: bytes) -> bool:
    """Say whether `checksum`, as written on the wire, is that of the `covered` bytes."""
    return is_checksum(checksum) and int(checksum, 16) == crc16(covered)
