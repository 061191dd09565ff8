"""Families about the equipment that stands at home or at work."""

from datetime import timedelta
from random import Random

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import (
    Battery,
    Body,
    Displaced,
    Distrust,
    DistrustReason,
    Enclosure,
    Fix,
    FixSource,
    NoFix,
    Power,
    SimCard,
)
from baqylau.domain.people import DeviceKind
from tests.quality.case import AT_ONCE_S, Case, case, family, truth
from tests.quality.families_home import curfew
from tests.quality.families_radio import indoors
from tests.quality.families_zones import WORK, WORK_M
from tests.quality.radio import BRACELET, UNIT, good_home, listen
from tests.quality.telling import OUTDOORS, Day, point, round_zone
from tests.unit.rules.stories import at, nightly, required_place

RELAY = DeviceId("relay-1")


def _said_by_the_unit(random: Random, code: Code, *bodies: Body, afterwards: tuple[Body, ...] = ()) -> Case:
    """Give an evening on which the unit says something at a moment."""
    day = indoors(random)
    day.stay(random.uniform(60, 200))
    said_at = day.say(*bodies, by=UNIT)
    day.stay(random.uniform(20, 120))
    if afterwards:
        day.say(*afterwards, by=UNIT)
    day.stay(30)
    listen(day, good_home(random))
    return case(day, curfew(), truths=[truth(code, said_at, AT_ONCE_S)], may=[Code.GAPS_FREQUENT])


@family
def unit_moved(random: Random) -> Case:
    """The unit is carried to a neighbour and put back."""
    back = (Displaced(moved=False),) if random.random() < 0.5 else ()
    return _said_by_the_unit(random, Code.UNIT_MOVED, Displaced(moved=True), afterwards=back)


@family
def unit_opened(random: Random) -> Case:
    """The unit's case is opened."""
    return _said_by_the_unit(random, Code.UNIT_OPENED, Enclosure(open=True), afterwards=(Enclosure(open=False),))


@family
def mains_cut(random: Random) -> Case:
    """The flat has no electricity for a while; the unit's battery carries it."""
    return _said_by_the_unit(random, Code.MAINS_LOST, Power(external=False), afterwards=(Power(external=True),))


@family
def mains_cut_for_too_long(random: Random) -> Case:
    """The flat has no electricity for so long that the unit's battery runs low."""
    day = indoors(random, "12:00")
    day.stay(60)
    cut_at = day.say(Power(external=False), Battery(level_percent=100), by=UNIT)
    low_at, level = None, 100.0
    while level > 5:
        day.stay(30)
        level -= random.uniform(4, 8)
        said_at = day.say(Battery(level_percent=level), by=UNIT)
        low_at = low_at or (said_at if level < 25 else None)
    day.say(Power(external=True), Battery(level_percent=30), by=UNIT)
    day.stay(60)
    listen(day, good_home(random))
    assert low_at is not None
    truths = [truth(Code.MAINS_LOST, cut_at, AT_ONCE_S), truth(Code.UNIT_BATTERY_LOW, low_at, 5 * 3600)]
    return case(day, curfew(), truths=truths, may=[Code.GAPS_FREQUENT, Code.UNIT_BATTERY_LOW])


@family
def neighbour_with_a_bracelet(random: Random) -> Case:
    """The unit hears a bracelet that is not the person's."""
    return _said_by_the_unit(random, Code.UNKNOWN_TAG, Distrust(reason=DistrustReason.FOREIGN_TAG))


@family
def card_of_the_unit_exchanged(random: Random) -> Case:
    """Another subscriber card is put into the unit."""
    day = indoors(random)
    day.say(SimCard(card="a", modem="m"), by=UNIT)
    day.stay(random.uniform(60, 200))
    swapped_at = day.say(SimCard(card="b", modem="m"), by=UNIT)
    day.stay(60)
    listen(day, good_home(random))
    return case(day, curfew(), truths=[truth(Code.SIM_CHANGED, swapped_at, AT_ONCE_S)], may=[Code.GAPS_FREQUENT])


def _at_work(random: Random, minutes: float) -> Day:
    """Give a day at work, where no satellite is heard and a relay tells the place."""
    day = Day(random, at("08:30"), at=WORK, every_s=60.0, rich=True)
    day.fit(RELAY, DeviceKind.RELAY, 1_800, round_zone("Work", WORK, WORK_M))
    day.receiver = OUTDOORS
    day.stay(10)
    day.receiver = None
    end = day.now + timedelta(minutes=minutes)
    while day.now < end:
        here = point(WORK)
        relayed = Fix(
            latitude_deg=here.latitude_deg, longitude_deg=here.longitude_deg, accuracy_m=30.0, source=FixSource.RELAY
        )
        day.say(relayed)
        day.say(Power(external=True), by=RELAY)
        day.now += timedelta(seconds=60)
    return day


@family
def relay_at_work(random: Random) -> Case:
    """Works in a hall without sky; the relay tells where, and the afternoon goes as prescribed."""
    day = _at_work(random, 9 * 60)
    work = required_place(zone=round_zone("Work", WORK, WORK_M), schedule=nightly("09:00", "17:00"))
    return case(day, work)


@family
def relay_carried_away(random: Random) -> Case:
    """Somebody moves the relay."""
    day = _at_work(random, random.uniform(60, 200))
    moved_at = day.say(Displaced(moved=True), by=RELAY)
    day.stay(5)
    work = required_place(zone=round_zone("Work", WORK, WORK_M), schedule=nightly("09:00", "17:00"))
    return case(day, work, truths=[truth(Code.RELAY_FAULT, moved_at, AT_ONCE_S)])


@family
def bracelet_copied(random: Random) -> Case:
    """A copy of the bracelet, or frames recorded before, stand in for it."""
    day = indoors(random)
    day.stay(random.uniform(60, 200))
    reason = random.choice((DistrustReason.CLONE, DistrustReason.REPLAY, DistrustReason.RELAYED))
    copied_at = day.now
    for number in range(random.randrange(1, 30)):
        day.say(Distrust(reason=reason), after_s=number * 10.0, by=BRACELET)
    day.stay(60)
    listen(day, good_home(random))
    return case(day, curfew(), truths=[truth(Code.BEACON_CLONE, copied_at, AT_ONCE_S)], may=[Code.GAPS_FREQUENT])


@family
def frames_forged(random: Random) -> Case:
    """Bytes in the tracker's name do not have its signature."""
    day = Day(random, at("12:00"), rich=True, every_s=60.0)
    day.stay(random.uniform(60, 200))
    reason = random.choice((DistrustReason.BAD_CODE, DistrustReason.BAD_CERTIFICATE))
    forged_at = day.say(Distrust(reason=reason))
    day.stay(60)
    return case(day, curfew(), truths=[truth(Code.NOT_AUTHENTIC, forged_at, AT_ONCE_S)])


@family
def basement_flat(random: Random) -> Case:
    """Lives below ground: the tracker finds no satellites at home, and moves about the flat now and then."""
    day = Day(random, at("20:00"), every_s=60.0, rich=True)
    day.receiver = None
    end = at("06:30", 1)
    while day.now < end:
        day.stay(random.uniform(20, 90))
        day.go((random.uniform(-5, 5), random.uniform(-5, 5)), speed_m_s=0.5)
    listen(day, good_home(random))
    day.say(NoFix(satellites=0))
    return case(day, curfew(), may=[Code.GAPS_FREQUENT])
