"""A check from the plan to the alarm: a real door, a unit that signs, the judge, and a planner that may be killed."""

from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.signing import Signer
from baqylau.domain.checks import (
    Begun,
    BreathSample,
    CheckKind,
    CheckState,
    CheckWhy,
    Ended,
    Ending,
    Likely,
    Likeness,
    LikenessReason,
    SampleState,
)
from baqylau.domain.commands import BeginCheck, CommandState
from baqylau.domain.findings import Code
from baqylau.domain.ids import CheckId, DeviceId, FittingId, RestrictionId
from baqylau.domain.observations import Body, Strap
from baqylau.domain.orders import Checked, Fitting, Identification, Sobriety
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.schedules import Schedule, Window
from baqylau.monitoring.server.check_orders import Asker, CheckRefusedError
from baqylau.monitoring.server.check_planner import Planner, Sources
from baqylau.monitoring.server.link.desk import Desk
from baqylau.protocols.batch.records import CommandResult, Said
from baqylau.rules.case import state_of
from baqylau.storage.checks import CheckAsked, Checks
from baqylau.storage.device_keys import KeyKind
from baqylau.storage.findings import Findings
from baqylau.storage.live import AV_SERVER
from baqylau.storage.registry import Registry
from tests.unit.server.link.household import AINUR, BEGUN, Household, Unit, household, minutes, own, post, story
from tests.unit.server.site import START

AV, BREATH = DeviceId("av-1"), DeviceId("breath-1")
KINDS = {AV: DeviceKind.AV_UNIT, BREATH: DeviceKind.BREATH_UNIT}
AV_KEY, BREATH_KEY = Signer(bytes([5] * 32)), Signer(bytes([6] * 32))
EVENING = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=17 * 60 + 10, end_min=18 * 60),))
SHOWS = Identification(
    id=RestrictionId("shows"),
    order_id=household().orders[0].id,
    version=1,
    clause="3",
    from_at=BEGUN,
    schedule=EVENING,
)
BREATHES = Sobriety(
    id=RestrictionId("breathes"),
    order_id=household().orders[0].id,
    version=1,
    clause="4",
    from_at=BEGUN,
    schedule=EVENING,
    limit_mg_l=0.16,
)


def checked(*asks: Checked) -> Registry:
    base = household()
    units = tuple(Device(id=name, kind=kind, protocol="link", number=name) for name, kind in KINDS.items())
    worn = tuple(Fitting(id=FittingId(f"f-{name}"), device_id=name, person_id=AINUR, from_at=BEGUN) for name in KINDS)
    return replace(base, devices=(*base.devices, *units), restrictions=asks, fittings=(*base.fittings, *worn))


class Checkpoint(Household):
    """A household with both units, and everybody who has to do with checks."""

    def __init__(self, engine: Engine, *asks: Checked) -> None:
        super().__init__(engine, checked(*asks))
        self.open_for_the_first_time()
        self.keys.enrol(AV, KeyKind.ED25519, AV, AV_KEY.public_key, by="test")
        self.keys.enrol(BREATH, KeyKind.ED25519, BREATH, BREATH_KEY.public_key, by="test")
        self.checks = Checks(engine, self.journal, self.clock)
        self.units = {AV: Unit(AV_KEY, AV), BREATH: Unit(BREATH_KEY, BREATH)}
        self._numbers = dict.fromkeys(self.units, 1)
        self.av_alive = True

    def plan(self) -> list[CheckAsked]:
        """Let a planner that knows nothing of any other look twice, and judge what there is; give the open checks."""
        if self.av_alive:
            self.live.role_beat(AV_SERVER, self.clock())
        sources = Sources(self.registers, self.checks, Findings(self.engine), self.live)
        planner = Planner(sources, key=bytes(32), now=self.clock)
        planner.round()
        planner.round()
        self.live.gateway_beat(self.clock(), connected=1, keep_ms=None)
        self.judge().catch_up(lambda: False)
        return self.checks.open()

    def codes(self) -> list[str]:
        return sorted(view.alarm.code.value for view in self.alarms() if view.alarm.code.value[0] in "AE")

    def stands(self, check_id: CheckId) -> CheckState:
        return state_of(self.checks.cases([check_id])[check_id], self.clock())

    async def says(self, client: httpx.AsyncClient, unit: DeviceId, *said: Said | Body) -> None:
        """Let a unit say something now."""
        words: Sequence[Said] = [one if isinstance(one, CommandResult) else own(one) for one in said]  # type: ignore[arg-type]
        first = self._numbers[unit]
        self._numbers[unit] += len(words)
        answer = await post(client, self.units[unit].batch(first, [(self.clock(), one) for one in words]))
        assert answer.status_code == 200

    async def gets(self, desk: Desk, client: httpx.AsyncClient, unit: DeviceId) -> BeginCheck:
        """Let a unit ask for its commands and say that it got the last one."""
        desk.take_over(desk.view, self.commands.open())
        answer = await post(client, self.units[unit].poll(self.clock()), "poll")
        command = self.units[unit].opened(answer.content).answer.commands[-1]
        assert isinstance(command.order, BeginCheck)
        await self.says(client, unit, CommandResult(number=command.number, state=CommandState.ACKNOWLEDGED))
        return command.order


