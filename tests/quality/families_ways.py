"""Families about ways through a town: past zones and through them, off the route, in the wrong hours."""

from datetime import timedelta
from random import Random

from baqylau.domain.findings import Code
from baqylau.domain.ids import RestrictionId
from baqylau.domain.orders import ExclusionZone, Route, TimedPlace
from baqylau.domain.zones import Corridor
from tests.quality.case import AT_ONCE_S, Case, case, family, truth
from tests.quality.families_home import curfew, somewhere
from tests.quality.families_zones import SCHOOL, SCHOOL_M, WORK, WORK_M, afternoon
from tests.quality.telling import AT_HOME, HOME_M, INDOORS, OUTDOORS, Day, point, round_zone
from tests.unit.rules.stories import (
    ORDER,
    ORDER_FROM,
    at,
    exclusion,
    nightly,
    order,
    permission,
    presence,
    required_place,
)

RING_M = 300.0
BIG_M = 500.0
BUS_M_S = 8.0


def _school(radius_m: float = SCHOOL_M, **more: object) -> ExclusionZone:
    return exclusion(zone=round_zone("School", SCHOOL, radius_m), **more)


@family
def bus_past_a_forbidden_zone(random: Random) -> Case:
    """The bus goes by the zone on the street beside it, there and back."""
    day = afternoon(random)
    day.stay(20)
    beside_m = BIG_M + random.uniform(40, 120)
    for north_m in (3500.0, 0.0):
        day.go((beside_m, day.place[1]))
        day.go((beside_m, north_m), speed_m_s=BUS_M_S)
        day.stay(random.uniform(10, 30))
    return case(day, _school(BIG_M))


@family
def bus_through_a_forbidden_zone(random: Random) -> Case:
    """The bus goes right through a zone, and nothing allows that."""
    day = afternoon(random)
    day.every_s = random.choice((10.0, 20.0))
    day.stay(20)
    day.go((0.0, 3500.0), speed_m_s=BUS_M_S)
    day.stay(30)
    return case(day, _school(BIG_M), truths=[truth(Code.EXCLUSION_ENTRY, day.entered(SCHOOL, BIG_M), 240)])


@family
def bus_through_a_zone_that_may_be_crossed(random: Random) -> Case:
    """The bus goes right through a zone in which a passage of minutes is allowed."""
    day = afternoon(random)
    day.every_s = random.choice((10.0, 20.0))
    day.stay(20)
    day.go((0.0, 3500.0), speed_m_s=BUS_M_S)
    day.stay(30)
    return case(day, _school(BIG_M, dwell_s=300))


@family
def stays_in_a_zone_that_may_be_crossed(random: Random) -> Case:
    """Gets off the bus in the zone in which only a passage is allowed."""
    day = afternoon(random)
    day.stay(20)
    day.go(SCHOOL, speed_m_s=BUS_M_S)
    day.stay(random.uniform(12, 40))
    day.go(AT_HOME, speed_m_s=BUS_M_S)
    day.stay(20)
    entered_at = day.entered(SCHOOL, BIG_M)
    return case(
        day, _school(BIG_M, dwell_s=300), truths=[truth(Code.EXCLUSION_ENTRY, entered_at + timedelta(minutes=5), 240)]
    )


@family
def in_the_warning_ring(random: Random) -> Case:
    """Comes near the zone and turns round."""
    day = afternoon(random)
    day.stay(20)
    day.go((0.0, SCHOOL[1] - SCHOOL_M - random.uniform(80, 200)))
    day.stay(random.uniform(6, 15))
    day.go(AT_HOME)
    day.stay(20)
    ring_at = day.entered(SCHOOL, SCHOOL_M + RING_M)
    return case(day, _school(warning_m=RING_M), truths=[truth(Code.WARNING_RING, ring_at, 240)])


@family
def loiters_at_the_edge(random: Random) -> Case:
    """Stays near the zone for longer than the order allows."""
    day = afternoon(random)
    day.stay(20)
    day.go((0.0, SCHOOL[1] - SCHOOL_M - random.uniform(80, 150)))
    day.stay(random.uniform(40, 70))
    day.go(AT_HOME)
    day.stay(20)
    near_at = day.entered(SCHOOL, SCHOOL_M + RING_M)
    truths = [
        truth(Code.WARNING_RING, near_at, 240),
        truth(Code.LOITERING, near_at + timedelta(minutes=20), 400),
    ]
    return case(day, _school(warning_m=RING_M, loiter_s=1200), truths=truths)


