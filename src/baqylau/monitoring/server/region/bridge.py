"""The centre's side of a site: from its log into the journal, in order, each fact once.

What a letter brings is committed before the place of the letter is; after a crash it is read again, and is there
already. Facts are read anew with what the registers say now. A site that was cut off is judged late: the instant of its
last word, as far as it is forwarded, is how far its people's time has gone on (`server.listening`).
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import assert_never

import structlog
from msgspec import DecodeError, Struct

from baqylau.crypto.sealing import SealBrokenError
from baqylau.domain.ids import DeviceId
from baqylau.domain.partitions import unheard_of
from baqylau.links.jetstream import Log, LogUnavailableError, Message
from baqylau.links.outage import Outage
from baqylau.monitoring.server.deafness import deaf
from baqylau.monitoring.server.keeper import Keeper
from baqylau.monitoring.server.link.desk import Desk, Outcome, Peer
from baqylau.monitoring.server.reading import placed
from baqylau.protocols.region.letters import Letters
from baqylau.protocols.region.parcels import (
    Alive,
    Fact,
    GivenOut,
    NotAllowed,
    Parcel,
    SetAside,
    Signed,
    parcels_of,
)
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.journal.journal import Entry
from baqylau.storage.journal.quarantine import Item
from baqylau.storage.journal.regions import Regions
from baqylau.storage.judging.live import REGION, Live, role_of

log = structlog.get_logger()

LETTERS_AT_ONCE = 100
WAIT_S = 0.2
AGAIN_S = 1.0
LEADERLESS_S = 0.3
"""So soon the log is asked again: the servers of a cluster that lost one choose another within seconds."""
PROTOCOL = "region"
NOT_OPENED = "not_opened"
_NOT_NOW = (Outcome.NOT_KEPT, Outcome.FULL, Outcome.TOO_OFTEN)


class Reading(Desk):
    """The centre's desk, for batches that a site has acknowledged already: nobody is told to come again."""

    def _allowed(self, _one: Peer) -> bool:
        return True


class Parts(Struct, frozen=True):
    """What forwarding is put together of."""

    desk: Desk
    keeper: Keeper
    regions: Regions
    live: Live
    commands: Commands
    now: Callable[[], datetime]


