"""Where a worn receiver says that it is, against where it is: the method of NIJ 1004.00, tests 6.7 to 6.9, simulated.

Each receiver is worn at the ankle, begins cold, and tells a position once a minute; one that the satellite pipeline
does not believe is not counted as told. Outdoors nothing stands in the way (6.8). Indoors the wearer goes about in a
room of a block of flats with an indoor relay (6.9): heard three times in ten seconds the place is the relay's, unheard
for a minute it is that of the satellites again.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import dist, log10
from random import Random

from msgspec import Struct

from baqylau.domain.zones import Point
from baqylau.rules.gnss import pipeline
from baqylau.rules.gnss.epoch import BEIDOU, GALILEO, GLONASS, GPS
from baqylau.rules.gnss.surroundings import Surroundings
from baqylau.sim.sky.receiver import Model, Receiver
from baqylau.sim.sky.way import FLAT, OPEN, Leg, Scene, Way, canyon
from baqylau.sim.town_plan import Place, to_place

EVERY_S, LOOKS_S = 60, 5
FIRST_FIX_S = 120.0
"""Test 6.7: cold, under an open sky."""
ALL = GPS + GLONASS + GALILEO + BEIDOU
BEGUN_S = 1_790_000_000.0
RELAY: Place = (2.0, 3.0)
ROOM_M = 9.0
NEAR_FRAMES, NEAR_S, GONE_S = 3, 10, 60
RELAY_DBM, SHADOW_DB, SENSITIVITY_DBM, WAY_DB = -62.0, 7.0, -94.0, 30.0


class Setting(Struct, frozen=True, kw_only=True):
    """Where receivers are tried, and what is asked of them."""

    name: str
    scene: Scene
    systems: str = GPS + GLONASS
    walks: bool = False
    relay: bool = False
    limit_m: float
    held_to: str = ""
    """`outdoors`, `indoors`, or nothing where it is only told."""


SETTINGS = (
    Setting(name="open sky, at rest, GPS and GLONASS", scene=OPEN, limit_m=10, held_to="outdoors"),
    Setting(name="open sky, walking, GPS and GLONASS", scene=OPEN, walks=True, limit_m=10, held_to="outdoors"),
    Setting(name="open sky, at rest, four systems", scene=OPEN, systems=ALL, limit_m=10, held_to="outdoors"),
    Setting(
        name="open sky, walking, four systems", scene=OPEN, walks=True, systems=ALL, limit_m=10, held_to="outdoors"
    ),
    Setting(name="among towers, walking, four systems", scene=canyon(70.0), walks=True, systems=ALL, limit_m=10),
    Setting(name="in a flat with a relay", scene=FLAT, relay=True, limit_m=30, held_to="indoors"),
    Setting(name="in a flat without a relay", scene=FLAT, limit_m=30),
)


class Measured(Struct, frozen=True, kw_only=True):
    """What came of one setting."""

    setting: Setting
    receivers: int
    errors_m: tuple[float, ...]
    """Of every position told, smallest first."""
    first_fixes_s: tuple[float, ...]
    untold: int
    """Minutes without a position."""

    @property
    def share(self) -> float:
        """How many of the positions told are near enough."""
        return sum(one <= self.setting.limit_m for one in self.errors_m) / max(len(self.errors_m), 1)


def measured(setting: Setting, receivers: int, minutes: int) -> Measured:
    """Try so many receivers for so long. The seed of each is the setting's name and its number."""
    errors, firsts, untold = list[float](), list[float](), 0
    for number in range(receivers):
        random = Random(f"{setting.name} {number}")  # noqa: S311 - a simulated sky
        first = None
        for into_s, error_m in _tried(setting, random, minutes):
            first = into_s if first is None and error_m is not None else first
            if into_s % EVERY_S == 0 and first is not None:
                untold += error_m is None
                errors += [] if error_m is None else [error_m]
        firsts += [] if first is None else [float(first)]
    return Measured(
        setting=setting,
        receivers=receivers,
        errors_m=tuple(sorted(errors)),
        first_fixes_s=tuple(sorted(firsts)),
        untold=untold,
    )


def _tried(setting: Setting, random: Random, minutes: int) -> Iterator[tuple[int, float | None]]:
    """Give instants and the error of the place that would be told then."""
    way = _way(setting, random, minutes)
    receiver = Receiver(random.randrange(2**32), BEGUN_S, Model(systems=setting.systems))
    state, relay = pipeline.begin(), _relay(way, random) if setting.relay else None
    for into_s in range(0, int(way.lasts_s), LOOKS_S):
        truth = way.at(float(into_s))
        epoch = receiver.epoch(truth)
        state, judged = pipeline.step(state, epoch, Surroundings(BEGUN_S + into_s, moving=truth.moving))
        told = None
        if judged.place is not None:
            told = to_place(Point(judged.place.latitude_deg, judged.place.longitude_deg))
        if relay is not None and relay[into_s]:
            told = RELAY
        yield into_s, None if told is None else dist(truth.place, told)


def _way(setting: Setting, random: Random, minutes: int) -> Way:
    lasts_s = minutes * 60.0
    if setting.relay or setting.scene is FLAT:
        places = [(random.uniform(-ROOM_M, ROOM_M), random.uniform(-ROOM_M, ROOM_M)) for _ in range(minutes // 4 + 1)]
        stays = [leg for one, two in pairwise(places) for leg in (_leg(one, 220.0), _leg(two, 20.0))]
        return Way(places[0], *stays, scene=setting.scene)
    to = (1.4 * lasts_s, random.uniform(-300, 300)) if setting.walks else (0.0, 0.0)
    return Way((0.0, 0.0), Leg(to=to, lasts_s=lasts_s, scene=setting.scene), scene=setting.scene)


def _leg(to: Place, lasts_s: float) -> Leg:
    return Leg(to=to, lasts_s=lasts_s, scene=FLAT)


def _relay(way: Way, random: Random) -> list[bool]:
    """Give for each second whether the relay is near."""
    near, heard, told = False, [-float(GONE_S)] * NEAR_FRAMES, []
    shadow_db = random.gauss(0.0, SHADOW_DB)
    for into_s in range(int(way.lasts_s)):
        shadow_db = random.gauss(0.0, SHADOW_DB) if into_s % 480 == 0 else shadow_db
        away_m = max(dist(way.at(float(into_s)).place, RELAY), 1.0)
        if RELAY_DBM - shadow_db - WAY_DB * log10(away_m) + random.gauss(0.0, 4.0) > SENSITIVITY_DBM:
            heard = [*heard[1:], float(into_s)]
        near = into_s - heard[0] <= NEAR_S if not near else into_s - heard[-1] <= GONE_S
        told.append(near)
    return told
