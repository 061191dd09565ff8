"""One line of a load test: a device with prepared frames, and the delays of the answers to them."""

import asyncio
from collections import deque
from collections.abc import Iterable

from baqylau.links.wall_clock import monotonic_s
from baqylau.protocols.session import Confirmed, DeviceSide, Refused, Reply, Welcomed
from baqylau.sim.client import SignInRefusedError


class UnderWay:
    """How many frames of all lines wait for an answer."""

    def __init__(self) -> None:
        """Begin with none."""
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    def more(self) -> None:
        """Count a frame that is sent."""
        self._count += 1
        self._none.clear()

    def fewer(self, count: int) -> None:
        """Count frames that are answered or lost."""
        self._count -= count
        if not self._count:
            self._none.set()

    async def nothing(self, *, within_s: float) -> None:
        """Wait until no frame is under way, or until the time is over."""
        try:
            async with asyncio.timeout(within_s):
                await self._none.wait()
        except TimeoutError:
            return


class LoadLine(asyncio.Protocol):
    """One device: prepared frames, and the instants from which their answers' delays count."""

    def __init__(
        self, device: DeviceSide, hello: bytes, frames: Iterable[bytes], batch: int, under_way: UnderWay
    ) -> None:
        """Take a device and what it will say, made beforehand: `hello` first, then frames of `batch` positions."""
        self._device = device
        self._batch = batch
        self._hello = hello
        self._frames = deque(frames)
        self._under_way = under_way
        self._due_s: deque[float] = deque()
        self._transport: asyncio.Transport | None = None
        self._until_s = 0.0
        self._welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.frames_sent = self.acked = self.refused = self.lost = 0
        self.last_answer_s = 0.0
        self.delays_s: list[float] = []

    @property
    def waiting(self) -> int:
        """Frames without an answer on a line that lives."""
        return len(self._due_s)

    def send(self, due_s: float) -> None:
        """Send the next frame, if one is left and the line lives."""
        if self._frames and self._transport is not None:
            self._transport.write(self._frames.popleft())
            self._due_s.append(due_s)
            self.frames_sent += 1
            self._under_way.more()

    def go_on_until(self, until_s: float) -> None:
        """Send the next frame with every answer until then; begin now."""
        self._until_s = until_s
        self.send(monotonic_s())

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.abort()

    async def sign_in(self, transport: asyncio.Transport) -> None:
        """Take the connection and sign in. Raises `SignInRefusedError`."""
        self._transport = transport
        if self._hello:
            transport.write(self._hello)
            await self._welcomed

    def data_received(self, data: bytes) -> None:
        """Count answers."""
        answered_s = monotonic_s()
        for reply in self._device.receive(data):
            if self._due_s:
                self._answered(reply, answered_s)
            elif not self._welcomed.done():
                self._greeted(reply)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why does not matter
        """Give up the frames under way."""
        self._transport = None
        self.lost += len(self._due_s)
        self._under_way.fewer(len(self._due_s))
        self._due_s.clear()
        if not self._welcomed.done():
            self._welcomed.set_exception(ConnectionResetError())

    def _greeted(self, reply: Reply) -> None:
        match reply:
            case Welcomed():
                self._welcomed.set_result(None)
            case Refused(code=code):
                self._welcomed.set_exception(SignInRefusedError(code))
            case Confirmed():
                pass

    def _answered(self, reply: Reply, answered_s: float) -> None:
        self.delays_s.append(answered_s - self._due_s.popleft())
        self.last_answer_s = answered_s
        confirmed = reply.count if isinstance(reply, Confirmed) else 0
        self.acked += confirmed
        self.refused += self._batch - confirmed
        if answered_s < self._until_s:
            self.send(answered_s)
        self._under_way.fewer(1)
