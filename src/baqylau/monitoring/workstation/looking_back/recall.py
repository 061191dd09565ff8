"""The fold brought to an instant again, as known now or as known then: nothing is judged anew that need not be.

As known now everything counts that was ever received; as known at an instant only what was received by then, under the
registers as they were recorded then. The fold begins at the last snapshot that holds for that knowledge: before the
first instant that anything received or recorded later speaks of. Where that lies too far back for an answer in time,
it begins empty, a bounded stretch before, and the answer says so.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TypeGuard

import msgspec
from msgspec import Struct

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.orders import Restriction
from baqylau.domain.partitions import nearness_of, ourselves, partition_of, unheard_of
from baqylau.domain.people import Supervision
from baqylau.monitoring.workstation.looking_back.minute import Begun
from baqylau.rules.fold import begin
from baqylau.rules.refold import late
from baqylau.rules.state import PersonState
from baqylau.storage.journal.journal import Journal
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Timed, differs_from

LONGEST = timedelta(days=7)
"""The longest stretch that is folded for a page: some 10 000 positions at one a minute, well under a second."""


_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Recalled(Struct, frozen=True, kw_only=True):
    """A state, and what has to be folded into it."""

    supervision: Supervision
    state: PersonState
    begun: Begun
    begun_at: datetime | None
    """Where the state stands; None for the very beginning."""
    observations: tuple[Observation, ...]
    """In judging order."""


class Recall:
    """Finds from where to fold, and reads what follows."""

    def __init__(self, journal: Journal, judge: JudgeStore, registers: Registers) -> None:
        self._journal = journal
        self._judge = judge
        self._registers = registers

    def of(
        self,
        person_id: PersonId,
        from_at: datetime,
        until_at: datetime,
        *,
        known_at: datetime | None = None,
        longest: timedelta | None = LONGEST,
    ) -> Recalled:
        """Give a state that stands before `from_at`, and what was observed from there to `until_at`."""
        supervision = self._registers.supervision(person_id, known_at=known_at)
        told_by = heard_of(supervision)
        holds_before = min([from_at, *self._unlike_now(supervision, told_by, until_at, known_at)])
        begun, state, since = self._begun(supervision, from_at, holds_before, longest)
        observations = self._journal.of_devices(
            told_by, since or _BEGINNING, until_at, told_of=person_id, received_until=known_at
        )
        return Recalled(
            supervision=supervision,
            state=state,
            begun=begun,
            begun_at=since,
            observations=tuple(one for one in observations if not late(state, one)),
        )

    def _unlike_now(
        self, supervision: Supervision, told_by: list[DeviceId], until_at: datetime, known_at: datetime | None
    ) -> Iterator[datetime]:
        """Give the first instants for which today's snapshots know more, or other things, than are to be known."""
        yield from (
            change.effective_from
            for change in self._registers.unjudged_changes()
            if change.person_id == supervision.person_id
        )
        if known_at is not None:
            yield from differing(supervision, self._registers.supervision(supervision.person_id))
            first = self._journal.first_received_after(told_by, known_at, until_at)
            yield from () if first is None else (first,)

    def _begun(
        self, supervision: Supervision, from_at: datetime, holds_before: datetime, longest: timedelta | None
    ) -> tuple[Begun, PersonState, datetime | None]:
        earliest = _BEGINNING if longest is None else from_at - longest
        found = self._judge.snapshot_before(supervision.person_id, holds_before)
        if found is not None and found[1] >= earliest:
            return Begun.SNAPSHOT, msgspec.msgpack.decode(found[0], type=PersonState), found[1]
        if any(fitting.from_at < earliest for fitting in supervision.fittings):
            return Begun.STRETCH, begin(), earliest
        return Begun.BEGINNING, begin(), None


def heard_of(supervision: Supervision) -> list[DeviceId]:
    """Give who tells of a person: their devices, and ourselves, of nearness to others and of when we did not listen."""
    worn = {fitting.device_id for fitting in supervision.fittings}
    person_id = supervision.person_id
    return [*sorted(worn), nearness_of(person_id), unheard_of(person_id), ourselves(partition_of(person_id))]


def differing(one: Supervision, other: Supervision) -> Iterator[datetime]:
    """Give the instants from which on it matters that one is prescribed and not the other."""
    if one.devices != other.devices:
        yield min((fitting.from_at for fitting in (*one.fittings, *other.fittings)), default=_BEGINNING)
    before, after = _by_name(one), _by_name(other)
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield from (row.from_at for row in (old, new) if row is not None)
        elif old != new:
            yield differs_from(old, new)


def _by_name(supervision: Supervision) -> dict[tuple[str, str, int], Timed]:
    rows: Iterable[Timed] = chain(
        supervision.orders,
        supervision.restrictions,
        supervision.permissions,
        supervision.consents,
        supervision.fittings,
        supervision.maintenances,
    )
    return {(type(row).__name__, row.id, row.version if _versioned(row) else 0): row for row in rows}


def _versioned(row: Timed) -> TypeGuard[Restriction]:
    return isinstance(row, Restriction)
