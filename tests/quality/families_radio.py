"""Families about being heard at home by radio, by one unit or two."""

from datetime import timedelta
from random import Random

from baqylau.domain.findings import Code
from baqylau.domain.observations import Farewell, FarewellReason, Skin, Strain, Strap
from tests.quality.case import AT_ONCE_S, Case, case, family, truth
from tests.quality.families_home import curfew, somewhere
from tests.quality.radio import SECOND_UNIT, any_home, good_home, listen
from tests.quality.telling import AT_HOME, WORN, Day, round_zone
from tests.unit.rules.stories import at, nightly, presence

GONE_S = 360
"""Five minutes without a frame and one of grace (catalogue, P01)."""
HEARD_S = 160
"""A good unit hears somebody on foot for a minute or so after the door, and tells of it an interval later."""


def indoors(random: Random, clock: str = "20:00") -> Day:
    """Begin an evening at home with a bracelet and no tracker."""
    return Day(random, at(clock) + timedelta(seconds=random.randrange(60)), tracked=False)


@family
def heard_all_night_by_one_unit(random: Random) -> Case:
    """Nothing happens, in a home that one unit hears well."""
    day = indoors(random)
    day.stay(10.5 * 60)
    listen(day, good_home(random))
    return case(day, curfew(), may=[Code.GAPS_FREQUENT])


@family
def heard_all_night_by_two_units(random: Random) -> Case:
    """Nothing happens, in any home, with two units."""
    day = indoors(random)
    day.stay(10.5 * 60)
    listen(day, any_home(random), any_home(random, SECOND_UNIT))
    return case(day, curfew(), may=[Code.GAPS_FREQUENT])


@family
def leaves_the_unit_in_the_night(random: Random) -> Case:
    """Goes out within the hours and comes back."""
    day = indoors(random)
    day.stay(random.uniform(180, 400))
    left_at = day.now
    day.go(somewhere(random))
    day.stay(random.uniform(5, 60))
    day.go(AT_HOME)
    day.stay(60)
    listen(day, good_home(random))
    return case(day, curfew(), truths=[truth(Code.LEFT_EARLY, left_at, GONE_S + HEARD_S)])


@family
def leaves_two_units_in_the_night(random: Random) -> Case:
    """Goes out within the hours and comes back; two units miss the bracelet."""
    day = indoors(random)
    day.stay(random.uniform(180, 400))
    left_at = day.now
    day.go(somewhere(random))
    day.stay(random.uniform(5, 60))
    day.go(AT_HOME)
    day.stay(60)
    listen(day, any_home(random), any_home(random, SECOND_UNIT))
    return case(day, curfew(), truths=[truth(Code.LEFT_EARLY, left_at, GONE_S + HEARD_S)])


@family
def comes_home_late_to_the_unit(random: Random) -> Case:
    """Is still out when the hours begin and the grace is over."""
    day = indoors(random)
    day.stay(10)
    day.go(somewhere(random))
    day.stay_until(at("22:05") + timedelta(minutes=random.uniform(10, 90)))
    day.go(AT_HOME)
    day.stay(60)
    listen(day, good_home(random))
    return case(day, curfew(), truths=[truth(Code.LATE_RETURN, at("22:05"), 240)])


@family
def out_for_the_whole_night(random: Random) -> Case:
    """Leaves before the hours and comes home after them."""
    day = indoors(random)
    day.stay(10)
    day.go(somewhere(random))
    day.stay_until(at("06:30", 1))
    day.go(AT_HOME)
    day.stay(60)
    listen(day, good_home(random))
    truths = [truth(Code.LATE_RETURN, at("22:05"), 240), truth(Code.OUT_WHOLE_PERIOD, at("05:00", 1), 3700)]
    return case(day, curfew(), truths=truths)


@family
def just_outside_for_a_moment(random: Random) -> Case:
    """Carries the rubbish out, a few minutes: shorter than the buffer."""
    day = indoors(random)
    day.stay(random.uniform(180, 300))
    day.go((120.0, 0.0))
    day.go(AT_HOME)
    day.stay(120)
    listen(day, any_home(random), any_home(random, SECOND_UNIT))
    return case(day, curfew(), may=[Code.GAPS_FREQUENT])


