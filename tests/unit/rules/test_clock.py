"""When something happened, by a clock that may be wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Authentication, Fix, Observation
from baqylau.rules.clock import instant, order_key, plausible, told_at
from baqylau.rules.fold import begin, fold
from tests.unit.rules.stories import device, fitting, heard, order, supervision

RECEIVED_AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
ERA = timedelta(weeks=1024)
MINUTE = timedelta(minutes=1)
PLACE = Fix(latitude_deg=48.6, longitude_deg=66.9)


def received(observed_at: datetime, received_at: datetime = RECEIVED_AT) -> Observation:
    return heard(observed_at, PLACE, received_at=received_at)


@pytest.mark.parametrize("late", [timedelta(), 3 * MINUTE, timedelta(days=39)])
@pytest.mark.parametrize("eras", [-2, -1, 1])
def test_a_time_that_is_off_by_whole_eras_is_judged_in_the_right_one(late: timedelta, eras: int) -> None:
    one = received(RECEIVED_AT - late + eras * ERA)
    assert instant(one) == told_at(one) == order_key(one)[0] == RECEIVED_AT - late
    assert plausible(one)
    assert one.observed_at == RECEIVED_AT - late + eras * ERA, "what the device said stays as it is"


@pytest.mark.parametrize("off", [timedelta(days=41), ERA + timedelta(days=41), -3 * MINUTE, -ERA - 3 * MINUTE])
def test_any_other_impossible_time_is_judged_when_it_reached_us(off: timedelta) -> None:
    one = received(RECEIVED_AT - off)
    assert instant(one) == RECEIVED_AT
    assert not plausible(one)


@pytest.mark.parametrize("off", [-2 * MINUTE, timedelta(days=40)])
def test_two_minutes_ahead_and_forty_days_late_are_believed_to_the_second(off: timedelta) -> None:
    assert told_at(received(RECEIVED_AT - off)) == RECEIVED_AT - off
    assert not plausible(received(RECEIVED_AT - off - (off / abs(off)) * timedelta(seconds=1)))


def test_what_we_worked_out_ourselves_of_an_instant_comes_after_everything_that_was_told_of_it() -> None:
    ours = replace(received(RECEIVED_AT), id=ObservationId("a"), authentication=Authentication.OURSELVES)
    theirs = replace(received(RECEIVED_AT), id=ObservationId("b"))
    later = replace(received(RECEIVED_AT + timedelta(seconds=1)), id=ObservationId("a"))
    assert sorted([later, ours, theirs], key=order_key) == [theirs, ours, later]


def test_a_tracker_that_counts_its_weeks_wrongly_gives_the_findings_of_a_right_one() -> None:
    begun_at = RECEIVED_AT - timedelta(hours=1)
    who = supervision(
        orders=(order(begun_at, begun_at + timedelta(days=2)),),
        fittings=(fitting(from_at=begun_at),),
        devices=(device(),),
    )
    ways = [received(RECEIVED_AT - ERA), received(RECEIVED_AT), received(RECEIVED_AT - timedelta(days=400))]
    codes = [[one.code for one in fold(who, begin(), [way], RECEIVED_AT + MINUTE)[1]] for way in ways]
    assert codes == [[], [], [Code.CLOCK_SKEW]]
