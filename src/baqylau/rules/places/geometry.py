"""Where a fix stands to a zone, in metres, and how sure that is.

Every zone gets a plane of its own: degrees times the radii of curvature of WGS 84 at its middle. Straight edges stay
straight there, and distances are right to better than 0.1 % for zones of a city's size; circles are measured along the
mean latitude instead, which holds for hundreds of kilometres. The margin is the distance to the edge, positive
inside; a fix decides only where its R95 disc does not cross the edge.

A margin changes by no more than the way between two points. So the exact distance of the middle of a square of a grid
decides for most fixes in it, and few fixes cost more than a subtraction.
"""

from functools import lru_cache
from math import copysign, cos, hypot, isfinite, radians, sin, sqrt
from typing import Final, Protocol, assert_never

import shapely

from baqylau.domain.verdicts import Standing, Verdict
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.prescribing.repair import ZoneError, repaired
from baqylau.rules.settings import COARSE_CLEARANCE, COARSE_R95_M

__all__ = [
    "LONGEST_DEGREE_M",
    "Shape",
    "ZoneError",
    "distance_m",
    "east_deg",
    "metres_per_degree",
    "repaired",
    "shape_of",
    "verdict",
]

_EQUATOR_M: Final = 6_378_137.0
_ECCENTRICITY_SQUARED: Final = 6.694_379_990_14e-3
_LATITUDE_DEGREE_M: Final = 110_000.0
"""Less than the shortest degree of latitude on WGS 84 (110 574 m)."""
LONGEST_DEGREE_M: Final = 111_700.0
"""More than the longest degree of WGS 84, either way."""
_ROUNDING_M: Final = 0.001
_SQUARES: Final = 32
"""Of the grid, along the longer side of a zone."""
_SMALLEST_M: Final = 200.0
_REMEMBERED: Final = 128
"""Squares of one zone whose distance is remembered."""


def metres_per_degree(latitude_deg: float) -> tuple[float, float]:
    """Give metres per degree of latitude and of longitude at a latitude (WGS 84)."""
    sine = sin(radians(latitude_deg))
    flat = 1.0 - _ECCENTRICITY_SQUARED * sine * sine
    prime_m = _EQUATOR_M / sqrt(flat)
    meridian_m = prime_m * (1.0 - _ECCENTRICITY_SQUARED) / flat
    return radians(meridian_m), radians(prime_m) * cos(radians(latitude_deg))


def east_deg(longitude_deg: float, of_deg: float) -> float:
    """Give how far east of another a longitude lies, the short way round."""
    return (longitude_deg - of_deg + 180.0) % 360.0 - 180.0


def distance_m(from_latitude_deg: float, from_longitude_deg: float, latitude_deg: float, longitude_deg: float) -> float:
    """Give the distance of two places: right to 0.3 % within some hundred kilometres, an estimate beyond."""
    north_m, east_m = metres_per_degree((from_latitude_deg + latitude_deg) / 2)
    return hypot((latitude_deg - from_latitude_deg) * north_m, east_deg(longitude_deg, from_longitude_deg) * east_m)


class Shape(Protocol):
    """A zone made ready for many fixes."""

    def margin_m(self, latitude_deg: float, longitude_deg: float) -> float:
        """Give the distance to the edge, positive inside."""
        ...

    def clear_m(self, latitude_deg: float, longitude_deg: float, accuracy_m: float) -> float:
        """Give the margin, or at less cost one nearer to zero that is still beyond the accuracy."""
        ...


def _standing(margin_m: float, accuracy_m: float) -> Standing:
    if margin_m > accuracy_m:
        return Standing.INSIDE
    if -margin_m > accuracy_m:
        return Standing.OUTSIDE
    return Standing.UNKNOWN


class _Disc:
    """A circle."""

    __slots__ = ("_latitude_deg", "_longitude_deg", "_radius_m")

    def __init__(self, zone: Circle) -> None:
        self._latitude_deg, self._longitude_deg = zone.center.latitude_deg, zone.center.longitude_deg
        self._radius_m = zone.radius_m

    def margin_m(self, latitude_deg: float, longitude_deg: float) -> float:
        """Give the radius less the distance to the centre."""
        return self._radius_m - distance_m(self._latitude_deg, self._longitude_deg, latitude_deg, longitude_deg)

    def clear_m(self, latitude_deg: float, longitude_deg: float, accuracy_m: float) -> float:
        """Give the margin; a fix far to the north or south needs no trigonometry."""
        beyond_m = abs(latitude_deg - self._latitude_deg) * _LATITUDE_DEGREE_M - self._radius_m
        return -beyond_m if beyond_m > accuracy_m else self.margin_m(latitude_deg, longitude_deg)


class _Drawing:
    """What distances are measured from: the edge, and for a polygon its area."""

    __slots__ = ("area", "edge")

    def __init__(self, area: shapely.Polygon | None, edge: shapely.Geometry) -> None:
        self.area, self.edge = area, edge
        shapely.prepare(edge)
        if area is not None:
            shapely.prepare(area)


