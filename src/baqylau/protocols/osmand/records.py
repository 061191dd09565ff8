"""What one request says: number, instant, place and state, from a query or from JSON (spec O3, O4)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import isfinite
from urllib.parse import unquote_plus

import msgspec
from msgspec import Struct

from baqylau.domain.observations import (
    Battery,
    Body,
    Enclosure,
    Farewell,
    FarewellReason,
    Fix,
    Motion,
    NoFix,
    Panic,
    Power,
    Strap,
)
from baqylau.protocols.osmand.requests import Request
from baqylau.protocols.session import Fault

_M_S_PER_KNOT = 1852 / 3600
_MILLISECONDS_FROM = 100_000_000_000
"""A larger number counts milliseconds: as seconds it would be after the year 5000."""
_HUNDRED = 100.0
_FIELDS_MAX = 100
_SHOWN = 40
_TRUE = {"true": True, "1": True, "false": False, "0": False}
_ALARMS: dict[str, Body] = {
    "sos": Panic(),
    "tampering": Enclosure(open=True),
    "removing": Strap(open=True),
    "powerCut": Power(external=False),
    "powerRestored": Power(external=True),
    "powerOff": Farewell(reason=FarewellReason.SWITCHED_OFF),
}
_OTHERS = (
    "general vibration movement lowspeed overspeed fallDown lowPower lowBattery fault powerOn door lock unlock "
    "geofence geofenceEnter geofenceExit gpsAntennaCut accident tow idle highRpm hardAcceleration hardBraking "
    "hardCornering laneChange fatigueDriving jamming temperature parking bonnet footBrake fuelLeak"
)
_NOT_OURS = frozenset(_OTHERS.split())
"""Alarms that are known and say nothing of what is looked for here, or not enough: which signal is jammed."""


class Told(Struct, frozen=True, gc=False):
    """What a request says."""

    number: str
    at: datetime
    bodies: tuple[Body, ...]
    unknown: str = ""
    """What it says besides, in words that nobody knows."""


class FlawError(Exception):
    """A request that cannot be taken."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


class _Coordinates(Struct):
    latitude: float
    longitude: float
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    altitude: float | None = None


class _Battery(Struct):
    level: float | None = None
    is_charging: bool | None = None


class _Location(Struct):
    timestamp: str
    coords: _Coordinates
    is_moving: bool | None = None
    battery: _Battery = msgspec.field(default_factory=_Battery)


class _Report(Struct):
    device_id: str
    location: _Location


def told(request: Request) -> Told:
    """Give what a request says, or raise `FlawError`."""
    return _from_json(request.body) if request.is_json else _from_fields(_fields(request))


