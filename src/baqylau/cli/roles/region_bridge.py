"""`baqylau region-bridge`: brings what a regional site keeps into the journal, and tells the site what it must know."""

import asyncio
import os
import signal
from contextlib import suppress
from datetime import datetime
from typing import Annotated

import structlog
import typer
import uvloop
from msgspec import Struct
from sqlalchemy import Engine

from baqylau.cli.options import DEFAULT_DATA, Data, Database, Lifeline
from baqylau.cli.roles import role
from baqylau.cli.roles.linking import VIEW_EVERY, sources
from baqylau.cli.roles.nats_options import HERE, Ca, Credentials, Domain, Nats, server_of
from baqylau.cli.vaulted import vaulted
from baqylau.links.jetstream import Log, LogUnavailableError, Server, opened
from baqylau.links.outage import Outage
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.link.by_hand import Opener
from baqylau.monitoring.server.link.view import Sources, View
from baqylau.monitoring.server.region.bridge import AGAIN_S, Forwarding, Parts, Reading, forward
from baqylau.monitoring.server.region.site_file import down_stream, letters_at_centre, up_stream
from baqylau.monitoring.server.region.telling import Registered, Telling
from baqylau.monitoring.server.settings import Settings
from baqylau.protocols.console.envelope import server_key
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.authorities import command_seed, command_signer
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.equipment.consoles import Consoles
from baqylau.storage.journal.quarantine import Quarantine
from baqylau.storage.journal.regions import Region, Regions, SupersededError
from baqylau.storage.judging.live import BRIDGE, Live, role_of

app = typer.Typer()
log = structlog.get_logger()

LOOK_S = 0.5

Name = Annotated[
    str, typer.Option("--region", envvar="BAQYLAU_REGION", help="Which site, as `baqylau region add` called it.")
]


@app.command("region-bridge")
def region_bridge(  # noqa: PLR0913, PLR0917 - each is an option of the command
    region: Name,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    nats: Nats = HERE,
    nats_credentials: Credentials = "",
    nats_ca: Ca = "",
    nats_domain: Domain = "",
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Bring what a regional site keeps into the journal, in order and once, and tell the site what it has to know."""
    server = server_of(nats, nats_credentials, nats_ca, nats_domain)
    settings = Settings(data_dir=data)
    role.run(
        "region-bridge",
        data,
        database,
        lifeline=lifeline,
        work=lambda engine, _stop: _role(settings, engine, region, server),
    )


def _role(settings: Settings, engine: Engine, name: str, server: Server) -> None:
    site = Regions(engine).find(name)
    if site is None:
        typer.echo(f"There is no region {name}: `baqylau region add` lets one in.", err=True)
        raise typer.Exit(1)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings, engine, site, server))


class _Told(Struct):
    """What was told the last time."""

    version: tuple[int, tuple[int, int]] | None = None
    at: datetime | None = None
    commands: object = None


class Bridge:
    """One site's bridge, put together."""

    def __init__(self, settings: Settings, engine: Engine, site: Region, loop: asyncio.AbstractEventLoop) -> None:
        keys, own = settings.data_dir / "keys", vaulted(engine, settings.data_dir)
        self._site = site
        self._sources: Sources = sources(engine, own.vault)
        self.commands, self.live = Commands(engine, now), Live(engine)
        quarantine = Quarantine(engine, own.vault, now, os.urandom)
        self.keeper = Keeper(
            own.journal,
            quarantine,
            self.live,
            own.signer,
            now=now,
            deliver=loop.call_soon_threadsafe,
            role=role_of(BRIDGE, site.name),
        )
        seed = command_seed(keys, os.urandom)
        self._consoles, self._box = Consoles(engine, now), server_key(seed)
        self._contacts = self._consoles.contacts()
        self.desk = Reading(
            self._sources.view(),
            self.keeper,
            self._sources.records,
            self.commands,
            command_signer(keys, os.urandom),
            now,
            lambda: Opener(self._box, self._contacts),
        )
        self.letters = letters_at_centre(site.name, seed, site.public_key)
        regions = Regions(engine)
        heard = [device for device, by in regions.devices().items() if by == site.name]
        parts = Parts(self.desk, self.keeper, regions, self.live, self.commands, now)
        self.forwarding = Forwarding(site.name, self.letters, parts, heard)
        self._told = _Told()

    async def look(self, telling: Telling) -> None:
        """Take over what changed here, and tell the site. `StorageUnavailableError`, `LogUnavailableError`."""
        version = await asyncio.to_thread(self._sources.version)
        commands, at = await asyncio.to_thread(self.commands.open), now()
        overdue = self._told.at is None or at - self._told.at > VIEW_EVERY
        view = self.desk.view
        if version != self._told.version or overdue:
            view = await asyncio.to_thread(self._sources.view)
        self._contacts = await asyncio.to_thread(self._consoles.contacts)
        self.desk.take_over(view, commands)
        if version != self._told.version or overdue or commands != self._told.commands:
            await telling.tell(await asyncio.to_thread(self._registered, view, at))
            self._told = _Told(version, at, commands)
        await telling.still(at)

    def _registered(self, view: View, at: datetime) -> Registered:
        registers = self._sources.registers
        return Registered(
            view=view,
            devices=tuple(registers.devices()),
            supervisions=tuple(registers.supervisions().values()),
            people=tuple(registers.people()),
            commands=self.commands.open(),
            kept=self._sources.records.all(),
            at=at,
        )


async def _run(settings: Settings, engine: Engine, site: Region, server: Server) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    away = Outage("site", region=site.name)
    line = await _line(server, site.name, away, stop)
    if line is None:
        return
    bridge = Bridge(settings, engine, site, loop)
    bridge.keeper.start()
    working = [
        asyncio.create_task(_tell(bridge, line, site, away, stop)),
        asyncio.create_task(_forward(bridge, line, site.name, away, stop)),
        asyncio.create_task(_watch(bridge.keeper, stop)),
    ]
    try:
        await asyncio.wait([*working, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.gather(*working)
    except SupersededError:
        log.warning("another_bridge_took_over", region=site.name)
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        bridge.keeper.stop()
        await line.close()


async def _line(server: Server, name: str, outage: Outage, stop: asyncio.Event) -> Log | None:
    """Give a line to the log; None when asked to stop before there was one."""
    while not stop.is_set():
        try:
            return await opened(server, f"baqylau-bridge-{name}")
        except LogUnavailableError as away:
            outage.gave_up(str(away))
            await asyncio.sleep(AGAIN_S)
    return None


async def _forward(bridge: Bridge, line: Log, name: str, outage: Outage, stop: asyncio.Event) -> None:
    stream = up_stream(name, 1, 1)
    await forward(outage, line, stream.name, stream.subjects[0], bridge.forwarding, stop)


async def _tell(bridge: Bridge, line: Log, site: Region, outage: Outage, stop: asyncio.Event) -> None:
    subject = down_stream(site.name, 1).subjects[0].removesuffix(".>")
    telling = Telling(site, bridge.letters, line, subject, os.urandom)
    while not stop.is_set():
        try:
            with suppress(StorageUnavailableError):
                await bridge.look(telling)
        except LogUnavailableError as away:
            outage.gave_up(str(away))
        await asyncio.sleep(LOOK_S)


async def _watch(keeper: Keeper, stop: asyncio.Event) -> None:
    """End with what ended the keeper."""
    while not stop.is_set():
        if keeper.failure is not None:
            raise keeper.failure
        await asyncio.sleep(LOOK_S)
