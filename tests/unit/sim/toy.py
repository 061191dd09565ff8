"""A toy protocol and a toy server, so that the client can be tried without any real protocol."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from random import Random

from baqylau.domain.observations import Body
from baqylau.protocols.session import Confirmed, Refused, Reply, Welcomed

DICE = Random(1)  # noqa: S311 - a toy needs no secrets

Answer = Callable[[int], bytes | None]
"""From the number of reports in a frame to the bytes of the answer; None drops the line."""


def takes(count: int) -> bytes:
    return b"+%d\n" % count


def takes_one(_: int) -> bytes:
    return b"+1\n"


def drops(_: int) -> None:
    return None


def says_nothing(_: int) -> bytes:
    return b""


def refuses(_: int) -> bytes:
    return b"!\n"


def asks_for_it_later(_: int) -> bytes:
    return b"?\n"


class ToyDevice:
    """Frames are lines: `hello`, or the instants of the reports."""

    def hello(self) -> bytes:
        return b"hello\n"

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        return ",".join(at.isoformat() for at, _ in reports).encode() + b"\n"

    def receive(self, data: bytes) -> Sequence[Reply]:
        return [_reply(line) for line in data.split()]


def _reply(line: bytes) -> Reply:
    if line == b"welcome":
        return Welcomed()
    if line.startswith(b"+"):
        return Confirmed(count=int(line[1:]))
    return Refused(code=line.decode(), again=line == b"?")


class ToyServer:
    """Answers frame after frame as the plan says, and takes everything when the plan has run out."""

    def __init__(self) -> None:
        self.plan: deque[Answer] = deque()
        self.welcome = b"welcome\n"
        self.frames: list[list[str]] = []
        self.kept: list[str] = []
        self.port = 0
        self.lines: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["ToyServer"]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for line in list(self.lines):
                line.transport.abort()
            await server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.add(writer)
        try:
            while line := await reader.readline():
                answer = self.welcome if line == b"hello\n" else self._take(line)
                if answer is None:
                    break
                writer.write(answer)
        except ConnectionError:
            pass
        finally:
            self.lines.discard(writer)
            writer.close()

    def _take(self, line: bytes) -> bytes | None:
        reports = line.decode().strip().split(",")
        self.frames.append(reports)
        answer = (self.plan.popleft() if self.plan else takes)(len(reports))
        if answer is not None and answer.startswith(b"+"):
            self.kept += reports[: int(answer[1:])]
        return answer
