"""A console at the door of a real server: its clocks, its air, its folder, and a line that can be cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.digests import observation_id
from baqylau.crypto.passwords import hashed
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId, FittingId, PersonId
from baqylau.domain.observations import Authentication, Fix, Observation
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind, Language, Person
from baqylau.domain.rights import Role
from baqylau.links.device_line import LineError, ServerLine
from baqylau.links.radio.words import Frame, Said, Stamp
from baqylau.monitoring.console import acting
from baqylau.monitoring.console.desk import Desk
from baqylau.monitoring.console.jobs import Work
from baqylau.monitoring.console.store import Store
from baqylau.monitoring.console.sync import Identity, Sync
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.link.by_hand import Opener
from baqylau.monitoring.server.link.consoles import ConsoleDesk, ServerKeys, Stores
from baqylau.monitoring.server.link.desk import Desk as LinkDesk
from baqylau.monitoring.server.link.field_desk import FieldDesk, FieldStores
from baqylau.monitoring.server.link.gateway import LinkDoor, link_handlers
from baqylau.monitoring.server.link.view import View
from baqylau.monitoring.server.reading import placed
from baqylau.protocols.console.envelope import server_key
from baqylau.storage.access.accounts import Account, Accounts, Throttle
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.equipment.consoles import Assigned, Consoles
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.equipment.field_acts import FieldActs
from baqylau.storage.people.photos import Photos
from baqylau.storage.registers.registry import Registry
from tests.unit.picture import photograph
from tests.unit.server.link.household import AINUR, ROOT, SERVER, Household, frame, household
from tests.unit.server.site import START, counted_bytes

CONSOLE = DeviceId("con-1")
SEED = bytes([21] * 32)
OFFICER, PASSWORD = "dana", "a long enough sentence"
STRANGER_ROOT = bytes(range(7, 39))
OTHER = PersonId("berik")
SPARE, SPARE_ROOT = DeviceId("br-9"), bytes(range(50, 82))
TRACKER, TRACKER_KEY = DeviceId("tr-1"), bytes([5] * 32)
PICTURE = photograph()
BOX = server_key(bytes([7] * 32))
_HASHED = hashed(PASSWORD)


def with_console() -> Registry:
    """The household, somebody else who is not of this officer's caseload, and a console on nobody."""
    known = household()
    people = (replace(known.people[0], district="Esil", address="Tal 14, flat 9"), Person(id=OTHER, name="Berik Other"))
    devices = (
        *known.devices,
        Device(id=CONSOLE, kind=DeviceKind.CONSOLE, protocol="link", number="C-0001"),
        Device(id=SPARE, kind=DeviceKind.BRACELET, protocol="beacon", number="B-0009"),
        Device(id=TRACKER, kind=DeviceKind.TRACKER, protocol="link", number="T-0001"),
    )
    carried = Fitting(id=FittingId("f-tr-1"), device_id=TRACKER, person_id=AINUR, from_at=known.fittings[0].from_at)
    return replace(known, people=people, devices=devices, fittings=(*known.fittings, carried))