class _Plane:
    """A polygon or a corridor in its own plane. Remembers the distances of its grid, which change no answer.

    It is drawn when the first fix comes near. Most zones never see one, and drawing them all, each time when somebody's
    plan is made, would cost a judge of many people more than judging.
    """

    __slots__ = (
        "_bounds",
        "_drawing",
        "_east_m",
        "_grid",
        "_latitude_deg",
        "_longitude_deg",
        "_north_m",
        "_square_m",
        "_width_m",
        "_zone",
    )

    def __init__(self, zone: Polygon | Corridor) -> None:
        points = zone.outline if isinstance(zone, Polygon) else zone.line
        latitudes = [point.latitude_deg for point in points]
        self._zone = zone
        self._latitude_deg = (min(latitudes) + max(latitudes)) / 2
        self._longitude_deg = points[0].longitude_deg
        self._north_m, self._east_m = metres_per_degree(self._latitude_deg)
        self._width_m = zone.half_width_m if isinstance(zone, Corridor) else 0.0
        self._drawing: _Drawing | None = None
        self._grid: dict[tuple[int, int], float] = {}
        x_m, y_m = zip(*self._ring(points), strict=True)
        west, south, east, north = min(x_m), min(y_m), max(x_m), max(y_m)
        self._bounds: tuple[float, float, float, float] = (
            west - self._width_m,
            south - self._width_m,
            east + self._width_m,
            north + self._width_m,
        )
        self._square_m: float = max(east - west, north - south, _SMALLEST_M) / _SQUARES

    def _drawn(self) -> "_Drawing":
        """Give the zone as it is measured, from the first time on the same."""
        if self._drawing is None:
            match self._zone:
                case Polygon(outline=outline, holes=holes):
                    area = shapely.Polygon(self._ring(outline), [self._ring(hole) for hole in holes])
                    self._drawing = _Drawing(area, area.boundary)
                case Corridor(line=line):
                    self._drawing = _Drawing(None, shapely.LineString(self._ring(line)))
                case _:
                    assert_never(self._zone)
        return self._drawing

    def _ring(self, points: tuple[Point, ...]) -> list[tuple[float, float]]:
        return [self._place(point.latitude_deg, point.longitude_deg) for point in points]

    def _place(self, latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
        east_deg = (longitude_deg - self._longitude_deg + 180.0) % 360.0 - 180.0
        return east_deg * self._east_m, (latitude_deg - self._latitude_deg) * self._north_m

    def _exact_m(self, x_m: float, y_m: float) -> float:
        drawn = self._drawn()
        edge_m = float(shapely.distance(drawn.edge, shapely.Point(x_m, y_m)))
        if drawn.area is None:
            return self._width_m - edge_m
        return edge_m if shapely.contains_xy(drawn.area, x_m, y_m) else -edge_m

    def margin_m(self, latitude_deg: float, longitude_deg: float) -> float:
        """Give the exact distance to the edge."""
        return self._exact_m(*self._place(latitude_deg, longitude_deg))

    def clear_m(self, latitude_deg: float, longitude_deg: float, accuracy_m: float) -> float:
        """Give the margin, or what is certain of it from the zone's bounds or from the grid."""
        x_m, y_m = self._place(latitude_deg, longitude_deg)
        west, south, east, north = self._bounds
        beyond_m = max(west - x_m, x_m - east, south - y_m, y_m - north)
        if beyond_m > accuracy_m:
            return -beyond_m
        left_m = self._left_m(x_m, y_m)
        return left_m if abs(left_m) > accuracy_m else self._exact_m(x_m, y_m)

    def _left_m(self, x_m: float, y_m: float) -> float:
        """Give what is left of the margin of the square's middle on the way to a place in it."""
        size_m = self._square_m
        square = (round(x_m / size_m), round(y_m / size_m))
        margin_m = self._grid.get(square)
        if margin_m is None:
            if len(self._grid) >= _REMEMBERED:
                self._grid.clear()
            margin_m = self._grid[square] = self._exact_m(square[0] * size_m, square[1] * size_m)
        left_m = abs(margin_m) - hypot(x_m - square[0] * size_m, y_m - square[1] * size_m) - _ROUNDING_M
        return copysign(max(left_m, 0.0), margin_m)


@lru_cache(maxsize=8192)
def shape_of(zone: Zone) -> Shape:
    """Make a zone ready for many fixes. The zone has been through `repaired`."""
    return _Disc(zone) if isinstance(zone, Circle) else _Plane(zone)


def clearance_m(accuracy_m: float) -> float:
    """Give how far from an edge a fix has to lie to decide: its R95, and more where that is coarse."""
    return accuracy_m if accuracy_m <= COARSE_R95_M else COARSE_CLEARANCE * accuracy_m


def verdict(zone: Zone, latitude_deg: float, longitude_deg: float, accuracy_m: float) -> Verdict:
    """Give the standing of a fix to a zone, with its margin in metres. `accuracy_m` is the fix's R95."""
    margin_m = shape_of(zone).margin_m(latitude_deg, longitude_deg)
    standing = _standing(margin_m, clearance_m(accuracy_m)) if isfinite(margin_m) else Standing.UNKNOWN
    return Verdict(standing=standing, margin_m=margin_m, accuracy_m=accuracy_m)