class Forwarding:
    """Forwards one site, from where it stands."""

    def __init__(self, name: str, letters: Letters, parts: Parts, heard: Iterable[DeviceId]) -> None:
        """`heard`: the devices of which it is noted that this site hears them."""
        self._name, self._letters, self._parts = name, letters, parts
        self._heard = set(heard)
        self._epoch = 0
        self.seq = 0
        """Everything up to this letter is in the journal."""

    def begin(self, stream: str) -> None:
        """Take the place of whoever forwarded it before. `SupersededError` when there is no such site."""
        self._epoch, self.seq = self._parts.regions.begin(self._name, stream)

    async def forward(self, letters: Sequence[Message]) -> None:
        """Bring letters into the journal, however long the database is away. `SupersededError`."""
        parcels = [parcel for letter in letters for parcel in self._opened(letter)]
        await self._note_devices(parcels)
        while not await self._brought(parcels):  # noqa: ASYNC110 - no event says that the database is back
            await asyncio.sleep(AGAIN_S)
        for one in parcels:
            await self._take_beside(one)
        alive = [one for one in parcels if isinstance(one, Alive)]
        if alive:
            await self._until_said(partial(self._live, alive[-1]))
        last = letters[-1].seq
        await self._until_said(partial(self._parts.regions.forwarded, self._name, self._epoch, last))
        self.seq = last

    def _opened(self, letter: Message) -> tuple[Parcel, ...]:
        try:
            return parcels_of(self._letters.from_site(letter.payload))
        except (SealBrokenError, DecodeError):
            log.warning("letter_not_believed", region=self._name, seq=letter.seq)
            return (SetAside(PROTOCOL, self._name, None, NOT_OPENED, "", letter.payload),)

    async def _until_said(self, say: Callable[[], None]) -> None:
        while True:
            try:
                await asyncio.to_thread(say)
            except StorageUnavailableError:
                await asyncio.sleep(AGAIN_S)
            else:
                return

    async def _brought(self, parcels: Sequence[Parcel]) -> bool:
        """Bring facts into the journal; tell whether all are. What is there already is passed over by whoever keeps."""
        facts: list[Entry] = []
        batches: list[asyncio.Task[bool]] = []
        for one in parcels:
            match one:
                case Fact():
                    facts += self._placed(one)
                case Signed():
                    batches.append(asyncio.create_task(self._batch(one)))
                case Alive(at=at, deaf_since=since):
                    facts += self._deaf(since, at) if since else ()
                case SetAside() | NotAllowed() | GivenOut():
                    pass
                case _:
                    assert_never(one)
        kept = await self._committed(facts) if facts else True
        return all([await one for one in batches]) and kept

    def _placed(self, fact: Fact) -> Sequence[Entry]:
        """Give a fact with where it belongs now; nothing when no order covers it by now, and that is counted."""
        entries = placed(self._parts.desk.view.fleet, fact.observation, fact.raw)
        if not entries:
            self._parts.keeper.refuse(fact.observation.device_id)
        return entries

    async def _committed(self, entries: Sequence[Entry]) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._parts.keeper.submit(entries, done.set_result)
        return await done

    async def _batch(self, signed: Signed) -> bool:
        """Read a batch as if its device had brought it here. What is not believed is in quarantine then."""
        reply = await self._parts.desk.batch(signed.raw, signed.peer)
        return reply.outcome not in _NOT_NOW

    async def _take_beside(self, one: Parcel) -> None:
        """Take over what is no fact of the journal."""
        keeper = self._parts.keeper
        match one:
            case SetAside(protocol, peer, number, fault, detail, raw):
                item = Item(protocol=protocol, peer=peer, number=number, fault=fault, detail=detail, raw=raw)
                keeper.set_aside(item)
            case NotAllowed(device_id, count):
                for _ in range(count):
                    keeper.refuse(device_id)
            case GivenOut(device_id, numbers):
                await self._until_said(partial(self._given_out, device_id, numbers))
            case Fact() | Signed() | Alive():
                pass
            case _:
                assert_never(one)

    def _given_out(self, device_id: DeviceId, numbers: Sequence[int]) -> None:
        commands = self._parts.commands
        commands.sent([one for one in commands.open().get(device_id, ()) if one.number in numbers])

    async def _note_devices(self, parcels: Sequence[Parcel]) -> None:
        """Note which devices are heard by this site, before their first fact is kept: their time is the site's."""
        new = {name for one in parcels if (name := _of_device(one)) is not None} - self._heard
        if new:
            await self._until_said(partial(self._parts.regions.hears, self._name, new))
            self._heard |= new

    def _deaf(self, since: datetime, until: datetime) -> Iterator[Entry]:
        """Say of everybody whom the site hears that it did not listen."""
        fleet = self._parts.desk.view.fleet
        people = {one.person_id: one.partition for name in sorted(self._heard) for one in fleet.belongs(name, until)}
        for person_id, partition in people.items():
            if person_id is not None:
                name = unheard_of(person_id)
                yield deaf(name, partition, since, until, via=PROTOCOL, person_id=person_id)

    def _live(self, alive: Alive) -> None:
        parts = self._parts
        parts.live.gateway_beat(
            alive.at,
            connected=alive.connected,
            keep_ms=alive.keep_ms,
            role=role_of(REGION, self._name),
            turned_away_at=alive.turned_away_at,
        )
        parts.regions.heard(self._name, self._epoch, alive.at, alive.known_as_of)


def _of_device(parcel: Parcel) -> DeviceId | None:
    match parcel:
        case Fact(observation=observation):
            return observation.device_id
        case Signed(device_id=device_id):
            return device_id
        case _:
            return None


async def forward(
    site: Outage, line: Log, stream: str, subject: str, forwarding: Forwarding, stop: asyncio.Event
) -> None:
    """Forward until asked to stop. While the line is down it is tried again, and `site` is told. `SupersededError`."""
    identity, reader, forgotten = "", None, 0
    while not stop.is_set():
        try:
            if reader is None:
                identity = (await line.standing(stream)).identity
                await asyncio.to_thread(forwarding.begin, identity)
                reader = line.reader(stream, subject, forwarding.seq)
                forgotten = 0  # in another log numbers begin again
            letters = await reader.next(LETTERS_AT_ONCE, WAIT_S)
            site.answered()
            if letters:
                await forwarding.forward(letters)
            elif forwarding.seq > forgotten:
                await line.forget_through(stream, forwarding.seq)
                forgotten = forwarding.seq
        except LogUnavailableError as away:
            site.gave_up(str(away))
            reader = None
            await asyncio.sleep(LEADERLESS_S)
        except StorageUnavailableError:
            await asyncio.sleep(AGAIN_S)
