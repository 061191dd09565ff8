"""Records of the telematic service into readings: one for each position, the rest attached to it (annex B)."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.observations import Body, Fix, Motion
from baqylau.protocols.egts import position
from baqylau.protocols.egts.codes import ResultCode, Source, Teledata
from baqylau.protocols.egts.position import Position
from baqylau.protocols.egts.records import Part, Record, parts
from baqylau.protocols.egts.sensors import Inputs, Sensors
from baqylau.protocols.session import Fault, Reading, Rejected

_MOVING, _STILL = Motion(moving=True), Motion(moving=False)
_POS_DATA, _EXT_POS_DATA = int(Teledata.POS_DATA), int(Teledata.EXT_POS_DATA)
_HEAD = 3


class Told(Struct, frozen=True, gc=False):
    """What one record gave. `code` is for the record that gave no reading."""

    readings: tuple[Reading, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    skipped: int = 0
    """Subrecords of kinds that the standard does not list."""
    code: ResultCode = ResultCode.OK


class _Gathered(Struct, frozen=True, gc=False):
    """What lies around one position."""

    position: Position | None
    short: bool
    sensors: Sensors | None
    skipped: int


def read(record: Record, number: str, inputs: Inputs) -> Told:
    """Read one record of the device with this number. Never raises."""
    found, filled = parts(record.data)
    if not record.data:
        empty = Rejected(fault=Fault.FIELD_MISSING, raw=record.raw, detail="a record without subrecords")
        return Told(rejected=(empty,), code=ResultCode.WRONG_DATA_LENGTH)
    if filled and [kind for kind, _, _ in found].count(_POS_DATA) <= 1:
        return _stretch(record, found, number, inputs, record.raw)
    told = [
        _stretch(record, stretch, number, inputs, record.data[stretch[0][1] - _HEAD : stretch[-1][2]])
        for stretch in _stretches(found)
    ]
    code = max((one.code for one in told), default=ResultCode.OK)
    rejected = tuple(each for one in told for each in one.rejected)
    if not filled:
        code = ResultCode.WRONG_DATA_LENGTH
        rejected += (Rejected(fault=Fault.TRUNCATED, raw=record.raw, detail="a subrecord longer than its record"),)
    return Told(tuple(each for one in told for each in one.readings), rejected, sum(one.skipped for one in told), code)


def _stretches(found: list[Part]) -> list[list[Part]]:
    """Cut before each position but the first, so that what precedes the first belongs to it."""
    if not found:
        return []
    cuts = [i for i, part in enumerate(found) if part[0] == _POS_DATA][1:]
    return [found[start:end] for start, end in zip([0, *cuts], [*cuts, len(found)], strict=True)]


def _stretch(record: Record, stretch: list[Part], number: str, inputs: Inputs, raw: bytes) -> Told:
    gathered = _gather(record.data, stretch, inputs)
    rejected = _faults(gathered, raw)
    bodies = _bodies(gathered)
    if rejected and not bodies:
        late = rejected[0].fault is Fault.TIME_WRONG
        code = ResultCode.WRONG_DATE_TIME if late else ResultCode.WRONG_DATA_LENGTH
        return Told((), rejected, gathered.skipped, code)
    at = gathered.position.at if gathered.position else None
    reading = Reading(
        number=number,
        observed_at=at or _record_time(record),
        bodies=bodies,
        raw=raw,
        identity=number.encode() + (b"" if at else _mark(record)) + b"/" + _lasting(record.data, stretch),
    )
    return Told((reading,), rejected, gathered.skipped)


def _gather(data: bytes, stretch: list[Part], inputs: Inputs) -> _Gathered:
    at = length = skipped = 0
    extras = position.NO_EXTRAS
    sensors: Sensors | None = None
    for kind, start, end in stretch:
        if kind == _POS_DATA:
            at, length = start, end - start
        elif kind == _EXT_POS_DATA:
            extras = position.read_extras(data[start:end])
        else:
            sensors = sensors or Sensors(inputs)
            skipped += not sensors.take(kind, data[start:end])
    if length < position.BASE:
        return _Gathered(None, at > 0, sensors, skipped)
    seen = position.read(data, at, length, extras)
    return _Gathered(seen, False, _with_events(seen, sensors, inputs), skipped)  # noqa: FBT003


def _with_events(seen: Position, sensors: Sensors | None, inputs: Inputs) -> Sensors | None:
    """Add what the position's inputs and its source say of the device. A tamper counts whatever the fix is worth."""
    if inputs.basic or seen.source in (Source.CASE_OPENED, Source.EXTERNAL_POWER_LOST):
        sensors = sensors or Sensors(inputs)
        sensors.basic_inputs(seen.inputs)
        sensors.event(seen.source)
    return sensors


def _faults(gathered: _Gathered, raw: bytes) -> tuple[Rejected, ...]:
    seen = gathered.position
    if seen is None:
        return (Rejected(fault=Fault.TRUNCATED, raw=raw, detail="POS_DATA"),) if gathered.short else ()
    if seen.at is None:
        return (Rejected(fault=Fault.TIME_WRONG, raw=raw, detail="NTM"),)
    return (Rejected(fault=Fault.FIELD_WRONG, raw=raw, detail="ALT"),) if seen.height_wrong else ()


def _bodies(gathered: _Gathered) -> tuple[Body, ...]:
    """A place without a time is no evidence of where somebody was, so it is left out; all else gets through."""
    seen = gathered.position
    told = gathered.sensors.bodies() if gathered.sensors else ()
    if seen is None or (seen.at is None and isinstance(seen.place, Fix)):
        return told
    return (seen.place, _MOVING if seen.moving else _STILL, *told)


def _record_time(record: Record) -> datetime | None:
    return position.instant(record.tm) if record.tm else None


def _lasting(data: bytes, stretch: list[Part]) -> bytes:
    """Give the subrecords without the flag that is set when a position is sent again from memory."""
    first = stretch[0][1] - _HEAD
    content = data[first : stretch[-1][2]]
    for kind, start, end in stretch:
        flags = start + position.FLAGS_AT
        if kind == _POS_DATA and flags < end and data[flags] & position.FROM_MEMORY:
            at = flags - first
            content = b"".join((content[:at], bytes((data[flags] ^ position.FROM_MEMORY,)), content[at + 1 :]))
    return content


def _mark(record: Record) -> bytes:
    """Tell records without a position's time apart: by their own time, or by their number where they have none."""
    return f"@{record.tm}".encode() if _record_time(record) else f"#{record.number}".encode()
