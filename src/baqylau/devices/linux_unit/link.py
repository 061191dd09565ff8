"""The unit's link to the server: records up, answers, commands and configuration down (`spec/batch.md`).

A batch is taken from the spool, sealed, noted and sent; what the server says it keeps is forgotten. Whatever goes wrong
on the way, the records stay and are sent again later: after a failure the unit waits a time drawn at random, longer
after each, up to two minutes, so that thousands of units do not come back at one instant. Something urgent waits less.
"""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Protocol

import structlog
from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.devices.linux_unit.disk import Disk
from baqylau.devices.linux_unit.inputs import Configured, Input, Ordered
from baqylau.domain.ids import DeviceId
from baqylau.links.device_line import BATCHES, POLL, LineError
from baqylau.links.radio.words import Clock
from baqylau.protocols.batch.envelope import OpenedAnswer, digest_of, opened_answer, sealed_batch, sealed_poll
from baqylau.protocols.batch.records import Poll

log = structlog.get_logger()

POLL_S = 25
POLLED_AGAIN_MS = 1000
"""A poll that was answered sooner is not followed at once by the next."""
WAIT_MAX_S = 120.0
WAIT_FIRST_S = 8.0
URGENT_WAIT_S = 3.0
"""Something urgent waits no longer than this after a failure."""


class Line(Protocol):
    """What carries bytes to the server and back; `LineError` when it cannot."""

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        """Give the answer to a request."""


class Identity(Struct, frozen=True, kw_only=True):
    """Who the unit is, and whom it believes."""

    device_id: DeviceId
    signer: Signer
    trusted: tuple[bytes, ...]
    """Public keys of the server, 32 bytes each."""


class Link:
    """Both directions, as two tasks that run until they are cancelled."""

    def __init__(
        self,
        identity: Identity,
        line: Line,
        disk: Disk,
        clock: Clock,
        tell: Callable[[Input], Awaitable[None]],
        random: Random,
    ) -> None:
        """Take who we are, the line, the disk, both clocks, who is told what the server says, and chance."""
        self._identity, self._line, self._clock = identity, line, clock
        self._disk, self._tell, self._random = disk, tell, random
        self.configuration = 0
        """Version by which the unit runs."""
        self.wanted = asyncio.Event()
        self.urgent = asyncio.Event()
        self.answered: Callable[[OpenedAnswer], None] = _nothing

    async def upload(self) -> None:
        """Send what waits, as soon as it is wanted."""
        failures = 0
        while True:
            try:
                if not await self._sent():
                    await self.wanted.wait()
                    self.wanted.clear()
                failures = 0
            except LineError as wrong:
                failures += 1
                log.info("not_uploaded", why=str(wrong), failures=failures)
                await self._wait(failures)

    async def _sent(self) -> bool:
        """Send one batch; give whether there was one."""
        self.urgent.clear()
        identity = self._identity
        batch = await self._disk.run(self._disk.spool.batch, identity.device_id, self.configuration)
        if batch is None:
            return False
        raw = sealed_batch(batch, identity.signer)
        await self._disk.run(self._disk.spool.made, digest_of(raw))
        await self._take(await self._line.post(BATCHES, raw))
        return True

    async def poll(self) -> None:
        """Ask what there is for us, over and over."""
        failures = 0
        while True:
            stamp = self._clock()
            poll = Poll(
                device_id=self._identity.device_id, at=stamp.at, configuration=self.configuration, wait_s=POLL_S
            )
            try:
                await self._take(await self._line.post(POLL, sealed_poll(poll, self._identity.signer), POLL_S))
                failures = 0
            except LineError as wrong:
                failures += 1
                log.info("not_polled", why=str(wrong), failures=failures)
                await asyncio.sleep(self._drawn_s(failures))
            if self._clock().monotonic_ms - stamp.monotonic_ms < POLLED_AGAIN_MS:
                await asyncio.sleep(POLLED_AGAIN_MS / 1000)

    async def _take(self, raw: bytes) -> None:
        """Take an answer: forget what is kept, pass on what it brings."""
        opened = opened_answer(raw, self._identity.trusted, self._identity.device_id)
        if not isinstance(opened, OpenedAnswer):
            raise LineError(opened.fault)
        for refused in opened.refused:
            log.warning("refused_from_server", fault=refused.fault)
        answer = opened.answer
        self.answered(opened)
        await self._disk.run(self._disk.spool.kept, answer.ack_through, answer.also_kept)
        stamp = self._clock()
        if answer.configuration is not None:
            await self._tell(
                Configured(at=stamp.at, monotonic_ms=stamp.monotonic_ms, configuration=answer.configuration)
            )
        for command in answer.commands:
            await self._tell(Ordered(at=stamp.at, monotonic_ms=stamp.monotonic_ms, command=command))

    def _drawn_s(self, failures: int) -> float:
        return self._random.uniform(0.0, min(WAIT_FIRST_S * 2 ** (failures - 1), WAIT_MAX_S))

    async def _wait(self, failures: int) -> None:
        """Wait after a failure; not long when something urgent comes."""
        drawn_s = self._drawn_s(min(failures, 10))
        soon_s = min(drawn_s, URGENT_WAIT_S)
        await asyncio.sleep(soon_s)
        try:
            async with asyncio.timeout(drawn_s - soon_s):
                await self.urgent.wait()
        except TimeoutError:
            return


def _nothing(_opened: OpenedAnswer) -> None:
    """Nobody wants to know."""
