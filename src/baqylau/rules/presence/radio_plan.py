"""Which receivers listen for a person's bracelet, and at which of the prescribed places they stand."""

from datetime import datetime, timedelta
from typing import assert_never

from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.equipment.plan import DevicePlan
from baqylau.rules.places.geometry import shape_of

Posts = tuple[tuple[DeviceId, ...], ...]
"""For each of the places of a restriction, the home units that stand there."""


class RadioPlan:
    """The radio equipment of one person: what is worn, and what listens for it."""

    __slots__ = ("carried", "grace", "groups", "homes", "tracked", "worn")

    def __init__(self, devices: dict[DeviceId, DevicePlan]) -> None:
        def of(kind: DeviceKind) -> dict[DeviceId, DevicePlan]:
            return {device_id: plan for device_id, plan in devices.items() if plan.device.kind is kind}

        self.worn, self.homes, self.carried = (
            of(DeviceKind.BRACELET),
            of(DeviceKind.HOME_UNIT),
            of(DeviceKind.MOBILE_UNIT),
        )
        self.tracked = bool(of(DeviceKind.TRACKER))
        """The person wears what tells of places itself."""
        self.groups: set[tuple[DeviceId, ...]] = {(one,) for one in self.carried}
        """Receivers that speak together of one place."""
        self.grace = timedelta(seconds=max((one.device.gone_grace_s for one in self.worn.values()), default=0))

    def receiver(self, device_id: DeviceId) -> DevicePlan | None:
        """Give a receiver of the person."""
        return self.homes.get(device_id) or self.carried.get(device_id)

    def posts(self, zones: tuple[Zone, ...]) -> Posts:
        """Give the home units at each of some places."""
        units = [one.device for one in self.homes.values()]
        posts = tuple(
            tuple(unit.id for unit in units if _stands(unit, zone, first=number == 0))
            for number, zone in enumerate(zones)
        )
        self.groups.update(posts)
        return posts

    def worn_from(self, at: datetime) -> datetime | None:
        """Give since when a bracelet is on the person, None when there is none."""
        times = (one.time_at(at) for one in self.worn.values())
        return min((time.from_at for time in times if time is not None), default=None)


def _stands(unit: Device, zone: Zone, *, first: bool) -> bool:
    if unit.place is None:
        return first
    middle = _middle(unit.place)
    return shape_of(zone).clear_m(middle.latitude_deg, middle.longitude_deg, 0.0) > 0


def _middle(zone: Zone) -> Point:
    match zone:
        case Circle(center=center):
            return center
        case Polygon(outline=points) | Corridor(line=points):
            latitudes, longitudes = [one.latitude_deg for one in points], [one.longitude_deg for one in points]
            return Point(sum(latitudes) / len(points), sum(longitudes) / len(points))
        case _:
            assert_never(zone)
