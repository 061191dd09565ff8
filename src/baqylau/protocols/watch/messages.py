"""What the words of a frame say: place, state, alarm (spec H3 and H4)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from baqylau.domain.observations import Battery, Body, Fix, NoFix, Panic, Strap
from baqylau.protocols.session import Fault

_M_S = 1 / 3.6
_HUNDRED = 100.0
_FIELDS = 16
_SOS, _REMOVED = 1 << 16, 1 << 20
_ALARMS_FROM_DIGITS = 8
"""A shorter state has no alarms in its upper half."""


class Told(Struct, frozen=True, gc=False):
    """What a frame with a place says."""

    at: datetime
    bodies: tuple[Body, ...]


class FlawError(Exception):
    """A frame that cannot be read."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


def told(words: Sequence[str]) -> Told:
    """Give what the words behind `UD` or `AL` say, or raise `FlawError`."""
    if len(words) < _FIELDS:
        raise FlawError(Fault.FIELD_MISSING, "a place without all its fields")
    return Told(_instant(words[0], words[1]), (_place(words), *_battery(words[12]), *_alarms(words[15])))


def _instant(day: str, time: str) -> datetime:
    try:
        return datetime.strptime(f"{day}{time} +0000", "%d%m%y%H%M%S %z").astimezone(UTC)
    except ValueError:
        raise FlawError(Fault.TIME_WRONG, "time of a place") from None


def _place(words: Sequence[str]) -> Body:
    satellites = int(_figure(words[10], "satellites"))
    if words[2] != "A":
        return NoFix(satellites=satellites)
    latitude_deg, longitude_deg = _angle(words[3], words[4]), _angle(words[5], words[6])
    if abs(latitude_deg) > 90 or abs(longitude_deg) > 180:  # noqa: PLR2004 (the globe's own)
        raise FlawError(Fault.PLACE_OUT_OF_RANGE, "a place off the globe")
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=_figure(words[9], "altitude"),
        speed_m_s=_figure(words[7], "speed") * _M_S,
        course_deg=_figure(words[8], "course") % 360,
        satellites=satellites,
    )


def _figure(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise FlawError(Fault.FIELD_WRONG, name) from None
    if value != value or abs(value) > 1e9:  # noqa: PLR0124, PLR2004 - not a number, or none of this world
        raise FlawError(Fault.FIELD_WRONG, name)
    return value


def _angle(text: str, side: str) -> float:
    """Read degrees; some makers say south and west by the sign, some by the letter, some by both."""
    value = _figure(text, "place")
    return -abs(value) if side in {"S", "W"} else value


def _battery(text: str) -> Iterator[Body]:
    level = _figure(text, "battery")
    if 0 <= level <= _HUNDRED:
        yield Battery(level_percent=level)


def _alarms(text: str) -> Iterator[Body]:
    if len(text) < _ALARMS_FROM_DIGITS:
        return
    try:
        state = int(text, 16)
    except ValueError:
        raise FlawError(Fault.FIELD_WRONG, "state") from None
    if state & _REMOVED:
        yield Strap(open=True)
    if state & _SOS:
        yield Panic()


def place_words(at: datetime, bodies: Sequence[Body]) -> str:
    """Write the words behind `UD`, as a device does."""
    fix = next((body for body in bodies if isinstance(body, Fix)), None)
    level = next((body.level_percent for body in bodies if isinstance(body, Battery)), None)
    removed = any(isinstance(body, Strap) and body.open for body in bodies)
    state = (_REMOVED if removed else 0) | (_SOS if any(isinstance(body, Panic) for body in bodies) else 0)
    where = "V,0,N,0,E,0,0,0,0" if fix is None else _where(fix)
    clock = at.astimezone(UTC)
    return f"{clock:%d%m%y,%H%M%S},{where},100,{100 if level is None else round(level)},0,0,{state:08X},0,0"


def _where(fix: Fix) -> str:
    north, east = "NS"[fix.latitude_deg < 0], "EW"[fix.longitude_deg < 0]
    place = f"A,{abs(fix.latitude_deg):.6f},{north},{abs(fix.longitude_deg):.6f},{east}"
    speed_km_h = (fix.speed_m_s or 0) / _M_S
    return f"{place},{speed_km_h:.2f},{fix.course_deg or 0:.1f},{fix.altitude_m or 0:.1f},{fix.satellites or 0}"
