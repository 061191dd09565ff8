"""Check sums of EGTS: CRC-8 of the header and CRC-16 of the data (GOST 33472-2015, A.10 and A.11)."""

from binascii import crc_hqx

_POLYNOMIAL = 0x31


def _row(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1) ^ (_POLYNOMIAL if byte & 0x80 else 0)
    return byte & 0xFF


_TABLE = bytes(map(_row, range(256)))


def crc8(data: bytes) -> int:
    """Give the sum of a header: polynomial 0x31, start 0xFF, not reflected; `123456789` gives 0xF7."""
    crc = 0xFF
    for byte in data:
        crc = _TABLE[crc ^ byte]
    return crc


def crc16(data: bytes) -> int:
    """Give the sum of a packet's data: polynomial 0x1021, start 0xFFFF; `123456789` gives 0x29B1."""
    return crc_hqx(data, 0xFFFF)
