"""The program of a unit: awaits what happens, asks the core, does what it says.

No meaning is decided here. Inputs are stamped when they arrive and taken in that order; records and what the core
remembers are on disk before anything else that the core wants is done. A lost receiver is opened again.
"""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any, Generic, Protocol, assert_never

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from baqylau.devices.linux_unit.disk import Disk
from baqylau.devices.linux_unit.inputs import (
    ButtonPressed,
    ClockTold,
    FrameHeard,
    Input,
    NoiseHeard,
    Sensed,
    SourceState,
    Started,
    Tick,
    UnitInput,
)
from baqylau.devices.linux_unit.link import Identity, Line, Link
from baqylau.devices.linux_unit.outputs import AskTime, Do, Light, Output, Restarting, Say, Upload, Write
from baqylau.devices.linux_unit.spool import Spool
from baqylau.devices.linux_unit.turn import S
from baqylau.domain.ids import DeviceId
from baqylau.links.board import Indicator
from baqylau.links.device_line import LineError
from baqylau.links.radio.words import (
    Frame,
    Noise,
    Particular,
    Said,
    Sensor,
    Sky,
    Source,
    SourceLostError,
    Stamp,
    Trouble,
    Waited,
)
from baqylau.locales import text
from baqylau.protocols.batch.envelope import OpenedAnswer
from baqylau.protocols.batch.records import ClockQuality, Record

log = structlog.get_logger()

TICK_S = 1.0
AT_ONCE_MAX = 256
"""Inputs that are taken together when they come faster than the disk."""
WAITING_MAX = 10_000
PERSIST_MS = 60_000
"""The core's state is kept this often even when nothing is written down."""
AGAIN_S = (1.0, 30.0)
"""A receiver that was lost is opened again after so long, at first and at most."""


class Clock(Protocol):
    """Both clocks of the board, or of a recording."""

    @property
    def fast(self) -> bool:
        """Whether time passes only by what is heard."""

    def __call__(self) -> Stamp:
        """Give the present instant."""

    def is_set(self) -> bool:
        """Whether UTC can be right at all."""

    def from_network(self) -> bool:
        """Whether somebody keeps it right."""

    def told(self, at: datetime) -> None:
        """Take the time that the server told, where there is none of our own."""


class Ended(StrEnum):
    """Why the program came to its end."""

    STOPPED = "stopped"
    RESTART = "restart"
    PLAYED = "played"
    """Every recording is over."""


class Core(Protocol[S]):
    """What thinks."""

    def step(self, state: S, said: Any) -> tuple[S, tuple[Output, ...]]:
        """Take an input that is of this kind of unit."""


class Kind(Struct, Generic[S], frozen=True):
    """What makes a unit the one or the other."""

    core: Callable[[], Core[S]]
    begin: Callable[[DeviceId], S]
    """Gives what a unit remembers that never ran."""
    state: type[S]
    understood: Callable[[str, Said], UnitInput | None]
    """Gives what a source's word is to the core."""


class Parts(Struct, frozen=True, kw_only=True):
    """What the program is put together from."""

    identity: Identity
    sources: tuple[Source, ...]
    """Receivers of beacons."""
    others: tuple[Source, ...] = ()
    """Whatever else says something, such as a satellite receiver."""
    clock: Clock
    spool: Spool
    indicator: Indicator
    line: Line | None
    """None: it never speaks to a server, as for a recording."""
    random: Random
    hands: Callable[[Struct], Awaitable[None]] | None = None
    """Does what only this kind of unit does; what came of it comes back through one of `others`."""


