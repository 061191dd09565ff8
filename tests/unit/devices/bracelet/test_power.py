"""A bracelet whose battery is pulled, at whatever instant: nothing is used twice, nothing latched is lost."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from baqylau.devices.beacon_clock import AHEAD_S
from tests.micropython.table import BEGIN_S, ROOT, SITTING, Table
from tests.unit.devices.tables import first_after, fitted_bracelet

OPEN_LOOP = (4_000_000, 80.0)


def test_after_a_battery_pull_it_says_so_and_that_its_clock_is_not_set() -> None:
    table = fitted_bracelet()
    table.power_lost(20_000)
    table.show()
    table.wait(6)
    status = table.air[-1].status()
    assert "clock_unset" in status.now
    assert "reboot" in status.latched
    assert 0 < table.air[-1].pair[0] - (BEGIN_S + 600) <= AHEAD_S + 20


def test_pulling_the_battery_does_not_forget_a_cut_strap() -> None:
    table = fitted_bracelet()
    table.show(strap=OPEN_LOOP)
    table.power_lost(100)
    table.show(strap=SITTING["strap"])
    table.wait(6)
    assert "strap" in table.air[-1].status().latched


def test_a_strap_that_is_cut_while_there_is_no_power_is_cut_when_power_comes() -> None:
    table = fitted_bracelet()
    table.power_lost(5000)
    cut_ms = table.true_ms
    table.show(strap=OPEN_LOOP)
    table.wait(6)
    assert first_after(table, cut_ms, "strap").true_ms - cut_ms <= 1000


def test_what_the_strap_felt_like_outlives_the_battery() -> None:
    table = fitted_bracelet()
    table.power_lost(5000)
    table.show(strap=(150, 80.0))
    table.wait(6)
    assert "strap" in table.air[-1].status().now


def test_the_right_time_is_told_again_at_once_after_it_was_set_back() -> None:
    table = fitted_bracelet()
    table.power_lost(1000)
    table.wait(30)
    table.set_clock(BEGIN_S + table.true_ms // 1000)
    set_ms = table.true_ms
    table.wait(10)
    told = [heard for heard in table.air if heard.true_ms > set_ms]
    assert len(told) >= 8
    assert all(abs(heard.pair[0] - BEGIN_S - heard.true_ms / 1000) <= 2 for heard in told)
    assert "clock_unset" not in told[-1].status().now


def test_given_the_same_root_again_it_goes_on_where_nothing_was_used() -> None:
    table = fitted_bracelet()
    table.ship()
    table.provision()
    table.wait(600)
    assert not repeated(table)


def repeated(table: Table) -> list[tuple[int, int]]:
    """Give the pairs of second and count that went out more than once."""
    return [pair for pair, times in Counter(heard.pair for heard in table.air).items() if times > 1]


acts = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 4000)),
    st.tuples(st.just("pull"), st.integers(0, 2000)),
    st.tuples(st.just("fuse"), st.integers(0, 6)),
    st.tuples(st.just("clock"), st.integers(-3000, 3000)),
    st.tuples(st.just("strap"), st.booleans().map(int)),
    st.tuples(st.just("case"), st.booleans().map(int)),
    st.tuples(st.just("skin"), st.booleans().map(int)),
    st.tuples(st.just("again"), st.integers(-3000, 3000)),
)


def act(table: Table, what: str, figure: int) -> None:
    """Do one of the things that can happen to a bracelet."""
    now_s = BEGIN_S + table.true_ms // 1000
    match what:
        case "wait":
            table.wait(figure / 9)
        case "pull":
            table.power_lost(figure)
        case "fuse":
            table.fuse = figure
        case "clock":
            table.set_clock(now_s + figure)
        case "strap":
            table.show(strap=OPEN_LOOP if figure else SITTING["strap"])
        case "case":
            table.show(case=(bool(figure), 0.0))
        case "skin":
            table.show(skin_counts=0 if figure else 900)
        case _:
            table.ship()
            table.ask(f"PROVISION B-17 {ROOT.hex()} {now_s + figure}")


@settings(max_examples=80, deadline=None)
@given(st.lists(acts, max_size=25))
def test_no_pair_of_second_and_count_ever_comes_back(story: list[tuple[str, int]]) -> None:
    table = fitted_bracelet()
    for what, figure in story:
        act(table, what, figure)
    table.wait(30)
    assert not repeated(table)
    assert all(pair.beacon.sub < 64 for pair in table.air)


tamper = st.sampled_from(
    [
        {"strap": OPEN_LOOP},
        {"strap": (47_000, 0.0)},
        {"case": (True, 0.0)},
        {"case": (False, 500.0)},
        {"strap": (150, 80.0)},
    ]
)
before = st.tuples(st.sampled_from(["wait", "strap", "case", "skin", "pull"]), st.integers(0, 4000))


@settings(max_examples=60, deadline=None)
@given(st.lists(before, max_size=8), tamper, st.integers(0, 9999))
def test_every_edge_is_on_the_air_within_five_seconds_and_stays_latched(
    story: list[tuple[str, int]], tampered: dict[str, tuple[float, float]], phase_ms: int
) -> None:
    table = fitted_bracelet()
    for what, figure in story:
        act(table, what, figure)
    table.show(**SITTING)
    table.wait(phase_ms / 1000)
    table.confirm()
    begun_ms, word = table.true_ms, next(iter(tampered))
    table.show(**tampered)
    table.wait(5)
    assert first_after(table, begun_ms, word).true_ms - begun_ms <= 5000
    table.show(**SITTING)
    table.wait(200)
    assert all(word in heard.status().latched for heard in table.air if heard.true_ms > begun_ms + 5000)