class ConsoleSite(Household):
    """An installation that serves consoles."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, with_console())
        self.enrol()
        self.keys.enrol(CONSOLE, KeyKind.ED25519, "C-0001", Signer(SEED).public_key, by="test")
        self.keys.enrol(SPARE, KeyKind.BEACON, "B-0009", SPARE_ROOT, by="test")
        self.keys.enrol(TRACKER, KeyKind.HMAC, "T-0001", TRACKER_KEY, by="test")
        self.photos = Photos(engine, self.vault, self.clock, counted_bytes())
        self.acts = FieldActs(engine, self.clock)
        self.consoles, self.accounts = Consoles(engine, self.clock), Accounts(engine, self.clock)
        account = Account(login=OFFICER, name="Dana O.", password=_HASHED, language=Language.KK, role=Role.INSPECTOR)
        self.accounts.create(account, by="test")
        assigned = Assigned(device_id=CONSOLE, login=OFFICER, districts=("Esil",), spares=(SPARE,))
        self.consoles.assign(assigned, by="test")

    def stores(self) -> Stores:
        return Stores(
            consoles=self.consoles,
            accounts=self.accounts,
            throttle=Throttle(self.engine, self.clock),
            registers=self.registers,
            live=self.live,
            alarms=Alarms(self.engine, self.clock),
            records=self.records,
            photos=self.photos,
        )

    def seen(self, device_id: DeviceId, fix: Fix) -> None:
        """A device of somebody tells its place now, and it is judged."""
        observation = Observation(
            id=observation_id(device_id.encode(), self.clock.at.isoformat().encode()),
            device_id=device_id,
            observed_at=self.clock.at,
            received_at=self.clock.at,
            bodies=(fix,),
            authentication=Authentication.DEVICE_KEY,
            via="link",
        )
        self.journal.append(placed(self.sources.view().fleet, observation, b""))
        self.judge().catch_up(lambda: False)

    def field(self, view: Callable[[], View]) -> FieldDesk:
        """Who takes over what officers did."""
        stores = FieldStores(
            acts=self.acts,
            commands=self.commands,
            consoles=self.consoles,
            accounts=self.accounts,
            registers=self.registers,
        )
        return FieldDesk(stores, view, self.clock)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[tuple[LinkDesk, str]]:
        """A server that began just now, and its address."""
        deliver = asyncio.get_running_loop().call_soon_threadsafe
        keeper = Keeper(self.journal, self.quarantine, self.live, self.signer, now=self.clock, deliver=deliver)
        keeper.start()
        view = self.sources.view()
        field = self.field(lambda: desk.view)

        async def renew() -> None:
            desk.take_over(self.sources.view(), self.commands.open())

        keys, chance = ServerKeys(SERVER, BOX), counted_bytes()
        consoles = ConsoleDesk(self.stores(), keys, lambda: desk.view, self.clock, chance, field, renew)
        opener = lambda: Opener(consoles.box, consoles.contacts)  # noqa: E731 - one line of one test
        desk = LinkDesk(view, keeper, self.records, self.commands, SERVER, self.clock, opener)
        door = LinkDoor(link_handlers(desk, consoles.ask), None)
        try:
            port = await door.open("127.0.0.1", 0)
            yield desk, f"http://127.0.0.1:{port}"
        finally:
            await door.close()
            await asyncio.to_thread(keeper.stop)


class Line:
    """The way to whichever server runs now; nowhere while none does."""

    def __init__(self) -> None:
        self._line: ServerLine | None = None
        self._left = 0

    async def to(self, address: str | None) -> None:
        await self.close()
        self._line = None if address is None else ServerLine(address, None)
        self._left = 1_000_000

    def breaks_after(self, requests: int) -> None:
        """Let so many requests reach the server; the answer to the last of them is lost."""
        self._left = requests

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        if self._line is None or self._left == 0:
            raise LineError("cut")
        self._left -= 1
        answer = await self._line.post(path, body, waits_s)
        if self._left == 0:
            raise LineError("cut")
        return answer

    async def close(self) -> None:
        if self._line is not None:
            await self._line.close()
        self._line = None


class Tablet:
    """One console: both its clocks go by the site's, its own may be wrong."""

    def __init__(self, site: ConsoleSite, folder: Path, boot: str = "boot-1") -> None:
        self.site, self.folder, self.wrong = site, folder, timedelta()
        folder.mkdir(exist_ok=True)
        self.store, self.line = Store(folder / "console.db"), Line()
        identity = Identity(device_id=CONSOLE, seed=SEED, trusted=(SERVER.public_key,), boot=boot)
        self.sync = Sync(identity, self.line, self.store, self.now)
        self.desk = Desk(identity, self.store, self.sync, self.now)

    def now(self) -> Stamp:
        at = self.site.clock.at
        return Stamp(at + self.wrong, round((at - START + timedelta(days=1)) / timedelta(milliseconds=1)))

    def hears(self, *, root: bytes = ROOT, rssi_dbm: float = -60.0, at: datetime | None = None, sub: int = 0) -> None:
        """A beacon arrives now."""
        raw = frame(at or self.site.clock.at, root=root, sub=sub)
        self.desk.heard(Said(self.now(), Frame(raw, rssi_dbm)))

    def swaps(self, off: DeviceId, on: DeviceId, *, done: bool = True) -> None:
        """One device for another, in ten minutes."""
        acting.begin_work(self.desk, Work(person_id=AINUR, off=off, on=on, reason="strap worn out"))
        self.site.clock.pass_by(minutes=10)
        acting.end_work(self.desk, done=done)

    def checks(self, *, heard: bool = True, note: str = "", root: bytes = ROOT, photo: bytes = b"") -> str:
        """A check of twenty seconds, with a stranger's bracelet near."""
        scan = self.desk.begin(AINUR)
        for _ in range(4):
            self.site.clock.pass_by(seconds=5)
            self.hears(root=STRANGER_ROOT, rssi_dbm=-80.0)
            if heard:
                self.hears(root=root)
        self.desk.finish(note, "", photo)
        return scan.check_id

    async def close(self) -> None:
        await self.line.close()
        self.store.close()