class Shell(Generic[S]):
    """One run of the program."""

    def __init__(self, parts: Parts, kind: Kind[S]) -> None:
        """Take the parts; call from inside a running event loop."""
        self._parts, self._kind, self._core, self._disk = parts, kind, kind.core(), Disk(parts.spool)
        self.state = restored(parts.identity.device_id, parts.spool, kind)
        self._inbox: asyncio.Queue[UnitInput | None] = asyncio.Queue(WAITING_MAX)
        line = parts.line or _Nowhere()
        self._link = Link(parts.identity, line, self._disk, parts.clock, self._inbox.put, parts.random)
        self._link.answered = self._answered
        self._persisted_ms = 0
        self._ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()

    def stop(self) -> None:
        """End the run."""
        self._end(Ended.STOPPED)

    def _end(self, why: Ended) -> None:
        if not self._ended.done():
            self._ended.set_result(why)

    async def run(self) -> Ended:
        """Run until it is stopped, restarted by order, or nothing is left to play. What was heard is on disk then."""
        stamp = self._parts.clock()
        names = tuple(source.name for source in self._parts.sources)
        self._inbox.put_nowait(self._quality())
        self._inbox.put_nowait(Started(at=stamp.at, monotonic_ms=stamp.monotonic_ms, sources=names))
        thinking = self._started(self._think())
        tasks = [self._started(one) for one in self._work()]
        try:
            return await self._ended
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._inbox.put(None)
            await asyncio.wait([thinking])
            self._disk.close()

    def _work(self) -> Iterator[Coroutine[None, None, None]]:
        yield self._hear()
        if not self._parts.clock.fast:
            yield self._tick()
        if self._parts.line is not None:
            yield self._link.upload()
            yield self._link.poll()

    def _started(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Start work whose failure is the program's."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._looked_at)
        return task

    def _looked_at(self, task: asyncio.Task[None]) -> None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not self._ended.done():
            self._ended.set_exception(failure)

    async def _hear(self) -> None:
        """Listen to all receivers; the end of the last recording is the end of the program."""
        sources = (*self._parts.sources, *self._parts.others)
        await asyncio.gather(*(self._listen(source) for source in sources))
        await self._inbox.join()
        self._end(Ended.PLAYED)

    async def _listen(self, source: Source) -> None:
        wait_s, lost = AGAIN_S[0], False
        while True:
            try:
                async for said in source.words():
                    if lost:
                        await self._inbox.put(_source(said.stamp, source.name, working=True))
                        wait_s, lost = AGAIN_S[0], False
                    heard = self._kind.understood(source.name, said)
                    if heard is not None:
                        await self._inbox.put(heard)
            except SourceLostError as wrong:
                log.warning("source_lost", source=source.name, why=str(wrong))
            else:
                return
            if not lost:
                await self._inbox.put(_source(self._parts.clock(), source.name, working=False))
            lost = True
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, AGAIN_S[1])

    async def _tick(self) -> None:
        quality = self.state.clock
        while True:
            due_ms = self._parts.clock().monotonic_ms + round(1000 * TICK_S)
            await asyncio.sleep(TICK_S)
            told = self._quality()
            if told.quality is not quality:
                quality = told.quality
                await self._inbox.put(told)
            late_ms = max(told.monotonic_ms - due_ms, 0)
            await self._inbox.put(Tick(at=told.at, monotonic_ms=told.monotonic_ms, late_ms=late_ms))

    def _quality(self) -> ClockTold:
        clock = self._parts.clock
        stamp, quality = clock(), ClockQuality.UNSET
        if clock.is_set():
            quality = ClockQuality.NETWORK if clock.from_network() else ClockQuality.FREE
        return ClockTold(at=stamp.at, monotonic_ms=stamp.monotonic_ms, quality=quality)

    def _answered(self, opened: OpenedAnswer) -> None:
        """Take the server's time, where the board has none."""
        self._parts.clock.told(opened.answer.at)

    async def _think(self) -> None:
        """Take inputs in their order until there are no more."""
        going = True
        while going:
            inputs = [await self._inbox.get()]
            while len(inputs) < AT_ONCE_MAX and not self._inbox.empty():
                inputs.append(self._inbox.get_nowait())
            known = [one for one in inputs if one is not None]
            going = len(known) == len(inputs)
            await self._take(known, last=not going)
            for _ in inputs:
                self._inbox.task_done()

    async def _take(self, inputs: Sequence[UnitInput], *, last: bool) -> None:
        records: list[Record] = []
        others: list[Output] = []
        for said in inputs:
            self.state, outputs = self._core.step(self.state, said)
            records += [one.record for one in outputs if isinstance(one, Write)]
            others += [one for one in outputs if not isinstance(one, Write)]
        if records or last or abs(self.state.last_ms - self._persisted_ms) >= PERSIST_MS:
            await self._disk.run(self._parts.spool.write, records, msgspec.msgpack.encode(self.state))
            self._persisted_ms = self.state.last_ms
        self._link.configuration = 0 if self.state.configuration is None else self.state.configuration.version
        for one in others:
            await self._perform(one)

    async def _perform(self, output: Output) -> None:
        match output:
            case Say():
                await asyncio.to_thread(self._say, output)
            case Light(lamp=lamp):
                await asyncio.to_thread(self._parts.indicator.light, lamp)
            case Upload(urgent=urgent):
                self._send(urgent=urgent)
            case AskTime():
                log.warning("clock_not_set")
            case Restarting():
                self._end(Ended.RESTART)
            case Do(act=act):
                await self._handed(act)
            case Write():
                raise TypeError(output)
            case _:
                assert_never(output)

    def _send(self, *, urgent: bool) -> None:
        self._link.wanted.set()
        if urgent:
            self._link.urgent.set()

    async def _handed(self, act: Struct) -> None:
        if self._parts.hands is None:
            raise TypeError(act)
        await self._parts.hands(act)

    def _say(self, said: Say) -> None:
        words = said.text or text(said.language, said.key, place=said.place)
        try:
            self._parts.indicator.say(self._parts.clock().at, words, said.language, aloud=said.aloud)
        except (OSError, subprocess.SubprocessError) as wrong:
            log.warning("voice_failed", why=str(wrong))


