"""What a home unit of the city wrote, on its way to the server: sealed batches on a line of its own."""

from collections.abc import Awaitable, Callable

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


class UnitLine:
    """The line of one unit. What is not acknowledged stays in the box."""

    def __init__(self, box: Box, device_id: DeviceId, signer: Signer, line: ServerLine, trusted: bytes) -> None:
        """`trusted`: the public key by which the server signs its answers."""
        self.tally = Tally()
        self._box, self._device_id, self._signer = box, device_id, signer
        self._line, self._trusted, self._previous = line, trusted, CHAIN_START

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
