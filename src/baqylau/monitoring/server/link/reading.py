"""READ, for the device link: from the records of a batch to facts, and to what is no fact and why.

A unit is believed about itself and about what it did. What it heard of another device is judged again here, with keys
that the unit does not have. Pure but for what is remembered of latched words (`Latches`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from typing import assert_never

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from baqylau.crypto.digests import observation_id
from baqylau.domain.checks import Asked, Decided, Likeness, Voided
from baqylau.domain.console import ConsoleCheck
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import (
    Authentication,
    Blind,
    Body,
    BufferSet,
    Distrust,
    DistrustReason,
    Heard,
    LinkEvent,
    LinkHealth,
    Nearness,
    Observation,
)
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.link import by_hand
from baqylau.monitoring.server.link.beacons import Beacons, Latches
from baqylau.monitoring.server.reading import placed
from baqylau.monitoring.server.shared_batches import shared
from baqylau.protocols.batch.envelope import Opened
from baqylau.protocols.batch.records import (
    Alive,
    CommandResult,
    Doubt,
    LocalFinding,
    Own,
    Reception,
    Record,
    Sealed,
    WalkTest,
)
from baqylau.protocols.batch.wire import content_of
from baqylau.protocols.beacon.frame import kind_of
from baqylau.protocols.beacon.reading import bodies_of
from baqylau.protocols.beacon.recognising import Refusal
from baqylau.protocols.beacon.status import unpack
from baqylau.protocols.console.envelope import KeyOf
from baqylau.protocols.console.words import Checked, Fitted, Looked, Walked, Wanted
from baqylau.rules.settings import GONE_AFTER_S
from baqylau.storage.equipment.commands import Told
from baqylau.storage.equipment.consoles import Look
from baqylau.storage.equipment.field_acts import NewAct
from baqylau.storage.equipment.link_records import CONTENT_BYTES, Kept, Status, Word
from baqylau.storage.journal.journal import Entry
from baqylau.storage.journal.quarantine import Item
from baqylau.storage.journal.shared_batches import SharedBatch

LINK, BEACON, CONSOLE = "link", "beacon", "console"
_NOT_OF_ITSELF = (Blind, Nearness, Heard, ConsoleCheck, Asked, Likeness, Voided, Decided)
"""What no device says of itself: we say it, a person does, or another hears it."""
_DOUBTS: Mapping[str, DistrustReason] = {
    Refusal.BROKEN: DistrustReason.BAD_CODE,
    Refusal.STALE: DistrustReason.REPLAY,
    Refusal.REPEATED: DistrustReason.REPLAY,
    "relayed": DistrustReason.RELAYED,
    "clone": DistrustReason.CLONE,
}


class Taken(Struct):
    """What a batch comes to."""

    entries: list[Entry] = field(default_factory=list)
    aside: list[Item] = field(default_factory=list)
    refused: list[DeviceId] = field(default_factory=list)
    """Of whom something was said that no order allows to be kept; once for each record."""
    statuses: list[Status] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    acts: list[NewAct] = field(default_factory=list)
    shared: SharedBatch | None = None
    """The batch itself, where it tells of several people."""
    contents: bytes = b""
    new: int = 0
    """How many of the records were not kept before."""


def _nobody(_device_id: DeviceId) -> None:
    """No console is known."""


class Reader(Struct, frozen=True):
    """Everything that reading needs to know of the registers, the keys and the past."""

    fleet: Fleet
    beacons: Beacons
    latches: Latches
    opener: by_hand.Opener | None = None
    """None where no console is served."""
    key_of: KeyOf = _nobody
    """By what consoles sign what is written on them."""
    random: Callable[[int], bytes] = token_bytes
    """Gives the key, and its shares, of a batch that tells of several people."""

    def read(
        self,
        opened: Opened,
        raw: bytes,
        kept: Kept,
        known: Mapping[int, bytes],
        *,
        peer: str,
        now: datetime,
        parted: bool = False,
    ) -> Taken:
        """Read the records of a batch in their order. `known`: digests of those of its records that are kept already.

        What is kept already with the same content is passed over. A number that comes again with another content, or so
        late that its content is no longer known, is not believed, and that is a fact. So is a chain that `parted`:
        another batch is kept that names the same one before it.
        """
        reading = _Reading(self, opened.batch.device_id, peer, now)
        contents = {one.seq: one.content for one in opened.rejected}
        records = {record.seq: record for record in opened.batch.records}
        contents.update((seq, content_of(record)) for seq, record in records.items())
        for one in opened.rejected:
            reading.set_aside(LINK, one.fault, one.content, opened.batch.device_id)
        for seq, content in sorted(contents.items()):
            digest = sha256(content).digest()[:CONTENT_BYTES]
            reading.taken.contents += digest
            if not kept.holds(seq):
                reading.taken.new += 1
                if seq in records:
                    reading.take(records[seq], digest)
            elif known.get(seq) != digest:
                reading.conflict(seq, content, digest)
        if reading.taken.new:
            reading.alive(raw, opened.digest)
        if parted:
            reading.parted(opened.digest)
        return reading.taken


class _Reading:
    """One batch under way."""

    def __init__(self, reader: Reader, unit_id: DeviceId, peer: str, now: datetime) -> None:
        self._reader = reader
        self._unit_id = unit_id
        self._peer = peer
        self._now = now
        self.taken = Taken()

    def take(self, record: Record, digest: bytes) -> None:
        said, identity = record.said, (record.seq.to_bytes(8, "big"), digest)
        match said:
            case Own():
                self._keep(self._unit_id, self._own(said, record), record.observed_at, identity)
            case Alive():
                self._keep(self._unit_id, (LinkHealth(event=LinkEvent.PING),), record.observed_at, identity)
            case Reception():
                self._heard(said, record.observed_at, identity)
            case Doubt():
                self._doubted(said, record.observed_at, identity)
            case CommandResult():
                told = Told(
                    device_id=self._unit_id,
                    number=said.number,
                    state=said.state,
                    detail=said.detail,
                    at=min(record.observed_at, self._now),
                )
                self.taken.told.append(told)
            case WalkTest() | LocalFinding():
                self._word(said, record, identity)
            case Sealed():
                self._opened(said, identity)
            case _:
                assert_never(said)

    def _opened(self, said: Sealed, identity: tuple[bytes, ...]) -> None:
        """Take what a console wrote for us alone."""
        opener = self._reader.opener
        written = None if opener is None else opener.open(self._unit_id, said.content, self._reader.key_of)
        if opener is None or written is None:
            self.set_aside(CONSOLE, "not_opened", said.content, self._unit_id)
            return
        brought = written.said
        at = opener.instant(self._unit_id, brought, self._now)
        match brought:
            case Looked():
                self.taken.looks.append(by_hand.look_of(self._unit_id, brought, at))
            case Checked():
                self._checked(brought, written.raw, at, identity)
            case Fitted() | Wanted() | Walked():
                self.taken.acts.append(by_hand.act_of(self._unit_id, brought, written.raw, at, self._now))
            case _:
                assert_never(brought)

    def _checked(self, said: Checked, signed: bytes, at: datetime, identity: tuple[bytes, ...]) -> None:
        transmitter_id, reader = said.transmitter_id, self._reader
        if reader.fleet.device(transmitter_id) is None:
            self.set_aside(CONSOLE, "unknown_device", said.frame, transmitter_id)
            return
        status = by_hand.status_of(said, reader.beacons, at)
        check = by_hand.check_of(self._unit_id, said, at, self._now, heard=isinstance(status, bytes))
        if isinstance(status, Refusal):
            self.set_aside(BEACON, status, said.frame, transmitter_id)
        told: tuple[Body, ...] = ()
        if isinstance(status, bytes):
            told = by_hand.told_by(status, said.frame, reader.latches, transmitter_id, at)
            changed = reader.latches.note(transmitter_id, at, status)
            self.taken.statuses += [changed] if changed is not None else []
        self._keep(transmitter_id, (check, *told), at, identity, signed)

    def conflict(self, seq: int, content: bytes, digest: bytes) -> None:
        """Somebody used a number of this device again: two devices with one key, or one that was set back."""
        identity = (b"conflict", seq.to_bytes(8, "big"), digest)
        body = Distrust(reason=DistrustReason.SEQUENCE_CONFLICT)
        self._keep(self._unit_id, (body,), self._now, identity, self._proof(content))

    def parted(self, digest: bytes) -> None:
        """Two chains of batches go on from one: somebody else has this device's key, or its memory was copied."""
        body = Distrust(reason=DistrustReason.SEQUENCE_CONFLICT)
        self._keep(self._unit_id, (body,), self._now, (b"parted", digest))

    def alive(self, raw: bytes, digest: bytes) -> None:
        """Keep that the unit spoke to us, at our own time, and what it signed."""
        proof, body = self._proof(raw), LinkHealth(event=LinkEvent.PING)
        before = len(self.taken.entries)
        self._keep(self._unit_id, (body,), self._now, (b"batch", digest), proof)
        entries = self.taken.entries[before:]
        if len(entries) > 1:
            self.taken.entries[before:] = self._shared(entries, raw)

    def _shared(self, entries: Sequence[Entry], raw: bytes) -> list[Entry]:
        """Keep what the unit signed under the keys of all of whom it tells; give their entries with their shares."""
        names = [one.observation.id for one in entries]
        self.taken.shared, proofs = shared(raw, self._unit_id, names, self._reader.random)
        return [replace(one, raw=proof) for one, proof in zip(entries, proofs, strict=True)]

    def _proof(self, raw: bytes) -> bytes:
        """Give what the unit signed, to be kept under its person's key alone.

        What a unit of several people signed tells of each of them: it is kept beside, under the keys of all.
        """
        belongs = self._reader.fleet.belongs(self._unit_id, self._now)
        return raw if len(belongs) == 1 and belongs[0].person_id is not None else b""

    def _own(self, said: Own, record: Record) -> tuple[Body, ...]:
        bodies = tuple(body for body in said.bodies if not isinstance(body, _NOT_OF_ITSELF))
        if bodies != said.bodies:
            self.set_aside(LINK, "not_of_itself", content_of(record), self._unit_id)
        return bodies

    def _heard(self, said: Reception, at: datetime, identity: tuple[bytes, ...]) -> None:
        transmitter_id = self._transmitter(said.transmitter_id, said.frame)
        if transmitter_id is None:
            return
        status = self._reader.beacons.open(transmitter_id, said.frame, said.first_at, at)
        if isinstance(status, Refusal):
            self.set_aside(BEACON, status, said.frame, transmitter_id)
            body = Distrust(reason=_DOUBTS.get(status, DistrustReason.BAD_CODE))
            self._keep(transmitter_id, (body,), at, identity, said.frame)
            return
        before = self._reader.latches.before(transmitter_id, at)
        heard = Heard(receiver_id=self._unit_id, rssi_dbm=said.rssi_dbm, frames=said.frames)
        self._keep(
            transmitter_id, (*bodies_of(unpack(status), before, kind_of(said.frame)), heard), at, identity, said.frame
        )
        changed = self._reader.latches.note(transmitter_id, at, status)
        if changed is not None:
            self.taken.statuses.append(changed)

    def _doubted(self, said: Doubt, at: datetime, identity: tuple[bytes, ...]) -> None:
        reason = _DOUBTS.get(said.reason)
        self.set_aside(BEACON, said.reason, said.frame, said.transmitter_id)
        if said.transmitter_id is None or reason is None:
            return
        transmitter_id = self._transmitter(said.transmitter_id, said.frame)
        if transmitter_id is not None:
            self._keep(transmitter_id, (Distrust(reason=reason),), at, identity, said.frame)

    def _transmitter(self, named: DeviceId, frame: bytes) -> DeviceId | None:
        """Give the transmitter that a unit names, if it is one of ours with a key in use."""
        device = self._reader.fleet.device(named)
        if device is None or not self._reader.beacons.knows(named):
            self.set_aside(BEACON, "unknown_device", frame, named)
            return None
        return device.id

    def _word(self, said: WalkTest | LocalFinding, record: Record, identity: tuple[bytes, ...]) -> None:
        belongs = self._reader.fleet.belongs(self._unit_id, record.observed_at)
        if not belongs:
            self.taken.refused.append(self._unit_id)
            return
        people = {one.person_id for one in belongs}
        if len(people) > 1 and said.transmitter_id is not None:
            people &= {one.person_id for one in self._reader.fleet.belongs(said.transmitter_id, record.observed_at)}
        word = Word(
            device_id=self._unit_id,
            seq=record.seq,
            person_id=people.pop() if len(people) == 1 else None,
            observed_at=record.observed_at,
            kind=str(said.__struct_config__.tag),
            body=to_builtins(said),
        )
        self.taken.words.append(word)
        if isinstance(said, WalkTest):
            # Where no wait is long enough the test chooses none, and the usual one holds.
            chosen = BufferSet(buffer_s=max(said.buffer_s, GONE_AFTER_S))
            self._keep(self._unit_id, (chosen,), record.observed_at, identity)

    def _keep(
        self,
        device_id: DeviceId,
        bodies: tuple[Body, ...],
        at: datetime,
        identity: tuple[bytes, ...],
        raw: bytes = b"",
    ) -> None:
        if not bodies:
            return
        observation = Observation(
            id=observation_id(self._unit_id.encode(), LINK.encode(), *identity),
            device_id=device_id,
            observed_at=at,
            received_at=self._now,
            bodies=bodies,
            authentication=Authentication.DEVICE_KEY,
            via=self._via(device_id, bodies),
        )
        entries = placed(self._reader.fleet, observation, raw)
        if not entries:
            self.taken.refused.append(device_id)
        self.taken.entries += entries

    def _via(self, device_id: DeviceId, bodies: tuple[Body, ...]) -> str:
        if device_id == self._unit_id:
            return LINK
        return CONSOLE if isinstance(bodies[0], ConsoleCheck) else BEACON

    def set_aside(self, protocol: str, fault: str, raw: bytes, named: DeviceId | None) -> None:
        item = Item(protocol=protocol, peer=self._peer, number=named, fault=fault, detail=self._unit_id, raw=raw)
        self.taken.aside.append(item)
