"""The server's two halves: a door that takes recordings, and a thread that has them compared one after another.

The door answers at most so many requests at once, each on a thread of its own; more are asked to come again. The judge
and the gateways are other processes and feel nothing of it.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from baqylau.monitoring.av_server.reception import Reception
from baqylau.monitoring.server.link.desk import Outcome, Reply
from baqylau.monitoring.server.link.gateway import Handler, LinkDoor
from baqylau.protocols.media.paths import MANIFESTS, PIECES
from baqylau.storage.database import StorageUnavailableError

AT_ONCE_MAX = 4
QUEUED_MAX = 64
IDLE_S = 0.5
"""How soon a check that came in is looked at when there was nothing to do."""
AGAIN_S = 5.0


class Door:
    """Takes recordings."""

    def __init__(self, reception: Reception, context: ssl.SSLContext | None) -> None:
        """Without a `context` it is plain HTTP: for this machine alone, or behind a proxy that ends TLS."""
        self._turns = asyncio.Semaphore(AT_ONCE_MAX)
        self._queued = 0
        handlers: dict[str, Handler] = {
            MANIFESTS: self._handler(reception.manifest),
            PIECES: self._handler(reception.piece),
        }
        self._door = LinkDoor(handlers, context)

    async def open(self, host: str, port: int) -> int:
        """Listen, and give the port; `OSError` when it is taken."""
        return await self._door.open(host, port)

    async def close(self) -> None:
        """Stop listening, and end what is under way."""
        await self._door.close()

    def _handler(self, work: Callable[[bytes, str], Reply]) -> Handler:
        async def handle(raw: bytes, peer: str) -> Reply:
            if self._queued >= QUEUED_MAX:
                return Reply(Outcome.TOO_OFTEN)
            self._queued += 1
            try:
                async with self._turns:
                    return await asyncio.to_thread(work, raw, peer)
            finally:
                self._queued -= 1

        return handle


class Work(Protocol):
    """What is done one piece after another."""

    def once(self) -> bool:
        """Do what waits longest; give whether there was anything."""


class Bench(Struct, frozen=True):
    """Has checks compared and enrolments looked at until it is stopped, by turns."""

    works: tuple[Work, ...]
    stop: threading.Event

    def run(self) -> None:
        """Do what waits, and wait for more. A database that is away is waited for; what is our fault is raised."""
        while not self.stop.is_set():
            try:
                busy = [work.once() for work in self.works]
            except StorageUnavailableError:
                self.stop.wait(AGAIN_S)
                continue
            if not any(busy):
                self.stop.wait(IDLE_S)
