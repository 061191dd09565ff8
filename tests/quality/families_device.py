"""Families about the device itself: its strap, its case, its battery, its sky and its silence."""

from datetime import timedelta
from random import Random

from baqylau.domain.findings import Code
from tests.quality.case import AT_ONCE_S, SILENCE_LIMIT_S, Case, Truth, case, family, truth
from tests.quality.families_home import curfew, evening
from tests.quality.telling import AT_HOME, HOME_M, OUTDOORS
from tests.unit.rules.stories import deaf


@family
def strap_cut_and_closed_again(random: Random) -> Case:
    """The strap is open for four seconds."""
    day = evening(random)
    day.stay(random.uniform(30, 300))
    opened_at = day.strap(is_open=True, after_s=0.1)
    closed_at = day.strap(is_open=False, after_s=4.1)
    day.stay(60)
    return case(
        day,
        curfew(),
        truths=[truth(Code.STRAP_OPEN, opened_at, AT_ONCE_S), truth(Code.STRAP_RESTORED, closed_at, AT_ONCE_S)],
    )


@family
def case_opened(random: Random) -> Case:
    """The device's case is opened and stays so."""
    day = evening(random)
    day.stay(random.uniform(30, 300))
    opened_at = day.case(is_open=True)
    day.stay(60)
    return case(day, curfew(), truths=[truth(Code.CASE_OPEN, opened_at, AT_ONCE_S)])


@family
def battery_runs_down(random: Random) -> Case:
    """The battery is told every ten minutes, wavering by a percent, until it is charged."""
    day = evening(random)
    truths: list[Truth] = []
    level, charge = 0, random.uniform(27, 35)
    while charge > 5:
        told = charge + random.uniform(-0.5, 0.5)
        said_at = day.battery(told)
        if told < 25 and level == 0:
            truths.append(truth(Code.BATTERY_LOW, said_at, AT_ONCE_S))
            level = 1
        if told < 10 and level == 1:
            truths.append(truth(Code.BATTERY_CRITICAL, said_at, AT_ONCE_S))
            level = 2
        day.stay(10)
        charge -= random.uniform(0.5, 3)
    day.battery(80)
    day.stay(60)
    return case(day, curfew(), truths=truths)


@family
def in_a_garage_without_sky(random: Random) -> Case:
    """In a garage at home for long: no satellites, and the device says so."""
    day = evening(random)
    day.stay(random.uniform(30, 200))
    last_at = max(one.observed_at for one in day.said)
    day.without_sky(random.uniform(15, 60))
    day.stay(60)
    return case(
        day,
        curfew(),
        truths=[truth(Code.NO_FIX, last_at + timedelta(minutes=10), 2 * day.every_s)],
        may=[Code.NO_FIX_PERSISTS],
    )


@family
def out_of_coverage_with_a_late_backlog(random: Random) -> Case:
    """Hours out of coverage, in which somebody leaves home; everything comes afterwards, and nothing was silent."""
    day = evening(random)
    day.stay(180)
    lost_at = day.now
    day.stay(random.uniform(20, 60))
    day.receiver = OUTDOORS
    day.go((600.0, 600.0))
    day.stay(30)
    day.go(AT_HOME)
    day.stay(random.uniform(20, 60))
    day.cut_off(lost_at, day.now)
    day.stay(60)
    return case(day, curfew(), truths=[truth(Code.LEFT_EARLY, day.left(AT_HOME, HOME_M), 400)])


@family
def silent_for_hours(random: Random) -> Case:
    """The device is off and has nothing to tell afterwards."""
    day = evening(random)
    day.stay(random.uniform(60, 200))
    last_at = max(one.observed_at for one in day.said)
    day.without_reports(random.uniform(45, 240))
    day.stay(60)
    silent_at = last_at + timedelta(seconds=SILENCE_LIMIT_S)
    return case(day, curfew(), truths=[truth(Code.NO_COMMS, silent_at, 60)])


@family
def we_were_deaf_for_an_hour(random: Random) -> Case:
    """Our own server is down: nobody's silence counts, whether the device remembers the hour or not."""
    day = evening(random)
    day.stay(random.uniform(150, 240))
    down_at, remembers = day.now, random.random() < 0.5
    day.stay(60) if remembers else day.without_reports(60)
    up_at = day.now
    day.stay(90)
    day.said.append(deaf(down_at, up_at))
    day.cut_off(down_at, up_at)
    return case(day, curfew())