def _route() -> Route:
    line = (point(AT_HOME), point((WORK[0] / 2, 0.0)), point(WORK))
    return Route(
        id=RestrictionId("route-1"),
        order_id=ORDER,
        version=1,
        clause="to work by this way",
        from_at=ORDER_FROM,
        zone=Corridor(name="Way to work", line=line, half_width_m=150.0),
        schedule=nightly("08:00", "09:30"),
    )


def _morning(random: Random) -> Day:
    day = Day(random, at("07:45") + timedelta(seconds=random.randrange(60)), every_s=random.choice((10.0, 20.0, 60.0)))
    day.receiver = OUTDOORS
    day.stay(20)
    return day


@family
def goes_to_work_by_the_route(random: Random) -> Case:
    """Keeps to the corridor."""
    day = _morning(random)
    day.go(WORK)
    day.stay(120)
    return case(day, _route())


@family
def leaves_the_route(random: Random) -> Case:
    """Makes a detour on the way to work."""
    day = _morning(random)
    day.go((700.0, 0.0))
    day.go((700.0, 700.0))
    day.stay(random.uniform(3, 10))
    left_at = day.first(lambda here: abs(here[1]) > 150.0)
    day.go((900.0, 0.0))
    day.go(WORK)
    day.stay(120)
    return case(day, _route(), truths=[truth(Code.ROUTE_LEFT, left_at, 240)])


def _market() -> TimedPlace:
    return TimedPlace(
        id=RestrictionId("timed-1"),
        order_id=ORDER,
        version=1,
        clause="at the market from 10:00 to 14:00 only",
        from_at=ORDER_FROM,
        zone=round_zone("Market", WORK, WORK_M),
        schedule=nightly("10:00", "14:00"),
    )


@family
def at_the_market_in_its_hours(random: Random) -> Case:
    """Is there when it is allowed, and leaves in time."""
    day = _morning(random)
    day.stay_until(at("10:05"))
    day.go(WORK)
    day.stay(random.uniform(30, 100))
    day.go(AT_HOME)
    day.stay(180)
    return case(day, _market())


@family
def at_the_market_off_its_hours(random: Random) -> Case:
    """Comes in the afternoon."""
    day = _morning(random)
    day.stay_until(at("14:30"))
    day.go(WORK)
    day.stay(random.uniform(10, 60))
    day.go(AT_HOME)
    day.stay(30)
    return case(day, _market(), truths=[truth(Code.OFF_HOURS, day.entered(WORK, WORK_M), 240)])


@family
def keeps_an_appointment(random: Random) -> Case:
    """Comes to the inspection for half an hour, some time in its hours."""
    day = _morning(random)
    day.stay_until(at("10:30") + timedelta(minutes=random.uniform(0, 120)))
    day.go(WORK)
    day.stay(random.uniform(40, 60))
    day.go(AT_HOME)
    day.stay_until(at("18:30"))
    place = required_place(zone=round_zone("Inspection", WORK, 150), schedule=nightly("10:00", "17:00"), stay_s=1800)
    return case(day, place)


@family
def misses_an_appointment(random: Random) -> Case:
    """Never comes to the inspection."""
    day = _morning(random)
    day.stay_until(at("18:30"))
    place = required_place(zone=round_zone("Inspection", WORK, 150), schedule=nightly("10:00", "17:00"), stay_s=1800)
    return case(day, place, truths=[truth(Code.PLACE_NOT_ENTERED, at("16:00"), 5400)])


@family
def works_at_night_with_a_permit(random: Random) -> Case:
    """Leaves home in the night for a shift that an inspector allows, and is back when it ends."""
    day = Day(random, at("20:00"), every_s=60.0)
    day.stay_until(at("22:35"))
    day.receiver = OUTDOORS
    day.go(WORK, speed_m_s=3.0)
    day.receiver = INDOORS
    day.stay_until(at("05:00", 1))
    day.receiver = OUTDOORS
    day.go(AT_HOME, speed_m_s=3.0)
    day.stay(90)
    permit = permission(at("22:30"), at("05:30", 1))
    return case(day, curfew(), permissions=(permit,))


