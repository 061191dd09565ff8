"""The program of a tracker on a machine with an operating system: awaits lines, asks the core, speaks to the server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import StrEnum
from random import Random
from typing import Protocol

import structlog
from msgspec import Struct

from baqylau.devices.tracker import board_line
from baqylau.devices.tracker.inputs import Located, TimeTold
from baqylau.devices.tracker.link import BATCHES, POLL
from baqylau.devices.tracker.machine import Machine
from baqylau.devices.tracker.nmea import NmeaReader
from baqylau.links.device_line import LineError
from baqylau.links.radio.words import Stamp

log = structlog.get_logger()

TICK_S = 0.25
BURST_S = 0.3
"""A receiver that says nothing for so long has said everything of its instant."""
POLL_S = 25
POLLED_AGAIN_S = 1.0
LOST_S = 1.0
MILLISECONDS = 1000


class Ended(StrEnum):
    """Why the program came to its end."""

    STOPPED = "stopped"
    RESTART = "restart"
    SENT = "sent"
    """Nothing waits any more, and that was all that was asked for."""


class Line(Protocol):
    """What carries bytes to the server and back; `LineError` when it cannot."""

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        """Give the answer to a request."""


class Parts(Struct, frozen=True, kw_only=True):
    """What the program is put together from."""

    machine: Machine
    clock: Callable[[], Stamp]
    clock_set: bool
    """Whether the machine's own clock is right: then the tracker begins with it."""
    lines: Callable[[], AsyncIterator[bytes]] | None
    """Opens the board's lines; None for no board. `OSError` when it cannot be opened."""
    line: Line | None
    until_sent: bool
    random: Random


class Shell:
    """One run of the program."""

    def __init__(self, parts: Parts) -> None:
        """Take the parts; call from inside a running event loop."""
        self._parts, self._machine = parts, parts.machine
        self._wanted, self._urgent = asyncio.Event(), asyncio.Event()
        self._machine.wanted = self._want
        self._reader, self._spoke_ms = NmeaReader(), 0
        self._ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()

    def stop(self) -> None:
        """End the run."""
        self._end(Ended.STOPPED)

    def _end(self, why: Ended) -> None:
        if not self._ended.done():
            self._ended.set_result(why)

    async def run(self) -> Ended:
        """Run until it is stopped, restarted by order, or everything is sent that was to be sent."""
        if self._parts.clock_set:
            stamp = self._parts.clock()
            self._give(TimeTold(stamp.monotonic_ms, int(stamp.at.timestamp() * MILLISECONDS)))
        work: list[Awaitable[None]] = [self._tick()]
        if self._parts.lines is not None:
            work.append(self._hear(self._parts.lines))
        if self._parts.line is not None:
            work += [self._upload(self._parts.line), self._poll(self._parts.line)]
        tasks = [asyncio.ensure_future(one) for one in work]
        for task in tasks:
            task.add_done_callback(self._looked_at)
        try:
            return await self._ended
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _looked_at(self, task: asyncio.Future[None]) -> None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not self._ended.done():
            self._ended.set_exception(failure)

    def _now_ms(self) -> int:
        return self._parts.clock().monotonic_ms

    def _give(self, *given: object) -> None:
        self._machine.pass_time(self._now_ms())
        self._machine.give(given)
        if self._machine.wants_restart:
            self._end(Ended.RESTART)

    def _want(self, urgent: bool) -> None:  # noqa: FBT001 - a callback's word
        self._wanted.set()
        if urgent:
            self._urgent.set()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            now_ms = self._now_ms()
            self._machine.pass_time(now_ms)
            if self._spoke_ms and now_ms - self._spoke_ms >= BURST_S * MILLISECONDS:
                self._spoke_ms = 0
                self._located(self._reader.end())

    async def _hear(self, lines: Callable[[], AsyncIterator[bytes]]) -> None:
        """Listen to the board; one that goes away is opened again."""
        while True:
            try:
                async for line in lines():
                    self._line(line)
            except OSError as wrong:
                log.info("board_lost", why=str(wrong))
            await asyncio.sleep(LOST_S)

    def _line(self, line: bytes) -> None:
        now_ms = self._now_ms()
        if line[:1] == b"$":
            self._spoke_ms = now_ms
            self._located(self._reader.take(line.decode("ascii", "replace")))
            return
        said = board_line.read(line, now_ms)
        if said is not None:
            self._give(said)

    def _located(self, epoch: object) -> None:
        if epoch is not None:
            self._give(Located(self._now_ms(), epoch))  # type: ignore[arg-type]

    async def _upload(self, line: Line) -> None:
        """Send what waits, as soon as it is wanted."""
        while True:
            self._wanted.clear()
            self._urgent.clear()
            raw = self._machine.link.request()
            if raw is None:
                if self._parts.until_sent:
                    self._end(Ended.SENT)
                await self._wanted.wait()
            else:
                await self._send(line, raw)

    async def _send(self, line: Line, raw: bytes) -> None:
        try:
            self._answered(await line.post(BATCHES, raw))
        except (LineError, ValueError) as wrong:
            soon_ms, wait_ms = self._machine.link.failed_ms(self._parts.random.random())
            log.info("not_uploaded", why=str(wrong), failures=self._machine.link.failures)
            await asyncio.sleep(soon_ms / MILLISECONDS)
            try:
                async with asyncio.timeout((wait_ms - soon_ms) / MILLISECONDS):
                    await self._urgent.wait()
            except TimeoutError:
                return

    async def _poll(self, line: Line) -> None:
        """Ask what there is for us, over and over."""
        while True:
            begun_ms, utc_ms = self._now_ms(), self._machine.state.clock.utc_ms(self._now_ms())
            try:
                self._answered(await line.post(POLL, self._machine.link.poll(utc_ms, POLL_S), POLL_S))
            except (LineError, ValueError) as wrong:
                log.info("not_polled", why=str(wrong))
                _, wait_ms = self._machine.link.failed_ms(self._parts.random.random())
                await asyncio.sleep(wait_ms / MILLISECONDS)
            if self._now_ms() - begun_ms < POLLED_AGAIN_S * MILLISECONDS:
                await asyncio.sleep(POLLED_AGAIN_S)

    def _answered(self, raw: bytes) -> None:
        self._give(*self._machine.link.answered(raw, self._now_ms()))
