"""Where satellites are drowned out or played by somebody else: who was there when, what their receiver says then.

What has to be found of it is what a device can know. That somebody was elsewhere is not: nobody knows where they were,
and whatever happens to them meanwhile may be found or not.
"""

from collections.abc import Iterator
from datetime import datetime
from math import dist
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.observations import Body, Fix, NoFix
from baqylau.domain.zones import Point
from baqylau.links.tracks import Report
from baqylau.rules.settings import NO_FIX_AFTER_S
from baqylau.sim.city.days import HOUR_S, MINUTE_S, Days
from baqylau.sim.city.on_the_way import Spell, legs_of, spells
from baqylau.sim.city.scenario import Deed, Spoiling
from baqylau.sim.city.truth import Told, Truth, happens, held
from baqylau.sim.sky.disturbances import Disturbance, Jammer, Spoofer
from baqylau.sim.sky.way import Way
from baqylau.sim.stories import Story, reports
from baqylau.sim.town_plan import Place, to_place, to_point

STEP_S = 5.0
AWAY_M: Place = (-8_000.0, 6_000.0)
"""Where a deceiver has everybody believe to be, from where they are."""
LED_M_S: Place = (40.0, -30.0)
"""How fast it leads away a receiver that follows it step by step."""
CEILING_DBHZ = 10.0
AFTERWARDS_S = 15 * MINUTE_S
"""So long after it what happened meanwhile may still come out."""
MAY = frozenset(
    {Code.NO_FIX, Code.NO_FIX_PERSISTS, Code.GNSS_JAM, Code.SPOOFING, Code.JUMP, Code.LOW_ACCURACY, Code.SHIELDING}
)
"""What may be found of a sky like that: that the place is not known, and never where somebody was."""


class Sky(Struct, frozen=True, kw_only=True):
    """When somebody's receiver hears no satellites, or a deceiver's."""

    jammed_s: tuple[Spell, ...] = ()
    spoofed_s: tuple[Spell, ...] = ()

    @property
    def spoilt_s(self) -> tuple[Spell, ...]:
        """Give both."""
        return (*self.jammed_s, *self.spoofed_s)


CLEAR = Sky()


def sky_of(story: Story, spoilings: tuple[Spoiling, ...]) -> Sky:
    """Give when somebody is where satellites are spoilt, and under no roof."""
    way, by = Way(story.legs[0].way[0], *legs_of(story)), {deed: list[Spell]() for deed in Deed}
    for one in spoilings:
        by[one.deed] += _there(way, _open(story), one)
    return Sky(jammed_s=tuple(by[Deed.JAMMED]), spoofed_s=tuple(by[Deed.SPOOFED]))


def _open(story: Story) -> list[Spell]:
    return [spell for spell, told in spells(story) if told.fixed]


def _there(way: Way, under_sky: list[Spell], one: Spoiling) -> Iterator[Spell]:
    """Give from when to when somebody is there."""
    at_s, until_s, since_s = one.after_h * HOUR_S, one.after_h * HOUR_S + one.lasts_min * MINUTE_S, None
    while at_s < until_s:
        beneath = any(from_s <= at_s < to_s for from_s, to_s in under_sky)
        if beneath and dist(way.at(at_s).place, one.place) <= one.radius_m:
            since_s = at_s if since_s is None else since_s
        elif since_s is not None:
            yield since_s, at_s
            since_s = None
        at_s += STEP_S
    if since_s is not None:
        yield since_s, until_s


def told(story: Story, sky: Sky, begun_at: datetime, random: Random) -> Iterator[Report]:
    """Give what a device tells of a story under such a sky."""
    for at, bodies in reports(story, begun_at, random):
        yield at, under(sky, (at - begun_at).total_seconds(), bodies)


def under(sky: Sky, after_s: float, bodies: tuple[Body, ...]) -> tuple[Body, ...]:
    """Give what becomes of a report under such a sky."""
    return tuple(_spoilt(body, sky, after_s) for body in bodies)


def _spoilt(body: Body, sky: Sky, after_s: float) -> Body:
    if isinstance(body, Fix) and _within(sky.jammed_s, after_s):
        return NoFix(satellites=1)
    if isinstance(body, Fix) and _within(sky.spoofed_s, after_s):
        east_m, north_m = to_place(Point(body.latitude_deg, body.longitude_deg))
        false = to_point((east_m + AWAY_M[0], north_m + AWAY_M[1]))
        return replace(body, latitude_deg=false.latitude_deg, longitude_deg=false.longitude_deg)
    return body


def _within(of: tuple[Spell, ...], after_s: float) -> bool:
    return any(from_s <= after_s < until_s for from_s, until_s in of)


def done(sky: Sky) -> tuple[Disturbance, ...]:
    """Give the same as it is done to a receiver of ours."""
    jammers = [Jammer(from_s=one, until_s=other, ceiling_dbhz=CEILING_DBHZ, rise_s=2.0) for one, other in sky.jammed_s]
    spoofers = [Spoofer(from_s=one, until_s=other, walks_m_s=LED_M_S) for one, other in sky.spoofed_s]
    return (*jammers, *spoofers)


def spoilt(told_of: Told, sky: Sky, days: Days, *, bought_every_s: float | None) -> Told:
    """Give what has to be found of a life under such a sky. `bought_every_s`: how often a bought tracker reports.

    A bought tracker says that it has no place, or a false one, and not why; one of ours, and a unit that is carried,
    look when their plan has them look, and may or may not see it.
    """
    if not sky.spoilt_s:
        return told_of
    clear = [one for one in told_of.truths if not any(_meets(one, spell) for spell in sky.spoilt_s)]
    may = {one.code for one in told_of.truths if one not in clear} | told_of.may | MAY
    truths = list(_of_bought(sky, bought_every_s)) if bought_every_s is not None else []
    return held(days, [*clear, *truths], may - {one.code for one in truths})


def _meets(one: Truth, spell: Spell) -> bool:
    from_s, until_s = spell
    return one.after_s < until_s + AFTERWARDS_S and one.after_s + one.within_s > from_s


def _of_bought(sky: Sky, every_s: float) -> Iterator[Truth]:
    for from_s, until_s in sky.jammed_s:
        if until_s - from_s > NO_FIX_AFTER_S + 2 * MINUTE_S:
            yield happens(Code.NO_FIX, from_s - every_s + NO_FIX_AFTER_S)
    for from_s, until_s in sky.spoofed_s:
        if until_s - from_s > every_s:
            yield happens(Code.JUMP, from_s, until_s - from_s + MINUTE_S)
