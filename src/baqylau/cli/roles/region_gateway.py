"""`baqylau region-gateway`: hears the devices of a region, keeps and answers though the line to the centre is down."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from msgspec import Struct

from baqylau.cli.options import DEFAULT_DATA, Data, Host, Lifeline
from baqylau.cli.roles.doors import Doors, ports_of
from baqylau.cli.roles.gateway import doors_open, let_many_in
from baqylau.cli.roles.linking import bridge_of
from baqylau.cli.roles.nats_options import HERE, Ca, Credentials, Nats, server_of
from baqylau.cli.roles.server_tls import server_context
from baqylau.crypto.signing import Signer
from baqylau.links.jetstream import Log, LogUnavailableError, Server, opened
from baqylau.links.outage import Outage
from baqylau.links.wall_clock import now
from baqylau.monitoring.server import lifeline as parent
from baqylau.monitoring.server.gateway import LOOK_AROUND_S, DoorNotOpenedError, Gateway
from baqylau.monitoring.server.link.gateway import LinkDoor, link_handlers
from baqylau.monitoring.server.link.link_file import NAME, LinkFileError, link_file_in
from baqylau.monitoring.server.region.desk import RegionDesk
from baqylau.monitoring.server.region.examining import PAYLOAD_BYTES
from baqylau.monitoring.server.region.keeper import RegionKeeper
from baqylau.monitoring.server.region.known import Known
from baqylau.monitoring.server.region.notebook import Notebook
from baqylau.monitoring.server.region.site_file import Site, SiteFileError, down_stream, site_in, up_stream
from baqylau.monitoring.server.settings import LINK, Limits, Settings

app = typer.Typer()

NOTEBOOK = "region-notebook.sqlite"
AGAIN_S = 1.0
FOLLOW_S = 0.5

SiteFile = Annotated[
    Path, typer.Option("--site", envvar="BAQYLAU_SITE", help="What `baqylau region add` wrote for this site.")
]
RoomGib = Annotated[int, typer.Option(envvar="BAQYLAU_REGION_ROOM", min=1, help="GiB that may wait for the centre.")]
Replicas = Annotated[
    int,
    typer.Option(
        envvar="BAQYLAU_REGION_REPLICAS", min=1, max=5, help="Servers that have each fact before a device is answered."
    ),
]


class Wanted(Struct, frozen=True, kw_only=True):
    """What the program was told."""

    settings: Settings
    limits: Limits
    site: Site
    server: Server
    room_gib: int
    replicas: int


@app.command("region-gateway")
def region_gateway(  # noqa: PLR0913, PLR0917 - each is an option of the command
    site: SiteFile,
    data: Data = DEFAULT_DATA,
    nats: Nats = HERE,
    nats_credentials: Credentials = "",
    nats_ca: Ca = "",
    host: Host = "127.0.0.1",
    door: Doors = None,
    room_gib: RoomGib = 8,
    replicas: Replicas = 1,
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Hear the devices of a region: keep what they say in the site's own log, answer when it is kept."""
    if lifeline:
        parent.hold()
    data.mkdir(parents=True, exist_ok=True)
    try:
        wanted = Wanted(
            settings=Settings(data_dir=data, host=host, ports=ports_of(door)),
            limits=let_many_in(),
            site=site_in(site),
            server=server_of(nats, nats_credentials, nats_ca),
            room_gib=room_gib,
            replicas=replicas,
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(wanted))
    except (LinkFileError, SiteFileError, LogUnavailableError, DoorNotOpenedError) as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(1) from wrong


async def _run(wanted: Wanted) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    outage = Outage("log")
    line = await _line(wanted, outage, stop)
    if line is None:
        return
    notebook = Notebook(wanted.settings.data_dir / NOTEBOOK)
    try:
        await _hear(wanted, line, notebook, outage, stop)
    finally:
        notebook.close()
        await line.close()


