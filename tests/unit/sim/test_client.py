"""A tracker keeps what it has until the server has it, whatever happens to the line."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import wraps

import pytest

from baqylau.domain.observations import Fix
from baqylau.links.tracks import Report
from baqylau.sim.client import Habits, Line, SignInRefusedError, Tracker
from tests.unit.sim.toy import (
    DICE,
    ToyDevice,
    ToyServer,
    asks_for_it_later,
    drops,
    refuses,
    says_nothing,
    takes,
    takes_one,
)

STARTED_AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
HABITS = Habits(answer_within_s=0.2, first_pause_s=0.01, longest_pause_s=0.02, batch_reports=4)


def in_a_loop(story: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    @wraps(story)
    def told() -> None:
        asyncio.run(asyncio.wait_for(story(), 20))

    return told


def report(second: int) -> Report:
    return STARTED_AT + timedelta(seconds=second), (Fix(latitude_deg=48.6, longitude_deg=66.9),)


def said(*seconds: int) -> list[str]:
    return [report(second)[0].isoformat() for second in seconds]


def tracker_of(server: ToyServer, habits: Habits = HABITS) -> Tracker:
    line = Line(host="127.0.0.1", port=server.port)
    return Tracker(line, ToyDevice, habits, sleep=asyncio.sleep, random=DICE)


async def deliver(tracker: Tracker, *seconds: int) -> None:
    running = asyncio.ensure_future(tracker.run())
    for second in seconds:
        tracker.remember(report(second))
    await tracker.delivered()
    running.cancel()


@in_a_loop
async def test_reports_are_confirmed_in_their_order() -> None:
    async with ToyServer().listening() as server:
        tracker = tracker_of(server)
        await deliver(tracker, 1, 2, 3)
    assert server.kept == said(1, 2, 3)
    assert (tracker.tally.confirmed, tracker.tally.refused, tracker.tally.reconnects) == (3, 0, 0)


@in_a_loop
async def test_a_backlog_goes_in_batches() -> None:
    async with ToyServer().listening() as server:
        await deliver(tracker_of(server), *range(10))
    assert [len(frame) for frame in server.frames] == [4, 4, 2]


@in_a_loop
async def test_reports_wait_while_the_server_is_away() -> None:
    server = ToyServer()
    async with server.listening():
        pass
    tracker = tracker_of(server)
    delivering = asyncio.ensure_future(deliver(tracker, 1, 2, 3))
    await asyncio.sleep(0.1)
    assert server.kept == []
    async with server.listening():
        await delivering
    assert server.kept == said(1, 2, 3)
    assert tracker.tally.reconnects > 0


@in_a_loop
async def test_a_frame_without_an_answer_is_sent_again_on_a_new_line() -> None:
    async with ToyServer().listening() as server:
        server.plan.extend([says_nothing, drops])
        tracker = tracker_of(server)
        await deliver(tracker, 1, 2)
    assert server.frames == [said(1, 2)] * 3
    assert server.kept == said(1, 2)
    assert (tracker.tally.sent, tracker.tally.confirmed, tracker.tally.reconnects) == (6, 2, 2)


@in_a_loop
async def test_what_a_frame_was_not_confirmed_for_is_sent_again() -> None:
    async with ToyServer().listening() as server:
        server.plan.append(takes_one)
        await deliver(tracker_of(server), 1, 2, 3)
    assert server.kept == said(1, 2, 3)


@in_a_loop
async def test_a_server_that_cannot_keep_it_now_gets_it_later() -> None:
    async with ToyServer().listening() as server:
        server.plan.extend([asks_for_it_later, asks_for_it_later])
        tracker = tracker_of(server)
        await deliver(tracker, 1)
    assert server.kept == said(1)
    assert tracker.tally.reconnects == 0


@in_a_loop
async def test_one_bad_report_does_not_take_its_batch_along() -> None:
    async with ToyServer().listening() as server:
        server.plan.extend([refuses, takes, refuses, takes])
        tracker = tracker_of(server)
        await deliver(tracker, 1, 2, 3)
    assert server.kept == said(1, 3)
    assert (tracker.tally.confirmed, tracker.tally.refused) == (2, 1)


@in_a_loop
async def test_a_full_spool_overwrites_the_oldest_and_counts_it() -> None:
    async with ToyServer().listening() as server:
        tracker = tracker_of(server, Habits(spool_reports=2, first_pause_s=0.01))
        await deliver(tracker, 1, 2, 3)
    assert server.kept == said(2, 3)
    assert tracker.tally.overwritten == 1


@in_a_loop
async def test_a_refused_sign_in_ends_the_run_when_out_of_tries() -> None:
    async with ToyServer().listening() as server:
        server.welcome = b"!unknown\n"
        tracker = tracker_of(server, Habits(sign_in_tries=2, first_pause_s=0.01))
        with pytest.raises(SignInRefusedError, match="!unknown"):
            await tracker.run()


@in_a_loop
async def test_a_server_that_asks_to_sign_in_later_is_asked_again() -> None:
    async with ToyServer().listening() as server:
        server.welcome = b"?\n"
        tracker = tracker_of(server, Habits(sign_in_tries=1, first_pause_s=0.01, longest_pause_s=0.02))
        delivering = asyncio.ensure_future(deliver(tracker, 1))
        await asyncio.sleep(0.1)
        server.welcome = b"welcome\n"
        await delivering
    assert server.kept == said(1)