@family
def two_homes_in_turn(random: Random) -> Case:
    """Sleeps at home or at the mother's; either is as prescribed, the way between them lies before the hours."""
    day, mother = indoors(random, "19:00"), (1500.0, 400.0)
    day.stay(10)
    if random.random() < 0.5:
        day.go(mother, speed_m_s=8)
    day.stay_until(at("06:30", 1))
    listen(day, good_home(random), good_home(random, SECOND_UNIT, mother))
    places = (round_zone("Home", AT_HOME, 100), round_zone("Mother", mother, 100))
    return case(day, presence(places=places), may=[Code.GAPS_FREQUENT])


@family
def two_curfews_in_a_day(random: Random) -> Case:
    """At home at noon as well, and out of the house then."""
    day = indoors(random, "11:30")
    day.stay_until(at("12:30") + timedelta(minutes=random.uniform(0, 20)))
    left_at = day.now
    day.go(somewhere(random))
    day.stay(random.uniform(10, 25))
    day.go(AT_HOME)
    day.stay_until(at("23:30"))
    listen(day, good_home(random))
    noon = presence(id="presence-2", places=(round_zone("Home", AT_HOME, 100),), schedule=nightly("12:00", "14:00"))
    return case(day, curfew(), noon, truths=[truth(Code.LEFT_EARLY, left_at, GONE_S + HEARD_S)])


@family
def the_link_of_the_unit_is_lost(random: Random) -> Case:
    """The unit cannot reach us for hours and tells everything afterwards; the person was at home all the time."""
    day = indoors(random)
    day.stay(600)
    listen(day, good_home(random))
    lost_at = at("22:30") + timedelta(minutes=random.uniform(0, 60))
    day.cut_off(lost_at, lost_at + timedelta(minutes=random.uniform(20, 240)))
    return case(day, curfew(), may=[Code.GAPS_FREQUENT])


@family
def leaves_while_the_link_of_the_unit_is_lost(random: Random) -> Case:
    """The unit cannot reach us for hours, and the person goes out meanwhile."""
    day = indoors(random)
    day.stay(180)
    lost_at = day.now
    day.stay(random.uniform(20, 60))
    left_at = day.now
    day.go(somewhere(random))
    day.stay(random.uniform(20, 60))
    day.go(AT_HOME)
    day.stay(random.uniform(20, 60))
    day.cut_off(lost_at, day.now)
    day.stay(60)
    listen(day, good_home(random))
    return case(day, curfew(), truths=[truth(Code.LEFT_EARLY, left_at, GONE_S + HEARD_S)], may=[Code.GAPS_FREQUENT])


@family
def the_unit_is_switched_off(random: Random) -> Case:
    """Somebody pulls the unit's plug and its battery: nothing is heard of it and nothing comes afterwards."""
    day = indoors(random)
    day.stay(600)
    off_at = at("22:30") + timedelta(minutes=random.uniform(0, 60))
    on_at = off_at + timedelta(minutes=random.uniform(30, 240))
    listen(day, good_home(random, dead=((off_at, on_at),)))
    return case(day, curfew(), truths=[truth(Code.UNIT_SILENT, off_at, 600 + 60)], may=[Code.GAPS_FREQUENT])


@family
def the_receiver_is_faulty(random: Random) -> Case:
    """The unit's receiver breaks in the night; nobody's absence follows from it."""
    day = indoors(random)
    day.stay(600)
    broken_at = at("22:30") + timedelta(minutes=random.uniform(0, 60))
    mended_at = broken_at + timedelta(minutes=random.uniform(30, 240))
    listen(day, good_home(random, deaf=((broken_at, mended_at),)))
    return case(day, curfew(), truths=[truth(Code.RECEIVER_FAULT, broken_at, 90 + 60)], may=[Code.GAPS_FREQUENT])


@family
def one_of_two_receivers_is_faulty(random: Random) -> Case:
    """One of two units breaks; the other still hears the person at home."""
    day = indoors(random)
    day.stay(600)
    broken_at = at("22:30") + timedelta(minutes=random.uniform(0, 60))
    faulty = any_home(random, deaf=((broken_at, day.now),))
    listen(day, faulty, good_home(random, SECOND_UNIT))
    return case(day, curfew(), truths=[truth(Code.RECEIVER_FAULT, broken_at, 90 + 60)], may=[Code.GAPS_FREQUENT])


