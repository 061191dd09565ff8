"""Which receivers listen for a person's bracelet, and at which of the prescribed places they stand."""

from datetime import datetime, timedelta

from baqylau.domain.ids import DeviceId
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.device_plan import DevicePlan
from baqylau.rules.finding import Author
from baqylau.rules.geometry import shape_of


class RadioPlan:
    """The radio equipment of one person. `worn`, `homes` and `carried` are never all in use without each other."""

    __slots__ = ("apart", "carried", "grace", "homes", "places", "worn")

    def __init__(self, devices: dict[DeviceId, DevicePlan], apart: dict[DeviceId, Author]) -> None:
        of = {kind: tuple(one for one in devices.values() if one.device.kind is kind) for kind in DeviceKind}
        self.worn, self.homes, self.carried = (
            of[DeviceKind.BRACELET],
            of[DeviceKind.HOME_UNIT],
            of[DeviceKind.MOBILE_UNIT],
        )
        self.grace = timedelta(seconds=max((one.device.gone_grace_s for one in self.worn), default=0))
        self.apart = apart
        self.places: dict[str, tuple[tuple[DeviceId, ...], ...]] = {}
        """By key of a presence regime's plan: for each of its places, the home units that stand there."""

    def stands(self, key: str, regime: PresenceRegime) -> None:
        """Note which home units stand at the places of a regime."""
        units = [one.device for one in self.homes]
        self.places[key] = tuple(
            tuple(unit.id for unit in units if _stands_at(unit, zone, number == 0))
            for number, zone in enumerate(regime.places)
        )

    def worn_from(self, at: datetime) -> datetime | None:
        """Give since when a bracelet is on the person, None when there is none."""
        times = (one.time_at(at) for one in self.worn)
        return min((time.from_at for time in times if time is not None), default=None)


def _stands_at(unit: Device, zone: Zone, first: bool) -> bool:  # noqa: FBT001 - one word of the caller
    if unit.place is None:
        return first
    middle = _middle(unit.place)
    return shape_of(zone).clear_m(middle.latitude_deg, middle.longitude_deg, 0.0) > 0


def _middle(zone: Zone) -> Point:
    match zone:
        case Circle(center=center):
            return center
        case Polygon(outline=points) | Corridor(line=points):
            count = len(points)
            return Point(
                sum(one.latitude_deg for one in points) / count, sum(one.longitude_deg for one in points) / count
            )
