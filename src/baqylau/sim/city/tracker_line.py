"""What a tracker of our own in the city wrote, on its way to the server: its own link on a line of its own."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from baqylau.devices.tracker.link import BATCHES
from baqylau.links.device_line import LineError, ServerLine
from baqylau.protocols.batch.on_device import opened_answer
from baqylau.sim.city.unit_line import AGAIN_S
from baqylau.sim.city.worn_on_air import WornTracker
from baqylau.sim.client import Tally


class TrackerLine:
    """The line of one tracker. What is not acknowledged stays in its ring.

    Of an answer it takes what is kept: what the server says of time and orders is of another time than the city's.
    """

    def __init__(self, worn: WornTracker, begun_at: datetime, line: ServerLine) -> None:
        """Take who sends."""
        self.tally = Tally()
        self._worn, self._begun_at, self._line = worn, begun_at, line
        self._wanted = self._urgent = False
        worn.machine.wanted = self._want

    def _want(self, urgent: bool) -> None:  # noqa: FBT001 - a callback's word
        self._wanted, self._urgent = True, self._urgent or urgent

    @property
    def written(self) -> int:
        """How many records the tracker ever wrote."""
        return self._worn.machine.ring.last

    @property
    def waiting(self) -> bool:
        """Whether anything waits."""
        return self._worn.machine.ring.waiting() > 0

    @property
    def waits_since(self) -> datetime | None:
        """Since when, in the city's time, something waits."""
        since_s = self._worn.waits_since_s
        return None if since_s is None else self._begun_at + timedelta(seconds=since_s)

    def due(self, after_s: float, every_s: float) -> bool:
        """Whether it is to be sent now, so long after the last time."""
        return self.waiting and (self._urgent or (self._wanted and after_s >= every_s))

    async def send(self, time_s: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        """Send everything that waits; what the server does not take is tried again after a pause, from then on."""
        while (batch := self._worn.machine.ring.batch()) is not None:
            begun_s = time_s()
            self.tally.sent += len(batch[1])
            try:
                await self._one()
            except (LineError, ValueError):
                self.tally.reconnects += 1
                await sleep(AGAIN_S)
                return
            self.tally.answered(time_s() - begun_s)
        self._wanted = self._urgent = False
        self._worn.waits_since_s = None

    async def _one(self) -> None:
        """Send one batch, and forget what the server says it keeps."""
        link, ring = self._worn.machine.link, self._worn.machine.ring
        waited, raw = ring.waiting(), link.request()
        answer = opened_answer(await self._line.post(BATCHES, raw or b""), link.device_id, link.secret)
        ring.kept(answer.ack_through, answer.also_kept)
        kept = waited - ring.waiting()
        if not kept:
            raise LineError("nothing is acknowledged")
        self.tally.confirmed += kept
