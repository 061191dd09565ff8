"""The way of a story as a worn receiver goes it: places, what is above them, and who deceives it there."""

from collections.abc import Iterator
from itertools import pairwise
from math import dist

from baqylau.sim.sky.disturbances import Spoofer
from baqylau.sim.sky.way import OPEN, TUNNEL, Leg, Scene
from baqylau.sim.stories import WALK_M_S, Story
from baqylau.sim.stories import Leg as Told

UNDER_S = 45.0
"""So long it takes to come under a roof, and out again."""
Spell = tuple[float, float]


def legs_of(story: Story, late_s: float = 0.0) -> tuple[Leg, ...]:
    """Give the way of somebody who begins it so long after the story: what was before it is left out."""
    legs, begun_s = list[Leg](), -late_s
    for told in story.legs:
        for before, after in pairwise(told.way) if len(told.way) > 1 else [(told.way[0], told.way[0])]:
            lasts_s = dist(before, after) / WALK_M_S if before != after else told.lasts_s or 0.0
            if begun_s + lasts_s > 0:
                left_s = min(lasts_s, begun_s + lasts_s)
                legs.append(Leg(to=after, lasts_s=left_s, scene=_scene(told), fade_s=UNDER_S))
            begun_s += lasts_s
    return tuple(legs)


def _scene(told: Told) -> Scene:
    return OPEN if told.fixed else TUNNEL


def spells(story: Story) -> Iterator[tuple[Spell, Told]]:
    """Give each leg, with from when to when it lasts."""
    begun_s = 0.0
    for told in story.legs:
        ends_s = begun_s + (told.lasts_s or 0.0)
        yield (begun_s, ends_s), told
        begun_s = ends_s


def deceivers(story: Story) -> Iterator[Spoofer]:
    """Give who leads the receiver astray in a story."""
    for (from_s, until_s), told in spells(story):
        if told.astray_m != (0.0, 0.0):
            east_m, north_m = told.astray_m
            lasts_s = until_s - from_s
            yield Spoofer(from_s=from_s, until_s=until_s, walks_m_s=(east_m / lasts_s, north_m / lasts_s))
