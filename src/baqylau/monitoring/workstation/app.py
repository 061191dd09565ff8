"""The workstation server put together: one Starlette application over one database."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import anyio
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route

from baqylau.monitoring.workstation import acts, devices, live, looks, session, status
from baqylau.monitoring.workstation.desk import Desk
from baqylau.monitoring.workstation.files import MapFiles, Pages
from baqylau.monitoring.workstation.gate import Gate
from baqylau.monitoring.workstation.headers import Headers
from baqylau.monitoring.workstation.metrics import Timing
from baqylau.monitoring.workstation.refusals import HANDLERS
from baqylau.monitoring.workstation.settings import Settings
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.vault import Vault

NO_BASEMAP = Path("/nonexistent")


def _api(settings: Settings) -> list[BaseRoute]:
    return [
        Route("/session", session.show, methods=["GET"]),
        Route("/session", session.sign_in, methods=["POST"]),
        Route("/session", session.sign_out, methods=["DELETE"]),
        Route("/session/language", session.choose_language, methods=["PUT"]),
        Route("/invitation", session.accept, methods=["POST"]),
        Route("/live", live.snapshot, methods=["GET"]),
        Route("/feed", live.follow, methods=["GET"]),
        Route("/alarms", looks.alarms, methods=["GET"]),
        Route("/alarms/{number}", looks.alarm, methods=["GET"]),
        Route("/alarms/acts", acts.act_on_each, methods=["POST"]),
        Route("/alarms/{number}/acts", acts.act, methods=["POST"]),
        Route("/colleagues", acts.colleagues, methods=["GET"]),
        Route("/people", looks.people, methods=["GET"]),
        Route("/people/{id}", looks.person, methods=["GET"]),
        Route("/people/{id}/minute", looks.minute, methods=["GET"]),
        Route("/strangers", devices.strangers, methods=["GET"]),
        Route("/devices/{id}", devices.device, methods=["GET"]),
        Route("/devices/{id}/commands", devices.command, methods=["POST"]),
        Route("/observations/{id}", looks.observation, methods=["GET"]),
        Route("/health", status.health, methods=["GET"]),
        Route("/load", looks.load, methods=["GET"]),
        Mount("/basemap", MapFiles(settings.basemap_dir or NO_BASEMAP)),
    ]


def create_app(
    settings: Settings, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
) -> Starlette:
    """Give the application. While it runs it follows the feed; `app.state.desk` is its desk."""
    desk = Desk(settings, Stores(engine, vault, settings.installation.timezone, clock, random), clock, random)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(desk.broadcaster.run)
            yield
            desk.broadcaster.close()
            group.cancel_scope.cancel()

    app = Starlette(
        routes=[
            Mount("/api", routes=_api(settings), middleware=[Middleware(Gate)]),
            Route("/healthz", status.alive),
            Route("/readyz", status.ready),
            Route("/metrics", status.metrics),
            Mount("/", Pages(settings.static_dir)),
        ],
        middleware=[Middleware(Timing, metrics=desk.metrics), Middleware(Headers, secure=settings.secure)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.desk = desk
    return app
