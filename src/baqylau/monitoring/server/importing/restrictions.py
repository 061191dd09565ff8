"""Restrictions of an import file: which fields each kind needs, and hours as people write them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypedDict, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from baqylau.domain.findings import Code
from baqylau.domain.ids import OrderId, PersonId, RestrictionId
from baqylau.domain.orders import (
    ExclusionZone,
    Identification,
    NoContact,
    Order,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Route,
    Sobriety,
    Territory,
    TimedPlace,
)
from baqylau.domain.schedules import DayException, Schedule, Window
from baqylau.domain.zones import Zone
from baqylau.monitoring.server.importing.shapes import (
    CheckedShape,
    ExclusionShape,
    HoursShape,
    IdentificationShape,
    NoContactShape,
    PresenceShape,
    RequiredPlaceShape,
    RestrictionShape,
    RouteShape,
    TerritoryShape,
    TimedPlaceShape,
    UncheckedShape,
    WindowShape,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
CLOCK_PARTS = 2


class WrongError(Exception):
    """A value that cannot be taken: its field and the key of the sentence that says why."""

    def __init__(self, field: str, key: str, **params: str) -> None:
        """Keep field, key and what the sentence names."""
        super().__init__(key)
        self.field = field
        self.key = key
        self.params = params


class _Base(TypedDict):
    """What every kind of restriction has."""

    id: RestrictionId
    order_id: OrderId
    version: int
    clause: str
    from_at: datetime
    until_at: datetime | None


def restriction(shape: RestrictionShape, order: Order, zones: Mapping[str, Zone]) -> Restriction:
    """Give the restriction of an order, or raise `WrongError`."""
    base = _based(shape, order)
    return _checked(shape, base) if isinstance(shape, CheckedShape) else _unchecked(shape, base, zones)


def _unchecked(shape: UncheckedShape, base: _Base, zones: Mapping[str, Zone]) -> Restriction:
    match shape:
        case PresenceShape():
            return _presence(shape, base, zones)
        case ExclusionShape():
            return _exclusion(shape, base, zones)
        case RequiredPlaceShape(zone=zone, hours=hours, grace_s=grace_s, stay_s=stay_s):
            _check_not_negative(grace_s=grace_s, stay_s=stay_s)
            place = place_of(zones, "zone", zone)
            return RequiredPlace(**base, zone=place, schedule=schedule_of(hours), grace_s=grace_s, stay_s=stay_s)
        case TerritoryShape(zone=zone):
            return Territory(**base, zone=place_of(zones, "zone", zone))
        case TimedPlaceShape(zone=zone, hours=hours):
            return TimedPlace(**base, zone=place_of(zones, "zone", zone), schedule=schedule_of(hours))
        case RouteShape(zone=zone, hours=hours):
            return Route(**base, zone=place_of(zones, "zone", zone), schedule=schedule_of(hours))
        case NoContactShape(other=other, distance_m=distance_m, protected=protected):
            return NoContact(**base, other_id=PersonId(other), distance_m=distance_m, protected=protected)
        case _:
            assert_never(shape)


class _Checks(TypedDict):
    """What both kinds of checks have."""

    schedule: Schedule
    random_per_day: int
    min_gap_s: int
    answer_s: int
    remind_s: int
    most_per_day: int
    quiet_from_min: int | None
    quiet_until_min: int | None
    after: tuple[Code, ...]
    urgent: bool


def _based(shape: RestrictionShape, order: Order) -> _Base:
    return _Base(
        id=RestrictionId(shape.id),
        order_id=order.id,
        version=shape.version,
        clause=shape.clause,
        from_at=aware("from", shape.from_at) if shape.from_at else order.from_at,
        until_at=aware("until", shape.until_at) if shape.until_at else None,
    )


def _checked(shape: CheckedShape, base: _Base) -> Identification | Sobriety:
    checks = _checks(shape)
    if isinstance(shape, IdentificationShape):
        return Identification(**base, **checks)
    return Sobriety(**base, **checks, limit_mg_l=shape.limit_mg_l)


def _checks(shape: CheckedShape) -> _Checks:
    _check_not_negative(random_per_day=shape.random_per_day, min_gap_s=shape.min_gap_s, remind_s=shape.remind_s)
    return _Checks(
        schedule=schedule_of(shape.hours, needed=not shape.random_per_day and not shape.after),
        random_per_day=shape.random_per_day,
        min_gap_s=shape.min_gap_s,
        answer_s=shape.answer_s,
        remind_s=shape.remind_s,
        most_per_day=shape.most_per_day,
        quiet_from_min=_minutes(shape.quiet_from) if shape.quiet_from else None,
        quiet_until_min=_minutes(shape.quiet_to) if shape.quiet_to else None,
        after=tuple(shape.after),
        urgent=shape.urgent,
    )


def _presence(shape: PresenceShape, base: _Base, zones: Mapping[str, Zone]) -> PresenceRegime:
    _check_not_negative(grace_s=shape.grace_s)
    return PresenceRegime(
        **base,
        places=_places(zones, shape.places),
        schedule=schedule_of(shape.hours),
        grace_s=shape.grace_s,
        absence_limit_s_per_day=shape.absence_limit_s_per_day,
        absence_limit_s_per_week=shape.absence_limit_s_per_week,
    )


def _exclusion(shape: ExclusionShape, base: _Base, zones: Mapping[str, Zone]) -> ExclusionZone:
    _check_not_negative(warning_m=shape.warning_m, dwell_s=shape.dwell_s, loiter_s=shape.loiter_s)
    return ExclusionZone(
        **base,
        zone=place_of(zones, "zone", shape.zone),
        schedule=schedule_of(shape.hours) if shape.hours else None,
        warning_m=shape.warning_m,
        dwell_s=shape.dwell_s,
        loiter_s=shape.loiter_s,
    )


def _check_not_negative(**figures: float) -> None:
    for field, figure in figures.items():
        if not figure >= 0:
            raise WrongError(field, "import.negative")


def aware(field: str, at: datetime) -> datetime:
    """Give the instant in UTC; an instant without its offset could be any hour, so it is a mistake."""
    if at.tzinfo is None:
        raise WrongError(field, "import.offset_missing")
    return at.astimezone(UTC)


def place_of(zones: Mapping[str, Zone], field: str, name: str) -> Zone:
    """Give a zone of the file by its id."""
    if name not in zones:
        raise WrongError(field, "import.not_in_file", id=name, part="zones")
    return zones[name]


def _places(zones: Mapping[str, Zone], names: Sequence[str]) -> tuple[Zone, ...]:
    if not names:
        raise WrongError("places", "import.place_missing")
    return tuple(place_of(zones, "places", name) for name in names)


def schedule_of(hours: HoursShape, field: str = "hours", *, needed: bool = True) -> Schedule:
    """Give the schedule that people write as hours. `needed`: it names at least one."""
    try:
        ZoneInfo(hours.timezone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise WrongError(f"{field}.timezone", "import.unknown_timezone", timezone=hours.timezone) from unknown
    if needed and not hours.windows and not hours.exceptions and not hours.holiday_windows:
        raise WrongError(f"{field}.windows", "import.no_hours")
    return Schedule(
        timezone=hours.timezone,
        windows=tuple(_window(window, field) for window in hours.windows),
        exceptions=tuple(
            DayException(day=day.day, windows=tuple(_window(window, field) for window in day.windows))
            for day in hours.exceptions
        ),
        holidays=tuple(hours.holidays),
        holiday_windows=tuple(_window(window, field) for window in hours.holiday_windows),
    )


def _window(window: WindowShape, field: str) -> Window:
    days = DAYS if window.days is None else tuple(window.days)
    for day in days:
        if day not in DAYS:
            raise WrongError(f"{field}.windows", "import.unknown_day", day=day)
    start_min, end_min = _minutes(window.start), _minutes(window.end)
    if start_min == end_min:
        raise WrongError(f"{field}.windows", "import.window_empty", time=window.start)
    return Window(start_min=start_min, end_min=end_min, weekdays=tuple(sorted(DAYS.index(day) for day in set(days))))


def _minutes(text: str) -> int:
    """Read a time such as 22:00; 24:00 is the end of the day."""
    parts = text.split(":")
    if len(parts) == CLOCK_PARTS and all(part.isdecimal() for part in parts):
        minutes = int(parts[0]) * 60 + int(parts[1])
        if int(parts[1]) < 60 and minutes <= MINUTES_A_DAY:  # noqa: PLR2004 - minutes of an hour
            return minutes
    raise WrongError("hours.windows", "import.not_a_time", time=text)
