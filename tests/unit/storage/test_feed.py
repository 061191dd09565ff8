"""Whoever follows the feed after a cursor misses nothing, whatever was under way when they looked."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from sqlalchemy import Engine, text

from baqylau.storage.alarms.feed import Feed, notifications
from baqylau.storage.database import StorageUnavailableError, transaction
from tests.unit.links.receivers import until
from tests.unit.storage.kept import House

HANDING_OVER_S = 0.5
"""By then the database has begun to tell what was notified."""
_NOBODY_STANDS = text(
    "SELECT bool_and(backend_xmin IS NULL) FROM pg_stat_activity "
    "WHERE application_name = 'baqylau-listener' AND datname = current_database()"
)


def put(engine: Engine, *keys: str) -> None:
    with transaction(engine) as connection:
        Feed(engine).append(connection, "alarm", keys)


def test_changes_are_given_in_order_and_in_parts(engine: Engine) -> None:
    feed = Feed(engine)
    assert (feed.cursor(), feed.after(0, 10)) == (0, [])
    put(engine, "1", "2", "3")
    first = feed.after(0, 2)
    assert [row.key for row in first] == ["1", "2"]
    assert [row.key for row in feed.after(first[-1].id, 2)] == ["3"]
    assert feed.after(feed.cursor(), 2) == []


def test_a_reader_never_passes_a_change_that_is_still_under_way(engine: Engine) -> None:
    feed, written, go_on = Feed(engine), Event(), Event()

    def slow() -> None:
        with transaction(engine) as connection:
            feed.append(connection, "alarm", ["slow"])
            written.set()
            go_on.wait(10)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow)
        written.wait(10)
        second = pool.submit(put, engine, "quick")
        assert feed.after(0, 10) == []
        go_on.set()
        first.result(10)
        second.result(10)
    assert [row.key for row in feed.after(0, 10)] == ["slow", "quick"]


def test_many_writers_and_one_reader_that_goes_on_after_its_cursor(engine: Engine) -> None:
    def write(writer: int) -> None:
        for number in range(15):
            put(engine, f"{writer}/{number}")

    feed, seen = Feed(engine), list[str]()
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, writer) for writer in range(4)]
        cursor = 0
        while len(seen) < 60 or not all(one.done() for one in writing):
            rows = feed.after(cursor, 7)
            seen += [row.key for row in rows]
            cursor = rows[-1].id if rows else cursor
    assert sorted(seen) == sorted(f"{writer}/{number}" for writer in range(4) for number in range(15))


def test_those_who_wait_are_woken_at_the_commit(engine: Engine) -> None:
    waiting = notifications(engine, ["feed", "live"], timeout_s=0.1)
    assert next(waiting) == frozenset()
    assert next(waiting) == frozenset()
    put(engine, "1")
    assert next(waiting) == {"feed"}
    waiting.close()


def test_who_waits_is_told_that_the_line_broke(house: House) -> None:
    waiting = notifications(house.engine, ["feed"], timeout_s=5)
    next(waiting)
    house.cut_all_lines()
    with pytest.raises(StorageUnavailableError):
        next(waiting)


def test_who_is_busy_with_something_else_does_not_hold_the_database_up(engine: Engine) -> None:
    waiting = notifications(engine, ["feed"], timeout_s=20)
    next(waiting)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_notify('feed', lpad(n::text, 100)) FROM generate_series(1, 30000) AS n"))
    sleep(HANDING_OVER_S)
    until(lambda: _handed_over(engine))
    assert next(waiting) == {"feed"}
    waiting.close()


def _handed_over(engine: Engine) -> bool:
    """Nobody who listens stands in a transaction any more."""
    with engine.connect() as connection:
        return bool(connection.scalar(_NOBODY_STANDS))
