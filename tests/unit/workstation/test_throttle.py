"""Who guesses waits; who mistypes does not notice."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from baqylau.monitoring.workstation.access.throttle import BY_LOGIN, BY_PEER, FORGET_AFTER, remaining_s, wait_s

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


def test_the_first_mistakes_cost_nothing() -> None:
    assert [wait_s(failures, BY_LOGIN) for failures in range(4)] == [0, 0, 0, 0]


def test_then_each_mistake_doubles_the_wait_up_to_a_limit() -> None:
    assert [wait_s(failures, BY_LOGIN) for failures in range(4, 14)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]


def test_a_wait_that_is_over_is_over() -> None:
    last_at = NOW - timedelta(seconds=16)
    assert remaining_s(8, last_at, NOW, BY_LOGIN) == 0
    assert remaining_s(8, last_at + timedelta(milliseconds=1), NOW, BY_LOGIN) == 1


def test_a_day_later_everything_is_forgotten() -> None:
    assert remaining_s(1_000, NOW - FORGET_AFTER, NOW, BY_PEER) == 0


@given(failures=st.integers(0, 10_000), passed_s=st.integers(0, 100_000))
def test_nobody_waits_longer_than_the_longest_wait(failures: int, passed_s: int) -> None:
    for brake in (BY_LOGIN, BY_PEER):
        assert 0 <= remaining_s(failures, NOW - timedelta(seconds=passed_s), NOW, brake) <= brake.longest_s
