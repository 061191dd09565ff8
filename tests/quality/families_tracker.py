"""Families about a tracker that is disturbed, deceived, hidden, empty or exchanged."""

from datetime import datetime, timedelta
from random import Random

from baqylau.domain.findings import Code
from baqylau.domain.observations import (
    Battery,
    Grade,
    Interference,
    InterferenceKind,
    Power,
    SelfTest,
    SimCard,
    Surroundings,
)
from tests.quality.case import AT_ONCE_S, Case, Truth, case, family, truth
from tests.quality.families_zones import school
from tests.quality.telling import AT_HOME, OUTDOORS, SILENCE_LIMIT_S, Day, Place
from tests.unit.rules.stories import at, heard

TOWARDS: Place = (2500.0, -1500.0)
GARAGE: Place = (900.0, -700.0)
DAYS_TO_LEARN = 4
LASTS_S = 240
"""Disturbance has to be told within the four minutes of an active device."""


def walking(random: Random, clock: str = "13:00", *, day: int = 0) -> Day:
    """Begin an afternoon with a tracker that tells motion, sky and network."""
    begun_at = at(clock, day) + timedelta(seconds=random.randrange(60))
    told = Day(random, begun_at, every_s=random.choice((20.0, 30.0, 60.0)), rich=True)
    told.receiver = OUTDOORS
    return told


def _disturbed(random: Random, kind: InterferenceKind, code: Code, *, sky: bool) -> Case:
    """Give an afternoon on the way, with a disturbance that the device itself sees."""
    day = walking(random)
    day.stay(20)
    day.go((600.0, 0.0))
    receiver, begun_at = day.receiver, day.now
    day.say(Interference(kind=kind, grade=random.choice((Grade.SUSPECTED, Grade.CERTAIN)), figure=120.0))
    day.receiver = receiver if sky else None
    for _ in range(random.randrange(5, 12)):
        day.stay(1)
        day.say(Interference(kind=kind, grade=Grade.CERTAIN, figure=180.0))
    day.receiver = receiver
    day.say(Interference(kind=kind, grade=Grade.NONE, figure=5.0), after_s=2.0)
    day.go(AT_HOME)
    day.stay(30)
    return case(day, school(), truths=[truth(code, begun_at, LASTS_S)], may=[Code.SHIELDING, Code.NO_FIX])


@family
def satellites_jammed(random: Random) -> Case:
    """A jammer in a pocket."""
    return _disturbed(random, InterferenceKind.GNSS_JAM, Code.GNSS_JAM, sky=False)


@family
def network_jammed(random: Random) -> Case:
    """The mobile network is jammed, as the device itself tells; it spools and sends when it can."""
    return _disturbed(random, InterferenceKind.CELL_JAM, Code.CELL_JAM, sky=True)


@family
def place_spoofed(random: Random) -> Case:
    """The receiver says that it is deceived."""
    return _disturbed(random, InterferenceKind.GNSS_SPOOF, Code.SPOOFING, sky=True)


@family
def indicator_flickers(random: Random) -> Case:
    """Under a power line the indicator suspects something for seconds."""
    day = walking(random)
    day.stay(20)
    for _ in range(random.randrange(1, 4)):
        day.say(Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.SUSPECTED, figure=60.0))
        day.say(Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.NONE, figure=10.0), after_s=5.0)
        day.stay(random.uniform(5, 20))
    day.stay(60)
    return case(day, school())


def _hidden(day: Day, minutes: float, *, moving: bool) -> datetime:
    """Let sky and network be gone at once; the device spools and sends afterwards. Gives when it began."""
    receiver, begun_at = day.receiver, day.now
    day.receiver, day.covered = None, False
    here = day.place
    if moving:
        day.go((here[0] + minutes * 60, here[1]), speed_m_s=1.0)
    else:
        day.stay(minutes)
    day.receiver, day.covered = receiver, True
    day.cut_off(begun_at, day.now)
    return begun_at