def _fields(request: Request) -> dict[str, str]:
    """Read the query and, where there is one, the form behind it."""
    try:
        query = request.target.decode("ascii").partition("#")[0].partition("?")[2]
        return dict(_pairs("&".join(filter(None, (query, request.body.decode("ascii"))))))
    except ValueError:
        raise FlawError(Fault.FIELD_WRONG, "query") from None


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Give name and value of each field that has a value. Raises ValueError for what is no field, and for too many."""
    pairs = text.split("&") if text else []
    if len(pairs) > _FIELDS_MAX:
        raise ValueError
    for pair in pairs:
        name, found, value = pair.partition("=")
        if not found:
            raise ValueError
        if value and ("%" in pair or "+" in pair):
            yield unquote_plus(name), unquote_plus(value)
        elif value:
            yield name, value


def _from_fields(fields: Mapping[str, str]) -> Told:
    number = fields.get("id") or fields.get("deviceid") or ""
    if not number:
        raise FlawError(Fault.FIELD_MISSING, "id")
    bodies = (_place(fields), *_states(fields))
    alarm = fields.get("alarm", "")
    known = not alarm or alarm in _ALARMS or alarm in _NOT_OURS
    return Told(number, _instant(fields.get("timestamp", "")), bodies, "" if known else f"alarm {alarm[:_SHOWN]!a}")


def _instant(text: str) -> datetime:
    """Read seconds or milliseconds since 1970, or ISO 8601; without an offset it means UTC.

    A report without its instant is refused: two that look alike could not be told apart from one that is sent twice.
    """
    if not text:
        raise FlawError(Fault.FIELD_MISSING, "timestamp")
    try:
        if text.replace(".", "", 1).isdecimal():
            seconds = float(text)
            return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS_FROM else seconds, UTC)
        at = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError, OSError):
        raise FlawError(Fault.TIME_WRONG, "timestamp") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _place(fields: Mapping[str, str]) -> Body:
    if "lat" not in fields or "lon" not in fields or fields.get("valid", "").lower() in {"false", "0"}:
        return NoFix()
    speed_knots = _figure(fields, "speed")
    return _fix(
        Fix(
            latitude_deg=_needed(fields, "lat"),
            longitude_deg=_needed(fields, "lon"),
            altitude_m=_figure(fields, "altitude"),
            speed_m_s=None if speed_knots is None or speed_knots < 0 else speed_knots * _M_S_PER_KNOT,
            course_deg=_course(_figure(fields, "bearing" if "bearing" in fields else "heading")),
            hdop=_unsigned(_figure(fields, "hdop")),
            accuracy_m=_unsigned(_figure(fields, "accuracy")),
        )
    )


def _fix(fix: Fix) -> Fix:
    if abs(fix.latitude_deg) > 90 or abs(fix.longitude_deg) > 180:  # noqa: PLR2004 (the globe's own)
        raise FlawError(Fault.PLACE_OUT_OF_RANGE, "a place off the globe")
    return fix


def _needed(fields: Mapping[str, str], name: str) -> float:
    value = _figure(fields, name)
    if value is None:
        raise FlawError(Fault.FIELD_MISSING, name)
    return value


def _figure(fields: Mapping[str, str], name: str) -> float | None:
    text = fields.get(name)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise FlawError(Fault.FIELD_WRONG, name) from None
    if not isfinite(value):
        raise FlawError(Fault.FIELD_WRONG, name)
    return value


def _unsigned(value: float | None) -> float | None:
    """Give a figure; what is below nothing is not known."""
    return None if value is None or value < 0 else value


def _course(degrees: float | None) -> float | None:
    return None if degrees is None or degrees < 0 else degrees % 360


def _states(fields: Mapping[str, str]) -> Iterator[Body]:
    level = _figure(fields, "batt") if "batt" in fields else _figure(fields, "battery")
    if level is not None and 0 <= level <= _HUNDRED:
        yield Battery(level_percent=level)
    if (charging := _TRUE.get(fields.get("charge", "").lower())) is not None:
        yield Power(external=charging)
    if (moving := _TRUE.get(fields.get("motion", "").lower())) is not None:
        yield Motion(moving=moving)
    if (alarm := _ALARMS.get(fields.get("alarm", ""))) is not None:
        yield alarm


def _from_json(body: bytes) -> Told:
    try:
        report = msgspec.json.decode(body, type=_Report)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise FlawError(Fault.FIELD_WRONG, "JSON of a report") from None
    if not report.device_id:
        raise FlawError(Fault.FIELD_MISSING, "device_id")
    location, coords = report.location, report.location.coords
    fix = Fix(
        latitude_deg=coords.latitude,
        longitude_deg=coords.longitude,
        altitude_m=coords.altitude,
        speed_m_s=_unsigned(coords.speed),
        course_deg=_course(coords.heading),
        accuracy_m=_unsigned(coords.accuracy),
    )
    return Told(report.device_id, _instant(location.timestamp), (_fix(fix), *_phone(location)))


def _phone(location: _Location) -> Iterator[Body]:
    """Give what a phone says of itself; a level of -1 is not known."""
    level, charging = location.battery.level, location.battery.is_charging
    if level is not None and 0 <= level <= 1:
        yield Battery(level_percent=level * _HUNDRED)
    if charging is not None:
        yield Power(external=charging)
    if location.is_moving is not None:
        yield Motion(moving=location.is_moving)
