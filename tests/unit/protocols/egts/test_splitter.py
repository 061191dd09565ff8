"""Packets out of a stream that stutters, lies and babbles."""

from baqylau.protocols.egts.codes import PacketType, ResultCode
from baqylau.protocols.egts.splitter import PIECE, Splitter
from baqylau.protocols.egts.transport import DATA_MOST, Broken, Packet, Route, packet
from baqylau.protocols.session import Fault

ONE = packet(PacketType.APPDATA, 1, b"first")
TWO = packet(PacketType.APPDATA, 2, b"second", Route(5, 6))


def bodies(items: list[Packet | Broken]) -> list[bytes]:
    return [item.body for item in items if isinstance(item, Packet)]


def test_packets_come_out_one_byte_at_a_time() -> None:
    splitter = Splitter()
    assert [item for byte in ONE + TWO for item in bodies(splitter.feed(bytes((byte,))))] == [b"first", b"second"]
    assert splitter.rest == b""


def test_the_longest_packet_comes_whole() -> None:
    longest = packet(PacketType.APPDATA, 3, bytes(DATA_MOST))
    assert bodies(Splitter().feed(longest)) == [bytes(DATA_MOST)]


def test_foreign_bytes_between_packets_are_named_and_passed_over() -> None:
    first, foreign, second = Splitter().feed(ONE + b"GET / HTTP/1.1\r\n\r\n" + TWO)
    assert isinstance(foreign, Broken)
    assert (foreign.fault, foreign.raw) == (Fault.NOT_THIS_PROTOCOL, b"GET / HTTP/1.1\r\n\r\n")
    assert bodies([first, second]) == [b"first", b"second"]


def test_a_wrong_header_costs_one_packet_only() -> None:
    broken = bytearray(ONE)
    broken[10] ^= 0xFF
    items = Splitter().feed(bytes(broken) + TWO)
    assert isinstance(items[0], Broken)
    assert (items[0].code, items[0].pid) == (ResultCode.HEADER_CRC_ERROR, 1)
    assert bodies(items) == [b"second"]


def test_foreign_bytes_are_held_in_small_pieces() -> None:
    splitter = Splitter()
    pieces = splitter.feed(b"\xaa" * 100_000)
    assert {len(piece.raw) for piece in pieces} == {PIECE}
    assert len(splitter.rest) < PIECE + 16
