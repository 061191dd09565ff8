"""`baqylau server`: every role as a process of its own, watched over."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import structlog
import typer

from baqylau.cli.opening import alone, own_server, ready
from baqylau.cli.options import (
    CENTER,
    DATABASE,
    DEFAULT_DATA,
    ZOOM,
    Basemap,
    Data,
    Database,
    Host,
    MapCenter,
    MapZoom,
    WebPort,
)
from baqylau.cli.roles.doors import Doors, options, ports_of
from baqylau.cli.running.invitations import invitation_link
from baqylau.cli.told import said_in
from baqylau.monitoring.av_server.presence import installed
from baqylau.monitoring.server.pages_file import pages_in
from baqylau.monitoring.server.settings import MEDIA, WEB_PORT, Settings
from baqylau.monitoring.server.supervise import ChildKeepsDyingError, supervise
from baqylau.storage.database import plain_dsn
from baqylau.storage.server import ServerFailedError, stand_up_again

app = typer.Typer()

log = structlog.get_logger()

LOOK_S = 0.2
TEND_S = 1.0
"""How often we look whether our own PostgreSQL is still there."""

Judges = Annotated[
    int,
    typer.Option(envvar="BAQYLAU_JUDGES", min=1, max=16, help="Programs that share the judging; one a core at most."),
]


@app.command()
def server(  # noqa: PLR0913, PLR0917 - each is an option of the command
    data: Data = DEFAULT_DATA,
    database: Database = "",
    host: Host = "127.0.0.1",
    door: Doors = None,
    web_port: WebPort = WEB_PORT,
    basemap: Basemap = None,
    map_center: MapCenter = CENTER,
    map_zoom: MapZoom = ZOOM,
    judges: Judges = 1,
) -> None:
    """Run everything: gateway, judge and workstation, over an own PostgreSQL unless --database names one."""
    with alone(data), ready(data, database) as engine:
        link = invitation_link(engine, said_in(pages_in, data).address_or(host, web_port))
        settings = Settings(
            data_dir=data,
            host=host,
            ports=ports_of(door),
            web_port=web_port,
            basemap=basemap,
            map_center=map_center,
            map_zoom=map_zoom,
            judges=judges,
        )
        environment, own = {DATABASE: plain_dsn(engine)}, None if database else own_server(data)
        serve_all(settings, environment, {}, lambda: typer.echo(f"Workstation: {link}"), own)


def serve_all(
    settings: Settings,
    environment: Mapping[str, str],
    more: Mapping[str, Sequence[str]],
    answering: Callable[[], None],
    own: Path | None,
) -> None:
    """Run the roles, and more programs beside them, as processes of their own until we are asked to stop.

    `answering` is called once, when the workstation's pages can be opened. `own` is where the data of our own
    PostgreSQL are, which is started again whenever it was killed.
    """
    common = ["--data", str(settings.data_dir), "--lifeline"]
    opens = ["--map-center", *map(str, settings.map_center), "--map-zoom", str(settings.map_zoom)]
    pages = ["--web-port", str(settings.web_port), *opens]
    if settings.basemap:
        pages += ["--basemap", str(settings.basemap)]
    roles = {
        "gateway": ["gateway", *common, "--host", settings.host, *options(settings.ports)],
        "messenger": ["messenger", *common],
        "forwarder": ["forwarder", *common],
        "check-planner": ["check-planner", *common],
        "web": ["web", *common, "--host", settings.host, *pages],
    }
    if MEDIA in settings.ports and installed():
        roles["av-server"] = ["av-server", *common, "--host", settings.host, *options(settings.ports)]
    seats = ["judge", *(f"judge-{number}" for number in range(2, settings.judges + 1))]
    roles |= {seat: ["judge", *common, "--seat", seat] for seat in seats}
    try:
        asyncio.run(_serve({**roles, **more}, environment, (settings.host, settings.web_port), answering, own))
    except ChildKeepsDyingError as role:
        typer.echo(f"The {role} cannot stay up; its messages are above.", err=True)
        raise typer.Exit(1) from role


async def _serve(
    programs: Mapping[str, Sequence[str]],
    environment: Mapping[str, str],
    pages: tuple[str, int],
    answering: Callable[[], None],
    own: Path | None,
) -> None:
    beside = [asyncio.create_task(_tell(pages, answering))]
    if own:
        beside.append(asyncio.create_task(_tend(own)))
    try:
        await supervise(programs, environment)
    finally:
        for task in beside:
            task.cancel()


async def _tend(own: Path) -> None:
    """Keep our own PostgreSQL up: the programs that use it know its address and no more.

    Why it does not start is said once.
    """
    told = ""
    while True:
        await asyncio.sleep(TEND_S)
        try:
            if await asyncio.to_thread(stand_up_again, own):
                log.error("database_started_again")
            told = ""
        except ServerFailedError as failed:
            if told != str(failed):
                log.error("database_not_started", why=str(failed))  # noqa: TRY400 - its own words say more than our calls
            told = str(failed)


async def _tell(pages: tuple[str, int], answering: Callable[[], None]) -> None:
    """Wait until somebody listens there; whoever is told of a page opens it at once."""
    while True:
        try:
            _, writer = await asyncio.open_connection(*pages)
        except OSError:
            await asyncio.sleep(LOOK_S)
        else:
            writer.close()
            await writer.wait_closed()
            answering()
            return
