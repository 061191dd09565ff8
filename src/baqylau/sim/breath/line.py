"""The model board as a line: in this program as fast as it can be read, or on a socket in its own time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial

from baqylau.links.breath_lines import Identify, Order, Row, Rows
from baqylau.links.radio.words import Particular, Said, Stamp
from baqylau.sim.breath.board import ModelBoard

BLOCK_MS = 100
LINE_BYTES_MAX = 160


class ModelLine:
    """Says what the board says, a tenth of a second at each reading. Its clock is the board's."""

    name = "breath:model"

    def __init__(self, board: ModelBoard, begun_at: datetime, every_s: float = 0.0) -> None:
        """Take the board; `every_s`: how long a tenth of a second takes."""
        self._board, self._begun_at, self._every_s = board, begun_at, every_s
        self.passed: Callable[[], None] = _nothing
        """Called after each tenth of a second."""
        self.hold: Callable[[], bool] = _never
        """Whether time stands still, because somebody who listens is behind."""
        self.said_ms = 0
        """When it last said something, by the clock of `stamp`."""

    def stamp(self) -> Stamp:
        """Give the present instant of the board."""
        return Stamp(self._begun_at + timedelta(milliseconds=self._board.ms), 60_000 + self._board.ms)

    async def order(self, order: Order) -> None:
        """Order the board something."""
        self._board.order(order)

    async def words(self) -> AsyncIterator[Said]:
        """Let time pass as it is read."""
        self._board.order(Identify())
        while True:
            rows: list[Row] = []
            for word in self._board.words(self._board.ms + BLOCK_MS):
                if isinstance(word, Row):
                    rows.append(word)
                else:
                    yield Said(self.stamp(), Particular(word))
            if rows:
                yield Said(self.stamp(), Particular(Rows(tuple(rows))))
                self.said_ms = self.stamp().monotonic_ms
            self.passed()
            await asyncio.sleep(self._every_s)
            while self.hold():  # noqa: ASYNC110 - it asks those who listen, who know nothing of it
                await asyncio.sleep(0.0005)


def _nothing() -> None:
    """Nobody wants to know."""


def _never() -> bool:
    return False


async def serve(board: ModelBoard, host: str, port: int, opened: Callable[[int], None]) -> None:
    """Let the board speak and hear on a socket in its own time, until cancelled; one listener at a time."""
    server = await asyncio.start_server(partial(_attended, board), host, port, limit=4 * LINE_BYTES_MAX)
    opened(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


async def _attended(board: ModelBoard, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    hearing = asyncio.create_task(_hear(board, reader))
    try:
        while not hearing.done():
            writer.writelines(board.lines(board.ms + BLOCK_MS))
            await writer.drain()
            await asyncio.sleep(BLOCK_MS / 1000)
    except ConnectionError:
        return
    finally:
        hearing.cancel()
        writer.close()


async def _hear(board: ModelBoard, reader: asyncio.StreamReader) -> None:
    while line := await reader.readline():
        board.hear(line)
