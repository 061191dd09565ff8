"""A relay on its wall, and carried away."""

from baqylau.crypto.blocks import aes
from baqylau.devices.relay import core
from baqylau.protocols.beacon.frame import RELAY
from tests.micropython.table import STANDING, Table
from tests.unit.devices.tables import first_after, standing_relay


def test_a_relay_speaks_every_second_and_says_that_it_has_mains() -> None:
    table = standing_relay()
    assert 595 <= len(table.air) <= 605
    status = table.air[-1].status()
    assert status.now == {"charging"}
    assert not status.latched
    assert table.air[-1].beacon.frame()[0] >> 2 & 0b111 == RELAY


def test_carried_for_three_seconds_it_says_that_it_was_moved_until_it_is_put_up_again() -> None:
    table = standing_relay()
    table.show(motion=(True, (100, 0, 990)))
    table.wait(3)
    table.show(motion=(False, (0, 0, 1000)))
    table.wait(86_400)
    assert "off_body" in table.air[-1].status().now
    table.fit()
    table.wait(2)
    status = table.air[-1].status()
    assert "off_body" not in status.now | status.latched
    assert status.events == 2


def test_a_door_that_slams_moves_nothing() -> None:
    table = standing_relay()
    table.show(motion=(True, (0, 0, 1000)))
    table.wait(1)
    table.show(motion=(False, (0, 0, 1000)))
    table.wait(60)
    assert "off_body" not in table.air[-1].status().latched


def test_hung_up_otherwise_it_was_moved_though_nobody_saw_the_motion() -> None:
    table = standing_relay()
    table.power_lost(600_000)
    table.show(motion=(False, (1000, 0, 0)))
    table.wait(5)
    assert "off_body" in table.air[-1].status().now


def test_that_it_was_moved_outlives_a_loss_of_power_and_a_confirmation() -> None:
    table = standing_relay()
    table.show(motion=(True, (0, 0, 1000)))
    table.wait(4)
    table.show(motion=(False, (0, 0, 1000)))
    table.power_lost(1000)
    table.show()
    table.wait(2)
    table.confirm()
    table.wait(2)
    assert "off_body" in table.air[-1].status().now


def test_without_mains_it_goes_on_from_its_battery_and_says_so() -> None:
    table = standing_relay()
    table.show(power=(3500, False))
    table.wait(2)
    assert table.air[-1].status().now == {"battery_low"}


def test_opened_it_says_so_within_a_second() -> None:
    table = standing_relay()
    opened_ms = table.true_ms
    table.show(case=(True, 0.0))
    table.wait(3)
    assert first_after(table, opened_ms, "case").true_ms - opened_ms <= 1000


def test_a_relay_that_feels_no_gravity_fails_its_self_test() -> None:
    table = standing_relay()
    table.show(motion=(False, None))
    table.wait(2)
    assert "self_test_failed" in table.air[-1].status().now


def test_a_relay_without_a_root_sleeps_whatever_its_mains_say() -> None:
    table = Table(core, aes, STANDING)
    table.show()
    table.wait(3600)
    assert not table.air
