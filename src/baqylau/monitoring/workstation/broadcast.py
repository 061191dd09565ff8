"""One reader of the feed for all who look: rows are read once and told to everybody in the same order.

What was told last is kept in a ring. Each listener goes along the ring at its own speed; who falls out of it is behind
by more than can be told and has to come back. Rows before the ring come from the database, so that nothing is skipped.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from typing import Protocol, TypeVar

import anyio
import msgspec
from anyio import CapacityLimiter, to_thread
from msgspec import Struct

from baqylau.monitoring.workstation.messages import FeedAlarm, FeedBeat, FeedPeople, Health
from baqylau.storage.database import StorageUnavailableError

_T = TypeVar("_T")

RING = 4_096
RING_BYTES = 16 * 2**20
"""At most so much of what was told is kept: a crowd that moves comes to megabytes within seconds. Who takes in nothing
for so long is cut off sooner."""
READ_AT_ONCE = 500
TOLD_AT_ONCE = 64
LISTEN_S = 0.25
PEOPLE_EVERY_S = 1.0
BEAT_EVERY_S = 2.0
AGAIN_AFTER_S = 1.0


class News(Struct, frozen=True, kw_only=True):
    """A stretch of the feed, in its order."""

    cursor: int
    """Up to here the feed was read."""
    alarms: tuple[FeedAlarm, ...] = ()


class Source(Protocol):
    """What is asked of the database. Every call is one short transaction."""

    def head(self) -> int:
        """Newest cursor of the feed."""
        ...

    def wait(self, timeout_s: float) -> bool:
        """Come back when the feed may have grown, or when the time is over; tell whether sessions ended meanwhile."""
        ...

    def news(self, after: int, limit: int) -> News:
        """Read at most `limit` rows after the cursor; the same cursor again when there are none."""
        ...

    def moved(self) -> FeedPeople:
        """Those whose state changed since the last call."""
        ...

    def health(self) -> Health:
        """How the way of an observation is now."""
        ...


class Told(Struct, frozen=True):
    """One event as it goes out; `cursor` where a listener must not miss it."""

    cursor: int | None
    data: bytes
    message: FeedAlarm | FeedPeople | FeedBeat


def event(message: FeedAlarm | FeedPeople | FeedBeat) -> Told:
    """Give the server-sent event of a message."""
    name = type(message).__struct_config__.tag
    cursor = message.cursor if isinstance(message, FeedAlarm) else None
    head = f"event: {name}\n" if cursor is None else f"id: {cursor}\nevent: {name}\n"
    return Told(cursor, head.encode() + b"data: " + msgspec.json.encode(message) + b"\n\n", message)


class FellBehindError(Exception):
    """A listener is behind by more than the ring holds."""


class Broadcaster:
    """Reads the feed once and lets any number of listeners follow."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._threads = CapacityLimiter(4)
        """Its own, so that a rush of requests does not delay an alarm."""
        self._ring: deque[Told] = deque()
        self._ring_bytes = 0
        self._end = 0
        self._pulse = anyio.Event()
        self._leaving = anyio.Event()
        self._cursor = 0
        self._following = False
        self._closed = False
        self.failed = False
        """Nothing is told any more though nobody asked for it: a fault of ours."""
        self.listeners = 0

    @property
    def position(self) -> int:
        """Where a listener begins that wants everything told from now on."""
        return self._end

    @property
    def cursor(self) -> int:
        """Up to here the feed was told."""
        return self._cursor

    @property
    def closed(self) -> bool:
        """Nothing will be told any more."""
        return self._closed

    @property
    def leaving(self) -> anyio.Event:
        """What is set when sessions are ended before their time, anybody's; then there is another one."""
        return self._leaving

    @property
    def following(self) -> bool:
        """The feed is being read: what a listener misses from here on is told to it."""
        return self._following and not (self._closed or self.failed)

    async def run(self) -> None:
        """Tell until cancelled. While the database is away nothing is told, no beat either."""
        try:
            self._cursor = await self._until_there(self._source.head)
            self._following = True
            async with anyio.create_task_group() as group:
                group.start_soon(self._follow)
                group.start_soon(self._each, PEOPLE_EVERY_S, self._tell_people)
                group.start_soon(self._each, BEAT_EVERY_S, self._tell_beat)
        finally:
            self.failed = not self._closed

    def close(self) -> None:
        """Let every listener end in order."""
        self._closed = True
        self._wake()

    async def told(self, position: int) -> Sequence[Told]:
        """Give the next events from the position on, at least one unless closed, or raise `FellBehindError`."""
        while position >= self._end and not self._closed:
            await self._pulse.wait()
        behind = self._end - position
        if behind > len(self._ring):
            raise FellBehindError
        start = len(self._ring) - behind
        return list(islice(self._ring, start, start + TOLD_AT_ONCE))

    def _tell(self, events: Iterable[Told]) -> None:
        for one in events:
            self._ring.append(one)
            self._ring_bytes += len(one.data)
            self._end += 1
        while len(self._ring) > RING or (self._ring_bytes > RING_BYTES and len(self._ring) > 1):
            self._ring_bytes -= len(self._ring.popleft().data)
        self._wake()

    def _wake(self) -> None:
        pulse, self._pulse = self._pulse, anyio.Event()
        pulse.set()

    async def _until_there(self, call: Callable[..., _T], *args: object) -> _T:
        while True:
            try:
                return await to_thread.run_sync(call, *args, limiter=self._threads)
            except StorageUnavailableError:
                await anyio.sleep(AGAIN_AFTER_S)

    async def _follow(self) -> None:
        while True:
            news = await self._until_there(self._source.news, self._cursor, READ_AT_ONCE)
            if news.cursor == self._cursor:
                if await self._until_there(self._source.wait, LISTEN_S):
                    leaving, self._leaving = self._leaving, anyio.Event()
                    leaving.set()
                continue
            self._cursor = news.cursor
            self._tell(event(alarm) for alarm in news.alarms)

    async def _tell_people(self) -> None:
        people = await self._until_there(self._source.moved)
        if people.people:
            self._tell([event(people)])

    async def _tell_beat(self) -> None:
        self._tell([event(FeedBeat(health=await self._until_there(self._source.health)))])

    async def _each(self, every_s: float, tell: Callable[[], Awaitable[None]]) -> None:
        due_s = anyio.current_time()
        while True:
            await tell()
            # What telling took is not added to the pause: once a second stays once a second.
            due_s = max(due_s + every_s, anyio.current_time())
            await anyio.sleep_until(due_s)
