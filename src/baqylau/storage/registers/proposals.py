"""Proposed changes: a milder one is saved at once, a stricter one when a second person agrees.

Saving is the registers' own, in the transaction in which the proposal becomes an applied one: neither is without the
other. Whoever proposed upon what is no longer so is told before anything is kept.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, Row, case, insert, select, update

from baqylau.domain.ids import PersonId
from baqylau.domain.people import Supervision
from baqylau.domain.proposals import Change, Proposal, ProposalState, Stricter, TransferPerson
from baqylau.rules.prescribing.recurring import series_of
from baqylau.rules.prescribing.stricter import stricter
from baqylau.storage.access import audit
from baqylau.storage.alarms.feed import notify
from baqylau.storage.database import transaction
from baqylau.storage.registers.cases import rows_about, version_of
from baqylau.storage.registers.changing import foreign, rows_of, touched
from baqylau.storage.registers.proposal_tables import proposal
from baqylau.storage.registers.register_rows import RESTRICTION, key_of, values_of
from baqylau.storage.registers.registers import lock_registers, supervision_of
from baqylau.storage.registers.registry import Fault, Registry, refuse
from baqylau.storage.registers.saving import save
from baqylau.storage.schema import register


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody wants changed, on the ground of which version of the person's case."""

    person_id: PersonId
    district: str
    change: Change
    base: int
    grounds: str


class Trial(Struct, frozen=True, kw_only=True):
    """What a change would come to."""

    stricter: tuple[Stricter, ...]
    rows: Registry
    before: Supervision
    after: Supervision


class ChangedMeanwhileError(Exception):
    """Somebody else changed the same meanwhile; nothing was saved."""

    def __init__(self, base: int, version: int) -> None:
        super().__init__(f"{base} < {version}")
        self.base, self.version = base, version


class NotWaitingError(Exception):
    """The proposal has been answered or taken back, or there is none of this number."""

    def __init__(self, found: Proposal | None) -> None:
        super().__init__(found.state if found else "none")
        self.found = found


class OwnProposalError(Exception):
    """Nobody answers what they proposed themselves, and nobody takes back what another did."""


