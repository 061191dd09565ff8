"""Checks of the city: asked by a plan, given, missed, positive or somebody else's as they live, and found so."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from baqylau.domain.checks import Begun, BreathSample, CheckKind, Ended, Ending, Likely, SampleState
from baqylau.domain.commands import BeginCheck, Command
from baqylau.domain.findings import Code
from baqylau.domain.ids import CheckId, DeviceId
from baqylau.domain.observations import Body
from baqylau.domain.people import DeviceKind, Language
from baqylau.protocols.batch.records import Own
from baqylau.rules.checks.plan import due
from baqylau.sim.city.asking import STEP, Asking
from baqylau.sim.city.comparing import SAID_BY, likeness
from baqylau.sim.city.days import HOUR_S
from baqylau.sim.city.lives import Citizen, citizens
from baqylau.sim.city.registers import person_id, supervision, unit_id
from baqylau.sim.city.relays import Spell
from baqylau.sim.city.scenario import Life
from baqylau.sim.city.standing import DRANK_MG_L, Standing, unreached
from baqylau.sim.city.standing_on_air import StandingUnit
from baqylau.sim.city.truth import Told
from tests.unit.sim.towns import town

BEGUN_AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
"""17:00 there: a test is due an hour and ten minutes later."""
DUE_S = 4200


def somebody(life: Life, kind: DeviceKind = DeviceKind.BREATH_UNIT) -> Citizen:
    [one] = citizens(town(kind, life, persons=1, hours=3.5), BEGUN_AT)
    return one


def ordered(one: Citizen, at: datetime) -> Command:
    order = BeginCheck(
        check_id=CheckId("c1"),
        kind=CheckKind.BREATH if one.kind is DeviceKind.BREATH_UNIT else CheckKind.IDENTITY,
        person_id=person_id(one.number),
        nonce=bytes(16),
        due_at=at,
        remind_at=at + timedelta(minutes=5),
        expires_at=at + timedelta(minutes=15),
        language=Language.KK,
    )
    return Command(device_id=unit_id(one.number), number=1, issued_at=at, expires_at=order.expires_at, order=order)


def said(one: Citizen) -> Iterator[Body]:
    """Give everything that somebody's unit says in the 15 minutes after a test is due; it says nothing beforehand."""
    assert isinstance(one.does, Standing)
    unit = StandingUnit(one.number, one.does, supervision(one, BEGUN_AT), BEGUN_AT)
    for at_s in range(60, DUE_S + 960, 60):
        if at_s == DUE_S + 60:
            unit.order([ordered(one, BEGUN_AT + timedelta(seconds=DUE_S))])
        unit.live_until(at_s)
        assert all(record.observed_at <= BEGUN_AT + timedelta(seconds=at_s) for record in unit.box.waiting)
    yield from (body for record in unit.box.waiting if isinstance(record.said, Own) for body in record.said.bodies)


@pytest.mark.parametrize(("life", "low_mg_l", "high_mg_l"), [(Life.AT_HOME, 0.0, 0.05), (Life.DRANK, 0.4, 0.8)])
def test_who_is_asked_blows_and_the_unit_measures_what_is_in_their_breath(
    life: Life, low_mg_l: float, high_mg_l: float
) -> None:
    [sample] = [body for body in said(somebody(life)) if isinstance(body, BreathSample)]
    assert sample.state is SampleState.VALID
    assert sample.alcohol_mg_l is not None
    assert low_mg_l <= sample.alcohol_mg_l <= high_mg_l


@pytest.mark.parametrize("kind", [DeviceKind.BREATH_UNIT, DeviceKind.AV_UNIT])
def test_who_misses_checks_does_not_begin_one(kind: DeviceKind) -> None:
    assert not [body for body in said(somebody(Life.MISSES, kind)) if isinstance(body, Begun | BreathSample | Ended)]


@pytest.mark.parametrize("life", [Life.AT_HOME, Life.OPENED, Life.ANOTHER])
def test_who_is_asked_who_they_are_sits_down_and_does_every_step(life: Life) -> None:
    begun, ended = [body for body in said(somebody(life, DeviceKind.AV_UNIT)) if isinstance(body, Begun | Ended)]
    assert isinstance(begun, Begun)
    assert isinstance(ended, Ended)
    assert (ended.how, ended.items) == (Ending.DONE, 1)


