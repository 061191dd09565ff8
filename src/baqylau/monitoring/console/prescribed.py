"""What is prescribed for a person of the caseload now, by the rules of the server. Pure."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import DeviceId, RestrictionId
from baqylau.domain.orders import (
    ExclusionZone,
    NoContact,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Route,
    Territory,
    TimedPlace,
)
from baqylau.domain.people import Device, DeviceKind, Supervision
from baqylau.domain.zones import Circle, Point
from baqylau.rules.spans import ALWAYS, Duty, fitted, span_at, validity_of

_ON_THE_BODY = frozenset({DeviceKind.BRACELET, DeviceKind.TRACKER})


class Prescribed(Struct, frozen=True, kw_only=True):
    """One restriction in force, and what it asks now."""

    id: RestrictionId
    kind: str
    clause: str
    place: str
    duty: Duty
    from_at: datetime | None
    until_at: datetime | None
    """From when to when it asks just that; None is without an end."""


def prescribed(supervision: Supervision, at: datetime) -> tuple[Prescribed, ...]:
    """Give what is in force, what is due first."""
    found = [one for restriction in supervision.restrictions if (one := _now(supervision, restriction, at)) is not None]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.duty), one.id)))


_ORDER = (Duty.DUE, Duty.EXCUSED, Duty.FREE)


def _now(supervision: Supervision, restriction: Restriction, at: datetime) -> Prescribed | None:
    validity = validity_of(restriction, supervision.orders)
    if validity is None or not validity.holds(at):
        return None
    span = span_at(restriction, validity, supervision.permissions, at)
    return Prescribed(
        id=restriction.id,
        kind=str(restriction.__struct_config__.tag),
        clause=restriction.clause,
        place=_place(restriction),
        duty=span.duty,
        from_at=span.from_at,
        until_at=None if span.until_at == ALWAYS else span.until_at,
    )


def _place(restriction: Restriction) -> str:
    match restriction:
        case PresenceRegime(places=places):
            return ", ".join(one.name for one in places)
        case ExclusionZone(zone=zone) | RequiredPlace(zone=zone) | Territory(zone=zone):
            return zone.name
        case TimedPlace(zone=zone) | Route(zone=zone):
            return zone.name
        case NoContact():
            return ""
        case _:
            return ""


def worn(supervision: Supervision, at: datetime) -> tuple[Device, ...]:
    """Give what is on the person now."""
    return tuple(one for one in supervision.devices if any(time.holds(at) for time in fitted(supervision, one.id)))


def on_the_body(supervision: Supervision, at: datetime) -> tuple[Device, ...]:
    """Give of what is on the person now that which goes where they go: a relay stays in the flat."""
    return tuple(one for one in worn(supervision, at) if one.kind in _ON_THE_BODY)


def wearer(supervisions: tuple[Supervision, ...], device_id: DeviceId, at: datetime) -> Supervision | None:
    """Give on whom a device is now."""
    return next((one for one in supervisions if any(time.holds(at) for time in fitted(one, device_id))), None)


def home(supervision: Supervision) -> Point | None:
    """Give the middle of the place where the person has to be, as far as it has one."""
    for one in supervision.restrictions:
        if isinstance(one, PresenceRegime) and one.places and isinstance(one.places[0], Circle):
            return one.places[0].center
    return None
