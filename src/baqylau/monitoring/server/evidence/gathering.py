"""Gathering a bundle about a person and a time: what was kept, what was prescribed, what was found, what was done."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import IO, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from baqylau.crypto.signing import Signer
from baqylau.domain.alarms import Alarm
from baqylau.domain.ids import AlarmId, DeviceId, PersonId
from baqylau.domain.orders import NoContact
from baqylau.domain.partitions import nearness_of, ourselves, partition_of, unheard_of
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.evidence import by_what
from baqylau.monitoring.server.evidence.leading import few, proof_of
from baqylau.monitoring.server.evidence.writing import Bundle
from baqylau.monitoring.server.judging import BEFORE_EVERYTHING, state_from
from baqylau.monitoring.server.shared_batches import opened
from baqylau.protocols.evidence import parts
from baqylau.protocols.evidence.enrolments import sheet_file, sheet_name
from baqylau.protocols.evidence.recordings import destroyed_line, manifest_line, piece_lines
from baqylau.protocols.evidence.signatures import is_signed, shared_digest, signer_of
from baqylau.protocols.evidence.words import NOT_SHOWN, leaves_of
from baqylau.rules.clock import instant
from baqylau.rules.fold import begin, fold
from baqylau.rules.refold import late
from baqylau.rules.spans import fitted
from baqylau.rules.state import PersonState
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_rows import Recordings
from baqylau.storage.evidence import Disclosure, EvidenceSource, Kept
from baqylau.storage.journal.journal import Journal
from baqylau.storage.journal.ledger import LEDGER
from baqylau.storage.journal.proof import Signed, SignedHead, heads_in
from baqylau.storage.journal.published import PublishedHeads
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers

AROUND = timedelta(hours=12)
"""So much before an alarm began and after it was last heard of is given with it."""
ALARMS_MAX = 100_000
SHEETS_MAX = 50
"""The last so many enrolments of a person. [D]"""


class Asked(Struct, frozen=True, kw_only=True):
    """What is to be given out, by whom, what for and by what right."""

    person_id: PersonId
    from_at: datetime
    until_at: datetime
    by: str
    purpose: str
    basis: str
    recipient: str
    alarm_id: AlarmId | None = None
    third_parties: bool = False
    """Give also what shows where another person was."""
    recordings: bool = False
    """Give also what was recorded at checks, and not only what the units signed about it."""


class Archive(Struct, frozen=True, kw_only=True):
    """The parts of the storage that a bundle is made of."""

    source: EvidenceSource
    journal: Journal
    judge: JudgeStore
    registers: Registers
    alarms: Alarms
    live: Live
    media: Media | None
    """None where the recordings of checks are out of reach: then the bundle names none."""
    heads: PublishedHeads


Papers = Callable[[Asked, datetime], Mapping[str, bytes]]
"""Makes papers about what is asked for, up to an instant."""


class NothingToGiveError(Exception):
    """There is no such person, or no such alarm about a person."""


def around(archive: Archive, alarm_id: AlarmId) -> tuple[PersonId, datetime, datetime]:
    """Give whom an alarm is about, and the time that belongs to it. `NothingToGiveError`."""
    try:
        alarm = archive.alarms.get(alarm_id).alarm
    except KeyError as none:
        raise NothingToGiveError from none
    if not alarm.person_id:
        raise NothingToGiveError
    return alarm.person_id, alarm.began_at - AROUND, max(alarm.last_at, alarm.closed_at or alarm.last_at) + AROUND


def export(  # noqa: PLR0913 - what a bundle is made of, by, and with
    archive: Archive,
    asked: Asked,
    out: IO[bytes],
    *,
    signer: Signer,
    now: datetime,
    random: Callable[[int], bytes],
    papers: Papers | None = None,
    stamp: Callable[[bytes], bytes] | None = None,
) -> None:
    """Write a bundle. That it leaves is on record before its first byte is. `NothingToGiveError`, `TooLargeError`.

    `papers` makes what people read, by the names of the files; `stamp` has the whole time-stamped.
    """
    if archive.registers.person(asked.person_id) is None:
        raise NothingToGiveError
    name = random(16).hex()
    about = f"person/{asked.person_id}"
    what = f"alarm {asked.alarm_id}" if asked.alarm_id else f"{asked.from_at} - {asked.until_at}"
    purpose = f"{asked.purpose}; {asked.basis}; {asked.recipient}; {what}; bundle {name}"
    given = Disclosure(bundle=name, person_id=asked.person_id, by=asked.by, purpose=purpose, about=about)
    until = min(asked.until_at, archive.live.last_listened() or now, now)
    made = papers(asked, until) if papers else {}
    signed = archive.source.begin(given, signer, now)
    with Bundle(random) as bundle:
        for file, content in made.items():
            bundle.put_file(file, content)
        for one in archive.source.sheets(asked.person_id, until)[:SHEETS_MAX]:
            bundle.put_file(sheet_name(one.version), sheet_file(one.sheet.statement, one.sheet.signature))
        _Gathering(archive, asked, bundle, until).gather(signed)
        bundle.write(out, _statement(asked, name, now, until), signer, stamp)


def _statement(asked: Asked, name: str, now: datetime, until: datetime) -> dict[str, object]:
    return {
        "id": name,
        "about": {
            "person": asked.person_id,
            "alarm": asked.alarm_id,
            "from": asked.from_at,
            "until": until,
            "third_parties": asked.third_parties,
        },
        "made_at": now,
        "made_by": asked.by,
        "purpose": asked.purpose,
        "basis": asked.basis,
        "recipient": asked.recipient,
        "product": version("baqylau"),
    }


class _Gathering:
    """One bundle under way."""

    def __init__(self, archive: Archive, asked: Asked, bundle: Bundle, until: datetime) -> None:
        self._archive = archive
        self._asked = asked
        self._bundle = bundle
        self._until = until
        whole = archive.registers.supervision(asked.person_id)
        self._supervision = whole if asked.third_parties else without_others(whole)
        self._alone = self._supervision == whole
        self._left_out = sorted(
            {one.id for one in whole.restrictions} - {one.id for one in self._supervision.restrictions}
        )
        self._devices = sorted({fitting.device_id for fitting in whole.fittings})
        self._nearness = nearness_of(asked.person_id)
        self._signers = set[DeviceId]()
        """Whoever signed something of it: units, and consoles of officers, which are on nobody."""

    def gather(self, signed: Signed) -> None:
        self._judging()
        heads = heads_in(signed.statement)
        sealed_to = heads[LEDGER].seq
        places = self._records(heads)
        if words := sorted({*self._rules(sealed_to), *self._record(sealed_to), *self._registers(sealed_to)}):
            places[LEDGER] = words
        self._stamps(places, self._trees(places, heads))
        self._bundle.put(
            parts.HEADS,
            {
                "statement": signed.statement,
                "public_key": signed.public_key.hex(),
                "signature": signed.signature,
            },
        )
        self._keys(self._recordings())

    def _judging(self) -> None:
        """Put what judging the time again begins with."""
        state = self._state()
        value = {
            "supervision": _without_secrets(self._supervision),
            "state": msgspec.msgpack.encode(state),
            "after": self._asked.from_at,
            "until": self._until,
            "left_out": self._left_out,
        }
        self._bundle.put(parts.JUDGING, value)
        for line in by_what.lines():
            self._bundle.put(parts.RULES, line)

    def _word(self, part: str, row: dict[str, Any], *, give: bool = True) -> Iterable[int]:
        """Put a row that the ledger knows; give its numbers there."""
        line = msgspec.to_builtins(row)
        self._bundle.put(part, line, give=give)
        return leaves_of(line)

    def _rules(self, sealed_to: int) -> Iterator[int]:
        """Put by which rules was judged in the time; give their numbers in the ledger."""
        used = self._archive.source.rules(self._until, sealed_to)
        before = sum(one["at"] <= self._asked.from_at for one in used)
        for one in used[max(before - 1, 0) :]:
            yield from self._word(parts.RULES, one)

    def _state(self) -> PersonState:
        """Fold everything up to the beginning of the time."""
        person_id, from_at = self._asked.person_id, self._asked.from_at
        snapshot = self._archive.judge.snapshot_before(person_id, from_at) if self._alone else None
        state, since = (state_from(snapshot[0]), snapshot[1]) if snapshot else (begin(), BEFORE_EVERYTHING)
        told = self._archive.journal.of_devices(self._sources(), since, from_at, told_of=person_id)
        history = [one for one in told if not late(state, one) and instant(one) <= from_at]
        return fold(self._supervision, state, history, from_at)[0]

    def _sources(self) -> list[DeviceId]:
        ours = [ourselves(partition_of(self._asked.person_id)), unheard_of(self._asked.person_id)]
        return [*ours, *([self._nearness] if self._alone else []), *self._devices]

    def _records(self, heads: dict[int, SignedHead]) -> dict[int, list[int]]:
        """Put the records; give the numbers of those that the trees prove, by partition."""
        ours = [ourselves(partition_of(self._asked.person_id)), unheard_of(self._asked.person_id)]
        names = [*self._devices, *ours, self._nearness]
        found = self._archive.source.records(names, self._asked.from_at, self._until)
        places: dict[int, list[int]] = defaultdict(list)
        shared: dict[bytes, None] = {}
        for kept in self._theirs([one for one in found if one.clear.seq <= heads[one.clear.partition].seq]):
            clear = kept.clear
            if kept.leaf is not None:
                places[clear.partition].append(clear.seq)
            if kept.content is not None:
                bound = msgspec.msgpack.encode(clear)
                line: dict[str, Any] = {
                    "partition": clear.partition,
                    "seq": clear.seq,
                    "bound": bound,
                    "content": kept.content,
                    "said": parts.said(bound, kept.content),
                }
                raw = parts.octets(line["said"]["raw"])
                self._signers |= {DeviceId(name)} if is_signed(raw) and (name := signer_of(raw)) else set()
                digest = shared_digest(raw)
                shared |= {digest: None} if digest is not None else {}
                give = self._asked.third_parties or clear.device_id != self._nearness
                self._bundle.put(parts.RECORDS, line, give=give)
            elif kept.leaf is not None:
                self._bundle.put_line(parts.RECORDS, parts.place_alone(clear.partition, clear.seq, kept.leaf))
        self._batches(shared)
        return places

    def _batches(self, digests: Iterable[bytes]) -> None:
        """Put what units signed that serve others too; it shows these as well. Of the forgotten there is none."""
        for digest in digests:
            kept = self._archive.source.batch(digest)
            raw = opened(kept, self._archive.journal.raw) if kept is not None else None
            if raw is not None:
                self._bundle.put(parts.BATCHES, {"raw": raw}, give=self._asked.third_parties)

    def _theirs(self, found: Sequence[Kept]) -> Iterable[Kept]:
        """Leave out what devices told while they were not on this person."""
        own = {(one.clear.device_id, one.clear.instant) for one in found if self._is_own(one)}
        times = {device_id: fitted(self._supervision, device_id) for device_id in self._devices}
        for one in found:
            clear = one.clear
            on_them = any(time.holds(clear.instant) for time in times.get(clear.device_id, ()))
            if self._is_own(one) or (on_them and (clear.device_id, clear.instant) not in own):
                yield one

    def _is_own(self, kept: Kept) -> bool:
        """Whether it is of the person, or one of ours about their partition."""
        clear = kept.clear
        return clear.person_id == self._asked.person_id or clear.device_id not in self._devices

    def _trees(self, places: dict[int, list[int]], heads: dict[int, SignedHead]) -> dict[int, int]:
        """Put the proofs of the days; give with which entry the first tree of each partition begins."""
        begun: dict[int, int] = {}
        for partition, seqs in sorted(places.items()):
            for tree in self._archive.source.trees(partition, seqs[0], heads[partition].seq):
                self._bundle.put(parts.TREES, proof_of(tree, seqs, begun.setdefault(partition, tree.first_seq)))
        return begun

    def _stamps(self, places: dict[int, list[int]], begun: dict[int, int]) -> None:
        """Put stamped heads, with what leads from the records to each."""
        for one in few(self._archive.heads.stamped(self._asked.from_at), self._until):
            heads = heads_in(msgspec.json.decode(one.content, type=Signed).statement)
            proofs = [
                proof_of(tree, places[partition], first)
                for partition, first in sorted(begun.items())
                if partition in heads and heads[partition].seq >= places[partition][0]
                for tree in self._archive.source.trees(partition, heads[partition].seq, heads[partition].seq)
            ]
            self._bundle.put(parts.STAMPS, {"head": one.content, "token": one.token, "trees": proofs})

    def _record(self, sealed_to: int) -> Iterator[int]:
        """Put what was found, the alarms that it became, and what was done about them; give the ledger's numbers."""
        asked, source = self._asked, self._archive.source
        findings = source.findings(asked.person_id, asked.from_at, self._until, sealed_to)
        for one in findings:
            yield from self._word(parts.FINDINGS, one)
        numbers = {AlarmId(one["alarm"]) for one in findings if one["alarm"] is not None}
        numbers |= {asked.alarm_id} if asked.alarm_id else set()
        alarms, acts = self._alarms(numbers, sealed_to)
        for alarm in alarms:
            self._bundle.put(parts.ALARMS, {"alarm": alarm})
        for act in acts:
            yield from self._word(parts.ACTS, act)
        objects = [f"person/{asked.person_id}", *(f"alarm/{number}" for number in sorted(numbers))]
        for entry in source.audit(objects, asked.from_at, sealed_to):
            yield from self._word(parts.AUDIT, entry)

    def _alarms(self, numbers: set[AlarmId], sealed_to: int) -> tuple[list[Alarm], list[dict[str, Any]]]:
        """Give alarms and what was done about them as of one moment: nobody acted while they were read."""
        source, chosen = self._archive.source, AlarmFilter(person_id=self._asked.person_id)
        while True:
            before = source.acts(numbers, sealed_to)
            views = self._archive.alarms.page(chosen, limit=ALARMS_MAX)
            acts = source.acts(numbers, sealed_to)
            if len(acts) == len(before):
                return [view.alarm for view in views if view.alarm.id in numbers], acts

    def _registers(self, sealed_to: int) -> Iterator[int]:
        """Put what the registers know and what officers did on consoles; give the ledger's numbers."""
        asked = self._asked
        for row in self._archive.source.registers(asked.person_id, self._devices, sealed_to):
            body = {**row["body"], **({NOT_SHOWN: ""} if NOT_SHOWN in row["body"] else {})}
            of_another = row["person_id"] not in {None, asked.person_id} or "other_id" in body
            yield from self._word(parts.REGISTERS, {**row, "body": body}, give=asked.third_parties or not of_another)
        for act in self._archive.source.field_acts(asked.person_id):
            self._signers.add(act["console_id"])
            self._bundle.put(parts.REGISTERS, {"kind": parts.FIELD_ACT, **act})

    def _keys(self, units: set[DeviceId]) -> None:
        for key in self._archive.source.public_keys({*self._devices, *self._signers, *units}):
            self._bundle.put(parts.KEYS, key)

    def _recordings(self) -> set[DeviceId]:
        """Put what units signed about recordings of checks, and these where they are asked for; give the units."""
        media, asked, units = self._archive.media, self._asked, set[DeviceId]()
        if media is None:
            return units
        for check_id in self._archive.source.recorded(asked.person_id, asked.from_at, self._until):
            kept = media.of_check(check_id)
            if kept is None:
                continue
            units.add(kept.device_id)
            for line in _gone(kept) if kept.destroyed_at else self._recorded(media, kept):
                self._bundle.put(parts.RECORDINGS, line)
        return units

    def _recorded(self, media: Media, kept: Recordings) -> Iterator[dict[str, Any]]:
        yield manifest_line(kept.check_id, media.manifest(kept.check_id))
        for item in kept.items if self._asked.recordings else ():
            if item.held == item.size:
                content = media.read(kept.check_id, item.index, who=self._asked.by, purpose=self._asked.purpose)
                yield from piece_lines(kept.check_id, item.index, item.content_type, content)


def _gone(kept: Recordings) -> Iterator[dict[str, Any]]:
    yield destroyed_line(kept.check_id, kept.manifest, kept.destroyed_why, kept.destroyed_at)


def without_others(supervision: Supervision) -> Supervision:
    """Give what is prescribed for a person without whatever names another."""
    return replace(
        supervision,
        restrictions=tuple(one for one in supervision.restrictions if not isinstance(one, NoContact)),
        consents=tuple(one for one in supervision.consents if one.person_id == supervision.person_id),
    )


def _without_secrets(supervision: Supervision) -> Supervision:
    return replace(supervision, devices=tuple(replace(one, password="") for one in supervision.devices))
