from baqylau.protocols.crc8 import crc8
from baqylau.protocols.egts.crc import crc16


def test_the_sums_of_the_standards_own_example() -> None:
    assert crc8(b"123456789") == 0xF7
    assert crc16(b"123456789") == 0x29B1
