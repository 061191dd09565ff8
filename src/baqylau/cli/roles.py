"""How each role of the server is put together from its parts."""

import asyncio
import os
import resource
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog
import uvloop
from msgspec import Struct
from sqlalchemy import Engine

from baqylau.cli.linking import Link, sources
from baqylau.cli.messaging import watched_over
from baqylau.crypto.signing import Signer
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.escalating import Escalating
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.gateway import LOOK_AROUND_S, Gateway
from baqylau.monitoring.server.judge import Judge
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.settings import LINK, Limits, Settings
from baqylau.monitoring.workstation import settings as workstation
from baqylau.monitoring.workstation.app import create_app
from baqylau.monitoring.workstation.messages import Installation
from baqylau.monitoring.workstation.serve import serve
from baqylau.protocols.fleet import FLEET
from baqylau.storage.database import plain_dsn
from baqylau.storage.feed import notifications
from baqylau.storage.installation import installation
from baqylau.storage.journal import Journal
from baqylau.storage.judgement import FencedError, JudgeStore
from baqylau.storage.live import WEB, Live
from baqylau.storage.quarantine import Quarantine
from baqylau.storage.registers import Registers
from baqylau.storage.vault import Vault
from baqylau.storage.waiting import Waiting

log = structlog.get_logger()

FILES_WANTED = 30_000
"""Two doors' worth of lines, and what we open besides."""
JUDGE_WAITS_S = 0.25
"""Longest wait for news; time itself is looked at this often."""


class Vaulted(Struct, frozen=True):
    """What the secrets of an installation open: its journal, the vault that seals it, the key that signs it."""

    journal: Journal
    vault: Vault
    signer: Signer


def vaulted(engine: Engine, data_dir: Path) -> Vaulted:
    """Join a database with the secrets that belong to it."""
    secrets = installation(data_dir / "keys", os.urandom)
    vault = Vault(engine, secrets.key, os.urandom)
    return Vaulted(Journal(engine, vault, now, os.urandom), vault, Signer(secrets.seed))


def gateway_role(settings: Settings, engine: Engine) -> None:
    """Hear devices until we are asked to stop."""
    _let_many_in()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_gateway(settings, engine))


def _let_many_in() -> None:
    """Ask the system for as many open lines as it allows us, up to what the doors take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _gateway(settings: Settings, engine: Engine) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    own = vaulted(engine, settings.data_dir)
    registers = Registers(engine, now)
    quarantine = Quarantine(engine, own.vault, now, os.urandom)
    keeper = Keeper(own.journal, quarantine, Live(engine), own.signer, now=now, deliver=loop.call_soon_threadsafe)
    gateway = Gateway(_fleet(registers), keeper, Limits(), now)
    link = Link(settings, engine, keeper, sources(engine, own.vault)) if LINK in settings.ports else None
    keeper.connected = lambda: gateway.connected + (link.connected if link is not None else 0)
    keeper.start()
    try:
        for name in settings.ports.keys() & FLEET.keys():
            await gateway.open(name, FLEET[name].session, settings.host, settings.ports[name])
        if link is not None:
            await link.open()
        await _look_around(gateway, link, keeper, registers, stop)
    finally:
        if link is not None:
            await link.close()
        await gateway.close()
        keeper.stop()


def _fleet(registers: Registers) -> Fleet:
    return Fleet(registers.devices(), registers.supervisions().values())


async def _look_around(
    gateway: Gateway, link: Link | None, keeper: Keeper, registers: Registers, stop: asyncio.Event
) -> None:
    """Once a second: close overdue lines, take over changed registers, end when the keeper or the link failed."""
    version = registers.version()
    while not stop.is_set():
        gateway.close_overdue()
        latest = await asyncio.to_thread(registers.version)
        if latest != version:
            gateway.fleet, version = await asyncio.to_thread(_fleet, registers), latest
        failure = keeper.failure or (link.failed if link is not None else None)
        if failure is not None:
            raise failure
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_AROUND_S)


def judge_role(settings: Settings, engine: Engine, owner: str) -> None:
    """Judge what is kept until we are asked to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    judge = Judge(
        store=JudgeStore(engine),
        journal=vaulted(engine, settings.data_dir).journal,
        registers=Registers(engine, now),
        live=Live(engine),
        owner=owner,
        now=now,
    )
    escalating = Escalating(Waiting(engine), now)
    judge.start()
    try:
        for _ in notifications(plain_dsn(engine), ("journal", "registers"), JUDGE_WAITS_S):
            judge.catch_up(stop.is_set, between=escalating.look)
            escalating.look()
            if stop.is_set():
                return
    except FencedError:
        log.warning("another_judge_took_over", owner=owner)


def web_role(settings: Settings, engine: Engine, listening: Callable[[str], None]) -> None:
    """Serve the workstation until we are asked to stop."""
    vault = vaulted(engine, settings.data_dir).vault
    basemap = settings.basemap
    chosen = workstation.Settings(
        installation=Installation(
            name="Baqylau",
            timezone="Asia/Almaty",
            center=settings.map_center,
            zoom=settings.map_zoom,
            basemap=f"/api/basemap/{basemap.name}" if basemap else "",
        ),
        host=settings.host,
        port=settings.web_port,
        basemap_dir=basemap.parent if basemap else None,
    )
    with watched_over(settings, engine, WEB):
        serve(create_app(chosen, engine, vault, now, os.urandom), chosen, listening=listening)
