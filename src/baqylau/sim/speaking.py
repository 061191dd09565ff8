"""Simulated equipment that says lines on sockets of its own, as a real board does to whoever listens."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from baqylau.sim.client import Sleep

ENDED_S = 0.1
"""So long lines may take to be closed."""


class Speaker(Protocol):
    """Something that speaks."""

    def lines(self, after_s: float) -> Iterable[bytes]:
        """Give what it says up to so long after its beginning."""


async def speak(
    addresses: Sequence[tuple[str, int]],
    begun: Callable[[datetime], Sequence[Speaker]],
    *,
    every_s: float,
    now: Callable[[], datetime],
    sleep: Sleep,
    opened: Callable[[Sequence[int]], None] | None = None,
) -> None:
    """Let all speak until cancelled, each on its own address. `opened` is told the ports.

    `OSError` when one is taken.
    """
    listeners: list[set[asyncio.StreamWriter]] = [set() for _ in addresses]
    servers = [
        await asyncio.start_server(partial(_attended, writers), host, port)
        for (host, port), writers in zip(addresses, listeners, strict=True)
    ]
    if opened is not None:
        opened([server.sockets[0].getsockname()[1] for server in servers])
    begun_at = now()
    speakers = begun(begun_at)
    try:
        while True:
            after_s = (now() - begun_at).total_seconds()
            for one, writers in zip(speakers, listeners, strict=True):
                said = b"".join(one.lines(after_s))
                for writer in writers:
                    writer.write(said)
            await sleep(every_s)
    finally:
        for server, writers in zip(servers, listeners, strict=True):
            server.close()
            for writer in tuple(writers):
                writer.transport.abort()
        await asyncio.sleep(ENDED_S)


async def _attended(
    writers: set[asyncio.StreamWriter], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Keep a listener until it goes."""
    writers.add(writer)
    try:
        await reader.read()
    finally:
        writers.discard(writer)
        writer.close()
