"""JUDGE: the fold of the journal, for everybody in our partitions.

For every person the state is the canonical fold of what was received so far (ADR 0003). In order, an entry costs one
step. An entry older than what was already judged makes us fold that one person again from the last snapshot before it;
findings that appear are raised, those that vanish are superseded. Time without entries speaks by ticks, and only up to
the instant at which the gateway proved that it listened.

State, findings, alarms and cursors of a round are one transaction with a fencing epoch: a crash anywhere loses and
doubles nothing, and a judge that was taken for dead cannot write. Any number of judges share the partitions
(`monitoring.server.roster`).
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from msgspec.structs import replace

from baqylau import __version__
from baqylau.crypto.digests import finding_id
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import PersonId, SubjectId
from baqylau.domain.observations import Observation
from baqylau.monitoring.server.delays import Delays
from baqylau.monitoring.server.evidence import by_what
from baqylau.monitoring.server.judging import (
    BEFORE_EVERYTHING,
    Folded,
    Judging,
    Known,
    judged,
    late_since,
    take_over,
)
from baqylau.monitoring.server.listening import Horizons, Listening
from baqylau.monitoring.server.pairing import Pairing
from baqylau.monitoring.server.roster import Recalled, Roster
from baqylau.rules.clock import instant
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal.journal import Journal, JournalEntry
from baqylau.storage.journal.regions import Regions
from baqylau.storage.judging.judgement import FencedError, JudgedBatch, JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.seats import Seats
from baqylau.storage.registers.registers import Change, Registers

log = structlog.get_logger()

ENTRIES_A_ROUND = 5_000
PEOPLE_A_ROUND = 1_000
"""So many are judged anew because what is prescribed changed, or because their time has come; the others wait."""
SHARE_EVERY = timedelta(seconds=1)
"""How often it is looked how many judges there are."""
BEAT = timedelta(seconds=1)
RULE = "judge"


class Judge:
    """Judges its share of the people until told to stop."""

    def __init__(
        self,
        *,
        store: JudgeStore,
        journal: Journal,
        registers: Registers,
        live: Live,
        seats: Seats,
        regions: Regions,
        now: Callable[[], datetime],
    ) -> None:
        """Join the parts; `start` begins."""
        self._store = store
        self._journal = journal
        self._live = live
        self._now = now
        self._listening = Listening(live, regions)
        self._roster = Roster(store, registers, seats, self._listening)
        self._judging = Judging(store, journal)
        self._pairing = Pairing(journal, self._roster.prescribed.get)
        self._delays = Delays()
        self._beat_at = self._shared_at = BEFORE_EVERYTHING

    def start(self, recalled: Mapping[PersonId, Recalled] | None = None) -> None:
        """Take our share of the people, and where everybody stands.

        `recalled`: by the judge that we were before the database went away.
        """
        for supervision in self._roster.start(recalled or {}):
            self._pairing.know(supervision)
        self._store.judge_by(by_what.code(), by_what.figures(), self._now())
        log.info("judge_started", people=len(self._roster.known))

    def recalled(self) -> dict[PersonId, Recalled]:
        """Give what the next judge on our seat need not learn anew, when the database went away."""
        return self._roster.recalled()

    def stop(self) -> None:
        """Leave our people to the other judges."""
        self._roster.leave()

    def catch_up(self, stopping: Callable[[], bool]) -> None:
        """Judge everything that there is to judge."""
        while self.round() and not stopping():
            pass

    def round(self) -> bool:
        """Judge a bounded part in one transaction; tell whether more may be waiting, which any news makes likely.

        Raises `FencedError` when another program has taken our place for good.
        """
        self._share()
        roster, horizons = self._roster, self._listening.horizons()
        for supervision in roster.news():
            self._pairing.know(supervision)
        read = self._journal.read_after(roster.cursors, ENTRIES_A_ROUND)
        entries, cut = roster.taken(read, PEOPLE_A_ROUND)
        new = roster.by_person(entries)
        changes, waiting = _parted(roster.unjudged(), new)
        read_to = roster.cursors | {entry.partition: entry.seq for entry in entries}
        horizons = replace(horizons, behind=self._behind(entries, read_to) | cut)
        on, again = self._judging.on, partial(self._judging.again, read_to=read_to)
        self._pairing.heard(new)
        folds: dict[PersonId, Folded] = {}
        anew = self._anew(changes, new)
        kept = self._judging.stood(anew.values())
        lately = self._judging.lately(anew.values(), kept, read_to)
        for person_id, stood in kept.items():
            told = partial(again, since=anew[person_id][1], stood=stood, new=new.get(person_id, ()))
            self._judge(folds, person_id, partial(told, listened=horizons.of(person_id), lately=lately.get(person_id)))
        for person_id, observations in new.items():
            self._judge(folds, person_id, partial(on, new=observations, listened=horizons.of(person_id)))
        due = roster.due(horizons, waiting, PEOPLE_A_ROUND)
        for person_id in due:
            self._judge(folds, person_id, partial(on, new=(), listened=horizons.of(person_id)))
        more = bool(entries or changes) or len(due) >= PEOPLE_A_ROUND
        return not self._committed(folds, entries, changes, horizons) or more

    def _behind(self, entries: Sequence[JournalEntry], read_to: Mapping[int, int]) -> frozenset[int]:
        """Give the partitions of which a round does not read all: what they tell next lies before the present.

        Time that passed for their people now would find them silent, and take it back with the next round.
        """
        least = ENTRIES_A_ROUND // max(len(read_to), 1)
        cut_short = [
            partition for partition, count in Counter(one.partition for one in entries).items() if count >= least
        ]
        return self._journal.beyond({partition: read_to[partition] for partition in cut_short})

    def _share(self) -> None:
        """Look how many we are, about once a second."""
        now = self._now()
        if now - self._shared_at >= SHARE_EVERY:
            self._shared_at = now
            self._roster.share()

    def _anew(
        self, changes: Iterable[Change], new: Mapping[PersonId, Sequence[Observation]]
    ) -> dict[PersonId, tuple[Known, datetime]]:
        """Give who is to be folded again, and from when on: who was told late, or has changed registers."""
        since: dict[PersonId, datetime] = {}
        for change in changes:
            since[change.person_id] = min(change.effective_from, since.get(change.person_id, change.effective_from))
        for person_id, at in since.items():
            since[person_id] = min((at, *map(instant, new.get(person_id, ()))))
        self._pairing.changed(since, self._now())
        known = self._roster.known
        for person_id, told in new.items():
            if person_id in known and person_id not in since and (late_at := late_since(known[person_id], told)):
                since[person_id] = late_at
        return {person_id: (known[person_id], at) for person_id, at in since.items() if person_id in known}

    def _judge(self, folds: dict[PersonId, Folded], person_id: PersonId, fold: Callable[[Known], Folded]) -> None:
        """Fold a person once in a round. A rule that breaks blinds us for one person, and says so; it stops nothing."""
        known = self._roster.known.get(person_id)
        if known is None or person_id in folds:
            return
        try:
            folds[person_id] = fold(known)
        except StorageUnavailableError:
            raise
        except Exception:
            log.exception("judging_failed", person=person_id)
            known.heard = None
            folds[person_id] = _blind_for(known, self._now())

    def _committed(
        self,
        folds: Mapping[PersonId, Folded],
        entries: Sequence[JournalEntry],
        changes: Sequence[Change],
        horizons: Horizons,
    ) -> bool:
        """Commit a round and tell whether it is in force. What was not ours any more is begun again."""
        try:
            self._commit(folds, entries, changes, horizons)
        except FencedError:
            log.warning("partitions_changed_hands")
            self._roster.begin_again()
            return False
        return True

    def _commit(
        self,
        folds: Mapping[PersonId, Folded],
        entries: Sequence[JournalEntry],
        changes: Sequence[Change],
        horizons: Horizons,
    ) -> None:
        now, known = self._now(), self._roster.known
        cursors = {entry.partition: entry.seq for entry in entries}
        if folds or cursors or changes:
            batch = JudgedBatch(
                epochs=self._roster.epochs,
                cursors=cursors,
                changes=tuple(change.id for change in changes),
                people=tuple(
                    judged(known[person], folded, horizons.of(person) or BEFORE_EVERYTHING)
                    for person, folded in folds.items()
                ),
                judged_at=now,
            )
            self._store.commit(batch)
            self._roster.cursors.update(cursors)
            self._roster.answered(changes)
            for person_id, folded in folds.items():
                take_over(known[person_id], folded)
                if folded.state.wake_at is not None or horizons.of(person_id) is None:
                    self._roster.wake_later(known[person_id])
        self._beat(now, entries)

    def _beat(self, now: datetime, entries: Sequence[JournalEntry]) -> None:
        """Say that we judge, and how long it took from receipt to judgement."""
        for entry in entries:
            self._delays.note(now, (now - entry.observation.received_at).total_seconds() * 1000)
        if now - self._beat_at >= BEAT:
            self._live.judge_beat(now, judge_ms=self._delays.median_ms(now))
            self._beat_at = now


def _parted(changes: Sequence[Change], new: Container[PersonId]) -> tuple[list[Change], set[PersonId]]:
    """Give the changes of as many people as a round takes, and who has to wait. Whoever has news waits no longer."""
    changed = list(dict.fromkeys(one.person_id for one in changes))
    waiting = {person_id for person_id in changed[PEOPLE_A_ROUND:] if person_id not in new}
    return [one for one in changes if one.person_id not in waiting], waiting


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
    return Folded(state=replace(known.state, wake_at=None), begun=known.stands, raised=(finding,))
