"""How far a place is from the edge of a zone, for the first warning alone: the server judges for itself. MicroPython.

On a plane around the place, which is right to half a percent within some hundred kilometres.
"""

from math import sqrt

from baqylau.rules.gnss.plane import Place, distance_m, way_m

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Point = tuple[float, float]


def outside_m(place: Place, zone: "dict[str, Any]") -> float:
    """Give how far outside of a zone a place is; less than zero within it."""
    if zone["type"] == "circle":
        return distance_m(place, _place(zone["center"])) - float(zone["radius_m"])
    if zone["type"] == "corridor":
        return _to_line_m([_seen(place, one) for one in zone["line"]]) - float(zone["half_width_m"])
    rings = [[_seen(place, one) for one in ring] for ring in [zone["outline"]] + zone["holes"]]
    edge_m = min([_to_line_m(ring + ring[:1]) for ring in rings])
    within = sum([_around(ring) for ring in rings]) % 2 == 1
    return -edge_m if within else edge_m


def _place(point: "list[float]") -> Place:
    return Place(0, point[0], point[1], 0.0)


def _seen(place: Place, point: "list[float]") -> "Point":
    """Give a point as metres east and north of the place."""
    return way_m(place, _place(point))


def _to_line_m(points: "list[Point]") -> float:
    """Give how far the line is from where we are."""
    if len(points) == 1:
        return sqrt(points[0][0] ** 2 + points[0][1] ** 2)
    return min([_to_stretch_m(points[at], points[at + 1]) for at in range(len(points) - 1)])


def _to_stretch_m(one: "Point", other: "Point") -> float:
    east, north = other[0] - one[0], other[1] - one[1]
    length2 = east * east + north * north
    share = min(max(-(one[0] * east + one[1] * north) / length2, 0.0), 1.0) if length2 else 0.0
    return sqrt((one[0] + share * east) ** 2 + (one[1] + share * north) ** 2)


def _around(ring: "list[Point]") -> bool:
    """Tell whether a ring goes around where we are."""
    inside = False
    for at, other in enumerate(ring):
        one = ring[at - 1]
        if (one[1] > 0.0) != (other[1] > 0.0) and one[0] - one[1] * (other[0] - one[0]) / (other[1] - one[1]) > 0.0:
            inside = not inside
    return inside