class Proposals:
    """Keeps them, answered ones too."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def propose(self, asked: Asked, by: str) -> Proposal:
        """Save a change that is not stricter, or let it wait; `RegisterRefusedError` when it cannot be saved.

        `ChangedMeanwhileError` when the person's case was changed after its `base`.
        """
        at = self._clock()
        with transaction(self._engine) as connection:
            lock_registers(connection)
            last = version_of(connection, asked.person_id)
            if asked.base < last:
                raise ChangedMeanwhileError(asked.base, last)
            reasons, version = _tried(connection, asked, by, at)
            kept = _kept(connection, asked, reasons, version, by, at)
            what = "proposal.wait" if version is None else "proposal.apply"
            audit.record(connection, **_about(kept), who=by, what=what, at=at)
            if version is not None:
                _announce(connection, version, by, at)
        return kept

    def tried(self, person_id: PersonId, change: Change) -> Trial:
        """Give what a change would come to. Nothing is saved. `RegisterRefusedError` when it cannot be saved."""
        with transaction(self._engine) as connection:
            lock_registers(connection)
            before = supervision_of(connection, person_id)
            with connection.begin_nested() as attempt:
                rows = _saved(connection, person_id, change, "", self._clock())[1]
                after = supervision_of(connection, person_id)
                attempt.rollback()
        reasons = (*_handed_over(change), *stricter(before, after))
        return Trial(stricter=reasons, rows=rows, before=before, after=after)

    def answer(self, number: int, by: str, grounds: str, *, agreed: bool) -> Proposal:
        """Save what waits, or refuse it, in the name of a second person.

        `NotWaitingError`, `OwnProposalError`; `ChangedMeanwhileError` when another changed the same row after it was
        proposed; `RegisterRefusedError` when it cannot be saved any more. It waits on then.
        """
        at = self._clock()
        with transaction(self._engine) as connection:
            lock_registers(connection)
            waits = _waiting(connection, number)
            if waits.proposed_by == by:
                raise OwnProposalError
            version = _applied(connection, waits, at) if agreed else None
            state = ProposalState.APPLIED if agreed else ProposalState.REFUSED
            answered = replace(waits, state=state, answered_by=by, answered_at=at, answer=grounds, version=version)
            _close(connection, answered)
            what = "proposal.agree" if agreed else "proposal.refuse"
            audit.record(connection, **_about(answered), who=by, what=what, at=at)
            if version is not None:
                _announce(connection, version, waits.proposed_by, at)
        return answered

    def withdraw(self, number: int, by: str) -> Proposal:
        """Take back what one proposed oneself, while it waits. `NotWaitingError`, `OwnProposalError`."""
        at = self._clock()
        with transaction(self._engine) as connection:
            waits = _waiting(connection, number)
            if waits.proposed_by != by:
                raise OwnProposalError
            withdrawn = replace(waits, state=ProposalState.WITHDRAWN, answered_by=by, answered_at=at)
            _close(connection, withdrawn)
            audit.record(connection, **_about(withdrawn), who=by, what="proposal.withdraw", at=at)
        return withdrawn

    def get(self, number: int) -> Proposal | None:
        """Give one by its number."""
        with transaction(self._engine) as connection:
            return _get(connection, number)

    def waiting(self, person_id: PersonId | None = None) -> Sequence[Proposal]:
        """Give those that wait, the oldest first; of one person if named."""
        wanted = select(proposal).where(proposal.c.state == ProposalState.WAITING.value)
        if person_id is not None:
            wanted = wanted.where(proposal.c.person_id == person_id)
        with transaction(self._engine) as connection:
            return [_read(row) for row in connection.execute(wanted.order_by(proposal.c.number))]


def _tried(connection: Connection, asked: Asked, by: str, at: datetime) -> tuple[tuple[Stricter, ...], int | None]:
    """Save a change and keep it only if it is not stricter; give why it is, or the version that it made."""
    before = supervision_of(connection, asked.person_id)
    with connection.begin_nested() as attempt:
        version, _ = _saved(connection, asked.person_id, asked.change, by, at)
        reasons = (*_handed_over(asked.change), *stricter(before, supervision_of(connection, asked.person_id)))
        if reasons:
            attempt.rollback()
    return reasons, None if reasons else version


def _handed_over(change: Change) -> tuple[Stricter, ...]:
    """A case goes to another district when somebody there takes it over: it waits like what is stricter."""
    match change:
        case TransferPerson(district=district):
            return (Stricter(key="transferred", params={"district": district}),)
        case _:
            return ()


def _saved(connection: Connection, person_id: PersonId, change: Change, by: str, at: datetime) -> tuple[int, Registry]:
    """Save the rows of a change, and give the version that they make."""
    held = [row.value for row in rows_about(connection, person_id) if row.in_force]
    registry = rows_of(change, held)
    refuse((*foreign(registry, person_id, held), *_taken(connection, registry, person_id)))
    return save(connection, registry, by=by, at=at), registry


def _taken(connection: Connection, registry: Registry, person_id: PersonId) -> Iterator[Fault]:
    """Give what goes by the id of something that another person has."""
    name = case((register.c.kind == RESTRICTION, register.c.body["id"].astext), else_=register.c.key)
    for value in values_of(registry):
        kind, key = key_of(value)[0], str(value.id)
        others = select(register.c.id).where(
            register.c.kind == kind, name == key, register.c.person_id != person_id, register.c.replaced_at.is_(None)
        )
        if connection.scalar(others.limit(1)) is not None:
            yield Fault(kind=kind, key=key, field="id", reason="id_taken")


def _applied(connection: Connection, waits: Proposal, at: datetime) -> int:
    key = touched(waits.change)
    for row in rows_about(connection, waits.person_id):
        names = {row.key.rpartition("/")[0]} if row.kind == RESTRICTION else {row.key, series_of(row.key)}
        if row.version > waits.base and key is not None and row.kind == key[0] and key[1] in names:
            raise ChangedMeanwhileError(waits.base, row.version)
    return _saved(connection, waits.person_id, waits.change, waits.proposed_by, at)[0]


def _kept(
    connection: Connection, asked: Asked, reasons: tuple[Stricter, ...], version: int | None, by: str, at: datetime
) -> Proposal:
    state = ProposalState.WAITING if version is None else ProposalState.APPLIED
    made = insert(proposal).values(
        **{**msgspec.structs.asdict(asked), "change": msgspec.to_builtins(asked.change)},
        stricter=msgspec.to_builtins(reasons),
        state=state.value,
        proposed_by=by,
        proposed_at=at,
        answered_by="",
        answer="",
        version=version,
    )
    return _read(connection.execute(made.returning(proposal)).one())


def _waiting(connection: Connection, number: int) -> Proposal:
    found = _get(connection, number, lock=True)
    if found is None or found.state is not ProposalState.WAITING:
        raise NotWaitingError(found)
    return found


def _get(connection: Connection, number: int, *, lock: bool = False) -> Proposal | None:
    wanted = select(proposal).where(proposal.c.number == number)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return None if row is None else _read(row)


def _close(connection: Connection, answered: Proposal) -> None:
    connection.execute(
        update(proposal)
        .where(proposal.c.number == answered.number)
        .values(
            state=answered.state.value,
            answered_by=answered.answered_by,
            answered_at=answered.answered_at,
            answer=answered.answer,
            version=answered.version,
        )
    )


def _about(one: Proposal) -> dict[str, str]:
    """Give what the audit says of it: whose, and which. The grounds are in the proposal itself."""
    return {"about": f"person/{one.person_id}", "purpose": f"proposal/{one.number}"}


def _announce(connection: Connection, version: int, by: str, at: datetime) -> None:
    audit.record(connection, who=by, what="registers.save", about=f"registers/{version}", at=at)
    notify(connection, "registers")


def _read(row: Row[tuple[object, ...]]) -> Proposal:
    return msgspec.convert(row, Proposal, from_attributes=True)
