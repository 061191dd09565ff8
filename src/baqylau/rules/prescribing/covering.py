"""Whether one place lies wholly in another, and whether the hours of one schedule are all hours of another. Pure.

Both answers are careful: yes is certain, no may mean that it cannot be told.
"""

from datetime import date, timedelta
from math import cos, pi
from typing import Final, assert_never

import shapely

from baqylau.domain.schedules import Schedule
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.places.geometry import distance_m, east_deg, metres_per_degree
from baqylau.rules.schedule import begun_on

_DAY: Final = timedelta(days=1)
_DAY_MIN: Final = 1440
_WEEK_DAYS: Final = 7
_SECTORS: Final = 32
"""Corners of a quarter of a circle, where it is drawn as a polygon."""
_OUTER: Final = 1 / cos(pi / (4 * _SECTORS))
"""By how much a polygon around a circle is wider than one within."""
_ORDINARY: Final = date(2001, 1, 1)
"""A Monday; where no day is special, every week is like its week."""
_EDGE_M: Final = 0.01
"""Edges that lie so near to each other are one."""


def covers(zone: Zone, other: Zone) -> bool:
    """Whether the other zone certainly lies in the zone, edge and all."""
    if _shape(zone) == _shape(other):
        return True
    if isinstance(zone, Circle) and isinstance(other, Circle):
        way_m = distance_m(*_pair(zone.center), *_pair(other.center))
        return way_m + other.radius_m <= zone.radius_m
    points = corners(zone)
    at = points[0]
    if any(abs(east_deg(one.longitude_deg, at.longitude_deg)) > 90 for one in (*points, *corners(other))):  # noqa: PLR2004 - a quarter of the globe is no plane
        return False
    return bool(shapely.covers(shapely.buffer(_drawn(zone, at, 1.0), _EDGE_M), _drawn(other, at, _OUTER)))


def meet(zone: Zone, other: Zone, within_m: float = 0.0) -> bool:
    """Whether two zones lie nearer to each other than a distance."""
    at = corners(zone)[0]
    ours, theirs = _drawn(zone, at, 1.0), _drawn(other, at, 1.0)
    return bool(shapely.distance(ours, theirs) <= within_m)


def area_m2(zone: Zone) -> float:
    """Give the area of a zone."""
    return float(shapely.area(_drawn(zone, corners(zone)[0], 1.0)))


def _shape(zone: Zone) -> tuple[object, ...]:
    """Give what a zone is without its name."""
    match zone:
        case Circle(center=center, radius_m=radius_m):
            return center, radius_m
        case Polygon(outline=outline, holes=holes):
            return outline, holes
        case Corridor(line=line, half_width_m=half_width_m):
            return line, half_width_m
        case _:
            assert_never(zone)


def _pair(point: Point) -> tuple[float, float]:
    return point.latitude_deg, point.longitude_deg


def corners(zone: Zone) -> tuple[Point, ...]:
    """Give the points by which the edge of a zone is drawn; of a circle its centre."""
    match zone:
        case Circle(center=center):
            return (center,)
        case Polygon(outline=outline):
            return outline
        case Corridor(line=line):
            return line
        case _:
            assert_never(zone)


def _drawn(zone: Zone, at: Point, widened: float) -> shapely.Geometry:
    """Give a zone in the plane at a point; its round edges lie within it, or around it where they are widened."""
    north_m, east_m = metres_per_degree(at.latitude_deg)

    def ring(points: tuple[Point, ...]) -> list[tuple[float, float]]:
        return [
            (east_deg(one.longitude_deg, at.longitude_deg) * east_m, (one.latitude_deg - at.latitude_deg) * north_m)
            for one in points
        ]

    match zone:
        case Circle(center=center, radius_m=radius_m):
            return shapely.Point(ring((center,))[0]).buffer(radius_m * widened, quad_segs=_SECTORS)
        case Polygon(outline=outline, holes=holes):
            return shapely.Polygon(ring(outline), [ring(hole) for hole in holes])
        case Corridor(line=line, half_width_m=half_width_m):
            return shapely.LineString(ring(line)).buffer(half_width_m * widened, quad_segs=_SECTORS)
        case _:
            assert_never(zone)


def hours_within(one: Schedule, other: Schedule) -> bool:
    """Whether every hour of one schedule certainly is an hour of the other, on each day."""
    if one == other:
        return True
    if one.timezone != other.timezone:
        return False
    return all(_minutes(one, day) <= _minutes(other, day) for day in _days(one, other))


def _days(one: Schedule, other: Schedule) -> list[date]:
    """Give each day that is of its own kind: an ordinary week, the special days and those after them."""
    special = {day.day for each in (one, other) for day in each.exceptions}
    special |= {day for each in (one, other) for day in each.holidays}
    begins = max(special, default=_ORDINARY) + _WEEK_DAYS * _DAY
    return [*special, *(day + _DAY for day in special), *(begins + number * _DAY for number in range(_WEEK_DAYS))]


def _minutes(schedule: Schedule, day: date) -> set[int]:
    """Give the minutes of a local day that are hours of duty."""
    found: set[int] = set()
    for window in begun_on(schedule, day):
        found.update(range(window.start_min, window.end_min if window.end_min > window.start_min else _DAY_MIN))
    for window in begun_on(schedule, day - _DAY):
        if window.end_min <= window.start_min:
            found.update(range(window.end_min))
    return found
