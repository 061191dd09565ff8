"""What a fold spares itself, and when time has to speak: nothing of it may be seen in what is found or shown."""

from baqylau.rules.fold import begin, fold
from tests.unit.rules.stories import (
    at,
    deaf,
    device,
    every,
    exclusion,
    heard,
    judged,
    north,
    permission,
    presence,
    supervision,
    told,
)


def test_a_zone_that_is_added_where_somebody_stands_still_is_seen_with_the_next_positions() -> None:
    story = every(60, at("11:00"), at("13:00"), north(2000))
    state, _ = fold(supervision(presence()), begin(), story[:60], None)
    assert told(fold(supervision(presence(), exclusion()), state, story[60:], None)[1]) == [("Z01", "12:01")]


def test_a_permission_that_is_taken_back_lets_time_speak_at_the_end_of_the_grace() -> None:
    allowed = supervision(presence(), permissions=(permission(at("21:00"), at("23:59")),))
    state, _ = fold(allowed, begin(), every(60, at("21:30"), at("22:04"), north(1500)), None)
    assert ("P02", "22:05") in told(fold(supervision(presence()), state, (), at("22:10"))[1])


def test_a_silence_whose_limit_comes_before_our_own_deafness_or_with_it_is_found() -> None:
    who = supervision(devices=(device(silence_limit_s=600),))
    for deaf_from in ("05:15", "05:18"):
        story = [heard(at("05:05")), deaf(at(deaf_from), at("05:30"))]
        assert told(judged(who, story, at("05:40"))[1]) == [("C01", "05:15")]
