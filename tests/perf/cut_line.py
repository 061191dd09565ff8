"""A line between two machines that can be cut, held and joined again, on a thread of its own."""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path

from tests.perf.installation import HOST, free_port

PIECE_BYTES = 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class CutLine:
    """Leads from a port of its own to the first of some ports that answers, taking turns: what a balancer does."""

    def __init__(self, *to_ports: int) -> None:
        """Lead to ports of this machine."""
        self.port = free_port()
        self._to_ports = list(to_ports)
        self._joined, self._held = threading.Event(), False
        self._loop = asyncio.new_event_loop()
        self._moves, self._answers = asyncio.Event(), asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.AbstractServer | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="line")

    def start(self) -> None:
        """Begin, joined."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)
        self.join()

    async def _listen(self) -> asyncio.AbstractServer:
        return await asyncio.start_server(self._lead, HOST, self.port)

    async def _there(self) -> Streams:
        """Call the next one that answers."""
        for _ in self._to_ports:
            port = self._to_ports.pop(0)
            self._to_ports.append(port)
            with suppress(OSError):
                return await asyncio.open_connection(HOST, port)
        raise ConnectionRefusedError

    def cut(self) -> None:
        """End what is on the line, and let nothing through."""
        self._joined.clear()
        self._loop.call_soon_threadsafe(self._hang_up)

    def hold(self) -> None:
        """Let nothing arrive any more, without a word to anybody; what was sent arrives later."""
        self._loop.call_soon_threadsafe(self._moves.clear)

    def hold_answers(self) -> None:
        """Let nothing come back any more, without a word; what is asked still arrives."""
        self._loop.call_soon_threadsafe(self._answers.clear)

    def join(self) -> None:
        """Let through again."""
        self._joined.set()
        for gate in (self._moves, self._answers):
            self._loop.call_soon_threadsafe(gate.set)

    def close(self) -> None:
        """End it for good."""
        self.join()
        self.cut()

        async def rest() -> None:
            if self._server is not None:
                self._server.close()
            await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

        asyncio.run_coroutine_threadsafe(rest(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _hang_up(self) -> None:
        for one in self._open:
            one.transport.abort()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._joined.is_set():
            writer.transport.abort()
            return
        try:
            there, back = await self._there()
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        asked, answered = self._pour(reader, back), self._pour(there, writer, self._answers)
        await asyncio.gather(asked, answered, return_exceptions=True)
        self._open -= {writer, back}

    async def _pour(self, out_of: asyncio.StreamReader, into: asyncio.StreamWriter, *gates: asyncio.Event) -> None:
        with suppress(OSError):
            while piece := await out_of.read(PIECE_BYTES):
                for gate in (self._moves, *gates):
                    await gate.wait()
                into.write(piece)
                await into.drain()
        into.transport.abort()


class DatabaseLine(CutLine):
    """Leads to the unix socket of a PostgreSQL; `place` is then its host."""

    def __init__(self, place: Path, database: Path) -> None:
        """Take a folder of its own, and that in which the database listens."""
        super().__init__()
        place.mkdir()
        self._here, self._database = place / ".s.PGSQL.5432", database / ".s.PGSQL.5432"

    async def _listen(self) -> asyncio.AbstractServer:
        return await asyncio.start_unix_server(self._lead, self._here)

    async def _there(self) -> Streams:
        return await asyncio.open_unix_connection(self._database)
