"""Send a recorded track as the tracker would have sent it, as fast as it happened or faster."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from baqylau.links.tracks import Report, Track
from baqylau.protocols.session import DeviceSide
from baqylau.sim.client import Habits, Line, Sleep, Tally, Tracker


class SimulateOptions(Struct, frozen=True, kw_only=True):
    """What to replay and to whom."""

    track: Track
    line: Line
    speak: Callable[[], DeviceSide]
    """Gives a conversation of the device, such as `lambda: WialonDevice(...)`."""
    speed: float = 1.0
    """How many seconds of the track pass in one second."""
    shift_to: datetime | None = None
    """Move the track in time so that its last report is of the instant at which the replay, begun now, will send it.

    Intervals stay as they are. At speed 1 the track thus begins now; faster, it begins in the past, and no report is
    ever of the future."""
    habits: Habits = Habits(sign_in_tries=1)


class SimulateReport(Struct, frozen=True, kw_only=True):
    """What became of the track. Every report is confirmed or refused by the end."""

    reports: int
    sent: int
    confirmed: int
    refused: int
    reconnects: int


Progress = Callable[[SimulateReport], None]
"""Called before each report is due and once at the end."""


def timed(track: Track, *, speed: float, shift_to: datetime | None) -> Iterator[tuple[float, Report]]:
    """Give each report with the seconds after the start at which it is due. A step back in time is not waited for."""
    first_at = track.reports[0][0]
    lasts = max(at for at, _ in track.reports) - first_at
    shift = timedelta() if shift_to is None else shift_to + lasts / speed - lasts - first_at
    due_s = 0.0
    for at, bodies in track.reports:
        due_s = max(due_s, (at - first_at).total_seconds() / speed)
        yield due_s, (at + shift, bodies)


async def simulate(
    options: SimulateOptions, *, sleep: Sleep, monotonic_s: Callable[[], float], random: Random, progress: Progress
) -> SimulateReport:
    """Replay the whole track and wait until the server has it. Raises `SignInRefusedError`."""
    tracker = Tracker(options.line, options.speak, options.habits, sleep=sleep, random=random)
    running = asyncio.ensure_future(tracker.run())
    try:
        await _first(running, _feed(tracker, options, sleep, monotonic_s, progress))
    finally:
        running.cancel()
    return _summary(options.track, tracker.tally)


async def _feed(
    tracker: Tracker, options: SimulateOptions, sleep: Sleep, monotonic_s: Callable[[], float], progress: Progress
) -> None:
    started_s = monotonic_s()
    for due_s, report in timed(options.track, speed=options.speed, shift_to=options.shift_to):
        progress(_summary(options.track, tracker.tally))
        await sleep(started_s + due_s - monotonic_s())
        tracker.remember(report)
    await tracker.delivered()
    progress(_summary(options.track, tracker.tally))


async def _first(running: "asyncio.Future[None]", feeding: Awaitable[None]) -> None:
    """Wait for the feeding to end, or for the tracker to give up."""
    feed = asyncio.ensure_future(feeding)
    try:
        await asyncio.wait({running, feed}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        await feed
    finally:
        feed.cancel()


def _summary(track: Track, tally: Tally) -> SimulateReport:
    return SimulateReport(
        reports=len(track.reports),
        sent=tally.sent,
        confirmed=tally.confirmed,
        refused=tally.refused,
        reconnects=tally.reconnects,
    )
