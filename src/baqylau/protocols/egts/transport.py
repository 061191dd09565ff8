"""The transport level of EGTS: packets read and written (GOST 33472-2015, annex A).

The order of the checks is that of the standard's figure A.2.
"""

import struct

from msgspec import Struct

from baqylau.protocols.crc8 import crc8
from baqylau.protocols.egts.codes import PacketType, ResultCode
from baqylau.protocols.egts.crc import crc16
from baqylau.protocols.session import Fault

VERSION = 1
SHORT, ROUTED = 11, 16
DATA_MOST = 65_517
RESPONSE_HEAD = 3

_LAST_VERSION = 15
_LONGEST_HEADER = 64
_PREFIX, _ROUTE, _ENCRYPTION, _COMPRESSION = 0xC0, 0x20, 0x18, 0x04
_HOPS = 16
_HEADER = struct.Struct("<BBBBBHHB")
_ROUTING = struct.Struct("<HHB")


class Route(Struct, frozen=True, gc=False):
    """Between which platforms a packet travels."""

    peer: int
    recipient: int


class Packet(Struct, frozen=True, gc=False):
    """A packet that passed every check of the transport level. `body` may be empty."""

    pid: int
    kind: int
    body: bytes
    raw: bytes
    route: Route | None = None

    @property
    def content(self) -> bytes:
        """Give the records: what follows the confirmation of a response, or the signature of a signed packet."""
        match self.kind:
            case PacketType.RESPONSE:
                return self.body[RESPONSE_HEAD:]
            case PacketType.SIGNED_APPDATA:
                return self.body[_signed(self.body) :]
            case _:
                return self.body


class Broken(Struct, frozen=True, gc=False):
    """Bytes that are no packet to work with. `code` is None where there is nobody to answer."""

    fault: Fault
    raw: bytes
    detail: str
    code: ResultCode | None = None
    pid: int = 0
    kind: int = 0
    route: Route | None = None


def _signed(body: bytes) -> int:
    """Give the length of a signature with its own length before it."""
    return 2 + int.from_bytes(body[:2], "little")


def packet(kind: PacketType, pid: int, body: bytes, route: Route | None = None) -> bytes:
    """Give the bytes of a packet. Raises ValueError when the body is longer than a packet can hold."""
    if len(body) > DATA_MOST:
        msg = f"an EGTS packet holds {DATA_MOST} bytes of data, not {len(body)}"
        raise ValueError(msg)
    flags, length = (_ROUTE, ROUTED) if route else (0, SHORT)
    head = _HEADER.pack(VERSION, 0, flags, length, 0, len(body), pid, kind)
    if route:
        head += _ROUTING.pack(route.peer, route.recipient, _HOPS)
    tail = crc16(body).to_bytes(2, "little") if body else b""
    return b"".join((head, bytes((crc8(head),)), body, tail))


def inspect(data: bytes, at: int = 0) -> Packet | Broken | int | None:
    """Say what begins at `at`: a packet, a broken one, a number of bytes needed to tell, or nothing we know."""
    have = len(data) - at
    if have < 4:  # noqa: PLR2004
        return 4
    length = data[at + 3]
    if not SHORT <= length <= _LONGEST_HEADER or not 0 < data[at] <= _LAST_VERSION:
        return None
    if have < length:
        return length
    end = at + length
    shape = _misshape(data, at)
    if crc8(data[at : end - 1]) != data[end - 1]:
        return None if shape else _broken(data, at, end, ResultCode.HEADER_CRC_ERROR)
    if shape:
        return _broken(data, at, end, shape)
    return _with_body(data, at, end)


def _misshape(data: bytes, at: int) -> ResultCode | None:
    flags = data[at + 2]
    if data[at] != VERSION or flags & _PREFIX:
        return ResultCode.UNSUPPORTED_PROTOCOL
    if data[at + 3] != (ROUTED if flags & _ROUTE else SHORT) or data[at + 4]:
        return ResultCode.WRONG_HEADER_FORM
    return None


def _with_body(data: bytes, at: int, start: int) -> Packet | Broken | int:
    """Go on behind a right header, where the length can be trusted."""
    size: int
    pid: int
    kind: int
    _, _, flags, _, _, size, pid, kind = _HEADER.unpack_from(data, at)
    if size > DATA_MOST:
        return _broken(data, at, start, ResultCode.WRONG_DATA_LENGTH)
    stop = start + size
    end = stop + 2 if size else stop
    if len(data) < end:
        return end - at
    body = data[start:stop]
    if size and crc16(body) != data[stop] | data[stop + 1] << 8:
        return _broken(data, at, end, ResultCode.DATA_CRC_ERROR)
    if flags & _ENCRYPTION:
        return _broken(data, at, end, ResultCode.DECRYPT_ERROR)
    if flags & _COMPRESSION:
        return _broken(data, at, end, ResultCode.WRONG_DATA_FORM)
    if kind > PacketType.SIGNED_APPDATA:
        return _broken(data, at, end, ResultCode.UNSUPPORTED_TYPE)
    if kind == PacketType.SIGNED_APPDATA and _signed(body) > size:
        return _broken(data, at, end, ResultCode.WRONG_PARAMETER_COUNT)
    return Packet(pid, kind, body, data[at:end], _route(data, at))


def _route(data: bytes, at: int) -> Route | None:
    if not data[at + 2] & _ROUTE or data[at + 3] < ROUTED:
        return None
    peer, recipient, _ = _ROUTING.unpack_from(data, at + 10)
    return Route(peer, recipient)


_FAULTS = {
    ResultCode.UNSUPPORTED_PROTOCOL: (Fault.UNSUPPORTED, "version or prefix of the header"),
    ResultCode.WRONG_HEADER_FORM: (Fault.FIELD_WRONG, "length or coding of the header"),
    ResultCode.HEADER_CRC_ERROR: (Fault.CHECKSUM_WRONG, "HCS"),
    ResultCode.WRONG_DATA_LENGTH: (Fault.TOO_LONG, "FDL"),
    ResultCode.DATA_CRC_ERROR: (Fault.CHECKSUM_WRONG, "SFRCS"),
    ResultCode.DECRYPT_ERROR: (Fault.UNSUPPORTED, "ENA: encrypted data"),
    ResultCode.WRONG_DATA_FORM: (Fault.UNSUPPORTED, "CMP: compressed data"),
    ResultCode.UNSUPPORTED_TYPE: (Fault.UNKNOWN_KIND, "PT"),
    ResultCode.WRONG_PARAMETER_COUNT: (Fault.TRUNCATED, "SIGL: a signature longer than its packet"),
}


def _broken(data: bytes, at: int, end: int, code: ResultCode) -> Broken:
    fault, detail = _FAULTS[code]
    *_, pid, kind = _HEADER.unpack_from(data, at)
    return Broken(fault, data[at:end], detail, code, pid, kind, _route(data, at))
