"""Load on a server, ours or another: frames made beforehand, sent at a fixed rate or as fast as they are answered.

Open loop: frames go out on schedule whatever the server does, and an answer's delay counts from the instant at which
its frame was due. Closed loop: each device sends its next frame when the last is answered, until the time or the
prepared frames are over.
"""

import asyncio
import resource
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

import uvloop
from msgspec import Struct

from baqylau.links.tracks import Report
from baqylau.links.wall_clock import cpu_s, monotonic_s
from baqylau.protocols.fleet import FLEET
from baqylau.sim.client import Line
from baqylau.sim.load_fleet import PREFIX, load_number, walk
from baqylau.sim.load_line import LoadLine, UnderWay

CONNECTING_AT_ONCE = 200
SIGN_IN_S = 30.0
SENT_AT_ONCE = 64
"""A generator that is behind its schedule looks for answers after so many frames."""
DRAIN_S = 10.0
"""How long answers are waited for after the last frame."""
SPARE_FILES = 64
CONNECTED_IN_S = 0.01
MADE_IN_S = 0.000_05
"""So much time a device is given to be connected, and a frame to be made, before the first is due: frames tell of the
instant at which they are sent, and telling of the time before their device signed in would make them late."""


class LoadOptions(Struct, frozen=True, kw_only=True):
    """What to send where."""

    protocol: str
    line: Line
    devices: int
    rate: float
    """Positions a second, of all devices together. In a closed loop the ceiling: no more frames are prepared."""
    seconds: float = 30.0
    batch: int = 1
    """Positions in a frame."""
    closed_loop: bool = False
    prefix: int = PREFIX
    first: int = 1
    """Index of the first device, where several generators share a fleet."""

    @property
    def frames_each(self) -> int:
        """Frames that every device has to send, at least one."""
        return max(round(self.rate * self.seconds / (self.devices * self.batch)), 1)

    @property
    def interval_s(self) -> float:
        """From one frame to the next, of all devices together."""
        return self.batch / self.rate

    @property
    def made_ready_in_s(self) -> float:
        """For how long the first frame waits. In a closed loop all tell of the past, and nothing is waited for."""
        each_s = CONNECTED_IN_S + self.frames_each * MADE_IN_S
        return 0.0 if self.closed_loop else self.devices * each_s


class LoadReport(Struct, frozen=True, kw_only=True):
    """What came of it. A position is acknowledged when the server has confirmed its frame."""

    devices: int
    sent: int
    """Positions."""
    acked: int
    errors: int
    """Positions that were refused, and those whose line broke or whose answer never came."""
    seconds: float
    """From the first frame to the last answer."""
    achieved_rate: float
    """Acknowledged positions a second."""
    ack_p50_ms: float
    ack_p99_ms: float
    generator_cpu_s: float
    """What sending and counting cost, so that one can see whether the generator was the limit."""


def run_load(options: LoadOptions, now: datetime) -> LoadReport:
    """Prepare the frames, connect, send, count. Raises `SignInRefusedError`, and `OSError` where nobody listens."""
    _allow_sockets(options.devices)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_load(options, now))


async def _load(options: LoadOptions, now: datetime) -> LoadReport:
    under_way, ready_s = UnderWay(), monotonic_s() + options.made_ready_in_s
    first_due_at = now + timedelta(seconds=options.made_ready_in_s)
    lines = [_line(options, place, first_due_at, under_way) for place in range(options.devices)]
    try:
        await _connect(lines, options.line)
        await asyncio.sleep(ready_s - monotonic_s())
        begun_s, begun_cpu_s = monotonic_s(), cpu_s()
        await (_closed_loop if options.closed_loop else _open_loop)(lines, options, begun_s)
        await under_way.nothing(within_s=begun_s + options.seconds + DRAIN_S - monotonic_s())
        return _report(lines, options, begun_s, cpu_s() - begun_cpu_s)
    finally:
        for line in lines:
            line.close()


def _line(options: LoadOptions, place: int, first_due_at: datetime, under_way: UnderWay) -> LoadLine:
    device = FLEET[options.protocol].device(load_number(options.first + place, options.prefix), "")
    hello, reports = device.hello(), _reports(options, place, first_due_at)
    frames = [device.report(list(islice(reports, options.batch))) for _ in range(options.frames_each)]
    return LoadLine(device, hello, frames, options.batch, under_way)


def _reports(options: LoadOptions, place: int, first_due_at: datetime) -> Iterator[Report]:
    """Give a device's reports: at least a second apart, as its clock tells whole seconds, and none of the future.

    In an open loop the last of a frame is of the instant at which it is due, where a second apart allows it.
    """
    count = options.frames_each * options.batch
    spacing_s = max(options.devices / options.rate, 1.0)
    last_in_s = 0.0 if options.closed_loop else options.seconds + (place - options.devices) * options.interval_s
    begins_at = first_due_at + timedelta(seconds=last_in_s - (count - 1) * spacing_s)
    return walk(options.first + place, begins_at, spacing_s)


async def _connect(lines: Sequence[LoadLine], to: Line) -> None:
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def connect(line: LoadLine) -> None:
        async with gate, asyncio.timeout(SIGN_IN_S):
            transport, _ = await loop.create_connection(lambda: line, to.host, to.port)
            await line.sign_in(transport)

    await asyncio.gather(*(connect(line) for line in lines))


async def _open_loop(lines: Sequence[LoadLine], options: LoadOptions, begun_s: float) -> None:
    for number in range(options.frames_each * len(lines)):
        due_s = begun_s + number * options.interval_s
        early_s = due_s - monotonic_s()
        if early_s > 0 or number % SENT_AT_ONCE == 0:
            await asyncio.sleep(max(early_s, 0.0))
        lines[number % len(lines)].send(due_s)


async def _closed_loop(lines: Sequence[LoadLine], options: LoadOptions, begun_s: float) -> None:
    for line in lines:
        line.go_on_until(begun_s + options.seconds)


def _report(lines: Sequence[LoadLine], options: LoadOptions, begun_s: float, used_cpu_s: float) -> LoadReport:
    delays_s = sorted(delay for line in lines for delay in line.delays_s)
    acked = sum(line.acked for line in lines)
    lost = sum(line.lost + line.waiting for line in lines)
    seconds = max(line.last_answer_s for line in lines) - begun_s
    return LoadReport(
        devices=options.devices,
        sent=sum(line.frames_sent for line in lines) * options.batch,
        acked=acked,
        errors=sum(line.refused for line in lines) + lost * options.batch,
        seconds=max(seconds, 0.0),
        achieved_rate=acked / seconds if seconds > 0 else 0.0,
        ack_p50_ms=_quantile(delays_s, 0.5) * 1000,
        ack_p99_ms=_quantile(delays_s, 0.99) * 1000,
        generator_cpu_s=used_cpu_s,
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def _allow_sockets(count: int) -> None:
    """Ask the system for enough open files, as far as it lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + SPARE_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
