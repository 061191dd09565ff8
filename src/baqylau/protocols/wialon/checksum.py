"""The checksum of Wialon IPS 2.0 as it is written on the line (spec W3): CRC-16 from 0."""

from baqylau.protocols.crc16 import crc16


def is_checksum(text: bytes) -> bool:
    """Say whether the text has the form of a checksum: one to four hexadecimal digits."""
    if not 0 < len(text) <= 4:  # noqa: PLR2004 - a 16-bit figure has four digits
        return False
    return all(digit in b"0123456789abcdefABCDEF" for digit in text)


def holds(covered: bytes, checksum: bytes) -> bool:
    """Say whether `checksum`, as written on the wire, is that of the `covered` bytes."""
    return is_checksum(checksum) and int(checksum, 16) == crc16(covered)