async def _line(wanted: Wanted, outage: Outage, stop: asyncio.Event) -> Log | None:
    """Give a line to the log, with the streams there; None when asked to stop before."""
    name, line = wanted.site.name, None
    while not stop.is_set():
        try:
            line = line or await opened(wanted.server, f"baqylau-region-{name}")
            await line.ensure(up_stream(name, wanted.room_gib, wanted.replicas))
            await line.ensure(down_stream(name, wanted.replicas))
        except LogUnavailableError as away:
            outage.gave_up(str(away))
            await asyncio.sleep(AGAIN_S)
        else:
            if line.payload_max_bytes < PAYLOAD_BYTES:
                await line.close()
                msg = f"the NATS server takes {line.payload_max_bytes} bytes in a message: set max_payload to 2MB"
                raise LogUnavailableError(msg)
            return line
    return None


async def _hear(wanted: Wanted, line: Log, notebook: Notebook, outage: Outage, stop: asyncio.Event) -> None:
    site, settings, letters = wanted.site, wanted.settings, wanted.site.letters()
    down = down_stream(site.name, wanted.replicas)
    known = Known(letters, line.reader(down.name, down.subjects[0], 0, holes=True))
    while not stop.is_set() and await _followed(known):
        pass
    keeper = RegionKeeper(line, up_stream(site.name, 1, 1).subjects[0], letters, notebook, now, os.urandom)
    keeper.outage = outage
    gateway = Gateway(known.picture().view.fleet, keeper, wanted.limits, now)
    desk = RegionDesk(known, keeper, notebook, Signer(site.signer_seed), now)
    link = _Link(settings, wanted.limits, desk, gateway.turn_away) if LINK in settings.ports else None
    keeper.connected = lambda: gateway.connected + (link.connected if link is not None else 0)
    keeper.turned_away_at = lambda: gateway.turned_away_at
    keeper.known_as_of = lambda: known.as_of
    keeping: asyncio.Task[None] | None = None
    try:
        async with doors_open(settings, gateway, link):
            keeping = asyncio.create_task(keeper.run(stop))
            await _look_around(gateway, desk, known, keeping, stop)
    finally:
        stop.set()
        if keeping is not None:
            await keeping


async def _followed(known: Known) -> bool:
    """Take over what the centre told; tell whether there was anything. While the log is away, what is known holds."""
    try:
        return await known.follow(FOLLOW_S)
    except LogUnavailableError:
        await asyncio.sleep(AGAIN_S)
        return False


async def _look_around(
    gateway: Gateway, desk: RegionDesk, known: Known, keeping: "asyncio.Task[None]", stop: asyncio.Event
) -> None:
    """Follow what the centre tells, close overdue lines, end when nobody keeps any more."""
    following = asyncio.create_task(_follow(gateway, desk, known))
    try:
        while not stop.is_set():
            gateway.close_overdue()
            for task in (keeping, following):
                if task.done():
                    task.result()
                    return
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_AROUND_S)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _follow(gateway: Gateway, desk: RegionDesk, known: Known) -> None:
    while True:
        await _followed(known)
        if known.changed:
            picture = known.picture()
            gateway.fleet = picture.view.fleet
            desk.take_over(picture.view, picture.commands)


class _Link:
    """The device link of a site."""

    def __init__(self, settings: Settings, limits: Limits, desk: RegionDesk, on_full: Callable[[int], None]) -> None:
        file = link_file_in(settings.data_dir)
        if not (file.plain or file.certificate):
            msg = f"{settings.data_dir / NAME}: a site needs `certificate` and `key`, or `plain: true` behind a proxy"
            raise LinkFileError(msg)
        self._settings, self._desk = settings, desk
        self._door = LinkDoor(
            link_handlers(desk),
            server_context(file, settings.host, settings.data_dir),
            limits.link_connections_max,
            on_full,
        )
        self._broker = bridge_of(file, desk)

    @property
    def connected(self) -> int:
        """How many lines of devices are open."""
        return self._door.connected

    async def open(self) -> None:
        """Begin to answer."""
        await self._door.open(self._settings.host, self._settings.ports[LINK])
        if self._broker is not None:
            await self._broker.open()

    async def close(self) -> None:
        """Stop to answer."""
        self._desk.release()
        if self._broker is not None:
            await self._broker.close()
        await self._door.close()
