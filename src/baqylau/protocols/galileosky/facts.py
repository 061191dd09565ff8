"""What a record says: time, place, and the state of the device (spec S4 and S5)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from struct import Struct

from baqylau.domain.observations import (
    Battery,
    Body,
    Enclosure,
    Fix,
    FixSource,
    Grade,
    Interference,
    InterferenceKind,
    Motion,
    NoFix,
    Panic,
    Power,
    Sky,
    Strap,
)
from baqylau.protocols.galileosky.compressed import Minimal
from baqylau.protocols.galileosky.tags import Record, Tag
from baqylau.protocols.session import Fault, Reading, Rejected

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE, _MOVEMENT, _ALTITUDE = Struct("<Bii"), Struct("<HH"), Struct("<h")
_UNITS_A_DEGREE, _TENTHS, _M_S, _CELL_M = 1_000_000, 10, 1 / 36, 10.0
_FROM_SATELLITES, _FROM_CELLS = 0, 2
_MOVING, _HELP = 0x0001, 0x8000
_NETWORK_JAMMED, _SATELLITES_JAMMED = 0x0004, 0x0010
_STRAP, _CASE = 0x0001, 0x0002
_LONGEST_YEAR = timedelta(days=366)
SUPPLIED_FROM_MV = 3_000
"""Less than this on the supply's input is no supply (ours)."""


def reading_of(record: Record, number: str) -> Reading | Rejected:
    """Give the reading of a record that has a time, or the reason why there is none."""
    values = record.values
    time_s = _number(values[Tag.TIME])
    if not time_s:
        return Rejected(fault=Fault.TIME_WRONG, raw=record.raw, detail="time of a record")
    place = _place(values) if Tag.PLACE in values else None
    if isinstance(place, str):
        return Rejected(fault=Fault.PLACE_OUT_OF_RANGE, raw=record.raw, detail=place)
    return Reading(
        number=number,
        observed_at=_BEGIN + timedelta(seconds=time_s),
        bodies=((place,) if place else ()) + tuple(_states(values)),
        raw=record.raw,
        identity=record.raw,
    )


def reading_of_minimal(record: Minimal, number: str) -> Reading | Rejected:
    """Give the reading of a record of a compressed packet: with the year where it tells its time besides."""
    time_s = _number(record.values.get(Tag.TIME, b""))
    speed, course = _MOVEMENT.unpack(record.values[Tag.MOVEMENT]) if Tag.MOVEMENT in record.values else (None, None)
    place: Body = NoFix()
    if record.valid:
        place = Fix(
            latitude_deg=record.latitude_deg,
            longitude_deg=record.longitude_deg,
            speed_m_s=None if speed is None else speed * _M_S,
            course_deg=None if course is None else course / _TENTHS % 360,
        )
    if not time_s and record.since_new_year >= _LONGEST_YEAR:
        return Rejected(fault=Fault.TIME_WRONG, raw=record.raw, detail="time of a record")
    help_wanted = (Panic(),) if record.help_wanted else ()
    return Reading(
        number=number,
        observed_at=_BEGIN + timedelta(seconds=time_s) if time_s else None,
        since_new_year=None if time_s else record.since_new_year,
        bodies=(place, *dict.fromkeys((*_states(record.values), *help_wanted))),
        raw=record.raw,
        identity=record.raw,
    )


def _number(value: bytes) -> int:
    return int.from_bytes(value, "little")


def _place(values: dict[int, bytes]) -> Fix | NoFix | str:
    """Give the position; none unless the device says that it is right now a good one."""
    state, latitude, longitude = _PLACE.unpack(values[Tag.PLACE])
    source, satellites = state >> 4, state & 0x0F
    if source not in (_FROM_SATELLITES, _FROM_CELLS):
        return NoFix(satellites=satellites)
    latitude_deg, longitude_deg = latitude / _UNITS_A_DEGREE, longitude / _UNITS_A_DEGREE
    if abs(latitude_deg) > 90 or abs(longitude_deg) > 180:  # noqa: PLR2004 (the globe's own)
        return "a place off the globe"
    accuracy = values.get(Tag.ACCURACY)
    if source == _FROM_CELLS:
        return Fix(
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            accuracy_m=accuracy[0] * _CELL_M if accuracy else None,
            source=FixSource.CELL,
        )
    speed, course = _MOVEMENT.unpack(values[Tag.MOVEMENT]) if Tag.MOVEMENT in values else (None, None)
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=float(_ALTITUDE.unpack(values[Tag.ALTITUDE])[0]) if Tag.ALTITUDE in values else None,
        speed_m_s=None if speed is None else speed * _M_S,
        course_deg=None if course is None else course / _TENTHS % 360,
        satellites=satellites,
        hdop=accuracy[0] / _TENTHS if accuracy and accuracy[0] else None,
    )