def test_a_comparison_in_the_city_says_what_is_true_and_that_it_is_only_that() -> None:
    true, other = (likeness(CheckId("c1"), same=same) for same in (True, False))
    assert (true.outcome, other.outcome) == (Likely.MATCH, Likely.NO_MATCH)
    assert (true.fused_llr, other.fused_llr) == (None, None)
    assert true.models == other.models == SAID_BY


@pytest.mark.parametrize(
    ("life", "code", "comes"),
    [(Life.MISSES, Code.CHECK_MISSED, True), (Life.ANOTHER, Code.FACE_NOT_MATCHED, False), (Life.AT_HOME, None, True)],
)
def test_what_is_true_of_who_has_an_audio_visual_unit_is_kept_beside(
    life: Life, code: Code | None, *, comes: bool
) -> None:
    one = somebody(life, DeviceKind.AV_UNIT)
    assert [true.code for true in one.truths] == ([] if code is None else [code])
    assert all(DUE_S - 60 < true.after_s < DUE_S + 1000 for true in one.truths)
    assert isinstance(one.does, Standing)
    assert one.does.itself is comes


def test_who_has_drunk_is_sober_before_the_next_test_of_the_day() -> None:
    does = Standing(kind=DeviceKind.BREATH_UNIT, drank_s=(0.0, 11 * HOUR_S))
    assert does.alcohol_mg_l(0.0) == does.alcohol_mg_l(11 * HOUR_S) == DRANK_MG_L
    assert does.alcohol_mg_l(HOUR_S) < DRANK_MG_L
    assert does.alcohol_mg_l(10 * HOUR_S) == does.alcohol_mg_l(-1.0) == 0.0


def test_an_audio_visual_unit_without_a_line_may_miss_what_it_is_asked() -> None:
    one = somebody(Life.ANOTHER, DeviceKind.AV_UNIT)
    told = unreached(Told(one.truths), (4_300.0, 4_900.0))
    assert told.truths == ()
    assert told.may >= {Code.FACE_NOT_MATCHED, Code.CHECK_MISSED}


@pytest.mark.parametrize(
    ("lost", "sure"),
    [
        ((0.0, 3_200.0), [Code.BREATH_FIRST_POSITIVE, Code.BREATH_POSITIVE]),
        ((4_300.0, 4_900.0), []),
        ((6_000.0, 6_600.0), [Code.BREATH_FIRST_POSITIVE]),
        ((9_000.0, 9_600.0), [Code.BREATH_FIRST_POSITIVE, Code.BREATH_POSITIVE]),
    ],
)
def test_what_is_asked_of_a_unit_without_a_line_may_be_found_or_not(lost: Spell, sure: list[Code]) -> None:
    one = somebody(Life.DRANK)
    told = unreached(Told(one.truths), lost)
    assert [true.code for true in told.truths] == sure
    assert told.may >= {Code.BREATH_MISSED, Code.BREATH_NOT_RECEIVED} | {true.code for true in one.truths} - {*sure}


def test_a_test_that_was_due_before_the_city_begins_is_never_asked_for() -> None:
    begun_at = BEGUN_AT + timedelta(minutes=80)
    [one] = citizens(town(DeviceKind.BREATH_UNIT, Life.MISSES, persons=1, hours=3.5), begun_at)
    known = supervision(one, begun_at)
    assert list(due(known, bytes(32), begun_at - timedelta(hours=1), begun_at + timedelta(hours=3))) == []
    assert [plan.at for plan in due(known, bytes(32), begun_at, begun_at + timedelta(hours=16))] == [
        datetime(2026, 3, 10, 2, 10, tzinfo=UTC)
    ]


def test_who_plans_and_who_is_asked_wait_for_one_another() -> None:
    asyncio.run(_both_to_the_end())


async def _both_to_the_end() -> None:
    one, planned = somebody(Life.AT_HOME), list[datetime]()
    command = ordered(one, BEGUN_AT + STEP)

    def asks(at: datetime) -> dict[DeviceId, list[Command]]:
        planned.append(at)
        return {command.device_id: [command]} if at == BEGUN_AT + 2 * STEP else {}

    asking, told_at, orders = Asking(asks, BEGUN_AT), BEGUN_AT, list[list[Command]]()
    ends_at = BEGUN_AT + 4 * STEP
    planning = asyncio.create_task(asking.run(ends_at, lambda: told_at))
    while told_at < ends_at:
        orders.append(await asking.orders(command.device_id, told_at))
        assert asking.planned_until == told_at
        told_at += STEP
    await planning
    assert orders == [[], [], [command], []]
    assert planned == [BEGUN_AT + number * STEP for number in range(1, 5)]
