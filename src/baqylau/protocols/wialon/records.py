"""One record, in the short or the extended form, to a reading (spec W4 to W7)."""

from baqylau.domain.observations import Body, Fix, NoFix
from baqylau.protocols.session import Fault, Reading
from baqylau.protocols.wialon.fields import (
    ABSENT,
    ALTITUDE_M,
    COURSE_DEG,
    HDOP,
    LATITUDE,
    LONGITUDE,
    SATELLITES,
    SPEED_KM_H,
    Flaw,
    coordinate,
    counted,
    figure,
    instant,
    measured,
)
from baqylau.protocols.wialon.words import Meaning, Told, states_of, tampers_of, told_by

_SHORT = 10
"""Fields of the short form; fewer are no record."""
_EXTENDED = 16
_M_S_PER_KM_H = 1 / 3.6
_NOTHING_TOLD: Told = {}


def read_record(text: bytes, raw: bytes, number: str) -> tuple[Reading | None, list[Flaw]]:
    """Give what the record says and what in it is wrong. No reading where nothing in it can be used."""
    fields = text.split(b";", _EXTENDED - 1)
    if len(fields) < _SHORT:
        return None, [Flaw(Fault.FIELD_MISSING, f"fields: {len(fields)} of {_SHORT}")]
    fields += [b""] * (_EXTENDED - len(fields))
    flaws: list[Flaw] = []
    observed_at = instant(fields[0], fields[1], flaws)
    bodies = _bodies(fields, flaws)
    if not bodies:
        return None, flaws
    reading = Reading(number=number, observed_at=observed_at, bodies=bodies, raw=raw, identity=_identity(text))
    return reading, flaws


def _bodies(fields: list[bytes], flaws: list[Flaw]) -> tuple[Body, ...]:
    """Give all that the fields say. At a wrong time only strap and case are believed: they always get through."""
    timed = not flaws
    params = fields[15]
    told = _NOTHING_TOLD if params in ABSENT else told_by(params, flaws)
    tampers = tampers_of(told)
    if not timed:
        return tampers
    others = tampers + states_of(told)
    position = _position(fields, told, flaws)
    if position is None and not others:
        _check_rest(fields, flaws)
        return () if flaws else (NoFix(),)
    return others if position is None else (position, *others)


def _position(fields: list[bytes], told: Told, flaws: list[Flaw]) -> Fix | NoFix | None:
    """Give the fix, or that there was none; None where the record does not speak of it or cannot be believed."""
    known = len(flaws)
    latitude = coordinate(fields[2], fields[3], LATITUDE, flaws)
    longitude = coordinate(fields[4], fields[5], LONGITUDE, flaws)
    satellites = counted(fields[9], SATELLITES, flaws)
    if latitude is None or longitude is None:
        if (latitude is None) is not (longitude is None) and len(flaws) == known:
            flaws.append(Flaw(Fault.FIELD_MISSING, "latitude" if latitude is None else "longitude"))
        stated = satellites is not None or Meaning.FIX_VALID in told
        return NoFix(satellites=satellites) if stated and len(flaws) == known else None
    if told.get(Meaning.FIX_VALID, 1.0) == 0.0 or latitude == longitude == 0.0:
        return NoFix(satellites=satellites)
    speed_km_h = measured(fields[6], SPEED_KM_H, flaws)
    return Fix(
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_m=measured(fields[8], ALTITUDE_M, flaws),
        speed_m_s=None if speed_km_h is None else speed_km_h * _M_S_PER_KM_H,
        course_deg=measured(fields[7], COURSE_DEG, flaws),
        satellites=satellites,
        hdop=measured(fields[10], HDOP, flaws) or None,
        accuracy_m=told.get(Meaning.ACCURACY_M) or None,
    )


def _check_rest(fields: list[bytes], flaws: list[Flaw]) -> None:
    """Note what is wrong in fields of no use without a place, or of none at all, where nothing else is said."""
    for text, measure in zip((*fields[6:9], fields[10]), (SPEED_KM_H, COURSE_DEG, ALTITUDE_M, HDOP), strict=True):
        measured(text, measure, flaws)
    for name, text in (("inputs", fields[11]), ("outputs", fields[12])):
        if text not in ABSENT and not text.isdigit():
            flaws.append(Flaw(Fault.FIELD_WRONG, name))
    if any(voltage not in ABSENT and figure(voltage) is None for voltage in fields[13].split(b",")):
        flaws.append(Flaw(Fault.FIELD_WRONG, "adc"))


def _identity(text: bytes) -> bytes:
    """Give the record without the absent fields at its end: the same in the short and the extended form."""
    end = len(text)
    while text.endswith((b";NA", b";"), 0, end):
        end = text.rindex(b";", 0, end)
    return text[:end]
