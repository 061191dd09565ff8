"""Runs of worn receivers whose truth is known: through the satellite pipeline and the real rules."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.sim.sky.disturbances import Bag, Disturbance, Jammer, Spoofer
from baqylau.sim.sky.way import (
    BUS,
    CAR_PARK,
    FLAT,
    OPEN,
    RAMP,
    TREES,
    TUNNEL,
    Leg,
    Way,
    canyon,
)
from baqylau.sim.sky.worn import reports
from tests.quality.case import Case, case, truth
from tests.quality.telling import Day
from tests.unit.rules.stories import TRACKER, at

FOUND_WITHIN_S = 120.0
"""Jamming, deception and shielding are found so soon."""
WALK_M_S = 1.4


class Scenario(Struct, frozen=True, kw_only=True):
    """A way, what is done to the receiver on it, and what has to be found, from when on."""

    way: Way
    done: tuple[Disturbance, ...] = ()
    code: Code | None = None
    """None: nothing happens, and nothing of the kind may be found."""
    from_s: float = 0.0


Maker = Callable[[Random], Scenario]
ALARMS = frozenset({Code.GNSS_JAM, Code.SPOOFING, Code.SHIELDING})


def judged_case(random: Random, scenario: Scenario) -> Case:
    """Give what the server gets of a scenario, with its truth."""
    day = Day(random, at("13:00"), tracked=True)
    seed, start_s = random.randrange(2**32), day.begun_at.timestamp()
    for told in reports(scenario.way, scenario.done, seed, start_s):
        day.tell(day.begun_at + timedelta(seconds=told.truth.into_s), TRACKER, *told.bodies)
    day.now = day.begun_at + timedelta(seconds=scenario.way.lasts_s)
    truths = []
    if scenario.code is not None:
        truths = [truth(scenario.code, day.begun_at + timedelta(seconds=scenario.from_s), FOUND_WITHIN_S)]
    return case(day, truths=truths, may=[Code.NO_FIX, Code.NO_FIX_PERSISTS, Code.JUMP])


def on_foot(random: Random, *legs: Leg) -> Way:
    """Begin outdoors, for the minutes that a receiver needs to know its sky, and go on."""
    return Way((0.0, 0.0), _walk(random, (0.0, 0.0), random.uniform(180, 300)), *legs)


def _walk(random: Random, start: tuple[float, float], lasts_s: float) -> Leg:
    far_m = WALK_M_S * lasts_s
    return Leg(to=(start[0] + far_m * random.choice((0.0, 1.0)), start[1]), lasts_s=lasts_s, scene=OPEN)


def _disturbed(random: Random, done: Callable[[float, float], Disturbance], code: Code) -> Scenario:
    way = on_foot(random)
    from_s = way.lasts_s + random.uniform(0, 60)
    end = way.at(way.lasts_s).place
    rest = random.choice((OPEN, TREES))
    away = (end[0] + WALK_M_S * 420, end[1]) if random.random() < 0.5 else end
    way = Way((0.0, 0.0), Leg(to=end, lasts_s=way.lasts_s), Leg(to=away, lasts_s=420.0, scene=rest, fade_s=20.0))
    return Scenario(way=way, done=(done(from_s, from_s + 300.0),), code=code, from_s=from_s)


def jammer_in_a_pocket(random: Random) -> Scenario:
    """Nothing is heard any more."""
    ceiling = random.uniform(5, 18)
    return _disturbed(
        random,
        lambda from_s, until_s: Jammer(from_s=from_s, until_s=until_s, ceiling_dbhz=ceiling, rise_s=2.0),
        Code.GNSS_JAM,
    )


def jammer_across_the_street(random: Random) -> Scenario:
    """The receiver keeps its place, hardly."""
    ceiling = random.uniform(20, 27)
    return _disturbed(
        random,
        lambda from_s, until_s: Jammer(from_s=from_s, until_s=until_s, ceiling_dbhz=ceiling, rise_s=4.0),
        Code.GNSS_JAM,
    )


def led_away(random: Random) -> Scenario:
    """A deceiver takes the receiver over and leads its place away."""
    walks = random.choice((-1, 1)) * random.uniform(1.0, 4.0), random.uniform(-1.0, 1.0)
    return _disturbed(
        random, lambda from_s, until_s: Spoofer(from_s=from_s, until_s=until_s, walks_m_s=walks), Code.SPOOFING
    )


def time_stepped(random: Random) -> Scenario:
    """A deceiver with another time."""
    step_s = random.choice((-1, 1)) * random.uniform(2.0, 900.0)
    return _disturbed(
        random, lambda from_s, until_s: Spoofer(from_s=from_s, until_s=until_s, step_s=step_s), Code.SPOOFING
    )


def all_alike(random: Random) -> Scenario:
    """A deceiver whose satellites are all as strong, and which does nothing else yet."""
    strength = random.uniform(40, 50)
    return _disturbed(
        random,
        lambda from_s, until_s: Spoofer(from_s=from_s, until_s=until_s, strength_dbhz=strength, spread_db=0.3),
        Code.SPOOFING,
    )


def foil_bag(random: Random) -> Scenario:
    """Sky and network are gone within a second."""
    return _disturbed(random, lambda from_s, until_s: Bag(from_s=from_s, until_s=until_s), Code.SHIELDING)


def clean_walk(random: Random) -> Scenario:
    """A walk in the open, below trees and through a park."""
    return Scenario(way=on_foot(random, *_strolls(random, (OPEN, TREES, OPEN))))


def clean_canyon(random: Random) -> Scenario:
    """Among towers, walking and waiting."""
    deep = canyon(random.uniform(0, 180), random.uniform(45, 72))
    return Scenario(way=on_foot(random, *_strolls(random, (deep, deep, OPEN, deep))))


def clean_car_park(random: Random) -> Scenario:
    """By car down a ramp, parked two floors below, and out again."""
    ramp_s, stays_s = random.uniform(15, 40), random.uniform(200, 500)
    start = on_foot(random)
    x, _ = start.at(start.lasts_s).place
    return Scenario(
        way=Way(
            (0.0, 0.0),
            Leg(to=(x, 0.0), lasts_s=start.lasts_s),
            Leg(to=(x + 900, 0.0), lasts_s=90.0, fade_s=10.0),
            Leg(to=(x + 930, 0.0), lasts_s=ramp_s, scene=RAMP, fade_s=ramp_s * random.uniform(0.4, 0.9)),
            Leg(to=(x + 960, 0.0), lasts_s=25.0, scene=CAR_PARK, fade_s=random.uniform(10, 25)),
            Leg(to=(x + 960, 0.0), lasts_s=stays_s, scene=CAR_PARK),
            Leg(to=(x + 900, 0.0), lasts_s=30.0, scene=RAMP, fade_s=20.0),
            Leg(to=(x, 0.0), lasts_s=120.0, fade_s=5.0),
        )
    )


def clean_tunnel(random: Random) -> Scenario:
    """By bus through a tunnel."""
    start = on_foot(random)
    x, _ = start.at(start.lasts_s).place
    long_s = random.uniform(20, 240)
    return Scenario(
        way=Way(
            (0.0, 0.0),
            Leg(to=(x, 0.0), lasts_s=start.lasts_s),
            Leg(to=(x + 1000, 0.0), lasts_s=90.0, scene=BUS, fade_s=5.0),
            Leg(to=(x + 1000 + 12 * long_s, 0.0), lasts_s=long_s, scene=TUNNEL, fade_s=random.uniform(1, 4)),
            Leg(to=(x + 3000 + 12 * long_s, 0.0), lasts_s=150.0, scene=BUS, fade_s=2.0),
        )
    )


def clean_home(random: Random) -> Scenario:
    """Home into a flat, and out again."""
    return Scenario(way=on_foot(random, *_strolls(random, (OPEN, FLAT, FLAT, OPEN))))


def clean_metro(random: Random) -> Scenario:
    """Down the stairs, a ride, up the stairs."""
    start = on_foot(random)
    x, _ = start.at(start.lasts_s).place
    ride_s = random.uniform(180, 400)
    return Scenario(
        way=Way(
            (0.0, 0.0),
            Leg(to=(x, 0.0), lasts_s=start.lasts_s),
            Leg(to=(x + 20, 0.0), lasts_s=30.0, scene=TUNNEL, fade_s=random.uniform(8, 20)),
            Leg(to=(x + 12 * ride_s, 0.0), lasts_s=ride_s, scene=TUNNEL),
            Leg(to=(x + 12 * ride_s + 20, 0.0), lasts_s=30.0, scene=OPEN, fade_s=random.uniform(8, 20)),
            Leg(to=(x + 12 * ride_s + 300, 0.0), lasts_s=200.0),
        )
    )


def _strolls(random: Random, scenes: Sequence[object]) -> list[Leg]:
    legs, x = [], 500.0
    for scene in scenes:
        lasts_s = random.uniform(90, 200)
        x += random.choice((0.0, WALK_M_S)) * lasts_s
        legs.append(Leg(to=(x, random.uniform(-30, 30)), lasts_s=lasts_s, scene=scene, fade_s=random.uniform(2, 8)))  # type: ignore[arg-type]
    return legs


PROFILES: dict[str, Maker] = {
    make.__name__.replace("_", " "): make
    for make in (jammer_in_a_pocket, jammer_across_the_street, led_away, time_stepped, all_alike, foil_bag)
}
CLEAN: dict[str, Maker] = {
    make.__name__.removeprefix("clean_").replace("_", " "): make
    for make in (clean_walk, clean_canyon, clean_car_park, clean_tunnel, clean_home, clean_metro)
}
