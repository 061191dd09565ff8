"""What a tracker's configuration says: its wearer's places and hours, and the relays that give it a place indoors.

A tracker hears no beacons but those of relays that are fitted to its wearer, and only where their place is known:
registered, or, for a relay without one, the first place of a presence regime.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from baqylau.domain.ids import DeviceId
from baqylau.domain.orders import Permission, Placed, PresenceRegime
from baqylau.domain.people import Device, DeviceKind, Language, Supervision
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.protocols.batch.commands import Ahead, Anchor, Configuration, Watched

AROUND_M = 30.0
"""How far a relay is heard indoors, when its place is a point or larger than that [K]."""
_MINUTE = timedelta(minutes=1)


def worn_by(
    says: Configuration,
    supervision: Supervision,
    language: Language,
    permissions: tuple[Permission, ...],
    beacons: Iterable[Device],
    now: datetime,
) -> tuple[Configuration, tuple[DeviceId, ...]]:
    """Give the configuration of a tracker on this person, and the relays whose keys it gets."""
    restrictions = tuple(
        one
        for one in supervision.restrictions
        if isinstance(one, Placed) and (one.until_at is None or now < one.until_at)
    )
    anchors = tuple(_anchors(beacons, supervision))
    watched = Watched(
        person_id=supervision.person_id,
        transmitter_id=says.device_id,
        restrictions=restrictions,
        language=language,
        permissions=permissions,
    )
    schedules = [getattr(one, "schedule", None) for one in restrictions]
    zones = sorted({one.timezone for one in schedules if one is not None})
    told = Configuration(
        device_id=says.device_id,
        version=says.version,
        issued_at=says.issued_at,
        watched=(watched,),
        anchors=anchors,
        ahead=tuple(Ahead(timezone=name, minutes=_ahead_min(name, now)) for name in zones),
    )
    return told, tuple(one.transmitter_id for one in anchors)


def _ahead_min(name: str, now: datetime) -> int:
    offset = now.astimezone(ZoneInfo(name)).utcoffset()
    return 0 if offset is None else offset // _MINUTE


def _anchors(beacons: Iterable[Device], supervision: Supervision) -> Iterator[Anchor]:
    regimes = (one for one in supervision.restrictions if isinstance(one, PresenceRegime))
    home = next((place for one in regimes for place in one.places), None)
    for one in beacons:
        place = one.place or home
        if one.kind is DeviceKind.RELAY and place is not None:
            yield Anchor(
                transmitter_id=one.id,
                latitude_deg=middle(place).latitude_deg,
                longitude_deg=middle(place).longitude_deg,
                accuracy_m=AROUND_M,
            )


def middle(zone: Zone) -> Point:
    """Give the point that stands for a zone."""
    match zone:
        case Circle(center=center):
            return center
        case Polygon(outline=points) | Corridor(line=points):
            return Point(
                sum(one.latitude_deg for one in points) / len(points),
                sum(one.longitude_deg for one in points) / len(points),
            )
