"""Lives with a tracker: the story that it tells day after day, and what has to be found of it."""

from collections.abc import Iterator
from random import Random
from typing import assert_never

from baqylau.domain.findings import Code
from baqylau.sim.city.charging import Charge, never, nightly, run_down
from baqylau.sim.city.days import DAY_S, MINUTE_S, Days, Diary, seconds
from baqylau.sim.city.scenario import Life, Scenario
from baqylau.sim.city.truth import HOME_UNTIL, WORK_UNTIL, Told, Truth, happens, held, late_home
from baqylau.sim.stories import Leg, Story
from baqylau.sim.town import town
from baqylau.sim.town_plan import Place

ASTRAY_M: Place = (9_000.0, 5_500.0)
ERRAND_MIN = 10.0
LEAVES_AFTER_MIN = 3.0, 12.0
"""Who works leaves home so long after the hours there end, and work so long after those there end."""
LATE_UNTIL = "19:25"
"""Until then who comes home late stays at work."""


def tracked(
    life: Life, scenario: Scenario, days: Days, home: Place, place: Place, random: Random
) -> tuple[Story, Told]:
    """Give what somebody does, and what has to be found of it. `place`: where they work, or go."""
    diary = Diary(days, home, scenario.report_every_s)
    charge = never(days) if life is Life.UNCHARGED else nightly(days, random)
    match life:
        case Life.AT_HOME:
            told = Told()
        case Life.UNCHARGED:
            told = held(days, (Truth(code=Code.NO_CHARGE_DAY, after_s=DAY_S - 60.0, within_s=600.0),))
        case Life.AT_WORK | Life.LATE:
            told = _work(diary, days, life, home, place, random)
        case Life.FORBIDDEN | Life.OUT:
            told = held(days, list(_errands(diary, days, life, home, place, random)))
        case Life.STRAP | Life.ASTRAY | Life.UNDER_ROOF:
            told = held(days, list(_at_home(diary, days, life, home, random)))
        case Life.SPENT:
            charge, told = _spent(charge, days, random)
        case (
            Life.MOVED
            | Life.RELAY_MOVED
            | Life.APART
            | Life.OPENED
            | Life.WEAK
            | Life.MISSES
            | Life.DRANK
            | Life.ANOTHER
        ):
            msg = f"nobody with a tracker lives like that: {life}"
            raise ValueError(msg)
        case _:
            assert_never(life)
    return diary.story(charge), told


def _work(diary: Diary, days: Days, life: Life, home: Place, place: Place, random: Random) -> Told:
    """Go to work and come back, on every weekday."""
    way = town().path(home, place)
    for midnight_s in days.workdays():
        diary.stay_until(midnight_s + seconds(HOME_UNTIL) + random.uniform(*LEAVES_AFTER_MIN) * MINUTE_S)
        diary.go(way)
        until = LATE_UNTIL if life is Life.LATE else WORK_UNTIL
        diary.stay_until(midnight_s + seconds(until) + random.uniform(*LEAVES_AFTER_MIN) * MINUTE_S)
        diary.go(way[::-1])
    return held(days, late_home(days), (Code.NOT_AT_HOME,)) if life is Life.LATE else Told()


def _errands(diary: Diary, days: Days, life: Life, home: Place, place: Place, random: Random) -> Iterator[Truth]:
    """Go somewhere once a day, and come back."""
    way = town().path(home, place)
    for moment_s in days.moments(random):
        diary.stay_until(moment_s)
        if life is Life.OUT:
            yield happens(Code.LEFT_EARLY, moment_s)
        diary.go(way)
        if life is Life.FORBIDDEN:
            yield happens(Code.EXCLUSION_ENTRY, diary.at_s - MINUTE_S)
        diary.stay_until(diary.at_s + ERRAND_MIN * MINUTE_S)
        diary.go(way[::-1])


def _at_home(diary: Diary, days: Days, life: Life, home: Place, random: Random) -> Iterator[Truth]:
    """Stay where they are; something is with the equipment once a day."""
    legs = {
        Life.STRAP: Leg(way=(home,), lasts_s=5 * MINUTE_S, strap_open=True),
        Life.ASTRAY: Leg(way=(home,), lasts_s=40.0, astray_m=ASTRAY_M),
        Life.UNDER_ROOF: Leg(way=(home,), lasts_s=8 * MINUTE_S, fixed=False),
    }
    for moment_s in days.moments(random):
        diary.stay_until(moment_s)
        diary.be(legs[life])
        if life is Life.STRAP:
            yield happens(Code.STRAP_OPEN, moment_s)
            yield happens(Code.STRAP_RESTORED, diary.at_s)
        elif life is Life.ASTRAY:
            yield happens(Code.JUMP, moment_s)


def _spent(charge: Charge, days: Days, random: Random) -> tuple[Charge, Told]:
    """Let the battery run down once a day. The level is told in whole per cents."""
    truths = list[Truth]()
    for moment_s in days.moments(random):
        charge, low_s = run_down(charge, moment_s, days.lasts_s * 0.95)
        if low_s is not None:
            truths.append(Truth(code=Code.BATTERY_LOW, after_s=low_s - 5 * MINUTE_S, within_s=600.0))
    return charge, held(days, truths)
