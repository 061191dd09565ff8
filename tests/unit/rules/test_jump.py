"""How far is too far, to the metre and to the fix."""

from datetime import timedelta

from baqylau.domain.ids import PersonId, SubjectId
from baqylau.domain.zones import Point
from baqylau.rules.equipment import jump
from baqylau.rules.equipment.jump import BEGUN, Track
from baqylau.rules.finding import Author
from baqylau.rules.places.position import Position, position
from tests.unit.rules.stories import HOME, at, fix, north

AUTHOR = Author(rule="jump", rule_version="1", person_id=PersonId("person-1"), subject=SubjectId("tracker-1"))
NOON = at("12:00")


def seen(seconds: float, place: Point, accuracy_m: float = 10.0) -> Position:
    told = fix(NOON + timedelta(seconds=seconds), place, accuracy_m)
    found = position(told.id, told.observed_at, told.bodies[0])  # type: ignore[arg-type]
    assert found is not None
    return found


def believed(*positions: Position) -> list[bool]:
    track: Track = BEGUN
    said = []
    for one in positions:
        track, yes, _ = jump.step(AUTHOR, track, one)
        said.append(yes)
    return said


def test_seventy_metres_a_second_can_be_and_a_little_more_cannot() -> None:
    assert believed(seen(0, HOME), seen(60, north(4200))) == [True, True]
    assert believed(seen(0, HOME), seen(60, north(4240))) == [True, False]


def test_a_way_that_both_accuracies_explain_is_none_too_far() -> None:
    assert believed(seen(0, HOME, 10.0), seen(60, north(4225), 20.0)) == [True, True]
    assert believed(seen(0, HOME, 20.0), seen(60, north(4225), 10.0)) == [True, True]
    assert believed(seen(0, HOME, 5.0), seen(60, north(4225), 5.0)) == [True, False]


def test_it_is_as_far_southwards_and_across() -> None:
    across = Point(HOME.latitude_deg - 0.03, HOME.longitude_deg - 0.03)
    assert believed(seen(0, HOME), seen(60, across)) == [True, True]
    assert believed(seen(0, HOME), seen(50, across)) == [True, False]


def test_fixes_of_one_second_are_held_to_the_way_of_a_second() -> None:
    assert believed(seen(0, HOME), seen(0, north(85))) == [True, True]
    assert believed(seen(0, HOME), seen(0, north(120))) == [True, False]


def test_a_new_place_is_believed_with_the_third_fix_there_and_not_before() -> None:
    there = [seen(n * 10, north(50_000)) for n in range(1, 5)]
    assert believed(seen(0, HOME), *there) == [True, False, False, True, True]


def test_a_place_in_doubt_that_changes_begins_to_be_counted_anew() -> None:
    far, farther = north(50_000), north(90_000)
    way = [seen(10, far), seen(20, far), seen(30, farther), seen(40, farther), seen(50, farther)]
    assert believed(seen(0, HOME), *way) == [True, False, False, False, False, True]


def test_a_fix_at_the_old_place_ends_the_doubt() -> None:
    story = [seen(10, north(50_000)), seen(20, HOME), seen(30, north(50_000)), seen(40, north(50_000))]
    assert believed(seen(0, HOME), *story) == [True, False, True, False, False]


def test_what_is_found_tells_the_speed_and_both_fixes() -> None:
    first, second = seen(0, HOME), seen(100, north(50_000))
    track, _, _ = jump.step(AUTHOR, BEGUN, first)
    _, _, (finding,) = jump.step(AUTHOR, track, second)
    assert finding.because == (first.id, second.id)
    assert finding.since == first.at
    assert [round(used.value) for used in finding.thresholds] == [70, 500]