@family
def stays_out_after_the_permit(random: Random) -> Case:
    """The permission ends at one o'clock; the person comes home long after it."""
    day = Day(random, at("20:00"), every_s=60.0)
    day.stay_until(at("22:35"))
    day.receiver = OUTDOORS
    day.go(somewhere(random))
    day.stay_until(at("01:20", 1) + timedelta(minutes=random.uniform(0, 60)))
    day.go(AT_HOME)
    day.stay(60)
    permit = permission(at("22:30"), at("01:00", 1))
    return case(day, curfew(), permissions=(permit,), truths=[truth(Code.LATE_RETURN, at("01:05", 1), 240)])


@family
def excused_afterwards(random: Random) -> Case:
    """Was taken to hospital in the night; the inspector entered the permission the next day."""
    day = Day(random, at("20:00"), every_s=60.0)
    day.stay_until(at("23:30"))
    gone_at = day.now
    day.receiver = OUTDOORS
    day.go((6000.0, 2000.0), speed_m_s=12)
    day.receiver = INDOORS
    day.stay(random.uniform(60, 240))
    day.receiver = OUTDOORS
    day.go(AT_HOME, speed_m_s=8)
    back_at = day.now
    day.stay(60)
    excuse = permission(gone_at - timedelta(minutes=5), back_at + timedelta(minutes=15))
    return case(day, curfew(), permissions=(excuse,))


@family
def order_ends_while_away(random: Random) -> Case:
    """Leaves home in the night, and the order ends before the return."""
    day = Day(random, at("20:00"), every_s=30.0)
    day.stay_until(at("23:10"))
    day.receiver = OUTDOORS
    day.go(somewhere(random))
    day.stay_until(at("02:00", 1))
    left_at = day.left(AT_HOME, HOME_M)
    return case(
        day,
        curfew(),
        orders=(order(until_at=at("00:00", 1)),),
        truths=[truth(Code.LEFT_EARLY, left_at, 400)],
    )


@family
def strap_cut_after_the_order(random: Random) -> Case:
    """The order ends at noon; what the device tells afterwards is nobody's business."""
    day = Day(random, at("10:00"), every_s=60.0)
    day.stay_until(at("12:30"))
    day.strap(is_open=True)
    day.stay(random.uniform(10, 60))
    return case(day, curfew(), orders=(order(until_at=at("12:00")),))


@family
def day_without_duty(random: Random) -> Case:
    """The hours of one day are taken out, and the person is out that night."""
    day = Day(random, at("20:00"), every_s=60.0)
    day.stay(60)
    day.receiver = OUTDOORS
    day.go(somewhere(random))
    day.stay(random.uniform(200, 400))
    day.go(AT_HOME)
    day.stay_until(at("07:00", 1))
    free = nightly("22:00", "06:00", holidays=(at("12:00").date(),), holiday_windows=())
    return case(day, presence(places=(round_zone("Home", AT_HOME, HOME_M),), schedule=free))


@family
def late_backlog_of_days(random: Random) -> Case:
    """Out of coverage for one day or for ten, with one night out in between; everything comes at the end."""
    day = Day(random, at("20:00"), every_s=300.0)
    nights = random.choice((1, 3, 10))
    out = random.randrange(nights)
    lost_at, left_at = day.now, None
    for number in range(nights):
        day.receiver = INDOORS
        day.stay_until(at("23:00", number))
        if number == out:
            day.receiver = OUTDOORS
            day.go(somewhere(random))
            left_at = day.left(AT_HOME, HOME_M)
            day.stay(random.uniform(40, 120))
            day.go(AT_HOME)
        day.stay_until(at("20:00", number + 1))
    day.cut_off(lost_at + timedelta(minutes=10), day.now)
    day.stay(30)
    assert left_at is not None
    return case(day, curfew(), truths=[truth(Code.LEFT_EARLY, left_at, 1000)])


@family
def strap_opened_and_told_a_day_later(random: Random) -> Case:
    """The strap is opened out of coverage; the record of it comes with a backlog of a day."""
    day = Day(random, at("08:00"), every_s=300.0)
    lost_at = day.now + timedelta(minutes=10)
    day.stay(random.uniform(200, 900))
    opened_at = day.strap(is_open=True)
    day.stay_until(at("08:30", 1))
    day.cut_off(lost_at, day.now)
    day.stay(20)
    return case(day, curfew(), truths=[truth(Code.STRAP_OPEN, opened_at, AT_ONCE_S)])
