"""One desk for all devices of the link, whatever carries their bytes: proves, keeps, and only then answers.

Everything here runs on the loop of the gateway; the keeper commits on its own thread. A device's batches are taken one
after another, so that its numbers never overtake themselves.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from baqylau.crypto.cose import SharedKey
from baqylau.crypto.digests import observation_id
from baqylau.crypto.signing import Signer
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Distrust, DistrustReason, Observation
from baqylau.monitoring.server.keeper import Keeps
from baqylau.monitoring.server.link.beacons import Latches
from baqylau.monitoring.server.link.by_hand import Opener
from baqylau.monitoring.server.link.past import Orders, Past
from baqylau.monitoring.server.link.reading import LINK, Reader, Taken
from baqylau.monitoring.server.link.view import View
from baqylau.monitoring.server.reading import placed
from baqylau.protocols.batch.commands import Answer, Configuration
from baqylau.protocols.batch.envelope import Fault, Opened, Refused, opened_batch, opened_poll, sealed_answer
from baqylau.protocols.batch.records import Poll
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.link_records import NO_BATCH, Arrival, Kept, joined
from baqylau.storage.journal.quarantine import Item

POLL_S_MAX = 25.0
BODY_BYTES_MAX = 1 << 20
CLOCK_OFF = timedelta(minutes=5)
"""A poll that was made at another time than this around now is a recording."""
AGAIN_S = 15.0
"""What was just sent is not sent again so soon: the device is at work on it."""
FORGED_S = 60.0
"""Of bytes that are forged in one device's name a fact is made at most this often; all are counted."""
BURST = 60.0
A_SECOND = 5.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""Batches and polls of one device: so many at once, and so many a second lastingly."""


class Outcome(StrEnum):
    """How a request ends, besides with an answer."""

    ANSWERED = "answered"
    NOT_KEPT = "not_kept"
    FULL = "full"
    """The disk takes nothing more."""
    TOO_OFTEN = "too_often"
    UNKNOWN_DEVICE = "unknown_device"
    REVOKED = "revoked"
    NOT_BELIEVED = "not_believed"
    NOT_UNDERSTOOD = "not_understood"


class Reply(Struct, frozen=True):
    """What goes back: an answer that the server signed, or the name of a refusal."""

    outcome: Outcome
    body: bytes = b""
    device_id: DeviceId | None = None


class Peer(Struct, weakref=True):
    """One device, as long as the gateway runs."""

    kept: Kept
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    tokens: float = BURST
    counted_s: float = 0.0
    forged_s: float = float("-inf")
    polled_at: datetime | None = None
    sent: dict[int, float] = field(default_factory=dict)
    """When each command was last sent."""
    configuration_s: tuple[int, float] = (0, float("-inf"))
    """Which version was last sent, and when."""


def _no_consoles() -> Opener | None:
    """Nobody brings what was written on a console."""
    return None


class Desk:
    """Answers batches and polls."""

    def __init__(
        self,
        view: View,
        keeper: Keeps,
        records: Past,
        commands: Orders,
        signer: Signer,
        now: Callable[[], datetime],
        opener: Callable[[], Opener | None] = _no_consoles,
    ) -> None:
        """Take what is known of devices. Call from inside a running event loop, before the keeper's thread is busy."""
        self.view = view
        self._keeper = keeper
        self._records = records
        self._commands = commands
        self._signer = signer
        self._now = now
        self._opener = opener
        self._time_s = asyncio.get_running_loop().time
        self._peers = {device_id: Peer(kept) for device_id, kept in records.all().items()}
        self._latches = Latches(records.statuses())
        self._open: dict[DeviceId, tuple[Command, ...]] = commands.open()
        self.waiting = 0
        """Polls that wait for news."""
        self._closing = False

    def release(self) -> None:
        """Let every poll that waits be answered at once, and none wait any more: the door is about to close."""
        self._closing = True
        for one in self._peers.values():
            one.news.set()

    async def either(self, raw: bytes, peer: str) -> Reply:
        """Take a batch or a poll: what was proven as the one is never the other."""
        opened = opened_batch(raw, self.view.key_of)
        if isinstance(opened, Refused) and opened.fault is Fault.SIGNATURE:
            return await self.poll(raw, peer)
        return await self._batch(opened, raw, peer)

    async def batch(self, raw: bytes, peer: str) -> Reply:
        """Keep the records of a batch and say how far all are kept."""
        return await self._batch(opened_batch(raw, self.view.key_of), raw, peer)

    async def _batch(self, opened: Opened | Refused, raw: bytes, peer: str) -> Reply:
        if isinstance(opened, Refused):
            return self._refuse(opened, raw, peer)
        device_id = opened.batch.device_id
        one = self._peer(device_id)
        if not self._allowed(one):
            return Reply(Outcome.TOO_OFTEN, device_id=device_id)
        async with one.lock:
            return await self._keep(one, opened, raw, peer)

    async def _keep(self, one: Peer, opened: Opened, raw: bytes, peer: str) -> Reply:
        device_id = opened.batch.device_id
        try:
            kept = one.kept = await self._kept(one, opened)
            known, parted = await self._past(kept, opened)
        except StorageUnavailableError:
            return Reply(Outcome.NOT_KEPT, device_id=device_id)
        reader = Reader(self.view.fleet, self.view.beacons, self._latches, self._opener(), self.view.key_of)
        taken = reader.read(opened, raw, kept, known, peer=peer, now=self._now(), parted=parted)
        for item in taken.aside:
            self._keeper.set_aside(item)
        for refused in taken.refused:
            self._keeper.refuse(refused)
        if (taken.new or taken.entries) and not await self._committed(one, opened, taken):
            return Reply(Outcome.NOT_KEPT, device_id=device_id)
        return await self._answer(one, device_id, opened.batch.configuration, repeated=not taken.new)

    async def _kept(self, one: Peer, opened: Opened) -> Kept:
        """Give how far a device's records are kept. Another gateway may have kept more since."""
        if opened.batch.previous in {one.kept.batch, NO_BATCH}:
            return one.kept
        latest = await asyncio.to_thread(self._records.of, opened.batch.device_id)
        if latest is None or (latest.heard_at or _LONG_AGO) <= (one.kept.heard_at or _LONG_AGO):
            return one.kept
        return latest

    async def _past(self, kept: Kept, opened: Opened) -> tuple[dict[int, bytes], bool]:
        """Give what is known of a batch's numbers, and whether its chain parted; nothing is read where all goes on."""
        known: dict[int, bytes] = {}
        device_id, previous = opened.batch.device_id, opened.batch.previous
        if any(kept.holds(seq) for seq in range(opened.first, opened.last + 1)):
            known = await asyncio.to_thread(self._records.contents, device_id, opened.first, opened.last)
        if previous in {kept.batch, NO_BATCH}:
            return known, False
        return known, await asyncio.to_thread(self._records.parted, device_id, previous, opened.digest)

    async def _committed(self, one: Peer, opened: Opened, taken: Taken) -> bool:
        arrival = _arrival(one.kept, opened, taken, self._now())
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def tell(committed: bool) -> None:  # noqa: FBT001 - a callback's word
            if committed:
                one.kept = arrival.kept
            if not done.done():
                done.set_result(committed)

        self._keeper.submit(taken.entries, tell, arrival)
        return await done

    async def poll(self, raw: bytes, peer: str) -> Reply:
        """Say what there is for a device, at once or when there is something."""
        poll = opened_poll(raw, self.view.key_of)
        if isinstance(poll, Refused):
            return self._refuse(poll, raw, peer)
        one = self._peer(poll.device_id)
        if not self._allowed(one):
            return Reply(Outcome.TOO_OFTEN, device_id=poll.device_id)
        fresh = abs(poll.at - self._now()) <= CLOCK_OFF and (one.polled_at is None or poll.at > one.polled_at)
        key = self.view.key_of(poll.device_id)
        if fresh:
            one.polled_at = poll.at
            await self._news(one, poll)
        if key != self.view.key_of(poll.device_id):
            return Reply(Outcome.REVOKED, device_id=poll.device_id)
        return await self._answer(one, poll.device_id, poll.configuration, repeated=not fresh)

    async def _news(self, one: Peer, poll: Poll) -> None:
        """Wait until there is something for the device, as long as it asks for and no longer than we allow."""
        self.waiting += 1
        try:
            async with asyncio.timeout(min(max(poll.wait_s, 0), POLL_S_MAX)):
                while not self._closing and not self._commands_for(one, poll.device_id) and not self._newer(one, poll):
                    one.news.clear()
                    key = self.view.key_of(poll.device_id)
                    await one.news.wait()
                    if key != self.view.key_of(poll.device_id):
                        return
        except TimeoutError:
            return
        finally:
            self.waiting -= 1

    def _newer(self, one: Peer, poll: Poll) -> bool:
        return self._configuration_due(one, poll.device_id, poll.configuration)

    async def _answer(self, one: Peer, device_id: DeviceId, configuration: int, *, repeated: bool) -> Reply:
        """Say how far all is kept. Bytes that were heard before bring nothing else: they may be a recording."""
        key = self.view.key_of(device_id)
        if key is None:
            return Reply(Outcome.REVOKED, device_id=device_id)
        kept = one.kept
        answer = Answer(
            device_id=device_id,
            at=self._now(),
            ack_through=kept.through,
            also_kept=kept.beyond,
            missing=kept.missing,
        )
        if not repeated:
            answer = replace(
                answer,
                commands=await self._given(one, device_id),
                configuration=self._configuration(one, device_id, configuration),
            )
        proves = key if isinstance(key, SharedKey) else self._signer
        return Reply(Outcome.ANSWERED, sealed_answer(answer, proves), device_id)

    async def _given(self, one: Peer, device_id: DeviceId) -> tuple[Command, ...]:
        """Give the commands that are to go out now, noted as sent; none while that cannot be noted."""
        commands = self._commands_for(one, device_id)
        if not commands:
            return ()
        try:
            await asyncio.to_thread(self._commands.sent, commands)
        except StorageUnavailableError:
            return ()
        one.sent = {command.number: self._time_s() for command in commands}
        return commands

    def _commands_for(self, one: Peer, device_id: DeviceId) -> tuple[Command, ...]:
        before_s, now = self._time_s() - AGAIN_S, self._now()
        return tuple(
            command
            for command in self._open.get(device_id, ())
            if one.sent.get(command.number, float("-inf")) <= before_s and command.expires_at > now
        )

    def _configuration(self, one: Peer, device_id: DeviceId, runs_by: int) -> Configuration | None:
        if not self._configuration_due(one, device_id, runs_by):
            return None
        one.configuration_s = (self.view.version_for(device_id), self._time_s())
        return self.view.configuration_for(device_id)

    def _configuration_due(self, one: Peer, device_id: DeviceId, runs_by: int) -> bool:
        version, sent_s = one.configuration_s
        wanted = self.view.version_for(device_id)
        return runs_by < wanted and (version != wanted or self._time_s() - sent_s >= AGAIN_S)

    def take_over(self, view: View, commands: dict[DeviceId, tuple[Command, ...]]) -> None:
        """Exchange what is known; who waits for a poll and has news now is answered."""
        changed = {name for name, open_ in commands.items() if open_ != self._open.get(name)}
        if view is not self.view:
            changed |= {name for name in view.configured if view.version_for(name) != self.view.version_for(name)}
            changed |= {name for name, key in self.view.keys.items() if key != view.keys.get(name)}
            self._begin_anew(view)
        self.view, self._open = view, commands
        for device_id in changed & self._peers.keys():
            self._peers[device_id].news.set()

    def _begin_anew(self, view: View) -> None:
        """A device that speaks by another key than before counts from 1 again."""
        for device_id, one in self._peers.items():
            key = view.keys.get(device_id)
            if key is not None and key != self.view.keys.get(device_id):
                one.kept = Kept(device_id=device_id)

    def _peer(self, device_id: DeviceId) -> Peer:
        """Give what is remembered of a device that has proven itself."""
        return self._peers.setdefault(device_id, Peer(Kept(device_id=device_id)))

    def _allowed(self, one: Peer) -> bool:
        now_s = self._time_s()
        one.tokens = min(one.tokens + (now_s - one.counted_s) * A_SECOND, BURST)
        one.counted_s = now_s
        if one.tokens < 1:
            return False
        one.tokens -= 1
        return True

    def _refuse(self, refused: Refused, raw: bytes, peer: str) -> Reply:
        """Set bytes aside that are not believed. Those that are forged in a device's name are a fact about it."""
        device_id = DeviceId(refused.kid.decode(errors="replace"))
        outcome = self._named(refused, device_id)
        item = Item(protocol=LINK, peer=peer, number=device_id, fault=outcome, detail=refused.fault, raw=raw)
        self._keeper.set_aside(item)
        if outcome is Outcome.NOT_BELIEVED:
            self._forged(device_id, raw)
        return Reply(outcome, device_id=device_id)

    def _named(self, refused: Refused, device_id: DeviceId) -> Outcome:
        match refused.fault:
            case Fault.UNKNOWN_KEY:
                return Outcome.REVOKED if device_id in self.view.revoked else Outcome.UNKNOWN_DEVICE
            case Fault.SIGNATURE | Fault.ALGORITHM:
                return Outcome.NOT_BELIEVED
            case _:
                return Outcome.NOT_UNDERSTOOD

    def _forged(self, device_id: DeviceId, raw: bytes) -> None:
        one, now_s, now = self._peer(device_id), self._time_s(), self._now()
        if now_s - one.forged_s < FORGED_S:
            return
        one.forged_s = now_s
        observation = Observation(
            id=observation_id(device_id.encode(), b"forged", now.isoformat().encode()),
            device_id=device_id,
            observed_at=now,
            received_at=now,
            bodies=(Distrust(reason=DistrustReason.BAD_CODE),),
            via=LINK,
        )
        entries = placed(self.view.fleet, observation, raw)
        if entries:
            self._keeper.submit(entries, None)


def _arrival(kept: Kept, opened: Opened, taken: Taken, now: datetime) -> Arrival:
    stretch = (opened.first, opened.last)
    through, beyond = joined(kept.through, (*kept.beyond, stretch))
    return Arrival(
        kept=Kept(
            device_id=kept.device_id,
            through=through,
            beyond=beyond,
            configuration=opened.batch.configuration,
            batch=opened.digest,
            heard_at=now,
        ),
        previous=opened.batch.previous,
        stretch=stretch,
        contents=taken.contents,
        statuses=tuple(taken.statuses),
        words=tuple(taken.words),
        told=tuple(taken.told),
        looks=tuple(taken.looks),
        acts=tuple(taken.acts),
        shared=taken.shared,
    )
