"""What both logs promise, the journal and a site's: kept when they say so, in order, read from any place, once each.

The site's log is tried alone and as three servers of which one is killed; the journal is the one of PostgreSQL.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Engine

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import LinkEvent, LinkHealth, Observation
from baqylau.domain.partitions import UNASSIGNED
from baqylau.links.jetstream import Log, LogFullError, LogUnavailableError, Server, Stream, opened
from baqylau.storage.journal.journal import Entry
from tests.conftest import own_directory
from tests.perf.nats import MISSING, NATS, NatsServer, cluster, running
from tests.unit.server.site import START, Site

WAIT_S = 0.5
SUBJECT = "contract.kept"


class Kept(Protocol):
    """A log of words."""

    async def keep(self, word: str) -> None:
        """Return when it is kept."""

    async def read(self, after: int) -> list[tuple[int, str]]:
        """Give the words after a number, with their numbers."""


class InJournal:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def keep(self, word: str) -> None:
        observation = Observation(
            id=observation_id(word.encode()),
            device_id=DeviceId(word),
            observed_at=START,
            received_at=START,
            bodies=(LinkHealth(event=LinkEvent.PING),),
        )
        entry = Entry(partition=UNASSIGNED, person_id=None, observation=observation, raw=b"")
        await asyncio.to_thread(self._site.journal.append, [entry])

    async def read(self, after: int) -> list[tuple[int, str]]:
        found = await asyncio.to_thread(self._site.journal.read_after, {UNASSIGNED: after}, 1_000)
        return [(one.seq, one.observation.device_id) for one in found]


class InStream:
    def __init__(self, line: Log, stream: Stream) -> None:
        self._line, self._stream = line, stream

    async def keep(self, word: str) -> None:
        await self._line.keep(SUBJECT, word.encode())

    async def read(self, after: int) -> list[tuple[int, str]]:
        reader = self._line.reader(self._stream.name, SUBJECT, after)
        found: list[tuple[int, str]] = []
        async with asyncio.timeout(60):
            while after < await self._last():
                with suppress(LogUnavailableError):
                    found += [(one.seq, one.payload.decode()) for one in await reader.next(7, WAIT_S)]
                    after = found[-1][0] if found else after
        await reader.rest()
        return found

    async def _last(self) -> int:
        while True:
            with suppress(LogUnavailableError):
                return (await self._line.standing(self._stream.name)).last_seq
            await asyncio.sleep(0.1)


def stream(name: str, replicas: int = 1, bytes_max: int = 10_000_000) -> Stream:
    return Stream(name=name, subjects=(SUBJECT,), bytes_max=bytes_max, replicas=replicas)


def in_stream(url: str, wanted: Stream, told: Callable[[Log, InStream], Awaitable[None]]) -> None:
    """Tell a story over a fresh stream, which is gone afterwards."""

    async def tell() -> None:
        line = await opened(Server(url=url), "contract")
        try:
            async with asyncio.timeout(60):
                while True:
                    with suppress(LogUnavailableError):
                        await line.ensure(wanted)
                        break
            await told(line, InStream(line, wanted))
        finally:
            with suppress(LogUnavailableError):
                await line.drop(wanted.name)
            await line.close()

    asyncio.run(tell())


async def keeps_its_word(log: Kept) -> None:
    """Keep, read from the beginning and from everywhere between, keep more, read on."""
    words = [f"word-{one}" for one in range(20)]
    for word in words:
        await log.keep(word)
    found = await log.read(0)
    assert [word for _, word in found] == words
    assert [number for number, _ in found] == sorted({number for number, _ in found})
    for place in (0, 6, 12, 19):
        assert await log.read(found[place][0]) == found[place + 1 :]
    await log.keep("one more")
    assert [word for _, word in await log.read(found[-1][0])] == ["one more"]


def test_the_journal_keeps_its_word(engine: Engine) -> None:
    asyncio.run(keeps_its_word(InJournal(Site(engine))))


def test_a_sites_log_keeps_its_word(nats: NatsServer) -> None:
    in_stream(nats.url, stream("contract"), lambda _, log: keeps_its_word(log))


def test_what_was_kept_is_there_after_a_sudden_end_and_reading_goes_on(nats: NatsServer) -> None:
    wanted = stream("sudden")

    async def told(line: Log, log: InStream) -> None:
        reader = line.reader(wanted.name, SUBJECT, 0)
        await log.keep("before")
        assert [one.payload for one in await reader.next(10, WAIT_S)] == [b"before"]
        await log.keep("unread")
        await asyncio.to_thread(_kill_and_start, nats)
        await patiently(lambda: log.keep("after"))
        found: list[bytes] = []
        async with asyncio.timeout(60):
            while len(found) < 2:
                with suppress(LogUnavailableError):
                    found += [one.payload for one in await reader.next(10, WAIT_S)]
        assert found == [b"unread", b"after"]

    in_stream(nats.url, wanted, told)


def test_a_full_log_refuses_and_takes_again_when_there_is_room(nats: NatsServer) -> None:
    wanted = stream("full", bytes_max=4_000)

    async def told(line: Log, log: InStream) -> None:
        kept = [f"{one:0500d}" for one in range(6)]
        for word in kept:
            await log.keep(word)
        with pytest.raises(LogFullError):
            await log.keep(f"{7:0900d}")
        assert [word for _, word in await log.read(0)] == kept
        await line.forget_through(wanted.name, 2)
        await log.keep("room again")
        assert [word for _, word in await log.read(0)] == [*kept[2:], "room again"]

    in_stream(nats.url, wanted, told)


@pytest.fixture
def three() -> Iterator[list[NatsServer]]:
    """Three servers that keep everything together."""
    if NATS is None:
        pytest.skip(MISSING)
    with own_directory() as place:
        servers = cluster(Path(place), ("one", "two", "three"))
        with running(*servers):
            yield servers


def test_of_three_servers_one_is_killed_and_nothing_that_was_kept_is_lost(three: Sequence[NatsServer]) -> None:
    wanted = stream("three", replicas=3)

    async def told(line: Log, log: InStream) -> None:
        for number in range(10):
            await log.keep(f"word-{number}")
        leader = await line.leader(wanted.name)
        victim = next(one for one in three if one.name == leader)
        await asyncio.to_thread(victim.kill)
        for number in range(10, 20):
            await patiently(lambda number=number: log.keep(f"word-{number}"))  # type: ignore[misc]
        found = await log.read(0)
        assert list(dict.fromkeys(word for _, word in found)) == [f"word-{number}" for number in range(20)]

    in_stream(",".join(one.url for one in three), wanted, told)


async def patiently(keep: Callable[[], Awaitable[None]]) -> None:
    """Try until it is kept. What was kept and not acknowledged is kept twice then: the journal takes it once."""
    async with asyncio.timeout(60):
        while True:
            try:
                await keep()
            except LogUnavailableError:
                await asyncio.sleep(0.1)
            else:
                return


def _kill_and_start(server: NatsServer) -> None:
    server.kill()
    server.start()
