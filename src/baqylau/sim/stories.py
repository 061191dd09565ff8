"""What happens to people of the demo, told as legs of a loop, and what their devices say of it.

Everything is a function of the seconds since the story began; nothing here waits or sends.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate, count, pairwise
from math import atan2, ceil, degrees, dist, sqrt
from random import Random

from msgspec import Struct

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, NoFix, Power, Strap
from baqylau.links.tracks import Report
from baqylau.sim.town_plan import Place, Places, to_point

WALK_M_S = 1.4
NOISE_M = 2.8
"""Standard deviation of a fix on each axis under an open sky; what its HDOP promises is a little more."""
NOISE_KEPT = 0.85
"""How much of a fix's error the next one has too: receivers wander, they do not jump about."""
ALTITUDE_M = 345.0


class Leg(Struct, frozen=True, kw_only=True):
    """A stretch of a story: a way walked evenly, or a single place."""

    way: Places
    lasts_s: float | None
    """None takes what the other legs leave of the loop."""
    every_s: float = 20.0
    fixed: bool = True
    """Whether the receiver has a fix."""
    heard: bool = True
    """Whether the device speaks at all."""
    strap_open: bool = False
    astray_m: Place = (0.0, 0.0)
    """By how much the receiver is led astray."""


class Story(Struct, frozen=True, kw_only=True):
    """Legs that fill a loop, and the battery's charge over it as (seconds, per cent), the last like the first."""

    loop_s: float
    legs: tuple[Leg, ...]
    charge: tuple[tuple[float, float], ...] = ((0.0, 78.0), (1.0, 78.0))


class Moment(Struct, frozen=True, kw_only=True):
    """One instant of a story at which the device reports."""

    elapsed_s: float
    place: Place
    speed_m_s: float
    course_deg: float
    leg: Leg
    charge_percent: float
    charging: bool


def stay(place: Place, lasts_s: float | None = None) -> Leg:
    """Be at a place; without a time, for the rest of the loop."""
    return Leg(way=(place,), lasts_s=lasts_s)


def walk(way: Places) -> Leg:
    """Walk, reporting more often than at rest."""
    return Leg(way=way, lasts_s=_length_m(way) / WALK_M_S, every_s=10.0)


def moments(story: Story) -> Iterator[Moment]:
    """Give the moments of a story, loop after loop, without end."""
    legs = _filled(story)
    for loop in count():
        begun_s = loop * story.loop_s
        for leg, lasts_s in legs:
            for number in range(ceil(lasts_s / leg.every_s)):
                yield _moment(story, leg, number * leg.every_s, lasts_s, begun_s)
            begun_s += lasts_s


def reports(story: Story, started_at: datetime, random: Random) -> Iterator[Report]:
    """Give what the device says, with the receiver's noise. Moments in which it is not heard are left out."""
    east_m = north_m = 0.0
    fresh = NOISE_M * sqrt(1 - NOISE_KEPT**2)
    for moment in moments(story):
        east_m = NOISE_KEPT * east_m + random.gauss(0, fresh)
        north_m = NOISE_KEPT * north_m + random.gauss(0, fresh)
        hdop, satellites = round(random.uniform(0.8, 1.1), 1), random.randint(9, 14)
        if moment.leg.heard:
            seen = (moment.place[0] + east_m, moment.place[1] + north_m)
            bodies = (_position(moment, seen, hdop, satellites), *_state(moment))
            yield started_at + timedelta(seconds=moment.elapsed_s), bodies


def _filled(story: Story) -> list[tuple[Leg, float]]:
    rest_s = story.loop_s - sum(leg.lasts_s or 0.0 for leg in story.legs)
    return [(leg, rest_s if leg.lasts_s is None else leg.lasts_s) for leg in story.legs]


def _moment(story: Story, leg: Leg, into_s: float, lasts_s: float, begun_s: float) -> Moment:
    elapsed_s = begun_s + into_s
    place, course_deg = _along(leg.way, into_s / lasts_s)
    charge_percent, charging = _charge(story, elapsed_s % story.loop_s)
    return Moment(
        elapsed_s=elapsed_s,
        place=(place[0] + leg.astray_m[0], place[1] + leg.astray_m[1]),
        speed_m_s=_length_m(leg.way) / lasts_s,
        course_deg=course_deg,
        leg=leg,
        charge_percent=charge_percent,
        charging=charging,
    )


def _along(way: Places, share: float) -> tuple[Place, float]:
    """Give the place after a share of the way, and where it leads there."""
    goal_m = share * _length_m(way)
    passed_m = accumulate((dist(start, end) for start, end in pairwise(way)), initial=0.0)
    for (start, end), before_m in zip(pairwise(way), passed_m, strict=False):
        length_m = dist(start, end)
        if length_m and goal_m <= before_m + length_m:
            part = (goal_m - before_m) / length_m
            east_m, north_m = end[0] - start[0], end[1] - start[1]
            return (start[0] + part * east_m, start[1] + part * north_m), degrees(atan2(east_m, north_m)) % 360
    return way[-1], 0.0


def _length_m(way: Places) -> float:
    return sum(dist(start, end) for start, end in pairwise(way))


def _charge(story: Story, into_s: float) -> tuple[float, bool]:
    for (start_s, start), (end_s, end) in pairwise(story.charge):
        if start_s <= into_s < end_s:
            return start + (end - start) * (into_s - start_s) / (end_s - start_s), end > start
    return story.charge[-1][1], False


def _position(moment: Moment, seen: Place, hdop: float, satellites: int) -> Body:
    if not moment.leg.fixed:
        return NoFix(satellites=satellites % 3)
    point = to_point(seen)
    moving = moment.speed_m_s > 0
    return Fix(
        latitude_deg=point.latitude_deg,
        longitude_deg=point.longitude_deg,
        altitude_m=ALTITUDE_M,
        speed_m_s=moment.speed_m_s,
        course_deg=round(moment.course_deg, 1) if moving else None,
        satellites=satellites,
        hdop=hdop,
    )


def _state(moment: Moment) -> tuple[Body, ...]:
    return (
        Strap(open=moment.leg.strap_open),
        Enclosure(open=False),
        Battery(level_percent=float(round(moment.charge_percent))),
        Power(external=moment.charging),
    )
