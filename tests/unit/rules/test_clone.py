"""One bracelet heard in two places: possible as far as a walk and the reach of both receivers go, and no farther."""

from datetime import datetime, timedelta

import pytest

from baqylau.domain.ids import ObservationId, SubjectId
from baqylau.rules import clone
from baqylau.rules.finding import Author
from baqylau.rules.settings import HEARD_WITHIN_S, MAXIMUM_SPEED_M_S, RECEIVER_REACH_M
from tests.unit.rules.stories import HOME, PERSON, at, north

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
