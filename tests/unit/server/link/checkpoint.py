"""A household with a unit for each kind of check, and everybody who has to do with checks: planner, judge, door."""

from collections.abc import Sequence

import httpx
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.signing import Signer
from baqylau.domain.checks import CheckState
from baqylau.domain.commands import BeginCheck, CommandState
from baqylau.domain.ids import CheckId, DeviceId, FittingId, RestrictionId
from baqylau.domain.observations import Body
from baqylau.domain.orders import Checked, Fitting, Identification, Sobriety
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.schedules import Schedule, Window
from baqylau.monitoring.server.check_planner import Planner, Sources
from baqylau.monitoring.server.link.desk import Desk
from baqylau.protocols.batch.records import CommandResult, Said
from baqylau.rules.checks.case import state_of
from baqylau.storage.checks.checks import CheckAsked, Checks
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import AV_SERVER
from baqylau.storage.registers.registry import Registry
from tests.unit.server.link.household import AINUR, BEGUN, Household, Unit, household, own, post

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
