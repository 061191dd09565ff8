"""Some of the thousand hand-overs of `make quality`, and that they would be absences without a permission."""

from random import Random

from msgspec.structs import replace

from tests.quality.handover import ABSENCES, handovers, life_with_trips
from tests.quality.judging import judge


def test_nobody_is_absent_while_one_unit_hands_over_to_the_other() -> None:
    some = handovers(lives=1, trips=4)
    assert some.times == 8
    assert (some.absences, some.besides) == (0, 0), some.wrong


def test_the_same_ways_without_a_permission_are_absences_each_time() -> None:
    life = life_with_trips(Random("forbidden"), 2)  # noqa: S311 - an invented life
    forbidden = replace(life, prescribed=replace(life.prescribed, permissions=()))
    assert [one for one in judge(life) if one.code in ABSENCES] == []
    assert len([one for one in judge(forbidden) if one.code in ABSENCES]) == 2
