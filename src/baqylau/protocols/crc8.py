"""CRC-8 with the polynomial 0x31 and the first value 0xFF, not reflected: `123456789` gives 0xF7."""

_POLYNOMIAL = 0x31


def _row(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1) ^ (_POLYNOMIAL if byte & 0x80 else 0)
    return byte & 0xFF


_TABLE = bytes(map(_row, range(256)))


def crc8(data: bytes) -> int:
    """Give the checksum of the bytes."""
    crc = 0xFF
    for byte in data:
        crc = _TABLE[crc ^ byte]
    return crc