def _states(values: dict[int, bytes]) -> Iterator[Body]:
    """Give what the device says of itself."""
    if Tag.STATUS in values:
        status = _number(values[Tag.STATUS])
        yield Motion(moving=bool(status & _MOVING))
        if status & _HELP:
            yield Panic()
    if Tag.SUPPLY in values:
        yield Power(external=_number(values[Tag.SUPPLY]) >= SUPPLIED_FROM_MV)
    if Tag.BATTERY in values:
        yield Battery(voltage_v=_number(values[Tag.BATTERY]) / 1000)
    if Tag.INPUTS in values:
        inputs = _number(values[Tag.INPUTS])
        yield Strap(open=bool(inputs & _STRAP))
        yield Enclosure(open=bool(inputs & _CASE))
    if Tag.MORE_STATUS in values:
        status = _number(values[Tag.MORE_STATUS])
        yield _jammed(InterferenceKind.CELL_JAM, status & _NETWORK_JAMMED)
        yield _jammed(InterferenceKind.GNSS_JAM, status & _SATELLITES_JAMMED)


def _jammed(kind: InterferenceKind, bit: int) -> Interference:
    return Interference(kind=kind, grade=Grade.CERTAIN if bit else Grade.NONE, figure=float(bool(bit)))


def values_of(at: datetime, bodies: tuple[Body, ...]) -> dict[int, bytes]:
    """Give a record's values, as a device writes them. Raises ValueError for what the protocol has no words for."""
    written: dict[int, bytes] = {Tag.TIME: int(at.timestamp()).to_bytes(4, "little")}
    for body in bodies:
        for tag, value in _written(body):
            held = written.get(tag, bytes(len(value)))
            written[tag] = bytes(one | other for one, other in zip(held, value, strict=True))
    return dict(sorted(written.items()))


def _written(body: Body) -> Iterator[tuple[int, bytes]]:  # noqa: C901, PLR0912 - one case for each thing it can say
    match body:
        case Fix():
            yield from _fix(body)
        case NoFix(satellites=satellites):
            yield Tag.PLACE, _PLACE.pack(0x10 | min(satellites or 0, 15), 0, 0)
        case Motion(moving=moving):
            yield Tag.STATUS, (_MOVING if moving else 0).to_bytes(2, "little")
        case Panic():
            yield Tag.STATUS, _HELP.to_bytes(2, "little")
        case Power(external=external):
            yield Tag.SUPPLY, (2 * SUPPLIED_FROM_MV if external else 0).to_bytes(2, "little")
        case Battery(voltage_v=voltage):
            if voltage is not None:
                yield Tag.BATTERY, round(voltage * 1000).to_bytes(2, "little")
        case Strap(open=is_open):
            yield Tag.INPUTS, (_STRAP if is_open else 0).to_bytes(2, "little")
        case Enclosure(open=is_open):
            yield Tag.INPUTS, (_CASE if is_open else 0).to_bytes(2, "little")
        case Sky():
            return
        case _:
            raise ValueError(f"Galileosky has no tag for {type(body).__name__}")


def _fix(fix: Fix) -> Iterator[tuple[int, bytes]]:
    satellites = min(fix.satellites if fix.satellites is not None else 15, 15)
    latitude, longitude = round(fix.latitude_deg * _UNITS_A_DEGREE), round(fix.longitude_deg * _UNITS_A_DEGREE)
    yield Tag.PLACE, _PLACE.pack(satellites, latitude, longitude)
    speed, course = round((fix.speed_m_s or 0) / _M_S), round((fix.course_deg or 0) * _TENTHS)
    yield Tag.MOVEMENT, _MOVEMENT.pack(speed, course)
    if fix.altitude_m is not None:
        yield Tag.ALTITUDE, _ALTITUDE.pack(round(fix.altitude_m))
    if fix.hdop is not None:
        yield Tag.ACCURACY, bytes([min(round(fix.hdop * _TENTHS), 255)])
