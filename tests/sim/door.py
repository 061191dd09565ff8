"""A server of nothing but the protocol's own session: it keeps readings in memory and can go away and come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from baqylau.links.wall_clock import monotonic_s
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Event, Keep, Login, Outcome, Reading, Session


class Door:
    """Keeps first, answers afterwards; `mute` keeps and says nothing of it, as a server that dies in between."""

    def __init__(self, protocol: str) -> None:
        self.kept: dict[bytes, Reading] = {}
        self.heard: list[Reading] = []
        self.heard_s: list[float] = []
        self.mute = False
        self.port = 0
        self._open = FLEET[protocol].session
        self._lines: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Door"]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for line in list(self._lines):
                line.transport.abort()
            await server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        session = self._open()
        try:
            while data := await reader.read(4096):
                for event in session.receive(data):
                    writer.write(self._answer(session, event))
        except ConnectionError:
            pass
        finally:
            self._lines.discard(writer)
            writer.close()

    def _answer(self, session: Session, event: Event) -> bytes:
        if isinstance(event, Keep):
            self.heard += event.readings
            self.heard_s += [monotonic_s()] * len(event.readings)
            self.kept.update((reading.identity, reading) for reading in event.readings)
        if self.mute and not isinstance(event, Login):
            return b""
        count = len(event.readings) if isinstance(event, Keep) else int(isinstance(event, Login))
        return session.answer(event, [Outcome.ACCEPTED] * count)
