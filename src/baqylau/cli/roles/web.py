"""`baqylau web`: the workstation's pages and the interface behind them."""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog
import typer
from sqlalchemy import Engine

from baqylau.cli.options import (
    CENTER,
    DEFAULT_DATA,
    ZOOM,
    Basemap,
    Data,
    Database,
    Host,
    Lifeline,
    MapCenter,
    MapZoom,
    WebPort,
)
from baqylau.cli.roles import role
from baqylau.cli.roles.watched_over import watched_over
from baqylau.cli.told import said_in
from baqylau.cli.vaulted import vaulted
from baqylau.domain.terms import Ahead
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.calls_file import for_call, ice_in
from baqylau.monitoring.server.identity_file import identity_in
from baqylau.monitoring.server.link.link_file import HERE
from baqylau.monitoring.server.notice_file import NoticeFileError, telling_in
from baqylau.monitoring.server.pages_file import pages_in
from baqylau.monitoring.server.settings import WEB_PORT, Settings
from baqylau.monitoring.workstation import settings as workstation
from baqylau.monitoring.workstation.app import create_app
from baqylau.monitoring.workstation.messages import Installation
from baqylau.monitoring.workstation.serve import serve as serve_pages
from baqylau.storage.judging.live import WEB

app = typer.Typer()
log = structlog.get_logger()


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

    def serve(engine: Engine, _stop: threading.Event) -> None:
        settings = Settings(
            data_dir=data,
            host=host,
            web_port=web_port,
            basemap=basemap,
            map_center=map_center,
            map_zoom=map_zoom,
        )
        web_role(settings, engine, lambda address: log.info("web_listens", address=address))

    role.run("web", data, database, lifeline=lifeline, work=serve)


def web_role(settings: Settings, engine: Engine, listening: Callable[[str], None]) -> None:
    """Serve the workstation until we are asked to stop."""
    own, decided = vaulted(engine, settings.data_dir), decided_in(settings)
    with watched_over(settings, engine, WEB):
        serve_pages(create_app(decided, engine, own.vault, now, os.urandom, own.signer), decided, listening=listening)


def decided_in(settings: Settings) -> workstation.Settings:
    """Give what the files of an installation decide about its workstation, or end with a sentence."""
    basemap, comes = settings.basemap, said_in(pages_in, settings.data_dir)
    if not comes.sealed and settings.host not in HERE:
        log.warning("pages_without_tls", host=settings.host)
    return workstation.Settings(
        installation=Installation(
            name="Baqylau",
            timezone="Asia/Almaty",
            center=settings.map_center,
            zoom=settings.map_zoom,
            basemap=f"/api/basemap/{basemap.name}" if basemap else "",
        ),
        host=settings.host,
        port=settings.web_port,
        public_origin=comes.address,
        trusted_proxies=comes.proxies,
        certificate_file=comes.certificate,
        key_file=comes.key,
        metrics_token=comes.metrics_token,
        basemap_dir=basemap.parent if basemap else None,
        media_dir=settings.data_dir / "media",
        ice_servers=partial(for_call, said_in(ice_in, settings.data_dir)),
        identity=said_in(identity_in, settings.data_dir),
        ahead=_ahead(settings.data_dir),
    )


def _ahead(data_dir: Path) -> Ahead:
    """Read what counts as soon. The messenger says what is wrong with the file; people are watched meanwhile."""
    try:
        return telling_in(data_dir).ahead
    except NoticeFileError:
        return Ahead()
