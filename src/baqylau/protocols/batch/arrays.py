"""Structs as arrays: their tag if they have one, then the values in the order of declaration (`spec/batch.md`, L3).

Values at the end that are at their default are left out, so a field that is added at the end, with a default, is no
break: what a device of yesterday leaves out is what it would have said. Instants are milliseconds.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from math import isfinite
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.inspect import (
    BoolType,
    BytesType,
    DateTimeType,
    EnumType,
    Field,
    FloatType,
    IntType,
    NoneType,
    StrType,
    StructType,
    TupleType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

Change = Callable[[Any], Any]
Codec = tuple[Change, Change]
"""Writes a value, reads a value."""

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_INSTANT_MAX_MS = (datetime(2200, 1, 1, tzinfo=UTC) - _BEGIN) // _MILLISECOND
WHOLE_MAX = (1 << 53) - 1
"""What every language and every database holds exactly."""
TEXT_MAX = 2000
"""Letters in one text."""
LIST_MAX = 1000
"""Entries in one list within a record."""


class ShapeWrongError(Exception):
    """The array does not say what it should."""


class KindUnknownError(Exception):
    """The array is of a kind, or says more, than is known here: perhaps a device newer than we are."""


def to_array(value: Struct) -> list[Any]:
    """Give the array of a struct."""
    array: list[Any] = codec_of(type(value))[0](value)
    return array


@cache
def codec_of(of: Any) -> Codec:
    """Give what writes and what reads values of a type. Reading raises `ShapeWrongError` or `KindUnknownError`."""
    return _codec(type_info(of))


def milliseconds(at: datetime) -> int:
    """Give an instant as sent; what is finer than a millisecond is cut off."""
    return (at - _BEGIN) // _MILLISECOND


def instant(value: object) -> datetime:
    """Give the instant that was sent."""
    if type(value) is not int or not 0 <= value < _INSTANT_MAX_MS:
        raise ShapeWrongError
    return _BEGIN + timedelta(milliseconds=value)


def whole(value: object) -> int:
    """Give the whole number that was sent."""
    if type(value) is not int or not -WHOLE_MAX <= value <= WHOLE_MAX:
        raise ShapeWrongError
    return value


def _number(value: object) -> float:
    if type(value) is not float or not isfinite(value):
        raise ShapeWrongError
    return value


def _text(value: object) -> str:
    if type(value) is not str or len(value) > TEXT_MAX or "\0" in value:
        raise ShapeWrongError
    return value


def _only(kind: type) -> Change:
    def read(value: object) -> object:
        if type(value) is not kind:
            raise ShapeWrongError
        return value

    return read


def _same(value: object) -> object:
    return value


def _codec(of: Type) -> Codec:
    match of:
        case VarTupleType() | TupleType():
            return _list_codec(of)
        case StructType():
            return _struct_codec(of)
        case UnionType():
            return _union_codec([one for one in of.types if not isinstance(one, NoneType)], none=of.includes_none)
        case EnumType():
            return _word_codec(of.cls)
        case _:
            return _PLAIN[type(of)]


_PLAIN: dict[type[Type], Codec] = {
    BoolType: (_same, _only(bool)),
    IntType: (_same, whole),
    FloatType: (float, _number),
    StrType: (_same, _text),
    BytesType: (_same, _only(bytes)),
    DateTimeType: (milliseconds, instant),
}


def _word_codec(words: Any) -> Codec:
    known = {one.value: one for one in words}

    def read(value: object) -> object:
        if _text(value) not in known:
            raise KindUnknownError
        return known[value]

    return lambda word: word.value, read


def _list_codec(of: VarTupleType | TupleType) -> Codec:
    """Read lists of any length, or of a fixed one; their entries are of one type here."""
    write_one, read_one = _codec(of.item_type if isinstance(of, VarTupleType) else of.item_types[0])
    length = len(of.item_types) if isinstance(of, TupleType) else None

    def read(value: object) -> tuple[Any, ...]:
        if type(value) is not list or len(value) > LIST_MAX or length not in (None, len(value)):
            raise ShapeWrongError
        return tuple(map(read_one, value))

    return lambda several: list(map(write_one, several)), read


def _union_codec(types: Sequence[Type], *, none: bool) -> Codec:
    if len(types) > 1:
        return _tagged_codec([one for one in types if isinstance(one, StructType)])
    write_one, read_one = _codec(types[0])
    if not none:
        return write_one, read_one
    return (
        lambda value: None if value is None else write_one(value),
        lambda value: None if value is None else read_one(value),
    )


def _tagged_codec(types: Iterable[StructType]) -> Codec:
    codecs = {one.tag: (one.cls, *_struct_codec(one)) for one in types}
    writers = {cls: write for cls, write, _ in codecs.values()}

    def read(value: object) -> object:
        if type(value) is not list or not value:
            raise ShapeWrongError
        known = codecs.get(_text(value[0]))
        if known is None:
            raise KindUnknownError
        return known[2](value)

    return lambda value: writers[type(value)](value), read


def _struct_codec(of: StructType) -> Codec:
    """Write and read one kind of struct; its tag, if it has one, stands first."""
    names = [one.name for one in of.fields]
    codecs = [_codec(one.type) for one in of.fields]
    head = [] if of.tag is None else [of.tag]
    least = len(head) + sum(one.required for one in of.fields)

    def write(value: Any) -> list[Any]:
        values = [getattr(value, name) for name in names]
        kept = _without_defaults(values, of.fields)
        return head + [write_one(one) for (write_one, _), one in zip(codecs, kept, strict=False)]

    def read(value: object) -> Any:
        if type(value) is not list or len(value) < least or value[: len(head)] != head:
            raise ShapeWrongError
        if len(value) > len(head) + len(names):
            raise KindUnknownError
        said = value[len(head) :]
        return of.cls(**{name: codec[1](one) for name, codec, one in zip(names, codecs, said, strict=False)})

    return write, read


def _without_defaults(values: list[Any], fields: Sequence[Field]) -> list[Any]:
    """Leave out what stands at the end and is at its default."""
    kept = len(values)
    while kept and fields[kept - 1].default is not NODEFAULT and values[kept - 1] == fields[kept - 1].default:
        kept -= 1
    return values[:kept]
