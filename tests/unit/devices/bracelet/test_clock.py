"""The clock whose seconds and counts never come back, by itself."""

from hypothesis import given
from hypothesis import strategies as st

from baqylau.devices.beacon_clock import AHEAD_S, COUNTS, LANES, resumed

steps = st.lists(st.tuples(st.booleans(), st.integers(0, 5000)), max_size=40)


def test_a_clock_that_is_set_forward_stays_in_its_lane_and_one_that_is_set_back_leaves_it() -> None:
    clock = resumed(0, (0,) * LANES, 0).set_to(1000, 0).used((1000, 0)).set_to(2000, 5)
    assert (clock.lane, clock.first_count()) == (0, 0)
    back = clock.used((2000, 0)).set_to(1500, 9)
    assert (back.lane, back.first_count()) == (1, COUNTS)
    assert back.spent[0] == 2001
    assert back.system_ms(9) == 1_500_000


def test_time_is_written_down_ahead_of_its_use() -> None:
    clock = resumed(0, (0,) * LANES, 0).set_to(1000, 0).used((1000, 0))
    assert clock.spent[0] == 1000 + AHEAD_S
    assert clock.used((1000 + AHEAD_S - 1, 0)).spent == clock.spent
    assert clock.used((1000 + AHEAD_S, 0)).spent[0] == 1000 + 2 * AHEAD_S


@given(steps)
def test_set_anyhow_and_resumed_anyhow_it_never_gives_a_pair_twice(story: list[tuple[bool, int]]) -> None:
    clock, used = resumed(0, (0,) * LANES, 0).set_to(2500, 0), set()
    for power, figure in story:
        if power:
            second = max(clock.last[0] + 1, clock.system_ms(0) // 1000)
            clock = clock.used((second, clock.first_count()))
            assert clock.last not in used
            used.add(clock.last)
        elif figure % 2:
            clock = clock.set_to(figure, 0)
        else:
            clock = resumed(clock.lane, clock.spent, 0)
