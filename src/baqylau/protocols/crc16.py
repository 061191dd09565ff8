"""CRC-16 with the reflected polynomial 0xA001, as several protocols use it with different first values.

First value 0 gives what is called ARC (`123456789` gives 0xBB3D), 0xFFFF gives MODBUS (0x4B37).
"""

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


def crc16(data: bytes, start: int = 0) -> int:
    """Give the checksum of the bytes, two at a step; the first one goes alone where their number is odd."""
    remainder = start
    if len(data) & 1:
        remainder = _byte(remainder, data[0])
        data = data[1:]
    for word in struct.unpack(f"<{len(data) >> 1}H", data):
        remainder = _TABLE[remainder ^ word]
    return remainder


def _byte(remainder: int, byte: int) -> int:
    remainder ^= byte
    for _ in range(8):
        remainder = (remainder >> 1) ^ _POLYNOMIAL if remainder & 1 else remainder >> 1
    return remainder
