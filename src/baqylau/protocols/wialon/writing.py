"""Records as a device writes them: the inverse of `records`, within the precision of the wire (spec W11)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from baqylau.domain.observations import (
    Battery,
    Body,
    Enclosure,
    Fix,
    FixSource,
    Motion,
    NoFix,
    Power,
    Sky,
    Strap,
)

_MICROMINUTES_PER_DEGREE = 60_000_000
_KM_H_PER_M_S = 3.6


def record(at: datetime, bodies: tuple[Body, ...]) -> str:
    """Write one record in the extended form. Raises ValueError for what the protocol has no words for."""
    fix = next((body for body in bodies if isinstance(body, Fix)), None)
    silence = next((body for body in bodies if isinstance(body, NoFix)), None)
    receiver = fix or silence
    satellites = _or_absent(receiver.satellites if receiver else None, 0)
    place = "NA;NA;NA;NA;NA;NA;NA" if fix is None else _place(fix)
    hdop = _or_absent(fix.hdop if fix else None, 2)
    params = ",".join(word for body in bodies for word in _words(body)) or "NA"
    return f"{at.astimezone(UTC):%d%m%y;%H%M%S};{place};{satellites};{hdop};NA;NA;;NA;{params}"


def _place(fix: Fix) -> str:
    """Write place, speed, course and altitude."""
    if fix.source is not FixSource.GNSS:
        raise ValueError(f"Wialon IPS cannot say that a position is from {fix.source}")
    speed_km_h = None if fix.speed_m_s is None else fix.speed_m_s * _KM_H_PER_M_S
    place = f"{_coordinate(fix.latitude_deg, 2, 'NS')};{_coordinate(fix.longitude_deg, 3, 'EW')}"
    return f"{place};{_or_absent(speed_km_h, 3)};{_or_absent(fix.course_deg, 2)};{_or_absent(fix.altitude_m, 2)}"


def _coordinate(degrees: float, digits: int, hemispheres: str) -> str:
    """Write degrees and minutes with six decimals, carried over where the minutes round up to sixty."""
    whole, rest = divmod(round(abs(degrees) * _MICROMINUTES_PER_DEGREE), _MICROMINUTES_PER_DEGREE)
    minutes, fraction = divmod(rest, 1_000_000)
    return f"{whole:0{digits}}{minutes:02}.{fraction:06};{hemispheres[degrees < 0]}"


def _or_absent(value: float | None, decimals: int) -> str:
    return "NA" if value is None else f"{value:.{decimals}f}"


def _words(body: Body) -> Iterator[str]:  # noqa: C901, PLR0912 - one case for each thing it can say
    """Write what goes into the parameters."""
    match body:
        case Fix(accuracy_m=accuracy_m):
            if accuracy_m is not None:
                yield f"accuracy:2:{accuracy_m:.2f}"
        case NoFix():
            yield "valid:1:0"
        case Strap(open=is_open):
            yield f"strap:1:{is_open:d}"
        case Enclosure(open=is_open):
            yield f"case_open:1:{is_open:d}"
        case Battery(level_percent=level, voltage_v=voltage):
            if level is not None:
                yield f"bat_level:2:{level:.2f}"
            if voltage is not None:
                yield f"batt_v:2:{voltage:.3f}"
        case Power(external=external):
            yield f"charging:1:{external:d}"
        case Motion(moving=moving):
            yield f"motion:1:{moving:d}"
        case Sky():
            return
        case _:
            raise ValueError(f"Wialon IPS has no record for {type(body).__name__}")
