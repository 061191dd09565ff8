"""A tracker on a real socket: what it has heard of itself it keeps until the server has confirmed it.

One frame is under way at a time, as with the equipment itself. While the server is away reports wait in a bounded
spool; afterwards the backlog goes in the protocol's batch form. A frame that is not answered in time is sent again on a
new connection, so that the server may get a report twice but never loses one.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import islice
from random import Random

from msgspec import Struct

from baqylau.links.tracks import Report
from baqylau.protocols.session import Confirmed, DeviceSide, Refused, Reply, Welcomed

READ_BYTES = 65_536

Sleep = Callable[[float], Awaitable[None]]


class Line(Struct, frozen=True, kw_only=True):
    """Where the server listens."""

    host: str
    port: int


class Habits(Struct, frozen=True, kw_only=True):
    """How a tracker behaves on the line."""

    answer_within_s: float = 30.0
    first_pause_s: float = 1.0
    """Pause after the first failure; it doubles with every failure that follows, and is cut at random to a half."""
    longest_pause_s: float = 60.0
    batch_reports: int = 50
    spool_reports: int = 100_000
    """What the memory holds. When it is full the oldest report is overwritten, and counted."""
    sign_in_tries: int | None = None
    """How many refusals of the sign-in in a row, not counting "later", end the run; None goes on for ever."""


class Tally(Struct, kw_only=True):
    """What became of a tracker's reports so far."""

    sent: int = 0
    """Reports put on the line; one that is sent again counts again."""
    confirmed: int = 0
    refused: int = 0
    """Reports that the server will never take, or that the protocol cannot carry."""
    overwritten: int = 0
    reconnects: int = 0
    answers: int = 0
    answers_s: float = 0.0
    """How long all of them took together."""
    longest_answer_s: float = 0.0

    def answered(self, after_s: float) -> None:
        """Count an answer of the server."""
        self.answers += 1
        self.answers_s += after_s
        self.longest_answer_s = max(self.longest_answer_s, after_s)


class SignInRefusedError(Exception):
    """The server does not take this device. `code` is the protocol's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Tracker:
    """One device. `speak` gives a fresh conversation for each connection."""

    def __init__(
        self, line: Line, speak: Callable[[], DeviceSide], habits: Habits, *, sleep: Sleep, random: Random
    ) -> None:
        """Set up without connecting."""
        self.tally = Tally()
        self._line = line
        self._speak = speak
        self._habits = habits
        self._sleep = sleep
        self._random = random
        self._spool: deque[Report] = deque()
        self._frame: list[Report] = []
        self._singly = 0
        self._failures = 0
        self._sign_ins_refused = 0
        self._waiting = asyncio.Event()
        self._delivered = asyncio.Event()
        self._delivered.set()

    def remember(self, report: Report) -> None:
        """Put a report into the spool; it is sent as soon as the line allows."""
        if len(self._spool) + len(self._frame) >= self._habits.spool_reports and self._spool:
            self._spool.popleft()
            self.tally.overwritten += 1
        self._spool.append(report)
        self._waiting.set()
        self._delivered.clear()

    @property
    def waits_since(self) -> datetime | None:
        """Of which instant the oldest report is that is not confirmed; None when all are."""
        waiting = (*self._frame[:1], *islice(self._spool, 1))
        return waiting[0][0] if waiting else None

    async def delivered(self) -> None:
        """Return when every report has been confirmed, or refused for good."""
        await self._delivered.wait()

    async def run(self) -> None:
        """Connect, talk, connect again, until cancelled. Raises `SignInRefusedError` when out of tries."""
        while True:
            try:
                await self._converse()
            except OSError:
                self._put_back()
            self.tally.reconnects += 1
            await self._pause()

    async def _converse(self) -> None:
        async with asyncio.timeout(self._habits.answer_within_s):
            reader, writer = await asyncio.open_connection(self._line.host, self._line.port)
        try:
            conversation = _Conversation(self._speak(), reader, writer, self._habits.answer_within_s)
            if await self._signed_in(conversation):
                await self._report_for_ever(conversation)
        finally:
            writer.close()

    async def _signed_in(self, conversation: "_Conversation") -> bool:
        reply = await conversation.hello()
        if not isinstance(reply, Refused):
            self._sign_ins_refused = 0
            return True
        self._sign_ins_refused += not reply.again
        if self._sign_ins_refused == self._habits.sign_in_tries:
            raise SignInRefusedError(reply.code)
        return False

    async def _report_for_ever(self, conversation: "_Conversation") -> None:
        while True:
            await self._waiting.wait()
            self._take_frame()
            frame = conversation.frame(self._frame)
            if frame is None:
                self._refuse()
                continue
            self.tally.sent += len(self._frame)
            asked_s = asyncio.get_running_loop().time()
            reply = await conversation.ask(frame)
            self.tally.answered(asyncio.get_running_loop().time() - asked_s)
            match reply:
                case Confirmed(count=count) if count > 0:
                    self._settle(count)
                    self.tally.confirmed += count
                    self._failures = 0
                case Refused(again=False):
                    self._refuse()
                case _:
                    self._put_back()
                    await self._pause()

    def _take_frame(self) -> None:
        count = 1 if self._singly else min(self._habits.batch_reports, len(self._spool))
        self._singly = max(self._singly - 1, 0)
        self._frame = [self._spool.popleft() for _ in range(count)]

    def _settle(self, count: int) -> None:
        self._frame = self._frame[count:]
        self._put_back()

    def _refuse(self) -> None:
        """Drop what is refused alone; of a refused batch each report gets its own chance."""
        if len(self._frame) > 1:
            self._singly = len(self._frame)
            self._put_back()
        else:
            self.tally.refused += 1
            self._settle(1)

    def _put_back(self) -> None:
        self._spool.extendleft(reversed(self._frame))
        self._frame = []
        if not self._spool:
            self._waiting.clear()
            self._delivered.set()

    async def _pause(self) -> None:
        longest = min(self._habits.first_pause_s * 2**self._failures, self._habits.longest_pause_s)
        self._failures = min(self._failures + 1, 30)
        await self._sleep(longest * self._random.uniform(0.5, 1.0))


class _Conversation:
    """One connection: say something, wait for the reply to it. Every failure is an `OSError`."""

    def __init__(
        self, device: DeviceSide, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer_within_s: float
    ) -> None:
        self._device = device
        self._reader = reader
        self._writer = writer
        self._answer_within_s = answer_within_s
        self._replies: deque[Reply] = deque()

    async def hello(self) -> Reply:
        greeting = self._device.hello()
        return await self.ask(greeting) if greeting else Welcomed()

    def frame(self, reports: list[Report]) -> bytes | None:
        """Give the bytes of the reports; None where the protocol has no words for one, such as EGTS for 2006."""
        try:
            return self._device.report(reports)
        except ValueError:
            return None

    async def ask(self, frame: bytes) -> Reply:
        async with asyncio.timeout(self._answer_within_s):
            self._writer.write(frame)
            await self._writer.drain()
            while not self._replies:
                await self._read()
        return self._replies.popleft()

    async def _read(self) -> None:
        received = await self._reader.read(READ_BYTES)
        if not received:
            raise ConnectionResetError
        self._replies.extend(self._device.receive(received))
