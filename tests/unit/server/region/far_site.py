"""A regional site and its centre in one process, over a real NATS server and a real database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from baqylau.links.jetstream import Log, Server, opened
from baqylau.monitoring.server.gateway import Gateway
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.region.bridge import Forwarding, Parts, Reading
from baqylau.monitoring.server.region.desk import RegionDesk
from baqylau.monitoring.server.region.keeper import RegionKeeper
from baqylau.monitoring.server.region.known import Known
from baqylau.monitoring.server.region.notebook import Notebook
from baqylau.monitoring.server.region.site_file import down_stream, letters_at_centre, new_site, up_stream
from baqylau.monitoring.server.region.telling import Registered, Telling
from baqylau.monitoring.server.settings import Limits
from baqylau.protocols.fleet import FLEET
from baqylau.storage.journal.regions import Region, Regions
from baqylau.storage.judging.live import BRIDGE, role_of
from baqylau.storage.registers.registry import Registry
from tests.unit.server.link.household import SERVER, Household, household
from tests.unit.server.site import START, counted_bytes, prescribed

NAME = "almaty"
SEED, COMMAND_SEED = bytes([5]) * 32, bytes([6]) * 32
SITE, PUBLIC_KEY = new_site(NAME, SEED, COMMAND_SEED)
UP, DOWN = up_stream(NAME, 1, 1), down_stream(NAME, 1)
WAIT_S = 0.3


def both() -> Registry:
    """One person with a tracker of a fleet protocol and a household's equipment."""
    tracker, home = prescribed(), household()
    return Registry(
        people=home.people,
        devices=(*tracker.devices, *home.devices),
        orders=home.orders,
        restrictions=tracker.restrictions,
        fittings=(*tracker.fittings, *home.fittings),
    )


class Far(Struct, frozen=True):
    """The parts of the site while it runs."""

    keeper: RegionKeeper
    gateway: Gateway
    port: int
    desk: RegionDesk
    known: Known


class FarSite(Household):
    """A centre that has let a site in."""

    def __init__(self, engine: Engine, url: str, place: Path) -> None:
        super().__init__(engine, both())
        self.enrol()
        self._server, self._place = Server(url=url), place
        self.regions = Regions(engine)
        self.regions.add(Region(name=NAME, public_key=PUBLIC_KEY, added_at=START), "test")
        self.letters = letters_at_centre(NAME, COMMAND_SEED, PUBLIC_KEY)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Log]:
        line = await opened(self._server, "test")
        try:
            yield line
        finally:
            await line.close()

    async def told(self, line: Log) -> None:
        """Have the centre tell the site everything."""
        registered = Registered(
            view=self.sources.view(),
            devices=tuple(self.registers.devices()),
            supervisions=tuple(self.registers.supervisions().values()),
            people=tuple(self.registers.people()),
            commands=self.commands.open(),
            kept=self.records.all(),
            at=self.clock(),
        )
        region = self.regions.find(NAME)
        assert region is not None
        subject = DOWN.subjects[0].removesuffix(".>")
        await Telling(region, self.letters, line, subject, counted_bytes()).tell(registered)

    @asynccontextmanager
    async def site(self, line: Log) -> AsyncIterator[Far]:
        """The site's gateway, its desk and what keeps for them."""
        letters, stop, random = SITE.letters(), asyncio.Event(), counted_bytes()
        known = Known(letters, line.reader(DOWN.name, DOWN.subjects[0], 0, holes=True))
        while await known.follow(WAIT_S):
            pass
        notebook = Notebook(self._place / "notebook.sqlite")
        keeper = RegionKeeper(line, UP.subjects[0], letters, notebook, self.clock, random)
        keeper.known_as_of = lambda: known.as_of
        desk = RegionDesk(known, keeper, notebook, SERVER, self.clock)
        gateway = Gateway(desk.view.fleet, keeper, Limits(), self.clock)
        port = await gateway.open("wialon", FLEET["wialon"].session, "127.0.0.1", 0)
        keeping = asyncio.create_task(keeper.run(stop))
        try:
            yield Far(keeper, gateway, port, desk, known)
        finally:
            await gateway.close()
            stop.set()
            await keeping
            notebook.close()

    @asynccontextmanager
    async def bridge(self) -> AsyncIterator[Forwarding]:
        """The centre's side."""
        loop = asyncio.get_running_loop()
        keeper = Keeper(
            self.journal,
            self.quarantine,
            self.live,
            self.signer,
            now=self.clock,
            deliver=loop.call_soon_threadsafe,
            role=role_of(BRIDGE, NAME),
        )
        desk = Reading(self.sources.view(), keeper, self.records, self.commands, SERVER, self.clock)
        heard = [device for device, by in self.regions.devices().items() if by == NAME]
        keeper.start()
        try:
            yield Forwarding(
                NAME, self.letters, Parts(desk, keeper, self.regions, self.live, self.commands, self.clock), heard
            )
        finally:
            await asyncio.to_thread(keeper.stop)

    async def forward(self, line: Log) -> int:
        """Forward everything that waits, by a bridge that begins anew; give how many letters that were."""
        async with self.bridge() as forwarding:
            forwarding.begin((await line.standing(UP.name)).identity)
            reader, count = line.reader(UP.name, UP.subjects[0], forwarding.seq), 0
            while letters := await reader.next(50, WAIT_S):
                await forwarding.forward(letters)
                count += len(letters)
            return count
