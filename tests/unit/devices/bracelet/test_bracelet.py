"""A bracelet on its wearer, hour by hour."""

from itertools import pairwise

import pytest

from baqylau.crypto.blocks import aes
from baqylau.devices.beacon_inputs import Tick
from baqylau.devices.beacon_sender import Beacon
from baqylau.devices.bracelet import core
from baqylau.protocols.beacon.frame import BRACELET
from baqylau.protocols.beacon.instants import delay_ms
from baqylau.protocols.beacon.keys import epoch_of, identity_key, period_key, period_of
from tests.micropython.table import BEGIN_S, ROOT, SITTING, Table
from tests.unit.devices.tables import first_after, fitted_bracelet

OPEN_LOOP = (4_000_000, 80.0)
DARK_LOOP = (47_000, 0.0)
BRIDGED_LOOP = (150, 80.0)
LINKED_BY_LIGHT = (47_000, 30.0)


def test_a_bracelet_at_rest_speaks_every_five_seconds_at_an_instant_that_its_key_tells() -> None:
    table = fitted_bracelet()
    quiet = [heard for heard in table.air if heard.true_ms > 100_000]
    assert len(quiet) == 100
    block = aes(identity_key(period_key(ROOT, period_of(epoch_of(BEGIN_S)))))
    for heard in quiet:
        at_s, sub = heard.pair
        assert at_s % 5 == 0
        assert heard.true_ms == (at_s - BEGIN_S) * 1000 + delay_ms(block, at_s, sub)
    gaps_ms = [later.true_ms - earlier.true_ms for earlier, later in pairwise(quiet)]
    assert 4000 < min(gaps_ms) < max(gaps_ms) < 6000


def test_a_bracelet_that_is_well_says_so() -> None:
    status = fitted_bracelet().air[-1].status()
    assert not status.now
    assert not status.latched
    assert status.battery_percent == 80
    assert status.temperature_c == 31


@pytest.mark.parametrize("loops", [OPEN_LOOP, DARK_LOOP, (4_000_000, 0.0)])
def test_a_cut_of_either_loop_is_on_the_air_within_a_second(loops: tuple[int, float]) -> None:
    table = fitted_bracelet()
    cut_ms = table.true_ms
    table.show(strap=loops)
    table.wait(10)
    assert first_after(table, cut_ms, "strap").true_ms - cut_ms <= 1000


@pytest.mark.parametrize("loops", [BRIDGED_LOOP, LINKED_BY_LIGHT])
def test_a_loop_that_somebody_bridged_is_not_the_loop_it_was(loops: tuple[int, float]) -> None:
    table = fitted_bracelet()
    bridged_ms = table.true_ms
    table.show(strap=loops)
    table.wait(10)
    assert first_after(table, bridged_ms, "strap").true_ms - bridged_ms <= 5000


def test_a_strap_that_is_pulled_for_a_moment_is_not_cut() -> None:
    table = fitted_bracelet()
    table.show(strap=(62_000, 80.0))
    table.wait(1)
    table.show(strap=(47_000, 80.0))
    table.wait(60)
    assert not table.air[-1].status().latched


def test_after_an_event_it_speaks_every_second_for_a_minute() -> None:
    table = fitted_bracelet()
    table.show(strap=OPEN_LOOP)
    begun_ms = table.true_ms
    table.wait(180)
    first_minute = [heard for heard in table.air if begun_ms < heard.true_ms <= begun_ms + 60_000]
    assert 58 <= len(first_minute) <= 62
    assert len([heard for heard in table.air if heard.true_ms > begun_ms + 120_000]) == 12


def test_cut_and_closed_in_four_seconds_stays_latched_until_somebody_confirms_it() -> None:
    table = fitted_bracelet()
    table.show(strap=OPEN_LOOP)
    table.wait(4)
    table.show(strap=SITTING["strap"])
    table.wait(7200)
    status = table.air[-1].status()
    assert "strap" not in status.now
    assert status.latched == {"strap"}
    assert status.events == 2
    table.confirm()
    table.wait(10)
    assert not table.air[-1].status().latched


def test_a_confirmation_of_an_earlier_count_confirms_nothing() -> None:
    table = fitted_bracelet()
    table.show(strap=OPEN_LOOP)
    table.wait(4)
    looked_at = table.air[-1].status().events
    table.show(strap=SITTING["strap"])
    table.wait(5)
    table.order(2, looked_at)
    table.wait(5)
    assert table.air[-1].status().latched == {"strap"}


def test_what_is_still_so_stays_latched_when_it_is_confirmed() -> None:
    table = fitted_bracelet()
    table.show(case=(True, 0.0))
    table.wait(5)
    table.confirm()
    table.wait(5)
    assert table.air[-1].status().latched == {"case"}