@family
def in_a_foil_bag(random: Random) -> Case:
    """On the way, sky and network are gone from one record to the next."""
    day = walking(random)
    day.stay(30)
    day.go((1200.0, 300.0))
    hidden_at = _hidden(day, random.uniform(15, 25), moving=True)
    day.go(AT_HOME)
    day.stay(30)
    return case(day, school(), truths=[truth(Code.SHIELDING, hidden_at, 600)], may=[Code.NO_FIX, Code.NO_FIX_PERSISTS])


@family
def through_an_underpass(random: Random) -> Case:
    """Sky and network are gone for two minutes below the street."""
    day = walking(random)
    day.stay(30)
    day.go((1200.0, 300.0))
    _hidden(day, random.uniform(0.7, 1.5), moving=True)
    day.go(AT_HOME)
    day.stay(30)
    return case(day, school())


@family
def garage_that_is_known(random: Random) -> Case:
    """Goes to the same garage each day, down a long ramp at first; in the end fast, and everything is lost at once."""
    day = walking(random)
    for number in range(6):
        day.every_s = 120.0
        day.stay_until(at("13:00", number) + timedelta(minutes=random.uniform(0, 20)))
        day.every_s = 30.0
        day.go(GARAGE)
        if number < DAYS_TO_LEARN:
            day.weak = True
            day.stay(2)
        _hidden(day, random.uniform(12, 25), moving=False)
        day.weak = False
        day.stay(5)
        day.go(AT_HOME)
    day.stay(30)
    return case(day, school())


@family
def metro_every_day(random: Random) -> Case:
    """Rides the metro to work and back: no sky, the network goes on."""
    day = walking(random, "07:30")
    for _ in range(2):
        day.stay(10)
        day.go((300.0, 300.0))
        receiver, day.receiver = day.receiver, None
        day.go((4000.0, 1500.0), speed_m_s=12.0)
        day.receiver = receiver
        day.stay(random.uniform(120, 240))
        receiver, day.receiver = day.receiver, None
        day.go((300.0, 300.0), speed_m_s=12.0)
        day.receiver = receiver
        day.go(AT_HOME)
    return case(day, school())


@family
def on_the_way_without_a_place(random: Random) -> Case:
    """Walks for more than half an hour and the receiver finds no place: it hears the sky, weakly."""
    day = walking(random)
    day.stay(30)
    last_at = day.now
    day.receiver = None
    day.go((2400.0, 0.0), speed_m_s=1.0)
    day.receiver = OUTDOORS
    day.stay(30)
    truths = [truth(Code.NO_FIX, last_at, 720), truth(Code.NO_FIX_PERSISTS, last_at, 1320 + 60)]
    return case(day, school(), truths=truths)


@family
def card_exchanged(random: Random) -> Case:
    """Another subscriber card is put into the tracker."""
    day = walking(random)
    day.say(SimCard(card="a", modem="m"))
    day.stay(random.uniform(30, 120))
    swapped_at = day.say(SimCard(card="b", modem="m"))
    day.stay(60)
    return case(day, school(), truths=[truth(Code.SIM_CHANGED, swapped_at, AT_ONCE_S)])


@family
def card_is_dead(random: Random) -> Case:
    """The card is blocked: nothing comes any more, and everything when it is unblocked in the evening."""
    day = walking(random)
    day.stay(30)
    dead_at = day.now
    day.covered = False
    day.go(TOWARDS)
    day.stay(random.uniform(60, 300))
    day.go(AT_HOME)
    day.covered = True
    day.cut_off(dead_at, day.now)
    day.stay(30)
    return case(day, school())


@family
def silent_for_good(random: Random) -> Case:
    """The tracker is destroyed: it is never heard again."""
    day = walking(random)
    day.stay(random.uniform(60, 200))
    last_at = max(one.observed_at for one in day.said)
    day.without_reports(random.uniform(120, 600))
    return case(day, school(), truths=[truth(Code.NO_COMMS, last_at + timedelta(seconds=SILENCE_LIMIT_S), 60)])


