"""When calls are recorded: never without the act's own words, never outside its time, never while it is suspended."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.ids import OrderId, PersonId
from baqylau.domain.orders import Order, Suspension

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOURS = st.integers(-50, 50)


def at(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


@given(st.sampled_from(["", " ", "calls are recorded"]), HOURS, HOURS, HOURS, st.none() | HOURS, HOURS)
def test_a_call_is_recorded_by_the_acts_words_in_its_time_alone(
    words: str, begins: int, ends: int, pauses: int, resumes: int | None, now: int
) -> None:
    pause = Suspension(
        from_at=at(pauses), until_at=None if resumes is None else at(resumes), act="2-26", reason="invented"
    )
    order = Order(
        id=OrderId("o-1"),
        person_id=PersonId("aigul"),
        court="Invented court",
        act_number="1-26",
        act_date=date(2026, 1, 1),
        from_at=at(begins),
        until_at=at(ends),
        suspensions=(pause,),
        calls_recorded=words,
    )
    paused = pauses <= now and (resumes is None or now < resumes)
    assert order.records_calls(at(now)) is (bool(words.strip()) and begins <= now < ends and not paused)
