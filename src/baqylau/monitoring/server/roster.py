"""Whom a judge judges: its share of the partitions, and everybody's state in them.

What is prescribed is known for all people, because two judged by different programs may be named in one restriction.
Where the fold stands is known for those alone who are ours; it is read anew whenever a partition changes hands.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush

import structlog
from msgspec import Struct

from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.partitions import ourselves, partition_of
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.judging import BEFORE_EVERYTHING, Begun, Known, state_from, stored_form
from baqylau.monitoring.server.listening import By, Horizons, Listening
from baqylau.rules.fold import begin
from baqylau.storage.journal.journal import JournalEntry
from baqylau.storage.judging.judgement import JudgeStore, Stored
from baqylau.storage.judging.seats import Seats
from baqylau.storage.registers.registers import Change, Registers

log = structlog.get_logger()

SINGLY_MAX = 50
"""Up to so many changed people are read one by one, more with everybody at once."""


class Recalled(Struct, frozen=True):
    """What was known of a person when the database went away, and how far their partition was judged then."""

    known: Known
    epoch: int
    cursor: int


class Roster:
    """One judge's people. In `epochs` and `cursors` are the partitions that are ours."""

    def __init__(self, store: JudgeStore, registers: Registers, seats: Seats, listening: Listening) -> None:
        """Join the parts; `start` begins."""
        self._store = store
        self._registers = registers
        self._seats = seats
        self._recalled: dict[PersonId, Recalled] = {}
        self._last_change = 0
        self._unjudged: dict[int, Change] = {}
        self._by_partition: dict[int, list[PersonId]] = defaultdict(list)
        self._listening = listening
        self._wakes: dict[By, list[tuple[datetime, PersonId]]] = defaultdict(list)
        self.prescribed: dict[PersonId, Supervision] = {}
        self.known: dict[PersonId, Known] = {}
        self.epochs: dict[int, int] = {}
        self.cursors: dict[int, int] = {}

    def start(self, recalled: Mapping[PersonId, Recalled]) -> Iterable[Supervision]:
        """Sit down, and give what is prescribed for everybody. What is `recalled` holds where nobody judged since."""
        self._recalled = dict(recalled)
        self._last_change = self._registers.last_change()
        self.prescribed.update(self._registers.supervisions())
        self._listening.look(self.prescribed.values())
        self._hold(self._seats.sit())
        return self.prescribed.values()

    def recalled(self) -> dict[PersonId, Recalled]:
        """Give what may be known again when the database is back: else everybody is folded again from far back."""
        mine = {
            person_id: Recalled(known, self.epochs[known.partition], self.cursors[known.partition])
            for person_id, known in self.known.items()
        }
        return self._recalled | mine

    def share(self) -> None:
        """Take over what is ours by now, of however many we are. `FencedError` when our seat is another's."""
        self._hold(self._seats.share())
        self._recalled.clear()
        if self._listening.look(self.prescribed.values()):
            self._wakes.clear()
            for known in self.known.values():
                self.wake_later(known)

    def begin_again(self) -> None:
        """Forget everything about our people, because others wrote it meanwhile, and read it anew."""
        self._hold({})
        self.share()

    def leave(self) -> None:
        """Leave our people to the others."""
        self._seats.leave()

    def news(self) -> list[Supervision]:
        """Take over what was prescribed anew since, whoever judges them, and give it."""
        changes = self._registers.changes_after(self._last_change)
        if not changes:
            return []
        self._last_change = changes[-1].id
        self._unjudged |= {change.id: change for change in changes if self._is_ours(change.person_id)}
        changed = {change.person_id for change in changes}
        many = self._registers.supervisions() if len(changed) > SINGLY_MAX else {}
        news = [many.get(person_id) or self._registers.supervision(person_id) for person_id in changed]
        for supervision in news:
            self.prescribed[supervision.person_id] = supervision
            self._listening.know(supervision)
            if supervision.person_id in self.known:
                self.known[supervision.person_id].supervision = supervision
        self._know([one for one in news if self._is_ours(one.person_id) and one.person_id not in self.known])
        return news

    def unjudged(self) -> list[Change]:
        """Give the changes that are ours to answer and that we have taken over, in their order."""
        return [self._unjudged[number] for number in sorted(self._unjudged)]

    def answered(self, changes: Iterable[Change]) -> None:
        """Let go of changes that were answered, or are another's to answer."""
        for change in changes:
            self._unjudged.pop(change.id, None)

    def taken(self, entries: Sequence[JournalEntry], at_most: int) -> tuple[list[JournalEntry], set[int]]:
        """Give the entries that concern about so many people, and the partitions that have to wait for the next round.

        Each fact concerns one person, but for what we say of ourselves: that concerns everybody in the partition.
        """
        taken: list[JournalEntry] = []
        cut: set[int] = set()
        concerned = 0
        for entry in entries:
            if entry.partition in cut:
                continue
            if entry.person_id is None and entry.observation.device_id == ourselves(entry.partition):
                everybody = len(self._by_partition[entry.partition])
                if concerned and concerned + everybody > at_most:
                    cut.add(entry.partition)
                    continue
                concerned += everybody
            taken.append(entry)
        return taken, cut

    def by_person(self, entries: Iterable[JournalEntry]) -> dict[PersonId, list[Observation]]:
        """Sort entries by person. What we say of ourselves concerns everybody in the partition."""
        found: dict[PersonId, list[Observation]] = defaultdict(list)
        for entry in entries:
            if entry.person_id is not None:
                found[entry.person_id].append(entry.observation)
            elif entry.observation.device_id == ourselves(entry.partition):
                for person_id in self._by_partition[entry.partition]:
                    found[person_id].append(entry.observation)
        return found

    def wake_later(self, known: Known) -> None:
        """Note when time alone next matters; who was never judged is looked at as soon as we listen."""
        by = self._listening.by(known.person_id)
        heappush(self._wakes[by], (known.state.wake_at or BEFORE_EVERYTHING, known.person_id))

    def due(self, horizons: Horizons, but: Container[PersonId], at_most: int) -> set[PersonId]:
        """Give whose time has come by the instant until which we are known to have listened to them.

        Those of `but` wait, and whoever is in a partition of which not all was read.
        """
        due: set[PersonId] = set()
        waiting: list[Known] = []
        for by, wakes in self._wakes.items():
            listened = horizons.at(by)
            while wakes and listened is not None and wakes[0][0] <= listened and len(due) < at_most:
                wake_at, person_id = heappop(wakes)
                known = self.known.get(person_id)
                if known is None or (known.state.wake_at or BEFORE_EVERYTHING) != wake_at:
                    continue
                if known.partition in horizons.behind or person_id in but:
                    waiting.append(known)
                else:
                    due.add(person_id)
        for known in waiting:
            self.wake_later(known)
        return due

    def _is_ours(self, person_id: PersonId) -> bool:
        return partition_of(person_id) in self.epochs

    def _hold(self, epochs: dict[int, int]) -> None:
        """Forget what is no longer ours, and learn where the fold stands of those who are ours anew."""
        lost = {partition for partition, epoch in self.epochs.items() if epochs.get(partition) != epoch}
        gained = {partition for partition, epoch in epochs.items() if self.epochs.get(partition) != epoch}
        for partition in lost:
            del self.cursors[partition]
            for person_id in self._by_partition.pop(partition, ()):
                del self.known[person_id]
        self.epochs = epochs
        self.answered([one for one in self._unjudged.values() if partition_of(one.person_id) in lost])
        if gained:
            waiting = self._registers.unjudged_changes()
            taken = (one for one in waiting if one.id <= self._last_change and partition_of(one.person_id) in gained)
            self._unjudged |= {one.id: one for one in taken}
            cursors = self._store.cursors()
            self.cursors.update((partition, cursors[partition]) for partition in gained)
            self._know([one for person_id, one in self.prescribed.items() if partition_of(person_id) in gained])
        if lost or gained:
            log.info("partitions_held", partitions=len(epochs), people=len(self.known))

    def _know(self, people: Sequence[Supervision]) -> None:
        """Take where the fold of these people stands."""
        every = len(people) == len(self.prescribed)
        stored = self._store.states(None if every else [one.person_id for one in people])
        for supervision in people:
            kept = stored.get(supervision.person_id)
            known = kept and self._known_again(supervision, kept)
            known = known or Known(supervision=supervision, stands=Begun(state_from(kept.state) if kept else begin()))
            self.known[known.person_id] = known
            self._by_partition[known.partition].append(known.person_id)
            self.wake_later(known)

    def _known_again(self, supervision: Supervision, kept: Stored) -> Known | None:
        """Give what was known before the database went away, where it stands as it stood and was ours all the time."""
        before = self._recalled.pop(supervision.person_id, None)
        if before is None or supervision != before.known.supervision:
            return None
        partition = before.known.partition
        ours = self.epochs[partition] == before.epoch + 1 and self.cursors[partition] == before.cursor
        return before.known if ours and kept.state == stored_form(before.known.state) else None
