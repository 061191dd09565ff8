"""Which places of everyday life a zone takes that must be avoided: who may not go there needs another way. Pure.

Texts: `case.warning.<key>`.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, assert_never

from msgspec import Struct

from baqylau.domain.case_facts import LifePlace
from baqylau.domain.orders import ExclusionZone, Restriction, Territory, TimedPlace
from baqylau.domain.public_places import PublicPlace
from baqylau.domain.zones import Circle, Corridor, Polygon, Zone
from baqylau.rules.places.geometry import metres_per_degree
from baqylau.rules.prescribing.covering import corners, covers, meet
from baqylau.rules.prescribing.reach import Reach

_NAMED: Final = 5
"""As many are told by their names: a zone over half a town has hundreds."""
_NORTHMOST_DEG: Final = 89.0


class Frame(Struct, frozen=True, kw_only=True):
    """A rectangle of degrees."""

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float


def avoided(restriction: Restriction) -> tuple[Zone, float] | None:
    """Give the zone that a restriction forbids, and how wide the ring around it is in which the person is warned."""
    match restriction:
        case ExclusionZone(zone=zone, warning_m=ring_m):
            return zone, ring_m
        case TimedPlace(zone=zone):
            return zone, 0.0
        case _:
            return None


def frame_of(zone: Zone, within_m: float = 0.0) -> Frame:
    """Give the smallest rectangle around all that lies nearer to a zone than a distance."""
    points = corners(zone)
    latitudes = [one.latitude_deg for one in points]
    longitudes = [one.longitude_deg for one in points]
    wide_m = within_m + _beyond_corners_m(zone)
    north_m, _ = metres_per_degree(0.0)
    up_deg = wide_m / north_m
    _, east_m = metres_per_degree(min(max(map(abs, latitudes)) + up_deg, _NORTHMOST_DEG))
    aside_deg = wide_m / east_m
    return Frame(
        south_deg=min(latitudes) - up_deg,
        west_deg=min(longitudes) - aside_deg,
        north_deg=max(latitudes) + up_deg,
        east_deg=max(longitudes) + aside_deg,
    )


def over_public(restriction: Restriction, places: Iterable[PublicPlace]) -> Iterator[Reach]:
    """Give the public places that a restriction forbids, the first ones by name and the others by their number."""
    forbidden = avoided(restriction)
    if forbidden is None:
        return
    zone, ring_m = forbidden
    met = (one for one in places if meet(zone, one.zone, ring_m))
    for one in islice(met, _NAMED):
        yield Reach(key=f"covers_{one.kind}", params={"zone": zone.name, "place": one.zone.name})
    more = sum(1 for _ in met)
    if more:
        yield Reach(key="covers_more", params={"zone": zone.name, "count": more})


def over_own(restriction: Restriction, places: Iterable[LifePlace]) -> Iterator[Reach]:
    """Give the places of the person's own life that a restriction forbids, or leaves out of where they may be."""
    forbidden = avoided(restriction)
    for one in places:
        if forbidden is not None and meet(forbidden[0], one.zone, forbidden[1]):
            yield Reach(key=f"covers_own_{one.kind}", params={"zone": forbidden[0].name, "place": one.zone.name})
        elif isinstance(restriction, Territory) and not covers(restriction.zone, one.zone):
            yield Reach(key="leaves_out", params={"zone": restriction.zone.name, "place": one.zone.name})


def _beyond_corners_m(zone: Zone) -> float:
    match zone:
        case Circle(radius_m=radius_m):
            return radius_m
        case Corridor(half_width_m=half_width_m):
            return half_width_m
        case Polygon():
            return 0.0
        case _:
            assert_never(zone)
