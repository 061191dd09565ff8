"""A household on the device link: a person with a bracelet, a home unit and a relay, and what the unit would send."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import httpx
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.blocks import aes
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.observations import Body, Observation, Power, ReceiverHealth
from baqylau.domain.orders import Fitting, Order, PresenceRegime
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.link.desk import Desk
from baqylau.monitoring.server.link.gateway import LinkDoor, link_handlers
from baqylau.monitoring.server.link.view import Sources
from baqylau.protocols.batch.envelope import (
    OpenedAnswer,
    Refused,
    digest_of,
    opened_answer,
    sealed_batch,
    sealed_poll,
)
from baqylau.protocols.batch.records import Batch, ClockQuality, Own, Poll, Reception, Record, Said
from baqylau.protocols.beacon.frame import BRACELET as BRACELET_KIND
from baqylau.protocols.beacon.frame import seal
from baqylau.protocols.beacon.keys import epoch_of, identity, identity_key, period_key, period_of, status_key
from baqylau.protocols.beacon.status import Status
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.equipment.device_keys import DeviceKeys, KeyKind
from baqylau.storage.equipment.link_configurations import LinkConfigurations
from baqylau.storage.equipment.link_records import NO_BATCH, LinkRecords
from baqylau.storage.registers.registry import Registry
from tests.unit.server.site import START, Site, counted_bytes

AINUR = PersonId("ainur")
UNIT = DeviceId("hu-1")
BRACELET = DeviceId("br-1")
RELAY = DeviceId("re-1")
ROOT = bytes(range(32))
RELAY_ROOT = bytes(range(1, 33))
SERVER = Signer(bytes([7] * 32))
UNIT_KEY = Signer(bytes([9] * 32))
HOME = Circle(name="Home", center=Point(48.6, 66.9), radius_m=60.0)
AT_NIGHT = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=22 * 60, end_min=6 * 60),))
BEGUN = START - timedelta(days=30)


def household(*, fitted: bool = True, order_until: datetime = START + timedelta(days=365)) -> Registry:
    """One person who is to be at home at night, with equipment on and around them."""
    order = Order(
        id=OrderId("order-1"),
        person_id=AINUR,
        court="Town court",
        act_number="4-1/2026",
        act_date=date(2026, 10, 1),
        from_at=BEGUN,
        until_at=order_until,
    )
    devices = (
        Device(id=UNIT, kind=DeviceKind.HOME_UNIT, protocol="link", number="H-0001"),
        Device(id=BRACELET, kind=DeviceKind.BRACELET, protocol="beacon", number="B-0001"),
        Device(id=RELAY, kind=DeviceKind.RELAY, protocol="beacon", number="R-0001"),
    )
    return Registry(
        people=(Person(id=AINUR, name="Ainur Invented"),),
        devices=devices,
        orders=(order,),
        restrictions=(
            PresenceRegime(
                id=RestrictionId("night"),
                order_id=order.id,
                version=1,
                clause="1",
                from_at=BEGUN,
                places=(HOME,),
                schedule=AT_NIGHT,
            ),
        ),
        fittings=tuple(
            Fitting(id=FittingId(f"f-{one.id}"), device_id=one.id, person_id=AINUR, from_at=BEGUN)
            for one in devices
            if fitted
        ),
    )


def frame(at: datetime, status: Status | None = None, *, root: bytes = ROOT, sub: int = 0) -> bytes:
    """The beacon that a bracelet with this root sends at an instant."""
    at_s = int(seconds_at(at))
    of_period = period_key(root, period_of(epoch_of(at_s)))
    eid = identity(aes(identity_key(of_period)), epoch_of(at_s))
    said = (status or Status(battery_percent=80.0)).pack()
    return seal(aes(status_key(of_period)), eid, BRACELET_KIND, at_s, sub, said)


def heard(at: datetime, status: Status | None = None, **more: object) -> Reception:
    """What the unit writes down of it."""
    reception = Reception(
        transmitter_id=BRACELET, frame=frame(at, status), source="ble-0", rssi_dbm=-61.0, frames=12, first_at=at
    )
    return replace(reception, **more)


def own(*bodies: Body) -> Own:
    return Own(bodies=bodies or (Power(external=True), ReceiverHealth(working=True, frames=40)))


class Unit:
    """The device's end: numbers, signs, remembers the chain."""

    def __init__(self, key: Signer = UNIT_KEY, device_id: DeviceId = UNIT) -> None:
        self.key = key
        self.device_id = device_id
        self.configuration = 0
        self._previous = NO_BATCH

    def batch(self, first: int, said: Sequence[tuple[datetime, Said]]) -> bytes:
        """Sign records from a number on."""
        records = tuple(
            Record(seq=seq, observed_at=at, monotonic_ms=seq, clock=ClockQuality.NETWORK, said=one)
            for seq, (at, one) in enumerate(said, first)
        )
        batch = Batch(
            device_id=self.device_id, previous=self._previous, configuration=self.configuration, records=records
        )
        raw = sealed_batch(batch, self.key)
        self._previous = digest_of(raw)
        return raw

    def poll(self, at: datetime, wait_s: int = 0) -> bytes:
        return sealed_poll(
            Poll(device_id=self.device_id, at=at, configuration=self.configuration, wait_s=wait_s), self.key
        )

    def opened(self, raw: bytes) -> OpenedAnswer:
        """What the server's answer says, when it is the server's."""
        answer = opened_answer(raw, (SERVER.public_key,), self.device_id)
        assert not isinstance(answer, Refused), answer
        return answer


