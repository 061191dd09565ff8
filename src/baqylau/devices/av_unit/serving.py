"""The unit's page on the board's own address, for a browser that fills its screen: nobody else can ask for it.

It shows what `screen` says and takes nothing. A browser that another page has sent here is turned away by its Host.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib.resources import files

import structlog

from baqylau.devices.av_unit.screen import Screen

log = structlog.get_logger()

LOOPBACK = "127.0.0.1"
FOLLOW_S = 0.05
ALIVE_S = 15.0
"""So often something is sent where nothing changes: a browser that went away is noticed."""
_REQUEST_WITHIN_S = 5.0
_REQUEST_BYTES_MAX = 8_192
_FOLLOWERS_MAX = 4
_PARTS = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"
_SHOWN = "/shown"


class ScreenPage:
    """The page's small server."""

    def __init__(self, screen: Screen, port: int) -> None:
        """Take what is shown, and the port; 0 takes any that is free."""
        self._screen, self._asked_for = screen, port
        self._followers = 0
        self.port = 0
        self.open = asyncio.Event()

    async def run(self) -> None:
        """Serve until it is cancelled; without the port the unit works on without its page."""
        try:
            server = await asyncio.start_server(self._served, LOOPBACK, self._asked_for, limit=_REQUEST_BYTES_MAX)
        except OSError as wrong:
            log.warning("page_not_served", port=self._asked_for, why=str(wrong))
            return
        self.port = int(server.sockets[0].getsockname()[1])
        self.open.set()
        log.info("page_served", address=f"http://{LOOPBACK}:{self.port}/")
        async with server:
            await server.serve_forever()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for part in self._answer(await _asked(reader), reader):
                writer.write(part)
                await writer.drain()
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, asked: tuple[str, str, str], reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        method, path, host = asked
        if host.rpartition(":")[0] not in {LOOPBACK, "localhost"}:
            yield _head(421, "text/plain", 0)
        elif method != "GET":
            yield _head(405, "text/plain", 0)
        elif path in _PARTS:
            name, kind = _PARTS[path]
            content = files(__package__).joinpath("page", name).read_bytes()
            yield _head(200, kind, len(content)) + content
        elif path == _SHOWN and self._followers < _FOLLOWERS_MAX:
            async for part in self._followed(reader):
                yield part
        else:
            yield _head(404, "text/plain", 0)

    async def _followed(self, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        """Give what is shown, now and at each change, until the browser goes."""
        self._followers += 1
        gone = asyncio.ensure_future(reader.read(1))
        try:
            yield _head(200, "text/event-stream", None)
            number, quiet_s = -1, 0.0
            while not gone.done():
                if self._screen.number != number:
                    number, quiet_s = self._screen.number, 0.0
                    yield f"data: {json.dumps(self._screen.shown(), ensure_ascii=False)}\n\n".encode()
                elif quiet_s >= ALIVE_S:
                    quiet_s = 0.0
                    yield b":\n\n"
                await asyncio.wait([gone], timeout=FOLLOW_S)
                quiet_s += FOLLOW_S
        finally:
            self._followers -= 1
            gone.cancel()


async def _asked(reader: asyncio.StreamReader) -> tuple[str, str, str]:
    """Give method, path and host of a request; `ValueError` for what is none."""
    async with asyncio.timeout(_REQUEST_WITHIN_S):
        raw = await reader.readuntil(b"\r\n\r\n")
    first, *fields = raw.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    named = dict(one.split(":", 1) for one in fields if ":" in one)
    host = next((value.strip() for name, value in named.items() if name.lower() == "host"), "")
    return method, path, host


def _head(status: int, kind: str, length: int | None) -> bytes:
    size = "" if length is None else f"Content-Length: {length}\r\n"
    return (
        f"HTTP/1.1 {status} \r\nContent-Type: {kind}\r\n{size}Cache-Control: no-store\r\nConnection: close\r\n"
        f"X-Content-Type-Options: nosniff\r\nContent-Security-Policy: {_POLICY}\r\n\r\n"
    ).encode("ascii")
