"""One bracelet heard in two places: possible as far as a walk and the reach of both receivers go, and no farther."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import ObservationId, SubjectId
from baqylau.domain.zones import Corridor, Polygon
from baqylau.rules.equipment import clone
from baqylau.rules.finding import Author
from baqylau.rules.settings import DISTRUST_WITHIN_S, HEARD_WITHIN_S, MAXIMUM_SPEED_M_S, RECEIVER_REACH_M
from tests.unit.rules.stories import HOME, PERSON, at, circle, north

AUTHOR = Author(rule=clone.NAME, rule_version=clone.VERSION, person_id=PERSON, subject=SubjectId("bracelet"))
NOON = at("12:00")
FARTHEST_M = HEARD_WITHIN_S * MAXIMUM_SPEED_M_S + 2 * RECEIVER_REACH_M


def heard_again(way_m: float, when: datetime = NOON) -> int:
    """Give how many findings follow when another receiver so far away hears the bracelet."""
    here, _ = clone.step(AUTHOR, None, NOON, ObservationId("1"), HOME)
    return len(clone.step(AUTHOR, here, when, ObservationId("2"), north(way_m))[1])


@pytest.mark.parametrize(("way_m", "found"), [(0.0, 0), (FARTHEST_M * 0.99, 0), (FARTHEST_M * 1.01, 1)])
def test_a_bracelet_is_in_two_places_when_nobody_can_have_gone_the_way(way_m: float, found: int) -> None:
    assert heard_again(way_m) == found
    later = NOON + timedelta(seconds=60)
    assert heard_again(way_m + 60 * MAXIMUM_SPEED_M_S, later) == found


def test_what_was_found_is_found_again_after_a_while_and_not_at_once() -> None:
    far = north(FARTHEST_M * 1.5)
    here, _ = clone.step(AUTHOR, None, NOON, ObservationId("1"), HOME)
    there, [found] = clone.step(AUTHOR, here, NOON, ObservationId("2"), far)
    assert (found.because, found.since) == (("1", "2"), NOON)
    for after_s, times in ((1, 0), (DISTRUST_WITHIN_S - 1, 0), (DISTRUST_WITHIN_S, 1)):
        before = replace(there, at=NOON + timedelta(seconds=after_s))
        assert len(clone.step(AUTHOR, before, before.at, ObservationId("3"), HOME)[1]) == times


def test_a_receiver_stands_where_its_place_begins() -> None:
    first, second = HOME, north(100)
    assert clone.centre(circle("Home", first)) == first
    assert clone.centre(Polygon(name="Yard", outline=(first, second, north(50)))) == first
    assert clone.centre(Corridor(name="Way", line=(first, second), half_width_m=10.0)) == first
