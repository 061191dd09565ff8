"""A bracelet on the bench, and what it believes of what it is told."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baqylau.crypto.blocks import aes
from baqylau.devices.bracelet import core
from baqylau.protocols.beacon.orders import CLOCK, SHIP, order_key, seal_order
from tests.micropython.table import BEGIN_S, ROOT, SITTING, Table
from tests.unit.devices.tables import fitted_bracelet

OTHER_ROOT = bytes(32)


def test_a_bracelet_from_the_factory_sleeps_until_it_is_provisioned() -> None:
    table = Table(core, aes, SITTING)
    table.show()
    table.wait(86_400 * 3)
    assert not table.air
    assert table.slept
    assert table.ask(f"PROVISION B-17 {ROOT.hex()} {BEGIN_S}") == "OK B-17"
    table.wait(10)
    assert abs(table.air[0].pair[0] - BEGIN_S) <= 5


@pytest.mark.parametrize(
    "line",
    [
        "PROVISION",
        "PROVISION B-17",
        f"PROVISION B-17 {ROOT.hex()[2:]} {BEGIN_S}",
        f"PROVISION B-17 {ROOT.hex()} -5",
        f"PROVISION B-17 {ROOT.hex()} 5000000000",
        f"PROVISION B-17 {'zz' * 32} {BEGIN_S}",
        f"PROVISION B-17 {ROOT.hex()} {BEGIN_S} more",
        f"PROVISION B-17 {ROOT.hex()} ²",
        f"PROVISION {'S' * 40} {ROOT.hex()} {BEGIN_S}",
    ],
)
def test_a_bench_that_says_nonsense_provisions_nothing(line: str) -> None:
    table = Table(core, aes, SITTING)
    assert table.ask(line) == "NO value"
    table.wait(60)
    assert not table.air
    assert not table.root


@settings(max_examples=60)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_whatever_a_bench_says_is_answered_by_one_line(line: str) -> None:
    table = fitted_bracelet_once()
    said, record = len(table.said), table.record
    assert re.fullmatch(r"(OK|NO) ?[^\n]*", table.ask(line))
    assert len(table.said) == said + 1
    assert table.record == record


READY: list[Table] = []


def fitted_bracelet_once() -> Table:
    """Give the same bracelet each time: what is said to it here must leave it as it is."""
    if not READY:
        READY.append(fitted_bracelet())
    return READY[0]


def test_the_status_tells_how_it_is_and_never_its_root() -> None:
    table = fitted_bracelet()
    table.show(strap=(4_000_000, 80.0))
    table.wait(1)
    answer = table.ask("STATUS")
    assert answer == (
        f"OK B-17 working clock=told at={BEGIN_S + 601} now=strap latched=strap events=1 orders=1 battery=80.0"
    )
    assert ROOT.hex() not in "".join(table.said)


def test_a_bracelet_at_work_takes_no_other_root_and_is_not_put_to_sleep_by_a_bench() -> None:
    table = fitted_bracelet()
    root = table.root
    assert table.ask(f"PROVISION B-18 {OTHER_ROOT.hex()} {BEGIN_S}") == "NO provisioned"
    assert table.ask("SHIP") == "NO provisioned"
    assert table.root == root
    before = len(table.air)
    table.wait(60)
    assert len(table.air) > before


def test_shipped_by_an_order_it_is_silent_until_a_charger_wakes_it() -> None:
    table = fitted_bracelet()
    table.ship()
    sent = len(table.air)
    table.wait(86_400)
    table.power_lost(3_600_000)
    table.wait(86_400)
    assert len(table.air) == sent
    table.show(power=(3950, True))
    table.wait(10)
    assert len(table.air) > sent


def test_an_order_over_the_bench_is_an_order() -> None:
    table = fitted_bracelet()
    order = seal_order(aes(order_key(ROOT)), CLOCK, 9, BEGIN_S + 7200)
    assert table.ask(f"ORDER {order.hex()}") == "OK 1"
    assert table.ask(f"ORDER {order.hex()}") == "NO order"
    table.wait(6)
    assert table.air[-1].pair[0] - BEGIN_S >= 7200


@given(st.binary(max_size=24) | st.integers(0, 17 * 8 - 1))
def test_a_forged_order_changes_nothing(forged: bytes | int) -> None:
    table = fitted_bracelet_once()
    if isinstance(forged, int):
        true = bytearray(seal_order(aes(order_key(ROOT)), SHIP, 77, 0))
        true[forged // 8] ^= 1 << forged % 8
        forged = bytes(true)
    untouched(table, forged)


def test_an_order_of_another_device_changes_nothing() -> None:
    untouched(fitted_bracelet(), seal_order(aes(order_key(OTHER_ROOT)), CLOCK, 50, BEGIN_S))


def test_a_time_at_the_end_of_the_scale_is_not_taken() -> None:
    untouched(fitted_bracelet(), seal_order(aes(order_key(ROOT)), CLOCK, 50, 0xFFFFFFFF))


@pytest.mark.parametrize("kind", [0, 5, 255])
def test_an_unknown_order_changes_nothing(kind: int) -> None:
    untouched(fitted_bracelet(), seal_order(aes(order_key(ROOT)), kind, 50, BEGIN_S))


def test_an_order_that_was_taken_is_not_taken_again_even_after_a_loss_of_power() -> None:
    table = fitted_bracelet()
    told = table.order(CLOCK, BEGIN_S + 600)
    table.wait(3600)
    untouched(table, told)
    table.power_lost(1000)
    table.wait(6)
    untouched(table, told)
    assert "clock_unset" in table.air[-1].status().now


def untouched(table: Table, order: bytes) -> None:
    """An order must leave clock, latches, numbers and what is kept as they are."""
    sender = table.state.sender
    before = [getattr(sender, name) for name in sender.FIELDS]
    record, sent = table.record, len(table.air)
    table.bring(order)
    sender = table.state.sender
    assert [getattr(sender, name) for name in sender.FIELDS] == before
    assert (table.record, len(table.air)) == (record, sent)
