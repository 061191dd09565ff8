"""Places a short way from each other, and how far. Runs in MicroPython.

Right to half a percent within some hundred kilometres, which is more than any limit of this folder asks; where a zone
is decided, `rules.places.geometry` measures.
"""

from math import cos, radians, sqrt

DEGREE_M = 111_195.0
"""One degree on a sphere of the Earth's mean radius (6 371 km)."""


class Place:
    """A position that was measured, with the radius that holds the true one in 95 of 100 cases."""

    __slots__ = ("at_s", "course_deg", "latitude_deg", "longitude_deg", "r95_m", "speed_m_s")

    def __init__(
        self,
        at_s: float,
        latitude_deg: float,
        longitude_deg: float,
        r95_m: float,
        motion: "tuple[float | None, float | None]" = (None, None),
    ) -> None:
        """Take the instant in Unix seconds, the place, R95, and speed in m/s with course in degrees where told."""
        self.at_s = at_s
        self.latitude_deg = latitude_deg
        self.longitude_deg = longitude_deg
        self.r95_m = r95_m
        self.speed_m_s, self.course_deg = motion


def way_m(one: Place, other: Place) -> "tuple[float, float]":
    """Give how far east and how far north the other place lies, the short way round."""
    east_deg = (other.longitude_deg - one.longitude_deg + 180.0) % 360.0 - 180.0
    middle = radians((one.latitude_deg + other.latitude_deg) / 2)
    return east_deg * cos(middle) * DEGREE_M, (other.latitude_deg - one.latitude_deg) * DEGREE_M


def distance_m(one: Place, other: Place) -> float:
    """Give the distance of two places."""
    east_m, north_m = way_m(one, other)
    return sqrt(east_m * east_m + north_m * north_m)
