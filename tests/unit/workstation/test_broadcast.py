"""One reader of the feed tells many listeners, each at its own speed, and nobody misses a row."""

from collections.abc import Callable

import anyio
import anyio.lowlevel
import pytest

from baqylau.domain.ids import PersonId
from baqylau.domain.verdicts import Compliance
from baqylau.monitoring.workstation import broadcast
from baqylau.monitoring.workstation.broadcast import Broadcaster, FellBehindError, News, Told, event
from baqylau.monitoring.workstation.messages import FeedAlarm, FeedPeople, Health, LivePerson
from baqylau.storage.database import StorageUnavailableError
from tests.unit.workstation.invented import NOW, alarm_row, health


class Rows:
    """A feed in memory: one alarm a row."""

    def __init__(self) -> None:
        self.newest = 0
        self.away = False
        self.reads = 0

    def head(self) -> int:
        return self.newest

    def wait(self, timeout_s: float) -> bool:
        assert timeout_s > 0
        return False

    def news(self, after: int, limit: int) -> News:
        if self.away:
            raise StorageUnavailableError
        self.reads += 1
        upto = min(self.newest, after + limit)
        alarms = tuple(FeedAlarm(cursor=cursor, row=alarm_row(cursor)) for cursor in range(after + 1, upto + 1))
        return News(cursor=upto, alarms=alarms)

    def moved(self) -> FeedPeople:
        return FeedPeople(at=NOW, people=())

    def health(self) -> Health:
        return health()


async def _heard(broadcaster: Broadcaster, position: int, count: int) -> list[int]:
    """Listen until so many alarms were heard and give their cursors."""
    heard: list[int] = []
    while len(heard) < count:
        told = await broadcaster.told(position)
        position += len(told)
        heard += [one.cursor for one in told if one.cursor is not None]
    return heard


def _crowd() -> FeedPeople:
    people = tuple(
        LivePerson(
            id=PersonId(f"p-{number}"),
            name="Айгүл Сарыжан",
            address="",
            phone="",
            compliance=Compliance.AS_PRESCRIBED,
            blindness=None,
            last_fix=None,
            heard_at=NOW,
            since=NOW,
        )
        for number in range(100)
    )
    return FeedPeople(at=NOW, people=people)


def _with_broadcaster(rows: Rows, story: Callable[[Broadcaster], object]) -> None:
    async def play() -> None:
        broadcaster = Broadcaster(rows)
        with anyio.fail_after(10):
            async with anyio.create_task_group() as group:
                group.start_soon(broadcaster.run)
                await broadcaster.told(0)
                await story(broadcaster)  # type: ignore[misc]
                group.cancel_scope.cancel()

    anyio.run(play)


def test_fifty_listeners_hear_every_row_in_order_though_it_is_read_once() -> None:
    rows = Rows()
    told: list[list[int]] = []

    async def story(broadcaster: Broadcaster) -> None:
        async def listen() -> None:
            told.append(await _heard(broadcaster, 0, 1_200))

        async with anyio.create_task_group() as listeners:
            for _ in range(50):
                listeners.start_soon(listen)
            rows.newest = 700
            await anyio.sleep(0.05)
            rows.newest = 1_200

    _with_broadcaster(rows, story)
    assert told == [list(range(1, 1_201))] * 50


@pytest.mark.parametrize(("bound", "most"), [("RING", 10), ("RING_BYTES", 10_000)])
def test_a_listener_that_falls_out_of_the_ring_is_told_so(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(broadcast, bound, most)
    rows = Rows()

    async def story(broadcaster: Broadcaster) -> None:
        rows.newest = 100

        async def stay_at_the_beginning() -> None:
            while await broadcaster.told(0):
                await anyio.lowlevel.checkpoint()

        with pytest.raises(FellBehindError):
            await stay_at_the_beginning()

    _with_broadcaster(rows, story)


def test_a_crowd_that_moves_takes_no_more_memory_however_long_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    each_bytes, rows = len(event(_crowd()).data), Rows()
    monkeypatch.setattr(broadcast, "PEOPLE_EVERY_S", 0.0)
    monkeypatch.setattr(broadcast, "RING_BYTES", 10 * each_bytes)
    monkeypatch.setattr(rows, "moved", _crowd)

    async def story(broadcaster: Broadcaster) -> None:
        while broadcaster.position < 100:
            await anyio.lowlevel.checkpoint()
        assert len(await broadcaster.told(broadcaster.position - 8)) == 8
        with pytest.raises(FellBehindError):
            await broadcaster.told(broadcaster.position - 20)

    _with_broadcaster(rows, story)


def test_while_the_database_is_away_nothing_is_told_and_afterwards_nothing_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(broadcast, "AGAIN_AFTER_S", 0.01)
    rows = Rows()

    async def story(broadcaster: Broadcaster) -> None:
        rows.away = True
        rows.newest = 3
        await anyio.sleep(0.05)
        assert broadcaster.cursor == 0
        rows.away = False
        assert await _heard(broadcaster, 0, 3) == [1, 2, 3]

    _with_broadcaster(rows, story)


def test_closing_lets_those_who_wait_go() -> None:
    async def story(broadcaster: Broadcaster) -> None:
        async def close() -> None:
            await anyio.sleep(0.02)
            broadcaster.close()

        async with anyio.create_task_group() as group:
            group.start_soon(close)
            assert await broadcaster.told(broadcaster.position + 1_000) == []

    _with_broadcaster(Rows(), story)


def test_an_alarm_goes_out_with_its_cursor_as_id() -> None:
    told = broadcast.event(FeedAlarm(cursor=7, row=alarm_row(1)))
    assert isinstance(told, Told)
    assert told.cursor == 7
    assert told.data.startswith(b'id: 7\nevent: alarm\ndata: {"type":"alarm","cursor":7,')
    assert told.data.endswith(b"\n\n")
    assert told.data.count(b"\n") == 4
