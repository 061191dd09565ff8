"""Invented people, places and devices, and short words for what happens to them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from baqylau.crypto.digests import observation_id
from baqylau.domain.findings import ASKED_AFTER, Code, Finding
from baqylau.domain.ids import (
    DeviceId,
    FittingId,
    MaintenanceId,
    ObservationId,
    OrderId,
    PermissionId,
    PersonId,
    RestrictionId,
)
from baqylau.domain.observations import Blind, Body, Fix, NoFix, Observation
from baqylau.domain.orders import (
    ExclusionZone,
    Fitting,
    Order,
    Permission,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Territory,
)
from baqylau.domain.people import Device, DeviceKind, Maintenance, Supervision
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point, Zone
from baqylau.rules.clock import order_key
from baqylau.rules.fold import PersonState, begin, fold

DAY = datetime(2025, 3, 10, tzinfo=UTC)
"""A Monday; 05:00 in Almaty."""
ORDER_FROM = DAY
ORDER_UNTIL = DAY + timedelta(days=30)
PERSON = PersonId("person-1")
TRACKER = DeviceId("tracker-1")
ORDER = OrderId("order-1")
HOME = Point(43.2400, 76.9000)
METRE_DEG = 1 / 111_113
"""A metre northwards at this latitude, in degrees."""


def at(clock: str, day: int = 0) -> datetime:
    """Give an instant by the wall clock of Almaty (UTC+5)."""
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    whole = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return DAY + timedelta(days=day) + whole - timedelta(hours=5)


def north(metres: float, of: Point = HOME) -> Point:
    """Give the place so far north of another."""
    return Point(of.latitude_deg + metres * METRE_DEG, of.longitude_deg)


def circle(name: str, center: Point = HOME, radius_m: float = 100.0) -> Circle:
    return Circle(name=name, center=center, radius_m=radius_m)


def nightly(start: str = "22:00", end: str = "06:00", **more: object) -> Schedule:
    minutes = [int(part[:2]) * 60 + int(part[3:]) for part in (start, end)]
    window = Window(start_min=minutes[0], end_min=minutes[1])
    return Schedule(timezone="Asia/Almaty", windows=(window,), **more)  # type: ignore[arg-type]


def presence(**more: object) -> PresenceRegime:
    fields: dict[str, object] = {
        "id": RestrictionId("presence-1"),
        "order_id": ORDER,
        "version": 1,
        "clause": "at home 22:00-06:00",
        "from_at": ORDER_FROM,
        "places": (circle("Home"),),
        "schedule": nightly(),
    }
    return PresenceRegime(**(fields | more))  # type: ignore[arg-type]


def exclusion(**more: object) -> ExclusionZone:
    fields: dict[str, object] = {
        "id": RestrictionId("exclusion-1"),
        "order_id": ORDER,
        "version": 1,
        "clause": "not at the school",
        "from_at": ORDER_FROM,
        "zone": circle("School", north(2000)),
    }
    return ExclusionZone(**(fields | more))  # type: ignore[arg-type]


def required_place(**more: object) -> RequiredPlace:
    fields: dict[str, object] = {
        "id": RestrictionId("required-1"),
        "order_id": ORDER,
        "version": 1,
        "clause": "work 09:00-18:00",
        "from_at": ORDER_FROM,
        "zone": circle("Work", north(5000)),
        "schedule": nightly("09:00", "18:00"),
    }
    return RequiredPlace(**(fields | more))  # type: ignore[arg-type]


def territory(**more: object) -> Territory:
    fields: dict[str, object] = {
        "id": RestrictionId("territory-1"),
        "order_id": ORDER,
        "version": 1,
        "clause": "not out of the town",
        "from_at": ORDER_FROM,
        "zone": circle("Town", HOME, 20_000),
    }
    return Territory(**(fields | more))  # type: ignore[arg-type]


def permission(from_at: datetime, until_at: datetime, restriction: RestrictionId | None = None) -> Permission:
    return Permission(
        id=PermissionId("permission-1"),
        person_id=PERSON,
        restriction_id=restriction,
        from_at=from_at,
        until_at=until_at,
        reason="hospital",
        granted_by="inspector",
    )


def device(
    device_id: DeviceId = TRACKER,
    silence_limit_s: int = 86_400 * 60,
    kind: DeviceKind = DeviceKind.TRACKER,
    place: Zone | None = None,
) -> Device:
    """Give a tracker, or another device, whose silence is no matter unless the story says so."""
    return Device(
        id=device_id,
        kind=kind,
        protocol="wialon",
        number=str(device_id),
        silence_limit_s=silence_limit_s,
        place=place,
    )


def wearing(*kinds: DeviceKind, silence_limit_s: int = 86_400 * 60, **more: object) -> Supervision:
    """Give a person with one device of each kind, called like its kind."""
    devices = tuple(device(DeviceId(kind.value), silence_limit_s, kind) for kind in kinds)
    fittings = tuple(fitting(one.id) for one in devices)
    return supervision(**({"devices": devices, "fittings": fittings} | more))


def at_work(
    from_at: datetime, until_at: datetime, device_id: DeviceId | None = None, name: str = "work-1"
) -> Maintenance:
    """Give a time in which somebody of ours is at work on a device, or on all of them."""
    return Maintenance(
        id=MaintenanceId(name),
        person_id=PERSON,
        device_id=device_id,
        from_at=from_at,
        until_at=until_at,
        reason="exchange of the strap",
        by="inspector",
    )


def fitting(device_id: DeviceId = TRACKER, from_at: datetime = ORDER_FROM, until_at: datetime | None = None) -> Fitting:
    return Fitting(
        id=FittingId(f"fitting-{device_id}"),
        device_id=device_id,
        person_id=PERSON,
        from_at=from_at,
        until_at=until_at,
    )


def order(from_at: datetime = ORDER_FROM, until_at: datetime = ORDER_UNTIL) -> Order:
    return Order(
        id=ORDER,
        person_id=PERSON,
        court="Court of the invented town",
        act_number="1",
        act_date=date(2025, 3, 1),
        from_at=from_at,
        until_at=until_at,
    )


def supervision(*restrictions: Restriction, **more: object) -> Supervision:
    fields: dict[str, object] = {
        "person_id": PERSON,
        "orders": (order(),),
        "restrictions": restrictions,
        "fittings": (fitting(),),
        "devices": (device(),),
    }
    return Supervision(**(fields | more))  # type: ignore[arg-type]


def heard(
    when: datetime, *bodies: Body, device_id: DeviceId = TRACKER, received_at: datetime | None = None
) -> Observation:
    """Give what a device said, by default received at once."""
    content = repr((device_id, when, bodies)).encode()
    return Observation(
        id=observation_id(content),
        device_id=device_id,
        observed_at=when,
        received_at=received_at or when,
        bodies=bodies,
    )


def fix(when: datetime, place: Point = HOME, accuracy_m: float | None = 10.0, **more: object) -> Observation:
    body = Fix(
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        accuracy_m=accuracy_m,
        **more,  # type: ignore[arg-type]
    )
    return heard(when, body)


def no_fix(when: datetime) -> Observation:
    return heard(when, NoFix())


def deaf(from_at: datetime, until_at: datetime) -> Observation:
    """Give what the server says of its own deafness."""
    return heard(until_at, Blind(from_at=from_at), device_id=DeviceId("ourselves/0"))


def every(
    seconds: float, from_at: datetime, until_at: datetime, place: Point = HOME, accuracy_m: float | None = 10.0
) -> list[Observation]:
    """Give fixes at one place, the end excluded."""
    count = int((until_at - from_at).total_seconds() // seconds)
    return [fix(from_at + timedelta(seconds=seconds * step), place, accuracy_m) for step in range(count)]


def judged(
    who: Supervision, observations: Iterable[Observation], until: datetime | None = None
) -> tuple[PersonState, tuple[Finding, ...]]:
    """Fold a whole story."""
    return fold(who, begin(), sorted(observations, key=order_key), until)


_RECORDS = {Code.LOW_ACCURACY, Code.RELAY_FIX}
"""What is only noted of how good the fixes are: no matter of most stories."""


def noted(findings: Iterable[Finding]) -> list[str]:
    """Give the code of each finding, records of how good the fixes are included."""
    return [finding.code.value for finding in findings]


def codes(findings: Iterable[Finding]) -> list[str]:
    return [finding.code.value for finding in findings if finding.code not in _RECORDS]


def told(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Give code and Almaty's wall clock of each finding."""
    return [
        (finding.code.value, (finding.at + timedelta(hours=5)).strftime("%H:%M:%S").removesuffix(":00"))
        for finding in findings
        if finding.code not in _RECORDS
    ]


def asked_after_s(finding: Finding) -> float | None:
    """Give how long a finding is left to the wearer before somebody is asked; None: not at all."""
    return next((one.value for one in finding.thresholds if one.name == ASKED_AFTER), None)


def ids(findings: Iterable[Finding]) -> list[str]:
    return [finding.id for finding in findings]


def known(observations: Iterable[Observation]) -> set[ObservationId]:
    return {observation.id for observation in observations}
