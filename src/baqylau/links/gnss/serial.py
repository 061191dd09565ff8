"""A receiver on a serial line: NMEA, UBX or both, at whatever speed it is set to.

The epoch is given as soon as the receiver pauses, and with the first word of the next one otherwise.
"""

import asyncio
import os
import termios
import tty
from collections.abc import AsyncIterator
from pathlib import Path

from baqylau.links.gnss.reading import Reader
from baqylau.links.radio.words import Clock, Said, Sky, SourceLostError

BAUDS = {
    4800: termios.B4800,
    9600: termios.B9600,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
    230400: termios.B230400,
}
PAUSE_S = 0.3
"""So long between two bytes is a pause between two epochs: at 10 Hz it is never reached, and not needed."""

_CHUNK_BYTES = 4096


class SerialReceiver:
    """A receiver that sends by itself. Nothing is written to it."""

    def __init__(self, path: Path, clock: Clock, baud: int = 9600) -> None:
        """Take the device file, what stamps arrivals, and the speed: one of `BAUDS`."""
        self._path, self._clock, self._speed = path, clock, BAUDS[baud]
        self.name = f"gnss:{path.name}"

    async def words(self) -> AsyncIterator[Said]:
        """Give epochs until the line is unplugged."""
        try:
            handle = _opened(self._path, self._speed)
        except (OSError, termios.error) as wrong:
            raise SourceLostError(self.name) from wrong
        stream = asyncio.StreamReader(limit=_CHUNK_BYTES)
        with os.fdopen(handle, "rb", buffering=0) as line:
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(stream), line
            )
            try:
                async for said in heard(stream, self._clock):
                    yield said
            finally:
                transport.close()
        raise SourceLostError(self.name)


async def heard(stream: asyncio.StreamReader, clock: Clock, pause_s: float = PAUSE_S) -> AsyncIterator[Said]:
    """Give the epochs of a stream of a receiver's bytes until it ends."""
    reader, over = Reader(), False
    while not over:
        try:
            chunk = await asyncio.wait_for(stream.read(_CHUNK_BYTES), pause_s)
        except TimeoutError:
            epochs = list(reader.paused())
        except OSError:
            epochs, over = list(reader.flush()), True
        else:
            epochs, over = list(reader.feed(chunk) if chunk else reader.flush()), not chunk
        for epoch in epochs:
            yield Said(clock(), Sky(epoch))


def _opened(path: Path, speed: int) -> int:
    """Open a serial line raw, without waiting for a carrier and without becoming its terminal."""
    handle = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        tty.setraw(handle)
        attributes = termios.tcgetattr(handle)
        attributes[4] = attributes[5] = speed
        termios.tcsetattr(handle, termios.TCSANOW, attributes)
    except BaseException:
        os.close(handle)
        raise
    return handle
