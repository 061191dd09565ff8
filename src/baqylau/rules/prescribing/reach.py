"""Where a zone that must be avoided reaches: over places where the person has to be, or over much of a town. Pure.

An exclusion has to leave a reasonable everyday life. Texts: `case.warning.<key>`.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from baqylau.domain.orders import ExclusionZone, PresenceRegime, RequiredPlace, Restriction, Route, TimedPlace
from baqylau.domain.people import Supervision
from baqylau.domain.zones import Zone
from baqylau.rules.prescribing.covering import area_m2, corners, meet
from baqylau.rules.spans import validity_of

_LARGE_M2: Final = 20e6
"""As large as a quarter of a town [K]."""
_M2_OF_KM2: Final = 1e6
_COUNTRY_LATITUDES: Final = (40.5, 55.5)
_COUNTRY_LONGITUDES: Final = (46.4, 87.4)
"""Kazakhstan lies within; a zone beyond is most often one whose coordinates were exchanged."""


class Reach(Struct, frozen=True, kw_only=True):
    """One thing to look at before it is saved."""

    key: str
    params: Mapping[str, str | int | float] = {}


def reaching(restriction: Restriction, supervision: Supervision) -> Iterator[Reach]:
    """Give what a restriction's zones reach over, beside the other restrictions of the person."""
    for zone in places_of(restriction):
        yield from outside_country(zone)
    if isinstance(restriction, ExclusionZone | TimedPlace):
        yield from _over_places(restriction, supervision)
        area = area_m2(restriction.zone)
        if area > _LARGE_M2:
            yield Reach(key="large", params={"place": restriction.zone.name, "km2": round(area / _M2_OF_KM2)})


def _over_places(restriction: ExclusionZone | TimedPlace, supervision: Supervision) -> Iterator[Reach]:
    """Give the named places of other restrictions that the zone meets, its ring included."""
    ring_m = restriction.warning_m if isinstance(restriction, ExclusionZone) else 0.0
    for other in supervision.restrictions:
        if other.id == restriction.id or validity_of(other, supervision.orders) is None:
            continue
        if isinstance(other, PresenceRegime | RequiredPlace | Route):
            for place in places_of(other):
                if meet(restriction.zone, place, ring_m):
                    params = {"zone": restriction.zone.name, "place": place.name}
                    yield Reach(key="covers_place", params=params)


def outside_country(zone: Zone) -> Iterator[Reach]:
    """Give whether a zone lies beyond the country, and whether exchanged coordinates are why."""
    points = corners(zone)
    if all(_within(one.latitude_deg, one.longitude_deg) for one in points):
        return
    exchanged = all(_within(one.longitude_deg, one.latitude_deg) for one in points)
    yield Reach(key="axes_exchanged" if exchanged else "outside_country", params={"place": zone.name})


def _within(latitude_deg: float, longitude_deg: float) -> bool:
    south, north = _COUNTRY_LATITUDES
    west, east = _COUNTRY_LONGITUDES
    return south <= latitude_deg <= north and west <= longitude_deg <= east


def places_of(restriction: Restriction) -> tuple[Zone, ...]:
    """Give the zones of a restriction."""
    if isinstance(restriction, PresenceRegime):
        return restriction.places
    zone: Zone | None = getattr(restriction, "zone", None)
    return () if zone is None else (zone,)
