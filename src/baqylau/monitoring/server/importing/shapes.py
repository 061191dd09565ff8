"""What may stand in an import file. The how-to page documents the same fields."""

from datetime import date, datetime

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.people import DeviceKind, Language
from baqylau.domain.zones import Point


class PersonShape(Struct, forbid_unknown_fields=True, kw_only=True):
    """One of `people`."""

    id: str
    name: str
    address: str = ""
    phone: str = ""
    language: Language = Language.KK
    district: str = ""


class DeviceShape(Struct, forbid_unknown_fields=True, kw_only=True):
    """One of `devices`."""

    id: str
    kind: DeviceKind
    protocol: str
    number: str
    password: str = ""
    silence_limit_s: int = 1800
    gone_grace_s: int = 60
    charge_hours: "HoursShape | None" = None
    """In which a mobile unit has to be put on its charger."""
    place: str | None = None
    """Id of the zone where fixed equipment was installed."""


class CircleShape(Struct, forbid_unknown_fields=True, kw_only=True):
    """`circle` of a zone."""

    center: Point
    radius_m: float


class PolygonShape(Struct, forbid_unknown_fields=True, kw_only=True):
    """`polygon` of a zone."""

    outline: list[Point]
    holes: list[list[Point]] = []


class CorridorShape(Struct, forbid_unknown_fields=True, kw_only=True):
    """`corridor` of a zone."""

    line: list[Point]
    half_width_m: float


class ZoneShape(Struct, forbid_unknown_fields=True, kw_only=True):
    """One of `zones`: exactly one of circle, polygon and corridor."""

    id: str
    name: str
    circle: CircleShape | None = None
    polygon: PolygonShape | None = None
    corridor: CorridorShape | None = None


class WindowShape(Struct, forbid_unknown_fields=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Hours such as `{days: [mon, tue], from: "22:00", to: "06:00"}`; no days means every day."""

    start: str
    end: str
    days: list[str] | None = None


class ExceptionShape(Struct, forbid_unknown_fields=True, kw_only=True):
    """A day that differs: `{day: 2026-12-31, windows: []}`."""

    day: date
    windows: list[WindowShape] = []


class HoursShape(Struct, forbid_unknown_fields=True, kw_only=True):
    """`hours` of a restriction, `charge_hours` of a device."""

    timezone: str
    windows: list[WindowShape]
    exceptions: list[ExceptionShape] = []
    holidays: list[date] = []
    """Days on which `holiday_windows` begin in place of `windows`."""
    holiday_windows: list[WindowShape] = []


class _RestrictionShape(
    Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind", rename={"from_at": "from", "until_at": "until"}
):
    id: str
    clause: str
    version: int = 1
    from_at: datetime | None = None
    until_at: datetime | None = None


class PresenceShape(_RestrictionShape, tag="presence", kw_only=True):
    """Be at one of the places in the hours."""

    places: list[str]
    hours: HoursShape
    grace_s: int = 300
    absence_limit_s_per_day: int | None = None
    absence_limit_s_per_week: int | None = None


class ExclusionShape(_RestrictionShape, tag="exclusion", kw_only=True):
    """Stay out of the zone, always or in the hours."""

    zone: str
    hours: HoursShape | None = None
    warning_m: float = 0.0
    dwell_s: int = 0
    loiter_s: int = 0


class RequiredPlaceShape(_RestrictionShape, tag="required_place", kw_only=True):
    """Come to the zone in the hours and stay."""

    zone: str
    hours: HoursShape
    grace_s: int = 900
    stay_s: int = 0


class TerritoryShape(_RestrictionShape, tag="territory", kw_only=True):
    """Do not leave the zone."""

    zone: str


class TimedPlaceShape(_RestrictionShape, tag="timed_place", kw_only=True):
    """Be in the zone only in the hours."""

    zone: str
    hours: HoursShape


class RouteShape(_RestrictionShape, tag="route", kw_only=True):
    """Keep to the zone, such as a corridor, in the hours."""

    zone: str
    hours: HoursShape


class NoContactShape(_RestrictionShape, tag="no_contact", kw_only=True):
    """Do not come nearer to another person."""

    other: str
    """Id of a person."""
    distance_m: float
    protected: bool = False


class _CheckedShape(_RestrictionShape, kw_only=True):
    hours: HoursShape
    """A check is due at the beginning of each window."""
    random_per_day: int = 0
    min_gap_s: int = 3600
    answer_s: int = 900
    remind_s: int = 300
    most_per_day: int = 8
    quiet_from: str | None = None
    quiet_to: str | None = None
    after: list[Code] = []
    """Codes of findings that a check follows, such as `B02`."""
    urgent: bool = False


class IdentificationShape(_CheckedShape, tag="identification", kw_only=True):
    """Show who you are at the audio-visual unit."""


class SobrietyShape(_CheckedShape, tag="sobriety", kw_only=True):
    """Breathe into the breath unit."""

    limit_mg_l: float
    """Of the order, in milligrams of alcohol per litre of breath."""


CheckedShape = IdentificationShape | SobrietyShape
UncheckedShape = (
    PresenceShape | ExclusionShape | RequiredPlaceShape | TerritoryShape | TimedPlaceShape | RouteShape | NoContactShape
)
RestrictionShape = UncheckedShape | CheckedShape


class OrderShape(Struct, forbid_unknown_fields=True, kw_only=True, rename={"from_at": "from", "until_at": "until"}):
    """One of `orders`."""

    id: str
    person: str
    court: str
    act_number: str
    act_date: date
    from_at: datetime
    until_at: datetime
    calls_recorded: str = ""
    restrictions: list[RestrictionShape] = []


class PermissionShape(
    Struct, forbid_unknown_fields=True, kw_only=True, rename={"from_at": "from", "until_at": "until"}
):
    """One of `permissions`."""

    id: str
    person: str
    from_at: datetime
    until_at: datetime
    reason: str
    granted_by: str
    restriction: str | None = None


class ConsentShape(Struct, forbid_unknown_fields=True, kw_only=True, rename={"from_at": "from", "until_at": "until"}):
    """One of `consents`: a protected person lets their own place be collected."""

    id: str
    person: str
    from_at: datetime
    until_at: datetime | None = None
    form: str


class MaintenanceShape(
    Struct, forbid_unknown_fields=True, kw_only=True, rename={"from_at": "from", "until_at": "until"}
):
    """One of `maintenances`: work on somebody's equipment."""

    id: str
    person: str
    device: str | None = None
    """None means all of the person's."""
    from_at: datetime
    until_at: datetime
    reason: str
    by: str


class FittingShape(Struct, forbid_unknown_fields=True, kw_only=True, rename={"from_at": "from", "until_at": "until"}):
    """One of `fittings`."""

    id: str
    person: str
    device: str
    from_at: datetime
    until_at: datetime | None = None
