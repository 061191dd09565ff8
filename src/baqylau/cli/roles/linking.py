"""The device link as a part of the gateway: put together, opened, kept up to date, closed."""

import asyncio
import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy import Engine

from baqylau.cli.roles.console_desk import console_desk, field_desk
from baqylau.cli.roles.server_tls import own_chain, server_context
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.link.by_hand import Opener
from baqylau.monitoring.server.link.consoles import ConsoleDesk
from baqylau.monitoring.server.link.desk import Desk
from baqylau.monitoring.server.link.gateway import LinkDoor, link_handlers
from baqylau.monitoring.server.link.link_file import LinkFile, link_file_in
from baqylau.monitoring.server.link.mqtt import Bridge
from baqylau.monitoring.server.link.short_messages import ShortMessages
from baqylau.monitoring.server.link.view import Sources
from baqylau.monitoring.server.settings import LINK, Limits, Settings
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.authorities import command_signer
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.equipment.device_keys import DeviceKeys
from baqylau.storage.equipment.link_configurations import LinkConfigurations
from baqylau.storage.equipment.link_records import LinkRecords, prune
from baqylau.storage.registers.registers import Registers
from baqylau.storage.vault import Vault

LOOK_S = 0.5
"""How soon a command is on its way to a device that waits for one."""
VIEW_EVERY = timedelta(minutes=10)
"""Fittings and orders begin and end by themselves."""
TEND_EVERY = timedelta(days=1)
"""How often old digests are let go of, and our own certificate is made anew."""


def sources(engine: Engine, vault: Vault) -> Sources:
    """Give where the link's picture of registers and keys is taken from."""
    return Sources(
        registers=Registers(engine, now),
        keys=DeviceKeys(engine, vault, now, os.urandom),
        records=LinkRecords(engine),
        configurations=LinkConfigurations(engine),
        now=now,
    )


def _opener(consoles: ConsoleDesk) -> Opener:
    """Give what opens the records of consoles now."""
    return Opener(consoles.box, consoles.contacts)


class _Times(Struct):
    version: tuple[int, tuple[int, int]]
    viewed_at: datetime
    tended_at: datetime


class Link:
    """The open link. Use it from the loop in which it was opened."""

    def __init__(
        self,
        settings: Settings,
        limits: Limits,
        engine: Engine,
        keeper: Keeper,
        sources: Sources,
        on_full: Callable[[int], None],
    ) -> None:
        """`LinkFileError` when the file of the link is not as it must be."""
        self._file = link_file_in(settings.data_dir)
        self._settings = settings
        self._engine = engine
        self._sources = sources
        self._commands = Commands(engine, now)
        self._times = _Times(sources.version(), now(), now())
        signer = command_signer(settings.data_dir / "keys", os.urandom)
        self._field = field_desk(engine, lambda: self.desk.view)
        consoles = console_desk(engine, settings.data_dir, lambda: self.desk.view, self._field, self._renew)
        opener = partial(_opener, consoles)
        self.desk = Desk(sources.view(), keeper, sources.records, self._commands, signer, now, opener)
        self._context = server_context(self._file, settings.host, settings.data_dir)
        inbound = self._file.short_messages
        by_sms = None if inbound is None else ShortMessages(inbound, lambda: self.desk.view, keeper, now)
        self._door = LinkDoor(
            link_handlers(self.desk, consoles.ask, by_sms), self._context, limits.link_connections_max, on_full
        )
        self._bridge = bridge_of(self._file, self.desk)
        self._looking: asyncio.Task[None] | None = None
        self._renewing = asyncio.Lock()

    @property
    def connected(self) -> int:
        """How many lines of devices are open."""
        return self._door.connected

    @property
    def failed(self) -> BaseException | None:
        """Why nobody keeps the link up to date any more, when it was our own fault."""
        looking = self._looking
        return looking.exception() if looking is not None and looking.done() and not looking.cancelled() else None

    async def open(self) -> None:
        """Begin to answer. `OSError` when the port is taken."""
        await self._door.open(self._settings.host, self._settings.ports[LINK])
        if self._bridge is not None:
            await self._bridge.open()
        self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        """Stop to answer."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        self.desk.release()
        if self._bridge is not None:
            await self._bridge.close()
        await self._door.close()

    async def _look(self) -> None:
        """Take over what changed, let commands end, tend what grows."""
        while True:
            await asyncio.sleep(LOOK_S)
            with suppress(StorageUnavailableError):
                await self._look_once()

    async def _look_once(self) -> None:
        await asyncio.to_thread(self._commands.expire)
        await asyncio.to_thread(self._field.settle)
        await self._renew()
        if now() - self._times.tended_at > TEND_EVERY:
            await asyncio.to_thread(self._tend)

    async def _renew(self) -> None:
        """Take over what changed in the registers, the keys and the commands."""
        async with self._renewing:
            await self._renewed()

    async def _renewed(self) -> None:
        version = await asyncio.to_thread(self._sources.version)
        view = self.desk.view
        if version != self._times.version or now() - self._times.viewed_at > VIEW_EVERY:
            view = await asyncio.to_thread(self._sources.view)
            self._times.version, self._times.viewed_at = version, now()
        self.desk.take_over(view, await asyncio.to_thread(self._commands.open))

    def _tend(self) -> None:
        self._times.tended_at = now()
        prune(self._engine, now())
        if self._context is not None and not self._file.certificate:
            self._context.load_cert_chain(*own_chain(self._file, self._settings.data_dir))


def bridge_of(file: LinkFile, desk: Desk) -> Bridge | None:
    """Give the bridge to the broker that the file names, if it names one."""
    if not file.mqtt:
        return None
    broker = urlsplit(file.mqtt)
    context = ssl.create_default_context(cafile=file.mqtt_ca or None) if broker.scheme == "mqtts" else None
    port = broker.port or (1883 if context is None else 8883)
    return Bridge(desk, broker.hostname or "", port, context, (file.mqtt_user, file.mqtt_password))
