"""Commands that run the system: `server` and `demo`, and each of its roles on its own."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import structlog
import typer
from sqlalchemy import Engine

from baqylau.cli.doors import Doors, options, ports_of
from baqylau.cli.invitations import invitation_link
from baqylau.cli.messaging import messenger_role
from baqylau.cli.options import DATABASE, DEFAULT_DATA, Data, Database, Host, Lifeline, alone, ready
from baqylau.cli.roles import gateway_role, judge_role, web_role
from baqylau.monitoring.server import lifeline as parent
from baqylau.monitoring.server.link.link_file import LinkFileError
from baqylau.monitoring.server.settings import WEB_PORT, Settings
from baqylau.monitoring.server.supervise import ChildKeepsDyingError, supervise
from baqylau.storage.database import plain_dsn

app = typer.Typer()
log = structlog.get_logger()

WebPort = Annotated[int, typer.Option(envvar="BAQYLAU_WEB_PORT", help="Port of the workstation's pages.")]
MapCenter = Annotated[
    tuple[float, float], typer.Option(envvar="BAQYLAU_MAP_CENTER", help="Longitude and latitude where the map opens.")
]
MapZoom = Annotated[float, typer.Option(envvar="BAQYLAU_MAP_ZOOM", help="Zoom at which the map opens.")]
CENTER = (67.0, 48.0)
"""The middle of Kazakhstan."""
ZOOM = 4.0
Basemap = Annotated[
    Path | None,
    typer.Option(envvar="BAQYLAU_BASEMAP", help="A PMTiles file or a GeoJSON town to draw under the map."),
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
) -> None:
    """Run everything: gateway, judge and workstation, over an own PostgreSQL unless --database names one."""
    with alone(data), ready(data, database) as engine:
        typer.echo(f"Workstation: {invitation_link(engine, f'http://{host}:{web_port}')}")
        settings = Settings(
            data_dir=data,
            host=host,
            ports=ports_of(door),
            web_port=web_port,
            basemap=basemap,
            map_center=map_center,
            map_zoom=map_zoom,
        )
        serve_all(settings, {DATABASE: plain_dsn(engine)}, {})


def serve_all(settings: Settings, environment: Mapping[str, str], more: Mapping[str, Sequence[str]]) -> None:
    """Run the roles, and more programs beside them, as processes of their own until we are asked to stop."""
    common = ["--data", str(settings.data_dir), "--lifeline"]
    opens = ["--map-center", *map(str, settings.map_center), "--map-zoom", str(settings.map_zoom)]
    pages = ["--web-port", str(settings.web_port), *opens]
    if settings.basemap:
        pages += ["--basemap", str(settings.basemap)]
    roles = {
        "gateway": ["gateway", *common, "--host", settings.host, *options(settings.ports)],
        "judge": ["judge", *common],
        "messenger": ["messenger", *common],
        "web": ["web", *common, "--host", settings.host, *pages],
    }
    try:
        asyncio.run(supervise({**roles, **more}, environment))
    except ChildKeepsDyingError as role:
        typer.echo(f"The {role} cannot stay up; its messages are above.", err=True)
        raise typer.Exit(1) from role


def _role(role: str, data: Path, database: str, *, lifeline: bool, work: Callable[[Engine], None]) -> None:
    if lifeline:
        parent.hold()
    with ready(data, database, f"baqylau-{role}", pool_size=10) as engine:
        work(engine)


@app.command()
def gateway(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    host: Host = "127.0.0.1",
    door: Doors = None,
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Run only the gateway: hear devices, keep what they say, answer when it is kept."""
    settings = Settings(data_dir=data, host=host, ports=ports_of(door))
    try:
        _role("gateway", data, database, lifeline=lifeline, work=partial(gateway_role, settings))
    except LinkFileError as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(1) from wrong


@app.command()
def judge(data: Data = DEFAULT_DATA, database: Database = "", lifeline: Lifeline = False) -> None:  # noqa: FBT002 - options
    """Run only the judge: fold the journal by the rules into findings and alarms."""
    _role(
        "judge",
        data,
        database,
        lifeline=lifeline,
        work=lambda engine: judge_role(Settings(data_dir=data), engine, owner=f"judge-{os.getpid()}"),
    )


@app.command()
def messenger(data: Data = DEFAULT_DATA, database: Database = "", lifeline: Lifeline = False) -> None:  # noqa: FBT002 - options
    """Run only the messenger: tell the targets of notices.yaml what happens to alarms."""
    _role(
        "messenger",
        data,
        database,
        lifeline=lifeline,
        work=lambda engine: messenger_role(Settings(data_dir=data), engine),
    )


@app.command()
def web(  # noqa: PLR0913, PLR0917 - each is an option of the command
    data: Data = DEFAULT_DATA,
    database: Database = "",
    host: Host = "127.0.0.1",
    web_port: WebPort = WEB_PORT,
    basemap: Basemap = None,
    map_center: MapCenter = CENTER,
    map_zoom: MapZoom = ZOOM,
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Run only the workstation: its pages and the interface behind them."""

    def serve(engine: Engine) -> None:
        settings = Settings(
            data_dir=data,
            host=host,
            web_port=web_port,
            basemap=basemap,
            map_center=map_center,
            map_zoom=map_zoom,
        )
        web_role(settings, engine, lambda address: log.info("web_listens", address=address))

    _role("web", data, database, lifeline=lifeline, work=serve)
