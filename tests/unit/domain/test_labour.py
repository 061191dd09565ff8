"""Hours of labour are foreseen in plain figures: what was done, what is left, what it comes to at this pace."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.case_facts import Fact, KeptFact, LabourDone, LabourSet, TakenBack
from baqylau.domain.ids import PersonId
from baqylau.domain.labour import PACE_DAYS, Forecast, Outlook, forecast, labour

ALMATY = ZoneInfo("Asia/Almaty")
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TODAY = date(2026, 11, 24)
MARCH = date(2027, 3, 1)
"""97 days from today."""


def kept(*facts: Fact, at: datetime = NOW - timedelta(days=60)) -> tuple[KeptFact, ...]:
    return tuple(
        KeptFact(number=number, person_id=PersonId("p-1"), by="aliya", at=at, fact=fact)
        for number, fact in enumerate(facts, start=1)
    )


def set_(hours: float = 100, until: date | None = MARCH) -> LabourSet:
    return LabourSet(hours=hours, act="1-26", until=until)


def done(days_ago: int, hours: float = 4) -> LabourDone:
    return LabourDone(day=TODAY - timedelta(days=days_ago), hours=hours, place="park", confirmed_by="akimat")


def seen(*facts: Fact, at: datetime = NOW - timedelta(days=60)) -> Forecast:
    found = forecast(kept(*facts, at=at), NOW, ALMATY)
    assert found is not None
    return found


def test_at_the_pace_of_the_last_four_weeks_so_many_hours_by_the_day() -> None:
    found = seen(set_(), *(done(days) for days in (1, 8, 15, 22, 40)))
    assert (found.outlook, found.by_then_h, found.set_h, found.until) == (Outlook.SHORT, 75, 100, MARCH)
    assert found.left_h == 80
    assert found.a_week_h == 6, "80 hours in not quite fourteen weeks"


def test_a_pace_that_is_enough_is_said_to_be_and_never_foretells_more_than_was_set() -> None:
    found = seen(set_(), *(done(days) for days in range(0, 28, 2)))
    assert (found.outlook, found.by_then_h) == (Outlook.ENOUGH, 100)


def test_the_first_day_of_the_four_weeks_counts_and_the_day_before_it_does_not() -> None:
    assert seen(set_(), done(PACE_DAYS - 1)).outlook is Outlook.SHORT
    assert seen(set_(), done(PACE_DAYS)).outlook is Outlook.STILL


def test_no_hour_in_four_weeks_is_no_pace() -> None:
    found = seen(set_(), done(35))
    assert (found.outlook, found.left_h, found.by_then_h) == (Outlook.STILL, 96, 4)


def test_within_the_first_four_weeks_nothing_is_foretold() -> None:
    assert seen(set_(), done(3), at=NOW - timedelta(days=10)).outlook is Outlook.EARLY
    assert seen(set_(), at=NOW - timedelta(days=PACE_DAYS - 1)).outlook is Outlook.EARLY
    assert seen(set_(), at=NOW - timedelta(days=PACE_DAYS)).outlook is Outlook.STILL


def test_hours_from_before_the_system_was_there_are_a_pace_too() -> None:
    assert seen(set_(), done(28), done(2), at=NOW).outlook is Outlook.SHORT


@pytest.mark.parametrize(("until", "outlook"), [(TODAY, Outlook.SHORT), (date(2026, 11, 23), Outlook.OVER)])
def test_the_last_day_is_a_day_on_which_hours_can_be_done_and_the_day_after_says_that_it_is_over(
    until: date, outlook: Outlook
) -> None:
    found = seen(set_(until=until), done(1))
    assert (found.outlook, found.by_then_h, found.a_week_h) == (outlook, 4, 96)


def test_a_day_is_over_where_the_person_lives() -> None:
    night = datetime(2027, 3, 1, 19, 30, tzinfo=UTC)
    over = forecast(kept(set_(), done(1)), night, ALMATY)
    assert over is not None
    assert over.outlook is Outlook.OVER, "it is 00:30 of 2 March in Almaty"


def test_all_hours_done_say_so_even_after_the_day() -> None:
    found = seen(set_(8, until=date(2026, 11, 1)), done(30), done(29))
    assert (found.outlook, found.left_h) == (Outlook.DONE, 0)


def test_without_a_day_or_without_hours_set_nothing_is_foretold() -> None:
    assert forecast(kept(set_(until=None), done(1)), NOW, ALMATY) is None
    assert forecast(kept(done(1)), NOW, ALMATY) is None


def test_a_later_act_stands_in_place_of_an_earlier_one_and_what_was_taken_back_counts_for_nothing() -> None:
    wrong = kept(set_(), set_(50, until=date(2027, 6, 1)), done(1), done(2), TakenBack(fact=3, why="another person's"))
    hours = labour(wrong)
    assert (hours.set_h, hours.until, hours.done_h, hours.left_h) == (50, date(2027, 6, 1), 4, 46)


def test_an_act_that_names_no_day_is_written_down_as_it_always_was() -> None:
    assert msgspec.to_builtins(set_(until=None)) == {"type": "labour_set", "hours": 100, "act": "1-26"}


@given(
    st.lists(st.tuples(st.integers(0, 90), st.floats(0.25, 24)), max_size=30),
    st.floats(0, 400),
    st.integers(-30, 400),
)
def test_whatever_was_recorded_the_figures_stay_within_what_was_set(
    worked: list[tuple[int, float]], hours: float, days: int
) -> None:
    found = seen(set_(hours, until=TODAY + timedelta(days=days)), *(done(ago, many) for ago, many in worked))
    assert 0 <= found.by_then_h <= hours
    assert 0 <= found.left_h <= round(hours, 2)
    assert found.a_week_h >= 0
    assert (found.outlook is Outlook.DONE) == (found.left_h == 0)