class _Nowhere:
    """The line of a program that speaks to no server."""

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        raise LineError(f"{path} {len(body)} {waits_s}")


def restored(device_id: DeviceId, spool: Spool, kind: Kind[S]) -> S:
    """Give what the core remembered, or the state of a unit that begins, whose numbers go on all the same."""
    kept = spool.state()
    state = kind.begin(device_id)
    if kept is not None:
        try:
            state = msgspec.msgpack.decode(kept, type=kind.state)
        except msgspec.DecodeError as wrong:
            log.warning("state_not_readable", why=str(wrong))
    if state.device_id != device_id:
        state = kind.begin(device_id)
    return replace(state, seq=spool.last_seq)


def _source(stamp: Stamp, name: str, *, working: bool) -> SourceState:
    return SourceState(at=stamp.at, monotonic_ms=stamp.monotonic_ms, source=name, working=working)


def understood(name: str, said: Said) -> Input | None:
    """Give what a receiver's word is to any core; None where it is nothing to every one."""
    at, ms = said.stamp.at, said.stamp.monotonic_ms
    match said.word:
        case Frame(raw=raw, rssi_dbm=rssi_dbm):
            return FrameHeard(at=at, monotonic_ms=ms, source=name, frame=raw, rssi_dbm=rssi_dbm, late_ms=said.late_ms)
        case Noise(dbm=dbm):
            return NoiseHeard(at=at, monotonic_ms=ms, source=name, noise_dbm=dbm)
        case Sensor(name=sensor, value=value):
            return _sensed(at, ms, sensor, value)
        case Waited():
            return Tick(at=at, monotonic_ms=ms)
        case Trouble():
            return SourceState(at=at, monotonic_ms=ms, source=name, working=False)
        case Sky() | Particular():
            return None
        case _:
            assert_never(said.word)


def _sensed(at: datetime, ms: int, sensor: str, value: float) -> Input | None:
    match sensor:
        case "mains" | "opened" | "moved" | "moving":
            return Sensed(at=at, monotonic_ms=ms, **{sensor: value > 0})
        case "battery":
            return Sensed(at=at, monotonic_ms=ms, battery_percent=value)
        case "button" if value > 0:
            return ButtonPressed(at=at, monotonic_ms=ms)
        case _:
            return None
