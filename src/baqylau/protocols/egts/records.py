"""The service level of EGTS: records and subrecords inside a packet's data (GOST 33472-2015, V.2)."""

import struct
from collections.abc import Iterable, Sequence

from msgspec import Struct

from baqylau.protocols.egts.codes import RECORD_RESPONSE, ResultCode, Service

_HEAD = struct.Struct("<HHB")
_FIELD = struct.Struct("<I")
_SUBRECORD = struct.Struct("<BH")
_RESPONSE = struct.Struct("<BHHB")
_OID, _TM, _GROUP, _TO_DEVICE, _FROM_DEVICE = 0x01, 0x04, 0x20, 0x40, 0x80
_RESPONSE_KIND = bytes((RECORD_RESPONSE,))
_OFFERED = (Service.AUTH, Service.TELEDATA)


class Record(Struct, frozen=True, gc=False):
    """One record. `oid` and `tm` come from an earlier record of the packet where this one leaves them out."""

    number: int
    service: int
    data: bytes
    raw: bytes
    oid: int | None = None
    tm: int | None = None

    @property
    def confirms_only(self) -> bool:
        """Tell whether it only says what became of our records: such a record is not confirmed in turn."""
        return self.data[:1] == _RESPONSE_KIND and all(kind == RECORD_RESPONSE for kind, _, _ in parts(self.data)[0])


Part = tuple[int, int, int]
"""A subrecord inside a record's data: its kind, where its content starts and where it ends."""


def split(body: bytes) -> tuple[list[Record], bytes]:
    """Give the records of a packet's data, and the tail that is no whole record (empty when all is well).

    The id of a group is no device's, and 0 is nobody's.
    """
    records: list[Record] = []
    at, size = 0, len(body)
    oid: int | None = None
    tm: int | None = None
    while at + _HEAD.size <= size:
        length, number, flags = _HEAD.unpack_from(body, at)
        fields = at + _HEAD.size
        services = fields + 4 * (flags & 7).bit_count()
        end = services + 2 + length
        if end > size:
            break
        if flags & _OID:
            oid, tm = _FIELD.unpack_from(body, fields)[0], None
        if flags & _GROUP or not oid:
            oid = None
        if flags & _TM:
            tm = _FIELD.unpack_from(body, services - 4)[0]
        service = _service(body[services], body[services + 1])
        records.append(Record(number, service, body[services + 2 : end], body[at:end], oid, tm))
        at = end
    return records, body[at:]


def _service(source: int, recipient: int) -> int:
    return source if source in _OFFERED else recipient


def parts(data: bytes) -> tuple[list[Part], bool]:
    """Give the subrecords of a record's data, and whether they fill it exactly."""
    found: list[Part] = []
    at, size = 0, len(data)
    while at + 3 <= size:
        start = at + 3
        end = start + (data[at + 1] | data[at + 2] << 8)
        if end > size:
            break
        found.append((data[at], start, end))
        at = end
    return found, at == size


def subrecord(kind: int, content: bytes) -> bytes:
    """Give the bytes of a subrecord."""
    return _SUBRECORD.pack(kind, len(content)) + content


def record(number: int, service: int, data: bytes, *, oid: int | None = None, tm: int | None = None) -> bytes:
    """Give the bytes of a record from a device."""
    flags = _FROM_DEVICE | (_OID if oid is not None else 0) | (_TM if tm is not None else 0)
    fields = b"".join(_FIELD.pack(field) for field in (oid, tm) if field is not None)
    return b"".join((_HEAD.pack(len(data), number, flags), fields, bytes((service, service)), data))


def record_to_device(number: int, service: int, data: bytes) -> bytes:
    """Give the bytes of a record from the platform."""
    return b"".join((_HEAD.pack(len(data), number, _TO_DEVICE), bytes((service, service)), data))


def responses(codes: Iterable[tuple[int, ResultCode]]) -> bytes:
    """Give the subrecords that say what became of records, by their numbers."""
    return b"".join([_RESPONSE.pack(RECORD_RESPONSE, 3, number, code) for number, code in codes])


def responded(data: bytes, found: Sequence[Part]) -> list[tuple[int, int]]:
    """Give record numbers and codes out of the responses among the subrecords."""
    return [
        (data[start] | data[start + 1] << 8, data[start + 2])
        for kind, start, end in found
        if kind == RECORD_RESPONSE and end - start >= 3  # noqa: PLR2004
    ]
