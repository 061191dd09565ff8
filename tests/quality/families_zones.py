"""Families about places to keep out of, to keep in, and to come to."""

from datetime import timedelta
from random import Random

from baqylau.domain.findings import Code
from baqylau.domain.orders import ExclusionZone
from tests.quality.case import AT_ONCE_S, Case, case, family, truth
from tests.quality.telling import AT_HOME, OUTDOORS, Day, Place, round_zone
from tests.unit.rules.stories import at, exclusion, nightly, required_place, territory

SCHOOL: Place = (0.0, 1500.0)
SCHOOL_M = 120.0
WORK: Place = (2000.0, 0.0)
WORK_M = 100.0
TOWN_M = 5000.0
PACES_S = (10.0, 20.0, 60.0)


def school() -> ExclusionZone:
    """Never at the school."""
    return exclusion(zone=round_zone("School", SCHOOL, SCHOOL_M))


def afternoon(random: Random) -> Day:
    """Begin an afternoon at home, on foot outdoors."""
    day = Day(random, at("13:00") + timedelta(seconds=random.randrange(60)), every_s=random.choice(PACES_S))
    day.receiver = OUTDOORS
    return day


@family
def walks_past_a_forbidden_zone(random: Random) -> Case:
    """Passes the zone at a distance of a street's width."""
    day = afternoon(random)
    day.stay(30)
    beside_m = SCHOOL_M + random.uniform(25, 90)
    day.go((beside_m, 900))
    day.go((beside_m, 2100))
    day.stay(random.uniform(5, 30))
    day.go((beside_m, 900))
    day.go(AT_HOME)
    return case(day, school())


@family
def enters_a_forbidden_zone(random: Random) -> Case:
    """Goes into the zone and stays for minutes."""
    day = afternoon(random)
    day.stay(30)
    day.go((random.uniform(-30, 30), SCHOOL[1] + random.uniform(-30, 30)))
    day.stay(random.uniform(4, 20))
    day.go(AT_HOME)
    day.stay(20)
    return case(day, school(), truths=[truth(Code.EXCLUSION_ENTRY, day.entered(SCHOOL, SCHOOL_M), 240)])


@family
def leaves_the_town(random: Random) -> Case:
    """Drives out of the territory and back."""
    day = afternoon(random)
    day.stay(30)
    day.go((-8000.0, random.uniform(-500, 500)), speed_m_s=random.uniform(9, 25))
    day.stay(random.uniform(5, 60))
    day.go(AT_HOME, speed_m_s=15)
    day.stay(20)
    town = territory(zone=round_zone("Town", AT_HOME, TOWN_M))
    return case(day, town, truths=[truth(Code.TERRITORY_LEFT, day.left(AT_HOME, TOWN_M), 240)])


@family
def leaves_work_within_the_hours(random: Random) -> Case:
    """Comes to work in time and leaves it before the hours end."""
    day = afternoon(random)
    day.now, day.place = at("08:30"), WORK
    day.stay(random.uniform(120, 300))
    day.go(AT_HOME)
    day.stay(60)
    work = required_place(zone=round_zone("Work", WORK, WORK_M), schedule=nightly("09:00", "18:00"))
    return case(day, work, truths=[truth(Code.PLACE_LEFT, day.left(WORK, WORK_M), 300)])


@family
def does_not_come_to_work(random: Random) -> Case:
    """Stays at home when work begins."""
    day = afternoon(random)
    day.now = at("08:00")
    day.stay(random.uniform(150, 300))
    work = required_place(zone=round_zone("Work", WORK, WORK_M), schedule=nightly("09:00", "18:00"))
    return case(day, work, truths=[truth(Code.PLACE_NOT_ENTERED, at("09:15"), 240)])


@family
def one_place_far_astray(random: Random) -> Case:
    """The receiver is led astray once, out of town, faster than anybody moves; the person stays at home."""
    day = afternoon(random)
    day.stay(random.uniform(30, 90))
    jumped_at = day.astray(random.choice(((9000.0, 5500.0), (-40_000.0, 0.0))))
    day.now += timedelta(seconds=day.every_s)
    day.stay(60)
    town = territory(zone=round_zone("Town", AT_HOME, TOWN_M))
    return case(day, school(), town, truths=[truth(Code.JUMP, jumped_at, AT_ONCE_S)])


@family
def one_place_astray_in_a_forbidden_zone(random: Random) -> Case:
    """The receiver is led astray once, by so little that one could have gone there; the person stays at home."""
    day = afternoon(random)
    day.every_s = 60.0
    day.stay(random.uniform(30, 90))
    day.astray(SCHOOL)
    day.now += timedelta(seconds=day.every_s)
    day.stay(60)
    return case(day, school())