class Household(Site):
    """An installation with this household's keys."""

    def __init__(self, engine: Engine, registry: Registry | None = None) -> None:
        super().__init__(engine, registry or household())
        self.keys = DeviceKeys(engine, self.vault, self.clock, counted_bytes())
        self.records = LinkRecords(engine)
        self.commands = Commands(engine, self.clock)
        self.sources = Sources(
            registers=self.registers,
            keys=self.keys,
            records=self.records,
            configurations=LinkConfigurations(engine),
            now=self.clock,
        )

    def enrol(self) -> "Household":
        """Give the equipment its keys."""
        self.keys.enrol(UNIT, KeyKind.ED25519, "H-0001", UNIT_KEY.public_key, by="test")
        self.keys.enrol(BRACELET, KeyKind.BEACON, "B-0001", ROOT, by="test")
        self.keys.enrol(RELAY, KeyKind.BEACON, "R-0001", RELAY_ROOT, by="test")
        return self

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[Keeper]:
        """A working keeper."""
        deliver = asyncio.get_running_loop().call_soon_threadsafe
        keeper = Keeper(self.journal, self.quarantine, self.live, self.signer, now=self.clock, deliver=deliver)
        keeper.start()
        try:
            yield keeper
        finally:
            await asyncio.to_thread(keeper.stop)

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """The desk over a working keeper."""
        async with self.keeping() as keeper:
            yield Desk(self.sources.view(), keeper, self.records, self.commands, SERVER, self.clock)

    @asynccontextmanager
    async def door(
        self, context: ssl.SSLContext | None = None, trust: ssl.SSLContext | None = None
    ) -> AsyncIterator[tuple[Desk, httpx.AsyncClient]]:
        """The desk behind its door, and a client in front of it."""
        async with self.desk() as desk:
            door = LinkDoor(link_handlers(desk), context)
            port = await door.open("127.0.0.1", 0)
            scheme = "http" if context is None else "https"
            try:
                async with httpx.AsyncClient(
                    base_url=f"{scheme}://127.0.0.1:{port}", timeout=30, trust_env=False, verify=trust or True
                ) as client:
                    yield desk, client
            finally:
                await door.close()


LATER = START + timedelta(days=400)
EARLIER = START - timedelta(days=40)


def minutes(count: int) -> datetime:
    return START + timedelta(minutes=count)


def told_of(site: Household, device_id: DeviceId) -> list[Observation]:
    return site.journal.of_devices([device_id], EARLIER, LATER)


def bodies_of(site: Household, device_id: DeviceId, kind: type[Body]) -> list[Body]:
    return [body for one in told_of(site, device_id) for body in one.bodies if isinstance(body, kind)]


def story(site: Household, tell: Callable[[Desk, httpx.AsyncClient], object]) -> None:
    """Tell a story at the door of a site."""

    async def told() -> None:
        async with site.door() as (desk, client):
            await tell(desk, client)  # type: ignore[misc]

    asyncio.run(told())


async def post(client: httpx.AsyncClient, raw: bytes, where: str = "batches") -> httpx.Response:
    return await client.post(f"/v1/{where}", content=raw)
