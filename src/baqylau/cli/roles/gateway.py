"""`baqylau gateway`: hears devices, keeps what they say, answers when it is kept."""

import asyncio
import os
import resource
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Annotated, Protocol

import structlog
import typer
import uvloop
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.cli.options import DEFAULT_DATA, Data, Database, Host, Lifeline
from baqylau.cli.roles import role
from baqylau.cli.roles.doors import Doors, ports_of
from baqylau.cli.roles.linking import Link, sources
from baqylau.cli.vaulted import vaulted
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.gateway import LOOK_AROUND_S, DoorNotOpenedError, Gateway
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.link.link_file import LinkFileError
from baqylau.monitoring.server.ordering import Ordering
from baqylau.monitoring.server.settings import ANY, LINK, Limits, Settings
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.openings import AnySession
from baqylau.protocols.session import Session
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.journal.quarantine import Quarantine
from baqylau.storage.judging.live import GATEWAY, Live, role_of
from baqylau.storage.registers.registers import Registers

app = typer.Typer()
log = structlog.get_logger()

FILES_BESIDES = 1_000
"""What is open besides the lines of devices: the way to the database, our own files, lines that are being refused."""

Name = Annotated[
    str,
    typer.Option(
        "--name",
        envvar="BAQYLAU_GATEWAY",
        help="Name of this gateway among several over one database, behind one address. The only one has none.",
    ),
]


@app.command()
def gateway(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    host: Host = "127.0.0.1",
    door: Doors = None,
    name: Name = "",
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Run only the gateway: hear devices, keep what they say, answer when it is kept."""
    settings = Settings(data_dir=data, host=host, ports=ports_of(door), gateway=name)
    try:
        role.run("gateway", data, database, lifeline=lifeline, work=partial(gateway_role, settings))
    except (LinkFileError, DoorNotOpenedError) as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(1) from wrong


def gateway_role(settings: Settings, engine: Engine, _stop: threading.Event) -> None:
    """Hear devices until we are asked to stop."""
    limits = let_many_in()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_gateway(settings, limits, engine))


def let_many_in() -> Limits:
    """Ask the system for as many open files as all doors take; give how many lines may be open of what it allows.

    Whoever calls beyond is turned away. A program without a file left could not even reach its database again.
    """
    most = Limits()
    wanted = most.connections_max + most.link_connections_max + FILES_BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    limits = within(max(soft, allowed), most)
    if limits != most:
        log.warning("few_files", files=max(soft, allowed), wanted=wanted, lines=limits.connections_max)
    return limits


def within(files: int, most: Limits) -> Limits:
    """Share so many open files among the doors, in the proportion of what each would take."""
    wanted = most.connections_max + most.link_connections_max
    share = min((files - min(FILES_BESIDES, files // 5)) / wanted, 1.0)
    return replace(
        most,
        connections_max=int(most.connections_max * share),
        link_connections_max=int(most.link_connections_max * share),
    )


async def _gateway(settings: Settings, limits: Limits, engine: Engine) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    own = vaulted(engine, settings.data_dir)
    registers = Registers(engine, now)
    quarantine = Quarantine(engine, own.vault, now, os.urandom)
    keeper = Keeper(
        own.journal,
        quarantine,
        Live(engine),
        own.signer,
        now=now,
        deliver=loop.call_soon_threadsafe,
        role=role_of(GATEWAY, settings.gateway),
    )
    version = registers.version()
    gateway = Gateway(_fleet(registers), keeper, limits, now)
    link = None
    if LINK in settings.ports:
        link = Link(settings, limits, engine, keeper, sources(engine, own.vault), gateway.turn_away)
    keeper.connected = lambda: gateway.connected + (link.connected if link is not None else 0)
    keeper.turned_away_at = lambda: gateway.turned_away_at
    try:
        async with doors_open(settings, gateway, link):
            keeper.start()
            async with asyncio.TaskGroup() as tasks:
                ordering = tasks.create_task(Ordering(gateway, Commands(engine, now)).run())
                await look_around(gateway, link, keeper, registers, version, stop)
                ordering.cancel()
    finally:
        keeper.stop()


class OwnDoor(Protocol):
    """The door of our own devices."""

    async def open(self) -> None:
        """Begin to answer. `OSError` when the port is taken."""

    async def close(self) -> None:
        """Stop to answer."""


@asynccontextmanager
async def doors_open(settings: Settings, gateway: Gateway, link: OwnDoor | None) -> AsyncIterator[None]:
    """Hold all doors open. `DoorNotOpenedError`: nobody may say then that we listen."""
    try:
        for name in settings.ports.keys() & (FLEET.keys() | {ANY}):
            await gateway.open(name, session_of(name), settings.host, settings.ports[name])
        if link is not None:
            try:
                await link.open()
            except OSError as cause:
                raise DoorNotOpenedError(LINK, settings.host, settings.ports[LINK], cause) from cause
        yield
    finally:
        if link is not None:
            await link.close()
        await gateway.close()


def session_of(name: str) -> Callable[[], Session]:
    """Give what begins a conversation behind a door; one of any protocol behind the door that all share."""
    return (
        partial(AnySession, {name: row.session for name, row in FLEET.items()}) if name == ANY else FLEET[name].session
    )


def _fleet(registers: Registers) -> Fleet:
    return Fleet(registers.devices(), registers.supervisions().values())


async def look_around(
    gateway: Gateway, link: Link | None, keeper: Keeper, registers: Registers, version: int, stop: asyncio.Event
) -> None:
    """Once a second: close overdue lines, take over changed registers, end when the keeper or the link failed.

    `version` of the registers is known. While the database is away the lines stay open and what is known holds: who is
    not kept is told so.
    """
    while not stop.is_set():
        gateway.close_overdue()
        with suppress(StorageUnavailableError):
            latest = await asyncio.to_thread(registers.version)
            if latest != version:
                gateway.fleet, version = await asyncio.to_thread(_fleet, registers), latest
        failure = keeper.failure or (link.failed if link is not None else None)
        if failure is not None:
            raise failure
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_AROUND_S)
