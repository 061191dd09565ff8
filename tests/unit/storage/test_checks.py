"""Checks as they are kept: asked for once, with everything that was said of them."""

from datetime import timedelta

import pytest

from baqylau.domain.checks import Begun, CheckKind, CheckState, CheckWhy, Likely, Likeness, VoidWhy
from baqylau.domain.commands import BeginCheck, WithdrawCheck
from baqylau.domain.ids import CheckId, DeviceId, ObservationId, PersonId
from baqylau.domain.observations import Authentication, Observation
from baqylau.domain.partitions import partition_of
from baqylau.domain.people import Language
from baqylau.rules.checks.case import state_of
from baqylau.storage.checks.checks import Checks, Request
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.journal.journal import Entry
from tests.unit.storage.kept import House

ASYL = PersonId("asyl")
UNIT = DeviceId("av-1")
CHECK = CheckId("a" * 32)


def wanted(house: House, check_id: CheckId = CHECK) -> Request:
    now = house.clock()
    return Request(
        id=check_id,
        person_id=ASYL,
        device_id=UNIT,
        kind=CheckKind.IDENTITY,
        why=CheckWhy.RANDOM,
        due_at=now,
        remind_at=now + timedelta(minutes=5),
        expires_at=now + timedelta(minutes=15),
        language=Language.KK,
    )


@pytest.fixture
def checks(house: House) -> Checks:
    return Checks(house.engine, house.journal, house.clock, lambda size: b"n" * size)


def begun(house: House) -> Entry:
    now = house.clock()
    said = Observation(
        id=ObservationId("b" * 32),
        device_id=UNIT,
        observed_at=now,
        received_at=now,
        bodies=(Begun(check_id=CHECK),),
        authentication=Authentication.DEVICE_KEY,
    )
    return Entry(partition=partition_of(ASYL), person_id=ASYL, observation=said, raw=b"")


def stands(house: House, checks: Checks) -> CheckState:
    return state_of(checks.cases([CHECK])[CHECK], house.clock())


def test_a_check_is_asked_for_once_however_often_it_is_wanted(house: House, checks: Checks) -> None:
    assert checks.ask(wanted(house), by="rule/checks")
    first = checks.get(CHECK)
    assert not checks.ask(wanted(house), by="rule/checks")
    assert checks.get(CHECK) == first
    waiting = Commands(house.engine, house.clock).open()[UNIT]
    assert [type(one.order) for one in waiting] == [BeginCheck]
    order = waiting[0].order
    assert isinstance(order, BeginCheck)
    assert (order.nonce, waiting[0].number) == (first.nonce, first.command)
    assert checks.of_person(ASYL) == checks.open() == [first]


def test_what_became_of_a_check_is_read_off_its_facts(house: House, checks: Checks) -> None:
    checks.ask(wanted(house), by="rule/checks")
    assert stands(house, checks) is CheckState.PROMPTED
    house.journal.append([begun(house)])
    assert stands(house, checks) is CheckState.STARTED
    likeness = Likeness(check_id=CHECK, outcome=Likely.REVIEW, models="default/1")
    checks.judged(CHECK, likeness)
    checks.judged(CHECK, likeness)
    assert stands(house, checks) is CheckState.REVIEW
    case = checks.cases([CHECK])[CHECK]
    assert case.likeness == likeness
    assert set(checks.of_facts(case.because).values()) == {CHECK}
    checks.decide(CHECK, Likely.MATCH, by="aigul", grounds="the same scar")
    assert stands(house, checks) is CheckState.MATCH


def test_a_check_that_is_taken_back_counts_for_nothing(house: House, checks: Checks) -> None:
    checks.ask(wanted(house), by="rule/checks")
    checks.withdraw(CHECK, by="aigul", reason="in hospital")
    assert stands(house, checks) is CheckState.VOID
    assert checks.cases([CHECK])[CHECK].voided is not None
    assert not checks.open()
    orders = [one.order for one in Commands(house.engine, house.clock).open()[UNIT]]
    assert orders[-1] == WithdrawCheck(check_id=CHECK)


def test_what_was_our_fault_makes_a_check_void(house: House, checks: Checks) -> None:
    checks.ask(wanted(house), by="rule/checks")
    checks.void(CHECK, VoidWhy.AV_SERVER_DOWN)
    assert stands(house, checks) is CheckState.VOID
    checks.settle([CHECK])
    assert not checks.open()
    with pytest.raises(KeyError):
        checks.get(CheckId("f" * 32))
