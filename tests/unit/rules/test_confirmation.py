"""When several fixes together say what one may not: seen at home nobody is accused, and everybody may count along."""

from datetime import timedelta

import pytest

from baqylau.domain.ids import ObservationId
from baqylau.rules.places.confirmation import NOTHING, Confirmation, Mark, counted, heard
from tests.unit.rules.stories import at

NIGHT = at("23:00")


def after(*seen: tuple[int, str]) -> Confirmation:
    """Give what is confirmed after fixes so many seconds into the night, away or at home."""
    state = NOTHING
    for seconds, place in seen:
        when = NIGHT + timedelta(seconds=seconds)
        state = heard(state, Mark(when, ObservationId(f"{seconds}"), place == "away"), may_wait=True)
    return state


def test_a_fix_at_home_never_confirms_that_somebody_is_away() -> None:
    glimpsed = ((0, "away"), (28, "away"), (75, "home"))
    assert not after(*glimpsed).confirmed
    assert after(*glimpsed, (100, "away")).confirmed


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        ([], (0, 2)),
        ([(0, "away")], (1, 2)),
        ([(0, "away"), (10, "away")], (2, 3)),
        ([(0, "away"), (10, "away"), (20, "away")], (3, 4)),
        ([(0, "away"), (10, "away"), (20, "home")], (2, 3)),
        ([(0, "away"), (60, "home")], (1, 2)),
        ([(0, "away"), (60, "away")], (2, 2)),
        ([(0, "away"), (10, "away"), (20, "away"), (30, "away")], (4, 2)),
    ],
)
def test_the_screen_counts_the_fixes_that_speak_against_somebody_and_how_many_must(
    seen: list[tuple[int, str]], says: tuple[int, int]
) -> None:
    assert counted(after(*seen)) == says
