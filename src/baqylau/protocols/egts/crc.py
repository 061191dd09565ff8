"""Check sum of EGTS over a packet's data (GOST 33472-2015, A.11). That of its header (A.10) is `protocols.crc8`."""

from binascii import crc_hqx


def crc16(data: bytes) -> int:
    """Give the sum of a packet's data: polynomial 0x1021, start 0xFFFF; `123456789` gives 0x29B1."""
    return crc_hqx(data, 0xFFFF)
