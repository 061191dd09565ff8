"""What a record says: time, place, and the state of the device (spec N4 and N6)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from baqylau.domain.observations import (
    Battery,
    Body,
    Cell,
    Enclosure,
    Fix,
    Grade,
    Interference,
    InterferenceKind,
    NoFix,
    Panic,
    Power,
    Sky,
    Strap,
)
from baqylau.protocols.navtelecom.fields import Field, Record
from baqylau.protocols.navtelecom.formats import UNITS_A_DEGREE
from baqylau.protocols.session import Fault, Reading, Rejected

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_M_S, _TENTHS = 1 / 3.6, 10
_VALID, _ALARM, _REGISTERED, _GNSS_JAMMED = 0x02, 0x04, 0x20, 0x04
_NETWORK_GRADES = {0: Grade.NONE, 1: Grade.CERTAIN, 2: Grade.SUSPECTED}
"""By the lower two bits: jammed, or industrial noise."""
_WEAKEST_DBM, _STEP_DB, _STRONGEST = -113.0, 2.0, 31
_STRAP, _CASE = 0x01, 0x02
_FASTEST_KM_H = 2_000
PLACED_WITHIN_S = 60
"""A position that was taken longer before its record is one from memory (ours)."""
SUPPLIED_FROM_MV = 3_000
"""Less than this on the main supply's input is no supply (ours)."""


def reading_of(record: Record, number: str) -> Reading | Rejected:
    """Give the reading of a record, or the reason why there is none."""
    values = record.values
    place = _place(values)
    if isinstance(place, str):
        return Rejected(fault=Fault.PLACE_OUT_OF_RANGE, raw=record.raw, detail=place)
    time_s = values.get(Field.PLACED) if type(place) is Fix else None
    if time_s is None:
        time_s = values.get(Field.TIME)
    if time_s == 0:
        return Rejected(fault=Fault.TIME_WRONG, raw=record.raw, detail="time of a record")
    return Reading(
        number=number,
        observed_at=None if time_s is None else _BEGIN + timedelta(seconds=time_s),
        bodies=((place,) if place else ()) + tuple(_states(values)),
        raw=record.raw,
        identity=record.raw,
    )


def _place(values: dict[int, Any]) -> Fix | NoFix | str | None:
    """Give the position; none unless the receiver says that it has a good one now. None where no place is reported."""
    if not {Field.RECEIVER, Field.LATITUDE, Field.LONGITUDE} <= values.keys():
        return None
    receiver = values[Field.RECEIVER]
    age_s = values.get(Field.TIME, 0) - values.get(Field.PLACED, values.get(Field.TIME, 0))
    if not receiver & _VALID or age_s > PLACED_WITHIN_S:
        return NoFix(satellites=receiver >> 2)
    latitude_deg, longitude_deg = values[Field.LATITUDE] / UNITS_A_DEGREE, values[Field.LONGITUDE] / UNITS_A_DEGREE
    if not (abs(latitude_deg) <= 90 and abs(longitude_deg) <= 180):  # noqa: PLR2004 (the globe's own)
        return "a place off the globe"
    altitude, speed, course = values.get(Field.ALTITUDE), values.get(Field.SPEED), values.get(Field.COURSE)
    precision = values.get(Field.PRECISION)
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=None if altitude is None else altitude / _TENTHS,
        speed_m_s=speed * _M_S if speed is not None and 0 <= speed < _FASTEST_KM_H else None,
        course_deg=None if course is None else float(course % 360),
        satellites=receiver >> 2,
        hdop=precision[0] / _TENTHS if precision and precision[0] else None,
    )


def _states(values: dict[int, Any]) -> Iterator[Body]:
    """Give what the device says of itself."""
    if values.get(Field.STATUS, 0) & _ALARM:
        yield Panic()
    if Field.SUPPLY in values:
        yield Power(external=values[Field.SUPPLY] >= SUPPLIED_FROM_MV)
    if Field.BATTERY in values:
        yield Battery(voltage_v=values[Field.BATTERY] / 1000)
    if Field.INPUTS in values:
        yield Strap(open=bool(values[Field.INPUTS] & _STRAP))
        yield Enclosure(open=bool(values[Field.INPUTS] & _CASE))
    if Field.NETWORK in values:
        yield _cell(values[Field.NETWORK], values.get(Field.MODULES))
    if Field.SKY in values:
        yield Sky(satellites=sum(values[Field.SKY]))
    if Field.DISTURBED in values:
        yield from _disturbed(values[Field.DISTURBED])


def _cell(level: int, modules: int | None) -> Cell:
    """Give the network; a level beyond 31 means that there is none."""
    heard = level <= _STRONGEST
    registered = heard if modules is None else bool(modules & _REGISTERED)
    return Cell(registered=registered, signal_dbm=_WEAKEST_DBM + _STEP_DB * level if heard else None)


def _disturbed(state: int) -> Iterator[Interference]:
    grade = _NETWORK_GRADES.get(state & 0x03)
    if grade is not None:
        yield Interference(kind=InterferenceKind.CELL_JAM, grade=grade, figure=float(state & 0x03))
    jammed = bool(state & _GNSS_JAMMED)
    grade = Grade.CERTAIN if jammed else Grade.NONE
    yield Interference(kind=InterferenceKind.GNSS_JAM, grade=grade, figure=float(jammed))
