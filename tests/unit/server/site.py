"""One installation for tests: real gateway on a real socket, real database, a clock that the test may move."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from sqlalchemy import Engine

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.observations import Body, Fix
from baqylau.domain.orders import ExclusionZone, Fitting, Order
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.zones import Circle, Point
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.gateway import Gateway
from baqylau.monitoring.server.judge import Judge
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.roster import Recalled
from baqylau.monitoring.server.settings import Limits
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.wialon import WialonDevice
from baqylau.storage.alarms.alarms import Alarms, AlarmView
from baqylau.storage.installation import Installation
from baqylau.storage.journal.journal import Journal
from baqylau.storage.journal.quarantine import Quarantine
from baqylau.storage.journal.regions import Regions
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.seats import Seats
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from baqylau.storage.vault import Vault

SECRETS = Installation(key=bytes(32), seed=bytes(32))
START = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
AINUR = PersonId("ainur")
TRACKER = DeviceId("tracker-1")
PASSWORD = "p1"  # noqa: S105 - invented
NUMBER = "700000000000001"
SPARE_NUMBER = "700000000000002"
SCHOOL = Circle(name="School 3", center=Point(48.6, 66.9), radius_m=150.0)
IN_SCHOOL = Fix(latitude_deg=48.6, longitude_deg=66.9, satellites=10, hdop=0.8)
FAR_AWAY = Fix(latitude_deg=48.62, longitude_deg=66.9, satellites=10, hdop=0.8)


def prescribed(*, order_until: datetime = START + timedelta(days=365), fitted: bool = True) -> Registry:
    """One person with a tracker, kept out of a school by order; a spare tracker on nobody."""
    begun = START - timedelta(days=30)
    order = Order(
        id=OrderId("order-1"),
        person_id=AINUR,
        court="Town court",
        act_number="4-1/2026",
        act_date=date(2026, 10, 1),
        from_at=begun,
        until_at=order_until,
    )
    return Registry(
        people=(Person(id=AINUR, name="Ainur Invented"),),
        devices=(
            Device(id=TRACKER, kind=DeviceKind.TRACKER, protocol="wialon", number=NUMBER, password=PASSWORD),
            Device(id=DeviceId("tracker-2"), kind=DeviceKind.TRACKER, protocol="wialon", number=SPARE_NUMBER),
        ),
        orders=(order,),
        restrictions=(
            ExclusionZone(
                id=RestrictionId("school"), order_id=order.id, version=1, clause="2", from_at=begun, zone=SCHOOL
            ),
        ),
        fittings=(Fitting(id=FittingId("f-1"), device_id=TRACKER, person_id=AINUR, from_at=begun),) if fitted else (),
    )


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


def counted_bytes() -> Callable[[int], bytes]:
    """Bytes that never repeat, for keys and nonces that nobody has to guess here."""
    count = iter(range(1, 2**62))
    return lambda size: (next(count) % 256**size).to_bytes(size, "big")


class Site:
    """The parts of an installation over one database."""

    def __init__(self, engine: Engine, registry: Registry | None = None, secrets: Installation = SECRETS) -> None:
        self.clock = Clock()
        self.engine = engine
        random = counted_bytes()
        vault = Vault(engine, secrets.key, random)
        self.journal = Journal(engine, vault, self.clock, random)
        self.vault = vault
        self.registers = Registers(engine, self.clock)
        self.quarantine = Quarantine(engine, vault, self.clock, random)
        self.live = Live(engine)
        self.signer = Signer(secrets.seed)
        if registry is not None:
            self.registers.save(registry, by="test")

    def judge(
        self, run: str = "first", seat: str = "judge", recalled: Mapping[PersonId, Recalled] | None = None
    ) -> Judge:
        """A judge that sits on its seat, whoever sat there before."""
        judge = Judge(
            store=JudgeStore(self.engine),
            journal=self.journal,
            registers=self.registers,
            live=self.live,
            seats=Seats(self.engine, seat, run),
            regions=Regions(self.engine),
            now=self.clock,
        )
        judge.start(recalled)
        return judge

    def alarms(self) -> list[AlarmView]:
        return Alarms(self.engine, self.clock).open()

    def open_for_the_first_time(self) -> None:
        """Let a gateway listen for a moment, as at the first start ever."""
        keeper = Keeper(
            self.journal, self.quarantine, self.live, self.signer, now=self.clock, deliver=lambda answer: answer()
        )
        keeper.start()
        keeper.stop()

    @asynccontextmanager
    async def gateway(self, limits: Limits | None = None) -> AsyncIterator[tuple[Gateway, int]]:
        """A gateway with an open door for Wialon IPS, and the port of that door."""
        loop = asyncio.get_running_loop()
        keeper = Keeper(
            self.journal, self.quarantine, self.live, self.signer, now=self.clock, deliver=loop.call_soon_threadsafe
        )
        fleet = Fleet(self.registers.devices(), self.registers.supervisions().values())
        gateway = Gateway(fleet, keeper, limits or Limits(), self.clock)
        keeper.connected = lambda: gateway.connected
        keeper.turned_away_at = lambda: gateway.turned_away_at
        keeper.start()
        try:
            yield gateway, await gateway.open("wialon", FLEET["wialon"].session, "127.0.0.1", 0)
        finally:
            while Peer.opened:
                await Peer.opened.pop().hang_up()
            await gateway.close()
            await asyncio.to_thread(keeper.stop)


class Peer:
    """Somebody on the other end of a line; the gateway's end of the test hangs up for those who did not."""

    opened: ClassVar[list["Peer"]] = []

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    @classmethod
    async def call(cls, port: int) -> "Peer":
        peer = cls(*await asyncio.open_connection("127.0.0.1", port))
        cls.opened.append(peer)
        return peer

    async def say(self, frame: bytes) -> bytes:
        """Send a frame and give the line that comes back; nothing when the line is closed instead."""
        self.writer.write(frame)
        await self.writer.drain()
        return await self.hear()

    async def hear(self) -> bytes:
        async with asyncio.timeout(10):
            try:
                return (await self._reader.readline()).strip()
            except ConnectionResetError:
                return b""

    async def read(self, count: int) -> bytes:
        """Give so many bytes, fewer when the line is closed before them."""
        async with asyncio.timeout(10):
            try:
                return await self._reader.readexactly(count)
            except (asyncio.IncompleteReadError, ConnectionResetError):
                return b""

    async def some(self) -> bytes:
        """Give whatever comes next, nothing when the line is closed."""
        async with asyncio.timeout(20):
            try:
                return await self._reader.read(65_536)
            except ConnectionResetError:
                return b""

    async def hang_up(self) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


def report(at: datetime, *bodies: Body, number: str = NUMBER, password: str = PASSWORD) -> bytes:
    """The frame of one record."""
    return WialonDevice(number, password).report([(at, bodies)])


def hello(number: str = NUMBER, password: str = PASSWORD) -> bytes:
    return WialonDevice(number, password).hello()
