"""Places that an order names: circle, polygon with holes, corridor.

Coordinates are WGS 84 degrees, sizes are metres. A zone here is a value; whether it is well formed is decided when it
is saved (`rules.places.geometry.repaired`), and where a fix stands to it is decided by `rules.places.geometry.verdict`.
"""

from msgspec import Struct


class Point(Struct, frozen=True, array_like=True, gc=False):
    """A place on the ellipsoid, latitude first as people say it."""

    latitude_deg: float
    longitude_deg: float


class Circle(Struct, frozen=True, tag="circle", kw_only=True):
    """All places within `radius_m` of the centre."""

    name: str
    center: Point
    radius_m: float


class Polygon(Struct, frozen=True, tag="polygon", kw_only=True):
    """An outline and the holes in it. Rings need not repeat their first point."""

    name: str
    outline: tuple[Point, ...]
    holes: tuple[tuple[Point, ...], ...] = ()


class Corridor(Struct, frozen=True, tag="corridor", kw_only=True):
    """All places within `half_width_m` of a line, such as the way to work."""

    name: str
    line: tuple[Point, ...]
    half_width_m: float


Zone = Circle | Polygon | Corridor
