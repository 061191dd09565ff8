"""Families about being at home in the hours."""

from datetime import timedelta
from random import Random

from baqylau.domain.findings import Code
from baqylau.domain.orders import PresenceRegime
from tests.quality.case import SILENCE_LIMIT_S, Case, case, family, truth
from tests.quality.telling import AMONG_TOWERS, AT_HOME, HARDLY_ANY_SKY, HOME_M, OUTDOORS, Day, Place, round_zone
from tests.unit.rules.stories import at, permission, presence

FAST_S = (10.0, 30.0, 60.0)


def curfew() -> PresenceRegime:
    """At home from 22:00 to 06:00, with five minutes of grace."""
    return presence(places=(round_zone("Home", AT_HOME, HOME_M),))


def evening(random: Random, clock: str = "20:00") -> Day:
    """Begin an evening at home."""
    return Day(random, at(clock) + timedelta(seconds=random.randrange(60)), every_s=random.choice(FAST_S))


def somewhere(random: Random) -> Place:
    """Give a place some streets away."""
    return random.choice((-1, 1)) * random.uniform(300, 900), random.uniform(300, 900)


@family
def at_home_through_the_night(random: Random) -> Case:
    """Nothing happens."""
    day = evening(random)
    day.stay(10.5 * 60)
    return case(day, curfew())


@family
def drift_among_tower_blocks(random: Random) -> Case:
    """At home; the receiver hears reflections and thinks too well of itself."""
    day = evening(random)
    day.receiver = AMONG_TOWERS
    day.stay(10.5 * 60)
    return case(day, curfew())


@family
def poor_fixes_at_home(random: Random) -> Case:
    """At home behind thick walls: places that could be anywhere in the street."""
    day = evening(random)
    day.receiver = HARDLY_ANY_SKY
    day.stay(10.5 * 60)
    return case(day, curfew())


@family
def leaves_in_the_night(random: Random) -> Case:
    """Goes out within the hours and comes back."""
    day = evening(random)
    day.stay(random.uniform(180, 400))
    day.receiver = OUTDOORS
    day.go(somewhere(random))
    day.stay(random.uniform(5, 60))
    day.go(AT_HOME)
    day.stay(60)
    return case(day, curfew(), truths=[truth(Code.LEFT_EARLY, day.left(AT_HOME, HOME_M), 400)])


@family
def comes_home_late(random: Random) -> Case:
    """Is still out when the hours begin and the grace is over."""
    day = evening(random)
    day.stay(10)
    day.receiver = OUTDOORS
    day.go(somewhere(random))
    day.stay((at("22:00") - day.now) / timedelta(minutes=1) + random.uniform(20, 90))
    day.go(AT_HOME)
    day.stay(60)
    return case(day, curfew(), truths=[truth(Code.LATE_RETURN, at("22:05"), 240)])


@family
def out_in_the_night_with_a_permission(random: Random) -> Case:
    """Goes out in the night, as an inspector has allowed, and is back in time."""
    day = evening(random)
    day.stay((at("23:00") - day.now) / timedelta(minutes=1) + random.uniform(1, 10))
    day.receiver = OUTDOORS
    day.go(somewhere(random))
    day.stay(random.uniform(20, 90))
    day.go(AT_HOME)
    day.stay(120)
    return case(day, curfew(), permissions=(permission(at("23:00"), at("01:55", 1)),))


@family
def away_from_home_when_the_device_is_found_again(random: Random) -> Case:
    """The device was off since the afternoon and speaks again in the night, far from home: nobody saw how."""
    day = Day(random, at("15:00"), every_s=random.choice(FAST_S))
    day.stay(10)
    last_at = max(one.observed_at for one in day.said)
    day.without_reports((at("23:30") - day.now) / timedelta(minutes=1))
    day.place = somewhere(random)
    day.receiver = OUTDOORS
    on_at = day.now
    day.stay(random.uniform(10, 60))
    silence = truth(Code.NO_COMMS, last_at + timedelta(seconds=SILENCE_LIMIT_S), 60)
    return case(day, curfew(), truths=[silence, truth(Code.NOT_AT_HOME, on_at, 240)])
