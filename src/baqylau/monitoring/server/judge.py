"""JUDGE: the fold of the journal, for everybody in our partitions.

For every person the state is the canonical fold of what was received so far (ADR 0003). In order, an entry costs one
step. An entry older than what was already judged makes us fold that one person again from the last snapshot before it;
findings that appear are raised, those that vanish are superseded. Time without entries speaks by ticks, and only up to
the instant at which the gateway proved that it listened.

State, findings, alarms and cursors of a round are one transaction with a fencing epoch: a crash anywhere loses and
doubles nothing, and a judge that was taken for dead cannot write.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush

import structlog
from msgspec.structs import replace

from baqylau import __version__
from baqylau.crypto.digests import finding_id
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import PersonId, SubjectId
from baqylau.domain.observations import Observation
from baqylau.domain.partitions import ourselves
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.delays import Delays
from baqylau.monitoring.server.judging import (
    BEFORE_EVERYTHING,
    Folded,
    Judging,
    Known,
    judged,
    state_from,
    take_over,
)
from baqylau.monitoring.server.pairing import Pairing
from baqylau.rules.clock import instant
from baqylau.rules.fold import begin
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal import Journal, JournalEntry
from baqylau.storage.judgement import JudgedBatch, JudgeStore
from baqylau.storage.live import Live
from baqylau.storage.registers import Change, Registers

log = structlog.get_logger()

ENTRIES_A_ROUND = 5_000
SINGLY_MAX = 50
"""Up to so many changed people are read one by one, more with everybody at once."""
BEAT = timedelta(seconds=1)
RULE = "judge"


class Judge:
    """Judges until told to stop. One at a time: whoever claims last is the one."""

    def __init__(
        self,
        *,
        store: JudgeStore,
        journal: Journal,
        registers: Registers,
        live: Live,
        owner: str,
        now: Callable[[], datetime],
    ) -> None:
        """Join the parts; `start` begins."""
        self._store = store
        self._journal = journal
        self._registers = registers
        self._live = live
        self._owner = owner
        self._now = now
        self._judging = Judging(store, journal)
        self._pairing = Pairing(journal, self._supervision)
        self._known: dict[PersonId, Known] = {}
        self._by_partition: dict[int, list[PersonId]] = defaultdict(list)
        self._wakes: list[tuple[datetime, PersonId]] = []
        self._delays = Delays()
        self._beat_at = BEFORE_EVERYTHING

    def start(self) -> None:
        """Take the partitions and everybody's state."""
        self._epochs = self._store.claim(self._owner, self._now())
        self._cursors = self._store.cursors()
        stored = self._store.states()
        for person_id, supervision in self._registers.supervisions().items():
            kept = stored.get(person_id)
            self._know(Known(supervision=supervision, state=state_from(kept.state) if kept else begin()))
        log.info("judge_started", people=len(self._known), owner=self._owner)

    def catch_up(self, stopping: Callable[[], bool], between: Callable[[], object] = lambda: None) -> None:
        """Judge everything that there is to judge; `between` is what must not wait for the end of it."""
        while self.round() and not stopping():
            between()

    def round(self) -> bool:
        """Judge a bounded part in one transaction; tell whether more may be waiting, which any news makes likely."""
        listened = self._live.last_listened()
        changes = self._registers.unjudged_changes()
        entries = self._journal.read_after(self._cursors, ENTRIES_A_ROUND)
        new = self._by_person(entries)
        read_to = self._cursors | {entry.partition: entry.seq for entry in entries}
        on = partial(self._judging.on, listened=listened, read_to=read_to)
        again = partial(self._judging.again, listened=listened, read_to=read_to)
        self._pairing.heard(new)
        folds: dict[PersonId, Folded] = {}
        for person_id, since in self._take_over_changes(changes, new).items():
            self._judge(folds, person_id, partial(again, since=since))
        for person_id, observations in new.items():
            self._judge(folds, person_id, partial(on, new=observations))
        for person_id in self._due(listened):
            self._judge(folds, person_id, partial(on, new=()))
        self._commit(folds, entries, changes, listened)
        return bool(entries or changes)

    def _supervision(self, person_id: PersonId) -> Supervision | None:
        known = self._known.get(person_id)
        return known.supervision if known is not None else None

    def _know(self, known: Known) -> None:
        self._known[known.person_id] = known
        self._pairing.know(known.supervision)
        self._by_partition[known.partition].append(known.person_id)
        self._wake_later(known)

    def _wake_later(self, known: Known) -> None:
        """Note when time alone next matters; who was never judged is looked at as soon as we listen."""
        heappush(self._wakes, (known.state.wake_at or BEFORE_EVERYTHING, known.person_id))

    def _take_over_changes(
        self, changes: Iterable[Change], new: Mapping[PersonId, Sequence[Observation]]
    ) -> dict[PersonId, datetime]:
        """Take over changed orders, restrictions and fittings; give from when on each person is to be folded again."""
        since: dict[PersonId, datetime] = {}
        for change in changes:
            since[change.person_id] = min(change.effective_from, since.get(change.person_id, change.effective_from))
        many = self._registers.supervisions() if len(since) > SINGLY_MAX else {}
        for person_id, at in since.items():
            supervision = many.get(person_id) or self._registers.supervision(person_id)
            if person_id in self._known:
                self._known[person_id].supervision = supervision
                self._pairing.know(supervision)
            else:
                self._know(Known(supervision=supervision, state=begin()))
            since[person_id] = min((at, *map(instant, new.get(person_id, ()))))
        self._pairing.changed(since, self._now())
        return since

    def _by_person(self, entries: Iterable[JournalEntry]) -> dict[PersonId, list[Observation]]:
        """Sort entries by person. What we say of ourselves concerns everybody in the partition."""
        found: dict[PersonId, list[Observation]] = defaultdict(list)
        for entry in entries:
            if entry.person_id is not None:
                found[entry.person_id].append(entry.observation)
            elif entry.observation.device_id == ourselves(entry.partition):
                for person_id in self._by_partition[entry.partition]:
                    found[person_id].append(entry.observation)
        return found

    def _due(self, listened: datetime | None) -> set[PersonId]:
        """Give whose time has come by the instant until which we are known to have listened."""
        due: set[PersonId] = set()
        while self._wakes and listened is not None and self._wakes[0][0] <= listened:
            wake_at, person_id = heappop(self._wakes)
            if (self._known[person_id].state.wake_at or BEFORE_EVERYTHING) == wake_at:
                due.add(person_id)
        return due

    def _judge(self, folds: dict[PersonId, Folded], person_id: PersonId, fold: Callable[[Known], Folded]) -> None:
        """Fold a person once in a round. A rule that breaks blinds us for one person, and says so; it stops nothing."""
        known = self._known.get(person_id)
        if known is None or person_id in folds:
            return
        try:
            folds[person_id] = fold(known)
        except StorageUnavailableError:
            raise
        except Exception:
            log.exception("judging_failed", person=person_id)
            folds[person_id] = _blind_for(known, self._now())

    def _commit(
        self,
        folds: Mapping[PersonId, Folded],
        entries: Sequence[JournalEntry],
        changes: Sequence[Change],
        listened: datetime | None,
    ) -> None:
        now = self._now()
        cursors = {entry.partition: entry.seq for entry in entries}
        if folds or cursors or changes:
            shown_at = listened or BEFORE_EVERYTHING
            batch = JudgedBatch(
                epochs=self._epochs,
                cursors=cursors,
                changes=tuple(change.id for change in changes),
                people=tuple(judged(self._known[person], folded, shown_at) for person, folded in folds.items()),
                judged_at=now,
            )
            self._store.commit(batch)
            self._cursors.update(cursors)
            for person_id, folded in folds.items():
                take_over(self._known[person_id], folded)
                if folded.state.wake_at is not None or listened is None:
                    self._wake_later(self._known[person_id])
        self._beat(now, entries)

    def _beat(self, now: datetime, entries: Sequence[JournalEntry]) -> None:
        """Say that we judge, and how long it took from receipt to judgement."""
        for entry in entries:
            self._delays.note(now, (now - entry.observation.received_at).total_seconds() * 1000)
        if now - self._beat_at >= BEAT:
            self._live.judge_beat(now, judge_ms=self._delays.median_ms(now))
            self._beat_at = now


def _blind_for(known: Known, at: datetime) -> Folded:
    """Leave a person as they were and tell people that nothing is judged for them."""
    stuck = known.state.through or known.state.wake_at or at
    finding = Finding(
        id=finding_id(RULE, known.person_id, Code.JUDGING_FAILED, stuck.isoformat()),
        rule=RULE,
        rule_version=__version__,
        code=Code.JUDGING_FAILED,
        person_id=known.person_id,
        subject=SubjectId(known.person_id),
        at=at,
        because=(),
        since=stuck,
    )
    return Folded(state=replace(known.state, wake_at=None), observations=0, raised=(finding,))