def test_a_check_goes_from_the_plan_to_the_alarm(engine: Engine) -> None:
    site = Checkpoint(engine, SHOWS)

    async def told(desk: Desk, client: httpx.AsyncClient) -> None:
        assert not site.plan(), "nothing is due yet"
        site.clock.at = minutes(10)
        [asked] = site.plan()
        assert site.plan() == [asked], "a planner that was killed asks nothing twice"
        assert (asked.kind, asked.why, asked.due_at) == (CheckKind.IDENTITY, CheckWhy.SCHEDULED, minutes(10))
        order = await site.gets(desk, client, AV)
        assert (order.check_id, order.nonce, order.expires_at) == (asked.id, asked.nonce, minutes(25))
        site.clock.at = minutes(12)
        await site.says(client, AV, Begun(check_id=asked.id))
        assert site.stands(asked.id) is CheckState.STARTED
        await site.says(client, AV, Ended(check_id=asked.id, how=Ending.DONE, items=4))
        assert site.stands(asked.id) is CheckState.SUBMITTED
        site.clock.at = minutes(13)
        doubted = Likeness(check_id=asked.id, outcome=Likely.NO_MATCH, reasons=(LikenessReason.FACE_DIFFERS,))
        site.checks.judged(asked.id, doubted)
        assert site.plan() == [], "nothing more follows"
        assert site.codes() == ["A02"]
        [view] = [one for one in site.alarms() if one.alarm.code is Code.FACE_NOT_MATCHED]
        assert set(site.checks.of_facts(view.finding.because).values()) == {asked.id}
        site.clock.at = minutes(20)
        site.checks.decide(asked.id, Likely.MATCH, by="dana", grounds="the same scar")
        site.plan()
        [view] = [one for one in site.alarms() if one.alarm.code is Code.FACE_NOT_MATCHED]
        assert view.alarm.cleared_at is not None
        assert site.stands(asked.id) is CheckState.MATCH

    story(site, told)


@pytest.mark.parametrize(("av_alive", "expected"), [(True, ["A05"]), (False, [])])
def test_a_check_that_nobody_began_is_missed_unless_our_server_was_down(
    engine: Engine, expected: list[str], *, av_alive: bool
) -> None:
    site = Checkpoint(engine, SHOWS)
    site.av_alive = av_alive

    async def told(desk: Desk, client: httpx.AsyncClient) -> None:
        site.clock.at = minutes(10)
        site.plan()
        await site.gets(desk, client, AV)

    story(site, told)
    for minute in (25, 26, 27):
        site.clock.at = minutes(minute)
        site.plan()
    assert site.codes() == expected


def test_a_check_that_the_unit_never_heard_of_is_held_against_nobody(engine: Engine) -> None:
    site = Checkpoint(engine, SHOWS)
    for minute in (10, 25, 40):
        site.clock.at = minutes(minute)
        site.plan()
    [asked] = site.checks.of_person(AINUR)
    assert site.stands(asked.id) is CheckState.VOID
    assert site.codes() == []


def test_a_breath_above_the_limit_is_confirmed_and_followed_until_it_is_below(engine: Engine) -> None:
    site = Checkpoint(engine, BREATHES)

    def breath(asked: CheckAsked, alcohol: float) -> BreathSample:
        return BreathSample(check_id=asked.id, state=SampleState.VALID, alcohol_mg_l=alcohol, uncertainty_mg_l=0.02)

    async def told(desk: Desk, client: httpx.AsyncClient) -> None:
        site.clock.at = minutes(10)
        whys = []
        for minute, alcohol in ((10, 0.40), (27, 0.38), (47, 0.2), (67, 0.1)):
            site.clock.at = minutes(minute)
            [asked] = site.plan()
            whys.append(asked.why)
            await site.gets(desk, client, BREATH)
            await site.says(client, BREATH, Begun(check_id=asked.id), breath(asked, alcohol))
            site.plan()
        assert whys == [CheckWhy.SCHEDULED, CheckWhy.CONFIRMATION, CheckWhy.TO_ZERO, CheckWhy.TO_ZERO]
        assert site.plan() == []
        assert site.codes() == ["E02", "E03"]

    story(site, told)


def test_a_strap_that_was_opened_asks_who_wears_it(engine: Engine) -> None:
    site = Checkpoint(engine, replace(SHOWS, schedule=replace(EVENING, windows=()), after=(Code.STRAP_OPEN,)))

    async def told(_: Desk, client: httpx.AsyncClient) -> None:
        site.clock.at = minutes(3)
        await site.says(client, AV, Strap(open=True))
        site.plan()
        [asked] = site.plan()
        assert asked.why is CheckWhy.EVENT
        assert site.plan() == [asked]

    story(site, told)


def test_nobody_is_asked_without_an_order_a_unit_or_a_limit(engine: Engine) -> None:
    site = Checkpoint(engine, SHOWS)
    asker = Asker(site.registers, site.checks, site.clock)
    name = CheckId("c" * 32)
    asker.by_hand(AINUR, CheckKind.IDENTITY, name, by="dana", reason="asked to")
    assert (site.checks.get(name).by, site.checks.get(name).reason) == ("dana", "asked to")
    with pytest.raises(CheckRefusedError, match="no_limit"):
        asker.by_hand(AINUR, CheckKind.BREATH, name, by="dana", reason="smelled of it")
    site.clock.at = START + timedelta(days=400)
    with pytest.raises(CheckRefusedError, match="no_order"):
        asker.by_hand(AINUR, CheckKind.IDENTITY, name, by="dana", reason="asked to")