def test_light_in_the_case_opens_it_though_its_switch_is_held() -> None:
    table = fitted_bracelet()
    opened_ms = table.true_ms
    table.show(case=(False, 300.0))
    table.wait(5)
    assert first_after(table, opened_ms, "case").true_ms - opened_ms <= 1000


def test_off_the_body_is_believed_after_half_a_minute_without_another_sample() -> None:
    table = fitted_bracelet()
    off_ms = table.true_ms
    table.show(skin_counts=100)
    table.wait(29)
    assert "off_body" not in table.air[-1].status().now
    table.wait(10)
    assert first_after(table, off_ms, "off_body").true_ms - off_ms <= 31_000
    table.show(skin_counts=900)
    table.wait(10)
    status = table.air[-1].status()
    assert "off_body" not in status.now
    assert "off_body" in status.latched


def test_minutes_of_walking_are_counted_while_nobody_listens() -> None:
    table = fitted_bracelet()
    before = table.air[-1].status().moving_minutes
    table.show(motion=(True, 1.2))
    table.wait(17 * 60)
    table.show(motion=(False, 0.1))
    table.wait(3600)
    assert table.air[-1].status().moving_minutes - before in (17, 18)


def test_the_count_of_minutes_runs_over_after_256() -> None:
    table = fitted_bracelet()
    table.show(motion=(True, 1.2))
    table.wait(300 * 60)
    assert table.air[-1].status().moving_minutes in (300 - 256, 301 - 256)


def test_charge_charger_and_heat_are_told() -> None:
    table = fitted_bracelet()
    table.show(power=(3500, True), temperature_c=75.0)
    table.wait(6)
    status = table.air[-1].status()
    assert {"battery_low", "charging"} <= status.now
    assert status.battery_percent == 10
    assert status.temperature_c == 75
    assert status.latched == {"temperature"}
    assert status.events == 1


def test_a_hard_knock_and_a_radio_that_fails_are_latched() -> None:
    table = fitted_bracelet()
    table.show(motion=(True, 30.0))
    table.break_radio()
    table.wait(6)
    assert table.air[-1].status().latched == {"shock", "radio_fault"}


def test_a_radio_that_fails_for_ever_is_one_event_and_does_not_wear_the_flash() -> None:
    table = fitted_bracelet()
    table.break_radio()
    record = table.record
    for _ in range(100):
        table.break_radio()
    table.wait(6)
    assert table.air[-1].status().events == 1
    assert table.record[4:6] == record[4:6]


@pytest.mark.parametrize(
    ("shown", "part"),
    [
        ({"strap": (None, 80.0)}, "loop_ohm"),
        ({"skin_counts": None}, "skin"),
        ({"temperature_c": 300.0}, "temperature"),
        ({"power": (900, False)}, "battery"),
        ({"motion": (None, None)}, "motion"),
    ],
)
def test_a_sensor_that_says_nothing_or_nonsense_fails_the_self_test(shown: dict[str, object], part: str) -> None:
    table = fitted_bracelet()
    assert table.ask("SELFTEST") == "OK"
    table.show(**shown)
    table.wait(6)
    assert "self_test_failed" in table.air[-1].status().now
    assert table.ask("SELFTEST") == f"NO {part}"


def test_a_bracelet_whose_time_was_skipped_speaks_once_when_it_wakes_and_tells_the_right_time() -> None:
    table = fitted_bracelet()
    before = len(table.air)
    table.true_ms += 86_400_000
    table.wait(6)
    assert len(table.air) - before in (1, 2)
    assert abs(table.air[-1].pair[0] - BEGIN_S - table.true_ms // 1000) <= 6


def test_the_kind_of_device_is_told() -> None:
    frame = fitted_bracelet().air[-1].beacon.frame()
    assert frame[0] >> 2 & 0b111 == BRACELET
    assert len(frame) == 27


def test_a_step_leaves_the_state_that_it_was_given_as_it_was() -> None:
    table = fitted_bracelet()
    before = table.state
    first = core.step(before, Tick(before.wake_at_ms))[1]
    again = core.step(before, Tick(before.wake_at_ms))[1]
    frames = [[made.frame() for made in outputs if isinstance(made, Beacon)] for outputs in (first, again)]
    assert frames[0] == frames[1] != []


def test_a_root_without_the_record_of_what_it_spent_is_not_used() -> None:
    with pytest.raises(ValueError, match="record"):
        core.begin(aes, 0, "B-17", ROOT, b"")
    assert Table(core, aes, SITTING).state.sender.asleep
