"""The measuring board of the breath unit on a serial line, or a model of it on a local socket that says the same lines.

Rows come together a tenth of a second each. A board that says nothing for `QUIET_S` is lost: it is opened again.
"""

import asyncio
import os
import termios
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from baqylau.links.breath_lines import LINE_BYTES_MAX, Identify, Order, Row, Rows, Word, Wrong, ordered, read
from baqylau.links.radio.words import Clock, Particular, Said, SourceLostError

QUIET_S = 15.0
ROWS_TOGETHER = 5
_BAUD = termios.B115200


class _Line(Struct, frozen=True):
    reader: asyncio.StreamReader
    write: Callable[[bytes], object]


class BreathBoard:
    """One board. Its words are read by one task; anybody may order."""

    def __init__(self, where: str, clock: Clock, quiet_s: float = QUIET_S) -> None:
        """Take `serial:DEVICE`, or `socket:HOST:PORT` or `socket:PATH`, and what stamps arrivals."""
        self._kind, _, self._where = where.partition(":")
        self._clock, self._quiet_s = clock, quiet_s
        self._write: Callable[[bytes], object] | None = None
        self.name = f"breath:{self._where.rsplit('/', 1)[-1]}"

    async def order(self, order: Order) -> None:
        """Order the board something; `OSError` when it is not there."""
        if self._write is None:
            raise OSError(self.name)
        self._write(ordered(order))

    async def words(self) -> AsyncIterator[Said]:
        """Give what the board says until it is lost."""
        opened = _serial(Path(self._where)) if self._kind == "serial" else _socket(self._where)
        try:
            async with opened as line:
                self._write = line.write
                await self.order(Identify())
                async for what in _said(line.reader, self._quiet_s):
                    yield Said(self._clock(), Particular(what))
        except (OSError, termios.error, TimeoutError) as wrong:
            raise SourceLostError(self.name) from wrong
        finally:
            self._write = None
        raise SourceLostError(self.name)


async def _said(reader: asyncio.StreamReader, quiet_s: float) -> AsyncIterator[Rows | Word]:
    rows: list[Row] = []
    garbled = 0
    while True:
        try:
            async with asyncio.timeout(quiet_s):
                line = await reader.readline()
        except ValueError:
            garbled += 1
            continue
        if not line:
            return
        word = read(line)
        match word:
            case None:
                garbled += 1
            case Row():
                rows.append(word)
            case Wrong(word=why):
                raise OSError(why)
            case _:
                yield word
        if len(rows) == ROWS_TOGETHER:
            yield Rows(tuple(rows), garbled)
            rows, garbled = [], 0


@asynccontextmanager
async def _socket(address: str) -> AsyncIterator[_Line]:
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal():
        reader, writer = await asyncio.open_connection(host, int(port), limit=4 * LINE_BYTES_MAX)
    else:
        reader, writer = await asyncio.open_unix_connection(address, limit=4 * LINE_BYTES_MAX)
    try:
        yield _Line(reader, writer.write)
    finally:
        writer.close()


@asynccontextmanager
async def _serial(path: Path) -> AsyncIterator[_Line]:
    """Open a serial line raw, without waiting for a carrier and without becoming its terminal."""
    reader = asyncio.StreamReader(limit=4 * LINE_BYTES_MAX)
    handle = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    with os.fdopen(handle, "r+b", buffering=0) as line:
        tty.setraw(handle)
        attributes = termios.tcgetattr(handle)
        attributes[4] = attributes[5] = _BAUD
        termios.tcsetattr(handle, termios.TCSANOW, attributes)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), line
        )
        try:
            yield _Line(reader, lambda raw: os.write(handle, raw))
        finally:
            transport.close()