@family
def leaves_while_one_of_two_receivers_is_faulty(random: Random) -> Case:
    """One of two units is broken; the other one misses the person who goes out."""
    day = indoors(random)
    day.stay(180)
    broken_at = day.now
    day.stay(random.uniform(60, 180))
    left_at = day.now
    day.go(somewhere(random))
    day.stay(random.uniform(30, 60))
    faulty = any_home(random, deaf=((broken_at, day.now),))
    listen(day, faulty, good_home(random, SECOND_UNIT))
    truths = [
        truth(Code.RECEIVER_FAULT, broken_at, 90 + 60),
        truth(Code.LEFT_EARLY, left_at, GONE_S + HEARD_S),
    ]
    return case(day, curfew(), truths=truths, may=[Code.GAPS_FREQUENT])


@family
def the_bands_of_the_unit_are_jammed(random: Random) -> Case:
    """A jammer at home: the noise rises and everything is lost at once, the unit's own anchor too."""
    day = indoors(random)
    day.stay(600)
    jam_at = at("22:30") + timedelta(minutes=random.uniform(0, 60))
    over_at = jam_at + timedelta(minutes=random.uniform(20, 120))
    listen(day, good_home(random, jammed=((jam_at, over_at),)))
    may = [Code.GAPS_FREQUENT, Code.RECEIVER_FAULT]
    return case(day, curfew(), truths=[truth(Code.RADIO_JAM, jam_at, 300)], may=may)


@family
def bracelet_cut_at_home(random: Random) -> Case:
    """The strap is cut and the bracelet left at home."""
    day = indoors(random)
    day.stay(random.uniform(60, 300))
    cut_at = day.bracelet(Strap(open=True), Skin(contact=False))
    day.stay(120)
    listen(day, good_home(random))
    truths = [truth(Code.STRAP_OPEN, cut_at, 180)]
    return case(day, curfew(), truths=truths, may=[Code.GAPS_FREQUENT, Code.BODY_LOST])


@family
def strap_taped_and_slipped_off(random: Random) -> Case:
    """The strap is made longer by a bridge, so that it stays whole, and the bracelet is taken off."""
    day = indoors(random)
    day.stay(random.uniform(60, 300))
    off_at = day.bracelet(Strap(open=False), Skin(contact=False))
    day.stay(random.uniform(20, 120))
    day.bracelet(*WORN)
    day.stay(30)
    listen(day, good_home(random))
    return case(day, curfew(), truths=[truth(Code.BODY_LOST, off_at, 600 + 180)], may=[Code.GAPS_FREQUENT])


@family
def skin_is_lost_in_the_bath(random: Random) -> Case:
    """The body sensor feels nothing for some minutes under soap and water."""
    day = indoors(random)
    day.stay(random.uniform(60, 150))
    day.bracelet(Strap(open=False), Skin(contact=False))
    day.stay(random.uniform(2, 7))
    day.bracelet(*WORN)
    day.stay(120)
    listen(day, good_home(random))
    return case(day, curfew(), may=[Code.GAPS_FREQUENT])


@family
def strap_pulled(random: Random) -> Case:
    """Somebody tries to stretch the strap."""
    day = indoors(random)
    day.stay(random.uniform(60, 150))
    pulled_at = day.bracelet(*WORN, Strain(beyond=True))
    day.stay(random.uniform(2, 20))
    day.bracelet(*WORN, Strain(beyond=False))
    day.stay(60)
    listen(day, good_home(random))
    return case(day, curfew(), truths=[truth(Code.STRAP_STRAINED, pulled_at, 180)], may=[Code.GAPS_FREQUENT])


def _last_word(random: Random, reason: FarewellReason, code: Code) -> Case:
    day = Day(random, at("12:00"), rich=True, every_s=60.0)
    day.stay(random.uniform(60, 200))
    gone_at = day.say(Farewell(reason=reason))
    day.without_reports(random.uniform(10, 25))
    day.stay(30)
    return case(day, curfew(), truths=[truth(code, gone_at, AT_ONCE_S)])


@family
def tracker_switched_off(random: Random) -> Case:
    """Somebody switches the tracker off; it says so and goes dark."""
    return _last_word(random, FarewellReason.SWITCHED_OFF, Code.POWER_OFF)


@family
def tracker_dies_with_a_last_word(random: Random) -> Case:
    """The battery is empty; the tracker says so and goes dark."""
    return _last_word(random, FarewellReason.BATTERY_EMPTY, Code.BATTERY_EMPTY)
