"""What a home unit of the city wrote, on its way to the server: sealed batches on a line of its own."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from baqylau.crypto.digests import CHAIN_START
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.links.device_line import BATCHES, LineError, ServerLine
from baqylau.protocols.batch.envelope import OpenedAnswer, digest_of, opened_answer, sealed_batch
from baqylau.protocols.batch.records import Batch
from baqylau.sim.air.box import Box
from baqylau.sim.client import Tally

BATCH_MAX = 500
AGAIN_S = 1.0
"""So long is waited after a failure."""


class Speaks(Protocol):
    """The line of a device of ours."""

    tally: Tally

    @property
    def written(self) -> int:
        """How many records the device ever wrote."""

    @property
    def waiting(self) -> bool:
        """Whether anything waits."""

    @property
    def waits_since(self) -> datetime | None:
        """Since when, in the city's time, something waits."""

    def due(self, after_s: float, every_s: float) -> bool:
        """Whether it is to be sent now, so long after the last time."""

    async def send(self, time_s: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        """Send everything that waits; what the server does not take is tried again after a pause, from then on."""


class UnitLine:
    """The line of one unit. What is not acknowledged stays in the box."""

    def __init__(self, box: Box, device_id: DeviceId, signer: Signer, line: ServerLine, trusted: bytes) -> None:
        """`trusted`: the public key by which the server signs its answers."""
        self.tally = Tally()
        self._box, self._device_id, self._signer = box, device_id, signer
        self._line, self._trusted, self._previous = line, trusted, CHAIN_START

    @property
    def written(self) -> int:
        """How many records the unit ever wrote."""
        return self.tally.confirmed + len(self._box.waiting)

    @property
    def waiting(self) -> bool:
        """Whether anything waits."""
        return bool(self._box.waiting)

    @property
    def waits_since(self) -> datetime | None:
        """Give of which instant the oldest record is that waits."""
        return self._box.waiting[0].observed_at if self._box.waiting else None

    def due(self, after_s: float, every_s: float) -> bool:
        """Whether it is to be sent now, so long after the last time."""
        return self._box.urgent or (self._box.wanted and after_s >= every_s)

    async def send(self, time_s: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        """Send everything that waits; what the server does not take is tried again after a pause, from then on."""
        while self._box.waiting:
            begun_s = time_s()
            try:
                await self._one()
            except LineError:
                self.tally.reconnects += 1
                await sleep(AGAIN_S)
                return
            self.tally.answered(time_s() - begun_s)
        self._box.wanted = self._box.urgent = False

    async def _one(self) -> None:
        """Send one batch, and forget what the server says it keeps. `LineError` when it says nothing of the kind."""
        box, records = self._box, tuple(self._box.waiting[:BATCH_MAX])
        batch = Batch(device_id=self._device_id, previous=self._previous, configuration=box.version, records=records)
        raw = sealed_batch(batch, self._signer)
        self._previous = digest_of(raw)
        self.tally.sent += len(records)
        opened = opened_answer(await self._line.post(BATCHES, raw), (self._trusted,), self._device_id)
        if not isinstance(opened, OpenedAnswer):
            raise LineError(opened.fault)
        kept = sum(one.seq <= opened.answer.ack_through for one in records)
        if not kept:
            raise LineError("nothing is acknowledged")
        self.tally.confirmed += kept
        del box.waiting[:kept]
