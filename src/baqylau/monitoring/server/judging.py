"""One person before the judge: fold in order when nothing is late, fold again from a snapshot when something is."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from baqylau.domain.findings import Finding
from baqylau.domain.ids import FindingId, PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.partitions import partition_of
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.histories import AFTER_EVERYTHING, Histories, History, fitted_at
from baqylau.rules import fold
from baqylau.rules.clock import instant, order_key
from baqylau.rules.fold import PersonState, Turn, begin, follow, standing
from baqylau.rules.refold import complete, difference, in_order, late
from baqylau.storage.journal.journal import Journal
from baqylau.storage.judging.judgement import Anew, Judged, JudgeStore, LiveWrite, Snapshot, Stood

SNAPSHOT_EVERY = timedelta(hours=6)
SNAPSHOT_OBSERVATIONS = 500
"""A snapshot is taken after so much time or so many observations: late data costs at most this much folding again."""
SHORT = timedelta(hours=1)
"""So much history is read for everybody in a round at once."""
NEAR = timedelta(minutes=5)
NEAR_MAX = 8
"""Where everybody stood so many times in the last minutes is remembered, the sparser the longer ago: a gap in our own
listening begins a moment back for all. Of whom something came late, it is remembered for longer."""
BEFORE_EVERYTHING = datetime.min.replace(tzinfo=UTC)


class TimeStandsStillError(Exception):
    """A rule asks for the same instant again after it was folded: our fault, told as such for that person."""


class Begun(Struct, frozen=True):
    """From where on somebody is folded: a state, and how far it lies behind the snapshot before it."""

    state: PersonState
    snapshot_at: datetime | None = None
    since_snapshot: int = 0

    @property
    def after(self) -> datetime | None:
        """The instant until which the state tells; None for the very beginning."""
        return self.state.through


class Known(Struct, kw_only=True):
    """What the judge holds in memory about one person. What it names is replaced, never changed."""

    supervision: Supervision
    stands: Begun
    heard: Begun | None = None
    """Where the fold stood at the last word, before time alone went on from there; None: that is not known."""
    by_time: tuple[FindingId, ...] = ()
    """What time alone found since. The next word takes it back, where it is of an instant before that."""
    near: tuple[Begun, ...] = ()
    """Where the fold stood at words a little while ago, the oldest first: what comes a little late begins there."""

    @property
    def state(self) -> PersonState:
        """Where the fold stands."""
        return self.stands.state

    @property
    def person_id(self) -> PersonId:
        """Whom it is about."""
        return self.supervision.person_id

    @property
    def partition(self) -> int:
        """Where their facts are."""
        return partition_of(self.person_id)


class Folded(Struct, frozen=True, kw_only=True):
    """What new facts or the passing of time did to one person; nothing of it is in force before it is committed."""

    state: PersonState
    begun: Begun
    observations: int = 0
    heard: PersonState | None = None
    """Where it stood at the last word; None when there was none."""
    met: Begun | None = None
    """Where it stood at the last of the words that came now, where others follow it in time."""
    by_time: tuple[FindingId, ...] = ()
    """What time alone found from there on."""
    raised: tuple[Finding, ...] = ()
    superseded: tuple[FindingId, ...] = ()
    again: bool = False
    """Whether it begins before where the fold stood."""
    snapshots_until: datetime | None = None
    """Snapshots later than this no longer hold; None when all do."""
    turns: tuple[Turn, ...] = ()


class Judging:
    """Folds people. Reads history where something came late; writes nothing."""

    def __init__(self, store: JudgeStore, journal: Journal) -> None:
        """Take where snapshots and history are."""
        self._store = store
        self._histories = Histories(journal)

    def on(self, known: Known, new: Sequence[Observation], listened: datetime | None) -> Folded:
        """Fold new observations of a person in their order, and the time that has passed.

        None is older than the last word (`late_since`). What time alone did since then is taken back for them.
        """
        ordered = sorted(new, key=order_key)
        if not ordered:
            ticked = _waited(known.supervision, known.state, listened)
            return Folded(
                state=ticked.state,
                begun=known.stands,
                by_time=_ids(ticked.findings),
                raised=ticked.findings,
                turns=ticked.turns,
            )
        if known.heard is not None and late(known.state, ordered[0]):
            return _folded(known, known.heard, ordered, listened, known.by_time)
        return _folded(known, known.stands, ordered, listened, None)

    def stood(self, since: Iterable[tuple[Known, datetime]]) -> dict[PersonId, Stood]:
        """Give what `again` begins with for each who is to be folded from before an instant."""
        return self._store.stood([_anew(known, at) for known, at in since])

    def lately(
        self, since: Iterable[tuple[Known, datetime]], stood: Mapping[PersonId, Stood], read_to: Mapping[int, int]
    ) -> dict[PersonId, History]:
        """Give what opens the history of each for whom `again` begins no long time ago: one question for all of them.

        A long history is left to be read when its turn comes, and forgotten before the next.
        """
        begun = [(known, _begins_after(known, at, stood[known.person_id])) for known, at in since]
        short = [(known.supervision, after) for known, after in begun if after and _is_short(known, after)]
        return self._histories.of_each(short, read_to)

    def again(
        self,
        known: Known,
        since: datetime,
        stood: Stood,
        listened: datetime | None,
        read_to: Mapping[int, int] | None = None,
        new: Sequence[Observation] = (),
        lately: History | None = None,
    ) -> Folded:
        """Fold from where somebody stood before an instant, and say how the findings differ from those that stand.

        `new` is what came, and is in the history. `read_to` is how far the partitions were read: what came after would
        be folded now and be late when it is read. `lately` is the history where it was read for many at once.
        """
        begun = _near_before(known, since) or _from_snapshot(stood)
        told = lately() if lately else self._histories.of(known.supervision, begun.after or BEFORE_EVERYTHING, read_to)
        history = in_order(one for one in told if not late(begun.state, one))
        come = bisect_right(history, max(map(order_key, new)), key=order_key) if new else len(history)
        return _folded(known, begun, history[:come], listened, stood.findings, history[come:])


def late_since(known: Known, new: Sequence[Observation]) -> datetime | None:
    """Give the instant of the first of these where the last word is behind it already; None when none is late."""
    first = min(new, key=order_key)
    stands = known.heard.state if known.heard else known.state
    return instant(first) if late(stands, first) else None


def _folded(
    known: Known,
    begun: Begun,
    come: Sequence[Observation],
    listened: datetime | None,
    taken_back: Sequence[FindingId] | None,
    later: Sequence[Observation] = (),
) -> Folded:
    """Fold from a state, and again what was known already of a `later` time.

    That is onward when nothing is `taken_back`, else these are the findings that stood for the time since.
    """
    met = follow(known.supervision, begun.state, come, None)
    heard = _and(met, follow(known.supervision, met.state, later, None))
    ticked = _waited(known.supervision, heard.state, listened)
    folded = _and(heard, ticked)
    changed = difference(taken_back or (), folded.findings)
    joined = _before(come[0], begun.state) if come else None
    return Folded(
        state=folded.state,
        begun=begun,
        observations=len(come) + len(later),
        heard=heard.state,
        met=Begun(met.state, begun.snapshot_at, begun.since_snapshot + len(come)) if later else None,
        by_time=_ids(ticked.findings),
        raised=changed.raised,
        superseded=changed.superseded,
        again=taken_back is not None,
        snapshots_until=joined if taken_back is None else joined or begun.after or BEFORE_EVERYTHING,
        turns=folded.turns,
    )


def _and(folded: fold.Folded, then: fold.Folded) -> fold.Folded:
    return fold.Folded(state=then.state, findings=folded.findings + then.findings, turns=folded.turns + then.turns)


def _ids(findings: Iterable[Finding]) -> tuple[FindingId, ...]:
    return tuple(one.id for one in findings)


def _anew(known: Known, since: datetime) -> Anew:
    near = _near_before(known, since)
    return Anew(person_id=known.person_id, since=since, stood_at=near.after if near else None)


def _from_snapshot(stood: Stood) -> Begun:
    kept = stood.snapshot
    return Begun(state_from(kept.state), snapshot_at=kept.through) if kept else Begun(begin())


def _begins_after(known: Known, since: datetime, stood: Stood) -> datetime | None:
    """Give the instant until which the state tells from which somebody is folded again; None for the beginning."""
    if near := _near_before(known, since):
        return near.after
    return stood.snapshot.through if stood.snapshot else None


def _is_short(known: Known, after: datetime) -> bool:
    through = known.state.through
    return through is not None and after >= max(fitted_at(known.supervision), through - SHORT)


def _near_before(known: Known, since: datetime) -> Begun | None:
    return next((one for one in reversed(known.near) if one.after is not None and one.after < since), None)


def _waited(supervision: Supervision, state: PersonState, listened: datetime | None) -> fold.Folded:
    """Fold the instants at which time alone changes something, and no time beyond them.

    A state that stood at the present would make the next word of a device late: its instant lies a moment back.
    """
    folded = fold.Folded(state=state, findings=(), turns=())
    while listened is not None and (woken_at := folded.state.wake_at) is not None and woken_at <= listened:
        folded = _and(folded, follow(supervision, folded.state, (), woken_at))
        if folded.state.wake_at == woken_at:
            raise TimeStandsStillError(woken_at)
    return folded


def _before(first: Observation, state: PersonState) -> datetime | None:
    """Tell which snapshots hold when an observation joins others of its very instant: those that end before it."""
    at = instant(first)
    return at - timedelta(microseconds=1) if at == state.through else None


def stored_form(state: PersonState) -> bytes:
    """Write a state down."""
    return msgspec.msgpack.encode(state)


def state_from(stored: bytes) -> PersonState:
    """Read a state as it was written."""
    return msgspec.msgpack.decode(stored, type=PersonState)


def judged(known: Known, folded: Folded, shown_at: datetime) -> Judged:
    """Give what has to be written, and whether a snapshot is due."""
    state = folded.state
    return Judged(
        person_id=known.person_id,
        partition=known.partition,
        state=stored_form(state),
        through=state.through,
        wake_at=state.wake_at,
        snapshot=_snapshot(folded),
        drop_snapshots_after=folded.snapshots_until,
        raised=folded.raised,
        superseded=folded.superseded,
        turns=folded.turns,
        drop_turns_after=(folded.begun.after or BEFORE_EVERYTHING) if folded.again else None,
        live=live_of(known.supervision, state, shown_at),
    )


def live_of(supervision: Supervision, state: PersonState, at: datetime) -> LiveWrite:
    """Give what the live screen shows."""
    shown = standing(supervision, state, at)
    return LiveWrite(compliance=shown.compliance, body=msgspec.json.encode(shown))


def take_over(known: Known, folded: Folded) -> None:
    """Put a committed fold in force."""
    due_at, begun = _snapshot_due_at(folded), folded.begun
    counted = (due_at, 0) if due_at else (begun.snapshot_at, begun.since_snapshot + folded.observations)
    known.stands = Begun(folded.state, *counted)
    if folded.heard is None:
        known.by_time += folded.by_time
        return
    known.heard = Begun(folded.heard, *counted) if complete(folded.heard) else None
    known.by_time = folded.by_time
    known.near = _near(known, folded)


def _near(known: Known, folded: Folded) -> tuple[Begun, ...]:
    """Give what still holds of where the fold stood before, with where it stands now."""
    until = folded.snapshots_until or AFTER_EVERYTHING
    kept = [one for one in known.near if one.after is not None and one.after <= until]
    if known.heard is None or not folded.observations:
        return tuple(kept)
    met = [folded.met] if folded.met and complete(folded.met.state) else []
    near = _thinned([*kept, *met, known.heard])
    return near if folded.again else tuple(one for one in near if _is_near(one, known.heard))


def _is_near(one: Begun, last: Begun) -> bool:
    return one.after is not None and last.after is not None and last.after - one.after <= NEAR


def _thinned(near: Sequence[Begun]) -> tuple[Begun, ...]:
    """Leave out whoever stands between two that are no farther apart than the later of them lies back."""
    kept = list(near)
    for place in range(len(kept) - 2, 0, -1):
        older, newer, newest = kept[place - 1].after, kept[place + 1].after, kept[-1].after
        if older and newer and newest and newer - older <= newest - newer:
            del kept[place]
    return tuple(kept[-NEAR_MAX:])


def _snapshot(folded: Folded) -> Snapshot | None:
    due_at = _snapshot_due_at(folded)
    return Snapshot(state=stored_form(folded.heard), through=due_at) if due_at and folded.heard else None


def _snapshot_due_at(folded: Folded) -> datetime | None:
    """Give where the last word is, when enough was folded since the last snapshot.

    What time alone did since is not in a snapshot: the next word may take it back.
    """
    heard, base = folded.heard, folded.begun.snapshot_at
    count = folded.begun.since_snapshot + folded.observations
    if heard is None or heard.through is None or count == 0 or not complete(heard):
        return None
    due = base is None or heard.through - base >= SNAPSHOT_EVERY or count >= SNAPSHOT_OBSERVATIONS
    return heard.through if due else None
