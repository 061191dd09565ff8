"""How long somebody stayed where they had to be."""

from datetime import timedelta

from baqylau.rules.places.stay import Stay, arrived, latest, left
from tests.unit.rules.stories import at

NOON, MINUTE, HOUR = at("12:00"), timedelta(minutes=1), timedelta(hours=1)


def test_visits_add_up_and_being_seen_there_again_begins_none_anew() -> None:
    there = arrived(arrived(Stay(), NOON), NOON + MINUTE)
    assert there == Stay(NOON)
    gone = left(there, NOON + 10 * MINUTE)
    assert gone == left(gone, NOON + HOUR) == Stay(None, 600.0)
    assert left(arrived(gone, NOON + HOUR), NOON + HOUR + MINUTE) == Stay(None, 660.0)


def test_who_was_elsewhere_all_along_stayed_no_second() -> None:
    assert left(Stay(NOON), NOON) == left(Stay(NOON), NOON - MINUTE) == Stay(None, 0.0)


def test_the_last_instant_to_come_is_as_far_before_the_end_as_is_still_to_be_stayed() -> None:
    assert latest(Stay(), HOUR, NOON) == NOON - HOUR
    assert latest(Stay(None, 600.0), HOUR, NOON) == NOON - 50 * MINUTE
    assert latest(Stay(None, 3600.0), HOUR, NOON) == latest(Stay(None, 7200.0), HOUR, NOON) == NOON
