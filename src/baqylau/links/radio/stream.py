"""Receivers that say lines (`modem.md`): over a serial line, or a local socket."""

import asyncio
import os
import termios
import tty
from collections.abc import AsyncIterator
from pathlib import Path

from baqylau.links.radio.board_line import BoardLine
from baqylau.links.radio.modem import LINE_BYTES_MAX
from baqylau.links.radio.words import Clock, Said, SourceLostError, Trouble

_BAUD = termios.B115200


class SerialSource:
    """A modem on a serial line."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Take the device file and what stamps arrivals."""
        self._path, self._clock = path, clock
        self.name = f"serial:{path.name}"

    async def words(self) -> AsyncIterator[Said]:
        """Read lines until the line is unplugged."""
        try:
            handle = _opened(self._path)
        except (OSError, termios.error) as wrong:
            raise SourceLostError(self.name) from wrong
        reader = asyncio.StreamReader(limit=4 * LINE_BYTES_MAX)
        with os.fdopen(handle, "rb", buffering=0) as line:
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader), line
            )
            try:
                async for said in _lines(reader, self._clock):
                    yield said
            finally:
                transport.close()
        raise SourceLostError(self.name)


class SocketSource:
    """A local program that says the same lines: a bench, the virtual air, a board's own daemon."""

    def __init__(self, address: str, clock: Clock) -> None:
        """Take `HOST:PORT`, or the path of a unix socket."""
        self._address, self._clock = address, clock
        self.name = f"socket:{address.rsplit('/', 1)[-1]}"

    async def words(self) -> AsyncIterator[Said]:
        """Read lines until the other side closes."""
        host, colon, port = self._address.rpartition(":")
        try:
            if colon and port.isdecimal():
                reader, writer = await asyncio.open_connection(host, int(port), limit=4 * LINE_BYTES_MAX)
            else:
                reader, writer = await asyncio.open_unix_connection(self._address, limit=4 * LINE_BYTES_MAX)
        except OSError as wrong:
            raise SourceLostError(self.name) from wrong
        try:
            async for said in _lines(reader, self._clock):
                yield said
        finally:
            writer.close()
        raise SourceLostError(self.name)


def _opened(path: Path) -> int:
    """Open a serial line raw, without waiting for a carrier and without becoming its terminal."""
    handle = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        tty.setraw(handle)
        attributes = termios.tcgetattr(handle)
        attributes[4] = attributes[5] = _BAUD
        termios.tcsetattr(handle, termios.TCSANOW, attributes)
    except BaseException:
        os.close(handle)
        raise
    return handle


async def _lines(reader: asyncio.StreamReader, clock: Clock) -> AsyncIterator[Said]:
    board = BoardLine()
    while True:
        try:
            line = await reader.readline()
        except ValueError:
            continue
        except OSError:
            return
        if not line:
            return
        said = board.said(line, clock())
        if said is None:
            continue
        if isinstance(said.word, Trouble):
            raise SourceLostError(said.word.word)
        yield said
