"""The true way of a receiver: where it is at an instant, how it moves, and what stands around and above it."""

from itertools import accumulate
from math import atan2, degrees, dist

from msgspec import Struct
from msgspec.structs import replace

from baqylau.sim.town_plan import Place


class Scene(Struct, frozen=True, kw_only=True):
    """What stands between a place and the sky, and between it and the mobile network."""

    walls_deg: float = 0.0
    """Walls along both sides of the street hide the sky up to this elevation, seen across the street."""
    street_deg: float = 0.0
    """Where the street leads."""
    roof_db: float = 0.0
    """What lies above takes from every satellite."""
    cell_db: float = 0.0
    """What the mobile network loses here."""


OPEN = Scene()
TREES = Scene(roof_db=6.0)
BUS = Scene(roof_db=9.0, cell_db=5.0)
FLAT = Scene(walls_deg=25.0, roof_db=14.0, cell_db=10.0)
"""A room of a block of flats."""
TUNNEL = Scene(roof_db=70.0, cell_db=12.0)
"""A tunnel or the metro: no sky, the network goes on."""
RAMP = Scene(roof_db=22.0, cell_db=14.0)
CAR_PARK = Scene(roof_db=70.0, cell_db=45.0)
"""Two floors below the ground: neither sky nor network."""
BASEMENT = Scene(roof_db=60.0, cell_db=24.0)
"""Below a house: no sky, the network hardly."""


def canyon(street_deg: float, walls_deg: float = 58.0) -> Scene:
    """Give a narrow street between towers."""
    return Scene(walls_deg=walls_deg, street_deg=street_deg, cell_db=6.0)


class Leg(Struct, frozen=True, kw_only=True):
    """A stretch walked or driven evenly, or a stay."""

    to: Place
    lasts_s: float
    scene: Scene = OPEN
    fade_s: float = 3.0
    """How long it takes from the scene before to this one: a doorway is a step, a ramp half a minute."""


class Truth(Struct, frozen=True, kw_only=True):
    """What is so at an instant."""

    into_s: float
    """Since the way began."""
    place: Place
    speed_m_s: float
    course_deg: float
    scene: Scene

    @property
    def moving(self) -> bool:
        """Whether the receiver moves."""
        return self.speed_m_s > 0


class Way:
    """Legs, one after the other. After the last one it stays."""

    def __init__(self, start: Place, *legs: Leg, scene: Scene = OPEN) -> None:
        """Begin at a place, under a sky."""
        self._legs = legs
        self._starts = [start, *(leg.to for leg in legs)]
        self._scenes = [scene, *(leg.scene for leg in legs)]
        self._begin_s = [0.0, *accumulate(leg.lasts_s for leg in legs)]

    @property
    def lasts_s(self) -> float:
        """How long it is."""
        return self._begin_s[-1]

    def at(self, into_s: float) -> Truth:
        """Give what is so at an instant."""
        number = next((n for n, end_s in enumerate(self._begin_s[1:]) if into_s < end_s), None)
        if number is None:
            return Truth(into_s=into_s, place=self._starts[-1], speed_m_s=0.0, course_deg=0.0, scene=self._scenes[-1])
        leg, (east_m, north_m), since_s = self._legs[number], self._starts[number], into_s - self._begin_s[number]
        share, (to_east_m, to_north_m) = since_s / leg.lasts_s, leg.to
        return Truth(
            into_s=into_s,
            place=(east_m + (to_east_m - east_m) * share, north_m + (to_north_m - north_m) * share),
            speed_m_s=dist(self._starts[number], leg.to) / leg.lasts_s,
            course_deg=degrees(atan2(to_east_m - east_m, to_north_m - north_m)) % 360,
            scene=_between(self._scenes[number], leg.scene, min(since_s / leg.fade_s, 1.0)),
        )


def _between(before: Scene, after: Scene, share: float) -> Scene:
    if share >= 1.0:
        return after
    return replace(
        after,
        walls_deg=before.walls_deg + (after.walls_deg - before.walls_deg) * share,
        roof_db=before.roof_db + (after.roof_db - before.roof_db) * share,
        cell_db=before.cell_db + (after.cell_db - before.cell_db) * share,
    )
