"""Zones are checked and repaired when they are saved, so that judging never meets a broken one.

What can be put right without changing what the court meant is put right (points given twice, a sliver where an outline
crosses itself, holes that touch). Everything else is refused with a key of the catalogues that says what is wrong.
"""

from itertools import pairwise
from math import isfinite
from typing import Final, assert_never

import shapely
from msgspec.structs import replace

from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone

MAXIMUM_RADIUS_M: Final = 1_000_000.0
SLIVER: Final = 0.01
"""Share of the whole below which a part that an outline cuts off by crossing itself is a slip of the hand."""
_CORNERS: Final = 3
_NOTHING: Final = 1e-10
"""Square degrees, about a square metre: what rounding leaves of a line."""


class ZoneError(Exception):
    """A zone that cannot be used. `key` names the sentence for the operator, `params` what it mentions."""

    def __init__(self, key: str, **params: str | float) -> None:
        super().__init__(key)
        self.key = key
        self.params: dict[str, str | float] = params


def repaired(zone: Zone) -> Zone:
    """Give the zone as it can be used, or raise `ZoneError`. Repairing twice changes nothing more."""
    match zone:
        case Circle():
            _check_points((zone.center,))
            _check_size("zone.refused.radius", zone.radius_m)
            return zone
        case Corridor():
            _check_points(zone.line)
            _check_size("zone.refused.width", zone.half_width_m)
            line = _without_repeats(zone.line)
            if len(line) == 1:
                raise ZoneError("zone.refused.too_few_points", count=1, needed=2)
            return replace(zone, line=line)
        case Polygon():
            return _polygon(zone)
        case _:
            assert_never(zone)


def _check_points(points: tuple[Point, ...]) -> None:
    if not points:
        raise ZoneError("zone.refused.too_few_points", count=0, needed=1)
    for number, point in enumerate(points, 1):
        if not (isfinite(point.latitude_deg) and isfinite(point.longitude_deg)):
            raise ZoneError("zone.refused.not_a_number", point=number)
        if not (abs(point.latitude_deg) <= 90 and abs(point.longitude_deg) <= 180):  # noqa: PLR2004 (the globe's own)
            raise ZoneError(
                "zone.refused.off_the_globe",
                point=number,
                latitude_deg=point.latitude_deg,
                longitude_deg=point.longitude_deg,
            )


def _check_size(key: str, size_m: float) -> None:
    if not 0 < size_m <= MAXIMUM_RADIUS_M:
        raise ZoneError(key, size_m=size_m if isfinite(size_m) else str(size_m), most_m=MAXIMUM_RADIUS_M)


def _without_repeats(points: tuple[Point, ...]) -> tuple[Point, ...]:
    return points[:1] + tuple(point for before, point in pairwise(points) if point != before)


def _polygon(zone: Polygon) -> Polygon:
    outline = _area(zone.outline)
    cut = [outline.intersection(hole) for hole in _holes(zone, outline)]
    whole = outline.difference(shapely.union_all(cut)) if cut else outline
    largest = _largest(whole)
    return replace(zone, outline=_points(largest.exterior), holes=tuple(_points(ring) for ring in largest.interiors))


def _holes(zone: Polygon, outline: shapely.Polygon) -> list[shapely.Polygon]:
    holes = [_area(hole) for hole in zone.holes]
    for number, hole in enumerate(holes, 1):
        if outline.intersection(hole).area < (1 - SLIVER) * hole.area:
            raise ZoneError("zone.refused.hole_outside", hole=number)
    return holes


def _area(points: tuple[Point, ...]) -> shapely.Polygon:
    """Give a ring as a valid area, in degrees (longitude first, as geometry has it)."""
    _check_points(points)
    ring = _without_repeats(points)
    corners = len(set(ring))
    if corners < _CORNERS:
        raise ZoneError("zone.refused.too_few_points", count=corners, needed=_CORNERS)
    area = shapely.Polygon([(point.longitude_deg, point.latitude_deg) for point in ring])
    return _largest(area if area.is_valid else shapely.make_valid(area, method="structure", keep_collapsed=False))


def _largest(geometry: shapely.Geometry) -> shapely.Polygon:
    """Give the one part that is the zone; several parts of weight mean that the outline says something else."""
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon) and part.area > _NOTHING]
    if not parts:
        raise ZoneError("zone.refused.no_area")
    largest = max(parts, key=lambda part: part.area)
    rest = sum(part.area for part in parts) - largest.area
    if rest > SLIVER * largest.area:
        centre = shapely.MultiPolygon(parts).centroid
        raise ZoneError("zone.refused.crosses_itself", latitude_deg=centre.y, longitude_deg=centre.x)
    return shapely.Polygon(largest)


def _points(ring: shapely.LinearRing) -> tuple[Point, ...]:
    """Give a ring without the repetition of its first point."""
    return tuple(Point(latitude, longitude) for longitude, latitude in list(ring.coords)[:-1])
