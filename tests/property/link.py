"""Anything that the device link can carry, drawn at random from the types themselves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from msgspec.inspect import (
    BoolType,
    BytesType,
    DateTimeType,
    DateType,
    EnumType,
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

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Fix
from baqylau.protocols.batch.records import Batch, ClockQuality, Own, Reception, Record, Said

BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UNIT = DeviceId("HU-000017")
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
instants = st.integers(0, 7_000_000_000_000).map(lambda ms: BEGIN + timedelta(milliseconds=ms))
wholes = st.integers(-(2**53) + 1, 2**53 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
_PLAIN: dict[type[Type], st.SearchStrategy[Any]] = {
    BoolType: st.booleans(),
    IntType: wholes,
    FloatType: floats,
    StrType: texts,
    BytesType: st.binary(max_size=40),
    DateTimeType: instants,
    DateType: st.dates(),
    NoneType: st.none(),
}


def anything(of: Any) -> st.SearchStrategy[Any]:
    """Give values of a type."""
    return _values(type_info(of))


def _values(of: Type) -> st.SearchStrategy[Any]:
    match of:
        case VarTupleType():
            return st.lists(_values(of.item_type), max_size=3).map(tuple)
        case TupleType():
            return st.tuples(*map(_values, of.item_types))
        case StructType():
            fields = {one.name: _values(one.type) for one in of.fields}
            return st.fixed_dictionaries(fields).map(lambda values: of.cls(**values))
        case UnionType():
            return st.one_of(*map(_values, of.types))
        case EnumType():
            return st.sampled_from(list(of.cls))
        case _:
            return _PLAIN[type(of)]


SAID = anything(Said)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Give a batch of one to four records."""
    first = draw(st.integers(1, 2**52))
    records = [
        Record(
            seq=first + place,
            observed_at=draw(instants),
            monotonic_ms=draw(st.integers(0, 2**53 - 1)),
            clock=draw(st.sampled_from(ClockQuality)),
            said=said,
            urgent=draw(st.booleans()),
        )
        for place, said in enumerate(draw(st.lists(SAID, min_size=1, max_size=4)))
    ]
    previous, configuration = draw(st.binary(min_size=32, max_size=32)), draw(st.integers(0, 2**53 - 1))
    return Batch(device_id=UNIT, previous=previous, configuration=configuration, records=tuple(records))


def position(number: int) -> Said:
    """Give a position as a tracker writes it down."""
    fix = Fix(
        latitude_deg=43.24 + number / 7e5,
        longitude_deg=76.9 + number / 9e5,
        speed_m_s=1.25,
        course_deg=float(number % 360),
        satellites=9,
        hdop=0.9,
    )
    return Own(bodies=(fix,))


def reception(number: int) -> Said:
    """Give what a home unit writes down of a bracelet in a minute."""
    return Reception(
        transmitter_id=DeviceId("BR-000123"),
        frame=bytes(range(27)),
        source="ble0",
        rssi_dbm=-67.0 - number % 5,
        frames=30,
        first_at=NOON + timedelta(minutes=number),
    )


def batch_of(said: Callable[[int], Said], count: int) -> Batch:
    """Give a batch with so many records, a minute apart."""
    records = [
        Record(
            seq=number,
            observed_at=NOON + timedelta(minutes=number),
            monotonic_ms=60_000 * number,
            clock=ClockQuality.NETWORK,
            said=said(number),
        )
        for number in range(1, count + 1)
    ]
    return Batch(device_id=UNIT, previous=bytes(32), configuration=3, records=tuple(records))


def spoilt(random: Random, raw: bytes) -> bytes:
    """Give the bytes after one to four things that go wrong on a line, or that somebody tries."""
    for _ in range(random.randint(1, 4)):
        at, until = sorted(random.randrange(len(raw) + 1) for _ in range(2))
        raw = random.choice(
            (
                raw[:at] + random.randbytes(random.randint(1, 9)) + raw[at:],
                raw[:at] + raw[until:],
                raw[:until] + raw[at:],
                raw[:at] + bytes([random.choice(_HEADS)]) + raw[at + 1 :],
                raw[:at] + raw[at : at + 1].translate(_FLIPPED) + raw[at + 1 :],
            )
        )[:BYTES_MAX]
    return raw


BYTES_MAX = 20_000
_HEADS = bytes.fromhex(
    "00 17 18 1b 20 3b 40 5b 5f 60 7b 7f 80 98 9b 9f a0 bb bf c0 c1 c2 c5 d8 db e0 f4 f6 f7 f9 fb ff"
)
"""Bytes that mean much in CBOR: lengths, open ends, tags, words without content."""
_FLIPPED = bytes(number ^ 0x20 for number in range(256))
