"""The device link as bytes: batches and records up, everything else down (`spec/batch.md`, L2, L3, L5).

What comes from a device is read strictly and within bounds. A record that cannot be read is named and kept as it came;
the others of its batch are taken.
"""

from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

from msgspec import Struct, ValidationError, convert, to_builtins

from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.arrays import (
    WHOLE_MAX,
    KindUnknownError,
    ShapeWrongError,
    codec_of,
    instant,
    milliseconds,
    whole,
)
from baqylau.protocols.batch.cbor import CborWrongError, read, written
from baqylau.protocols.batch.records import Batch, ClockQuality, Record, Said

VERSION = 1
MESSAGE_BYTES_MAX = 1 << 20
RECORDS_MAX = 20_000
DIGEST_BYTES = 32
_CLOCKS = (ClockQuality.NETWORK, ClockQuality.GNSS, ClockQuality.FREE, ClockQuality.UNSET)
_URGENT = 4

T = TypeVar("T")


class RecordFault(StrEnum):
    """Why a record is not taken."""

    UNKNOWN = "unknown"
    """It is of a kind, or says more, than this server knows: perhaps a newer device."""
    FORM = "form"
    """It does not say what a record of its kind says."""


class Rejected(Struct, frozen=True, kw_only=True, gc=False):
    """A record that was not taken, kept as it came."""

    seq: int
    fault: RecordFault
    content: bytes


class Read(Struct, frozen=True, kw_only=True, gc=False):
    """What a batch says. `batch.records` holds what was taken; `first` to `last` is all that it brought."""

    batch: Batch
    first: int
    last: int
    rejected: tuple[Rejected, ...] = ()


class ContentWrongError(Exception):
    """The bytes do not say what they should."""


class VersionWrongError(ContentWrongError):
    """A batch of another version of this contract."""


def content_of(record: Record) -> bytes:
    """Give a record without its number as bytes: the same content always gives the same bytes."""
    return written(_record_array(record))


def record_of(seq: int, content: bytes) -> Record | Rejected:
    """Give back the record that was kept as `content_of`, or why it cannot be read."""
    try:
        return _taken(seq, read(content))
    except CborWrongError:
        return Rejected(seq=seq, fault=RecordFault.FORM, content=content)


def batch_bytes(batch: Batch) -> bytes:
    """Give the payload of a batch. Whose it is stands in the envelope.

    Only the first number is sent, so a batch without records or with a gap in their numbers is a `ValueError`.
    """
    numbers = [record.seq for record in batch.records]
    if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        msg = "a batch has records, and their numbers follow one another"
        raise ValueError(msg)
    records = [_record_array(record) for record in batch.records]
    return written([VERSION, batch.previous, batch.configuration, numbers[0], records])


def batch_of(device_id: DeviceId, payload: bytes) -> Read:
    """Read a batch of a device, or raise `ContentWrongError`, whatever the bytes."""
    previous, configuration, first, arrays = _batch_fields(payload)
    taken = [_taken(seq, array) for seq, array in enumerate(arrays, first)]
    records = tuple(one for one in taken if isinstance(one, Record))
    return Read(
        batch=Batch(device_id=device_id, previous=previous, configuration=configuration, records=records),
        first=first,
        last=first + len(arrays) - 1,
        rejected=tuple(one for one in taken if isinstance(one, Rejected)),
    )


def down_bytes(message: Struct) -> bytes:
    """Give the payload of an answer, a command, a configuration or a poll: a map by the names of its fields."""
    return written(to_builtins(message, builtin_types=(bytes,)))


def down_of(kind: type[T], payload: bytes) -> T:
    """Read such a message, or raise `ContentWrongError`."""
    try:
        value = read(payload)
        _finite(value)
        return convert(value, kind)
    except (CborWrongError, ShapeWrongError, ValidationError) as wrong:
        raise ContentWrongError from wrong


def _finite(value: object) -> None:
    match value:
        case dict():
            for one in value.values():
                _finite(one)
        case list():
            for one in value:
                _finite(one)
        case float() if not isfinite(value):
            raise ShapeWrongError
        case _:
            pass


def _batch_fields(payload: bytes) -> tuple[bytes, int, int, list[object]]:
    """Give digest of the batch before, configuration, first number and the records as they came."""
    try:
        match read(payload):
            case [int(version), *_] if version != VERSION:
                raise VersionWrongError
            case [_, bytes(previous), configuration, first, list(arrays)] if _bounded(previous, first, arrays):
                return previous, _natural(configuration), _natural(first), arrays
            case _:
                raise ContentWrongError
    except (CborWrongError, ShapeWrongError) as wrong:
        raise ContentWrongError from wrong


def _bounded(previous: bytes, first: object, arrays: list[object]) -> bool:
    return (
        len(previous) == DIGEST_BYTES and 0 < len(arrays) <= RECORDS_MAX and 0 < whole(first) <= WHOLE_MAX - len(arrays)
    )


def _natural(value: object) -> int:
    if whole(value) < 0:
        raise ShapeWrongError
    return whole(value)


def _record_array(record: Record) -> list[Any]:
    flags = _CLOCKS.index(record.clock) | _URGENT * record.urgent
    return [milliseconds(record.observed_at), record.monotonic_ms, flags, _SAID[0](record.said)]


def _taken(seq: int, array: object) -> Record | Rejected:
    """Give the record, or why it is not taken."""
    try:
        return _record(seq, array)
    except ShapeWrongError:
        return Rejected(seq=seq, fault=RecordFault.FORM, content=written(array))
    except KindUnknownError:
        return Rejected(seq=seq, fault=RecordFault.UNKNOWN, content=written(array))


def _record(seq: int, array: object) -> Record:
    match array:
        case [at_ms, monotonic_ms, flags, said]:
            held = _natural(flags)
        case _:
            raise ShapeWrongError
    if held >= 2 * _URGENT:
        raise KindUnknownError
    return Record(
        seq=seq,
        observed_at=instant(at_ms),
        monotonic_ms=_natural(monotonic_ms),
        clock=_CLOCKS[held % _URGENT],
        urgent=held >= _URGENT,
        said=_SAID[1](said),
    )


_SAID = codec_of(Said)
