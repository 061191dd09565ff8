"""Families about worn receivers in streets, below roofs, jammed and wrapped up, through the satellite pipeline."""

from random import Random

from tests.quality import sky
from tests.quality.case import Case, family


@family
def walks_among_towers(random: Random) -> Case:
    """The place drifts, and nobody is jammed."""
    return sky.judged_case(random, sky.clean_canyon(random))


@family
def parks_below_the_ground(random: Random) -> Case:
    """Sky and network go and come, down a ramp and up again."""
    return sky.judged_case(random, sky.clean_car_park(random))


@family
def carries_a_jammer(random: Random) -> Case:
    """The pipeline claims what the receiver's input and the sky say together."""
    return sky.judged_case(random, sky.jammer_in_a_pocket(random))


@family
def wraps_the_tracker_up(random: Random) -> Case:
    """Sky and network are gone within a second; the device goes on and says so."""
    return sky.judged_case(random, sky.foil_bag(random))