@family
def battery_dies_in_the_evening(random: Random) -> Case:
    """The charge is told down to almost nothing, and then the tracker is silent."""
    day, truths, level, charge = walking(random), list[Truth](), 0, 30.0
    while charge > 3:
        said_at = day.say(Battery(level_percent=charge))
        for number, limit, code in ((0, 25.0, Code.BATTERY_LOW), (1, 10.0, Code.BATTERY_CRITICAL)):
            if charge < limit and level == number:
                truths.append(truth(code, said_at, AT_ONCE_S))
                level = number + 1
        day.stay(10)
        charge -= random.uniform(1.0, 2.5)
    last_at = max(one.observed_at for one in day.said)
    day.without_reports(random.uniform(90, 400))
    day.say(Battery(level_percent=60), Power(external=True))
    day.stay(30)
    empty = truth(Code.BATTERY_EMPTY, last_at, SILENCE_LIMIT_S + 60)
    return case(day, school(), truths=[*truths, empty], may=[Code.NO_COMMS])


@family
def charged_every_evening(random: Random) -> Case:
    """Three days with two hours on the charger each."""
    day = walking(random, "08:00")
    day.every_s = 120.0
    for number in range(3):
        day.say(Battery(level_percent=70.0), Power(external=False))
        day.stay_until(at("19:00", number) + timedelta(minutes=random.uniform(0, 60)))
        day.say(Battery(level_percent=35.0), Power(external=True))
        day.stay(random.uniform(100, 130))
        day.say(Battery(level_percent=100.0), Power(external=False))
        day.stay_until(at("08:00", number + 1))
    return case(day, school())


@family
def charging_forgotten(random: Random) -> Case:
    """Charged fully in the morning and never again for more than a day."""
    day = walking(random, "08:00")
    day.every_s = 120.0
    day.say(Battery(level_percent=40.0), Power(external=True))
    day.stay(120)
    off_at = day.say(Battery(level_percent=100.0), Power(external=False))
    for percent in (80.0, 60.0, 45.0, 35.0, 30.0):
        day.stay(6 * 60)
        day.say(Battery(level_percent=percent), Power(external=False))
    truths = [truth(Code.NO_CHARGE_DAY, off_at + timedelta(hours=22), 3 * 3600)]
    return case(day, school(), truths=truths)


@family
def self_test_fails(random: Random) -> Case:
    """The tracker's own test fails."""
    day = walking(random)
    day.stay(random.uniform(30, 120))
    failed_at = day.say(SelfTest(passed=False, part="strap"))
    day.stay(60)
    return case(day, school(), truths=[truth(Code.SELF_TEST_FAILED, failed_at, AT_ONCE_S)])


@family
def knocked(random: Random) -> Case:
    """The tracker gets a hard knock."""
    day = walking(random)
    day.stay(random.uniform(30, 120))
    knocked_at = day.say(Surroundings(temperature_c=24.0, shock_g=random.uniform(60, 150)))
    day.stay(60)
    return case(day, school(), truths=[truth(Code.SHOCK_OR_TEMPERATURE, knocked_at, AT_ONCE_S)])


@family
def clock_ahead(random: Random) -> Case:
    """The tracker's clock is set minutes ahead after a restart, and right again after an hour."""
    day = walking(random)
    day.stay(60)
    wrong_from, ahead = len(day.said), timedelta(seconds=random.uniform(150, 3000))
    wrong_at = day.now
    day.stay(60)
    day.said[wrong_from:] = [
        heard(one.observed_at + ahead, *one.bodies, received_at=one.observed_at) for one in day.said[wrong_from:]
    ]
    day.stay(60)
    may = [Code.CLOCK_SKEW, Code.NO_FIX, Code.NO_FIX_PERSISTS]
    return case(day, school(), truths=[truth(Code.CLOCK_SKEW, wrong_at, 60)], may=may)
