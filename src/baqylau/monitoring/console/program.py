"""The console's program: listens, serves its pages, and is in contact with the server whenever there is a way."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette

from baqylau.links.device_line import LineError, RevokedError
from baqylau.links.radio.words import Source, SourceLostError
from baqylau.monitoring.console import acting
from baqylau.monitoring.console.app import create_app
from baqylau.monitoring.console.desk import Desk

log = structlog.get_logger()

TEND_S = 5.0
CONTACT_S = 60.0
"""How often the server is asked while nothing waits to be brought [K]."""
SOON_S = 10.0
"""How often while the officer has somebody's page open [K]."""
AGAIN_S = (5.0, 60.0)
"""After a failure it is tried again so soon, at first and at most."""
SOURCE_AGAIN_S = (1.0, 30.0)


async def listen(desk: Desk, source: Source) -> None:
    """Take everything that a receiver says; one that was lost is opened again."""
    wait_s = SOURCE_AGAIN_S[0]
    while True:
        try:
            async for said in source.words():
                desk.heard(said)
                wait_s = SOURCE_AGAIN_S[0]
        except SourceLostError as wrong:
            log.warning("source_lost", source=source.name, why=str(wrong))
        else:
            return
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, SOURCE_AGAIN_S[1])


async def tend(desk: Desk) -> None:
    """Let time do what it does."""
    while True:
        desk.tend()
        acting.tend_walk(desk)
        await asyncio.sleep(TEND_S)


async def contacts(desk: Desk) -> None:
    """Ask and bring, over and over."""
    wait_s = AGAIN_S[0]
    while True:
        desk.wanted.clear()
        before = desk.store.held("package")
        try:
            await desk.sync.contact(news=not desk.locked, about=desk.about())
        except RevokedError:
            log.warning("revoked")
            desk.lock()
            pause_s = CONTACT_S
        except LineError as wrong:
            log.info("no_contact", why=str(wrong))
            pause_s, wait_s = wait_s, min(2 * wait_s, AGAIN_S[1])
        else:
            pause_s, wait_s = (SOON_S if desk.about() else CONTACT_S), AGAIN_S[0]
            if desk.store.held("package") != before:
                desk.renewed()
        await _paused(desk, pause_s, online=desk.sync.online)


async def _paused(desk: Desk, pause_s: float, *, online: bool) -> None:
    """Wait; not when there is something to bring and a way to bring it."""
    try:
        async with asyncio.timeout(pause_s):
            if not online:
                await asyncio.sleep(pause_s)
            await desk.wanted.wait()
    except TimeoutError:
        return


def work(desk: Desk, sources: Iterable[Source]) -> Callable[[Starlette], object]:
    """Give what runs beside the pages, as their application's lifespan."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        tasks = [asyncio.create_task(one) for one in (tend(desk), contacts(desk))]
        tasks += [asyncio.create_task(listen(desk, source)) for source in sources]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await desk.sync.close()

    return lifespan


class ConsoleServer(uvicorn.Server):
    """Says where it listens, once it answers."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say where."""
        await super().startup(sockets)
        for one in sockets or []:
            host, port = one.getsockname()[:2]
            self._listening(f"http://{host}:{port}")


def serve(
    desk: Desk,
    sources: Iterable[Source],
    static_dir: Path,
    port: int,
    listening: Callable[[str], None],
) -> None:
    """Serve the pages on this machine alone, until SIGINT or SIGTERM. `OSError` when the port is taken."""
    app = create_app(desk, static_dir, os.urandom, work(desk, sources))  # type: ignore[arg-type]
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, ws="none", timeout_graceful_shutdown=2
    )
    with socket.create_server(("127.0.0.1", port)) as opened:
        ConsoleServer(config, listening).run([opened])
