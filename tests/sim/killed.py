"""What stories of a killed program share: a board that talks, and what must arrive of what it said."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import pairwise

from baqylau.monitoring.server.settings import DOORS, LINK
from tests.perf.installation import HOST, free_port

EVERY_S = 0.05
LINK_ALONE = tuple(word for one in DOORS if one != LINK for word in ("--door", f"{one}=closed"))
"""Words by which a gateway opens no other door."""


class Board:
    """A board that talks to whoever connects; each word is told from all others by its number."""

    def __init__(self, says: Callable[[int], bytes]) -> None:
        self._says = says
        self.port, self.count = free_port(), 0
        self.begun = [1]
        """The first number of each run of the program."""

    @contextmanager
    def talking(self) -> Iterator[None]:
        over = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(over)))
        thread.start()
        yield
        over.set()
        thread.join()

    async def _serve(self, over: threading.Event) -> None:
        async with await asyncio.start_server(self._talk, HOST, self.port):
            await asyncio.to_thread(over.wait)

    async def _talk(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                self.count += 1
                writer.write(self._says(self.count))
                await writer.drain()
                await asyncio.sleep(EVERY_S)
        except ConnectionError:
            self.begun.append(self.count + 1)
        finally:
            writer.transport.abort()

    def holes(self, came: Collection[int]) -> list[int]:
        """Give what is missing amid a run: between the first and the last of it that came."""
        missing: list[int] = []
        for first, after in pairwise([*self.begun, self.count + 1]):
            of_run = [one for one in came if first <= one < after]
            missing += sorted(set(range(min(of_run, default=0), max(of_run, default=-1) + 1)).difference(of_run))
        return missing
