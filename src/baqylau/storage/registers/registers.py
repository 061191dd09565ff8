"""The registers of people, orders and equipment. A row is closed when another takes its place, never changed.

So what was known at any instant can be asked for, beside what holds for that instant as it is known now.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, and_, func, insert, or_, select, text, true

from baqylau.domain.ids import OrderId, PersonId
from baqylau.domain.orders import Consent, Fitting, NoContact, Order, Permission
from baqylau.domain.people import Device, Maintenance, Person, Supervision
from baqylau.rules.prescribing.suspending import excused_by_suspension
from baqylau.storage.access import audit
from baqylau.storage.alarms.feed import notify
from baqylau.storage.database import among, transaction
from baqylau.storage.registers.register_rows import CONSENT, DEVICE, PERSON, Value, in_force
from baqylau.storage.registers.registry import Registry, is_restriction
from baqylau.storage.registers.saving import save
from baqylau.storage.schema import register, register_change, register_version

__all__ = ["Change", "Registers", "Registry"]

REGISTER_LOCK = 0x6261_7172
_Kind = TypeVar("_Kind")


class Change(Struct, frozen=True, kw_only=True):
    """A person's facts have to be judged again from an instant on."""

    id: int
    person_id: PersonId
    effective_from: datetime
    recorded_at: datetime


class Expected(Struct, frozen=True, kw_only=True):
    """What saving some rows would come to for one person."""

    supervision: Supervision
    effective_from: datetime | None
    """The first instant for which it matters; None when nothing about them changes."""


NOBODY: Mapping[PersonId, datetime] = {}


class Registers:
    """Reads and saves the registers."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def save(self, registry: Registry, by: str, *, again: Mapping[PersonId, datetime] = NOBODY) -> int:
        """Save the rows, all or none, and give the version they make. Rows with the same key take the old ones' place.

        An earlier version of a restriction ends where the next one begins. `RegisterRefusedError` names every row that
        is not as it must be. Changes for the judge, the audit and the notification are in the same transaction.
        `again`: who is judged anew from an instant on, even if the rows would not ask for it.
        """
        at = self._clock()
        with transaction(self._engine) as connection:
            lock_registers(connection)
            version = save(connection, registry, by=by, at=at, again=again)
            audit.record(connection, who=by, what="registers.save", about=f"registers/{version}", at=at)
            notify(connection, "registers")
        return version

    def would_be(self, registry: Registry, person_id: PersonId) -> Expected:
        """Give what saving the rows would prescribe for a person. Nothing is saved.

        `RegisterRefusedError` when they could not be saved.
        """
        with transaction(self._engine) as connection:
            lock_registers(connection)
            with connection.begin_nested() as attempt:
                version = save(connection, registry, by="", at=self._clock())
                chosen = (register_change.c.version == version) & (register_change.c.person_id == person_id)
                expected = Expected(
                    supervision=supervision_of(connection, person_id, None),
                    effective_from=connection.scalar(select(register_change.c.effective_from).where(chosen)),
                )
                attempt.rollback()
        return expected

    def judge_again(self, person_ids: Collection[PersonId], since: datetime, by: str) -> None:
        """Ask for people to be judged again from an instant on, though nothing about them was changed."""
        at = self._clock()
        with transaction(self._engine) as connection:
            version = connection.scalar(select(func.max(register_version.c.version)))
            rows = [
                {"version": version, "person_id": one, "effective_from": since, "recorded_at": at} for one in person_ids
            ]
            if rows:
                connection.execute(insert(register_change), rows)
            audit.record(connection, who=by, what="registers.judge_again", about="registers", at=at)
            notify(connection, "registers")

    def version(self) -> int:
        """Give the number of the last saving, 0 before the first."""
        with transaction(self._engine) as connection:
            return int(connection.scalar(select(func.coalesce(func.max(register_version.c.version), 0))) or 0)

    def people(self) -> list[Person]:
        """Give everybody."""
        return self._all(Person, register.c.kind == PERSON)

    def devices(self) -> list[Device]:
        """Give all equipment."""
        return self._all(Device, register.c.kind == DEVICE)

    def person(self, person_id: PersonId) -> Person | None:
        """Give one person, None when there is no such."""
        found = self._all(Person, (register.c.kind == PERSON) & (register.c.key == person_id))
        return found[0] if found else None

    def search(self, words: str, limit: int = 20) -> list[Person]:
        """Give people in whose id, name, address, telephone or district every word occurs, whatever its case."""
        found = [register.c.search.contains(word, autoescape=True) for word in words.casefold().split()]
        return self._all(Person, (register.c.kind == PERSON), *found)[:limit]

    def supervision(self, person_id: PersonId, *, known_at: datetime | None = None) -> Supervision:
        """Give what is prescribed for a person: as it is known now, or as it was recorded at an instant."""
        with transaction(self._engine) as connection:
            return supervision_of(connection, person_id, known_at)

    def supervisions(self, person_ids: Collection[PersonId] | None = None) -> dict[PersonId, Supervision]:
        """Give what is prescribed for these people, for everybody on None."""
        whose = true() if person_ids is None else among(register.c.person_id, person_ids)
        with transaction(self._engine) as connection:
            rows = list(in_force(connection, or_(whose, register.c.kind.in_((DEVICE, CONSENT)))))
        people = [row.id for row in rows if isinstance(row, Person)]
        devices = {row.id: row for row in rows if isinstance(row, Device)}
        own = _by_person(rows)
        return {
            person_id: _supervision(
                person_id,
                own[person_id],
                [devices[row.device_id] for row in own[person_id] if isinstance(row, Fitting)],
            )
            for person_id in people
        }

    def changes_after(self, change_id: int) -> list[Change]:
        """Give the changes after a number, in the order in which they were made."""
        return self._changes(register_change.c.id > change_id)

    def last_change(self) -> int:
        """Give the number of the newest change, 0 when there is none."""
        with transaction(self._engine) as connection:
            return int(connection.scalar(select(func.coalesce(func.max(register_change.c.id), 0))) or 0)

    def unjudged_changes(self) -> list[Change]:
        """Give the changes that no committed batch of the judge has named yet, in their order."""
        return self._changes(register_change.c.judged_at.is_(None))

    def _changes(self, chosen: ColumnElement[bool]) -> list[Change]:
        wanted = select(register_change).where(chosen).order_by(register_change.c.id)
        with transaction(self._engine) as connection:
            return [
                Change(
                    id=row.id,
                    person_id=PersonId(row.person_id),
                    effective_from=row.effective_from,
                    recorded_at=row.recorded_at,
                )
                for row in connection.execute(wanted)
            ]

    def _all(self, kind: type[_Kind], *chosen: ColumnElement[bool]) -> list[_Kind]:
        with transaction(self._engine) as connection:
            return _only(kind, in_force(connection, and_(*chosen)))


def lock_registers(connection: Connection) -> None:
    """Wait until nobody else saves; savings follow one another until their transactions end."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": REGISTER_LOCK})


def supervision_of(connection: Connection, person_id: PersonId, known_at: datetime | None = None) -> Supervision:
    """Give what is prescribed for a person, in a transaction of somebody else's."""
    own = list(in_force(connection, register.c.person_id == person_id, known_at=known_at))
    others = (register.c.kind == CONSENT) & among(register.c.person_id, _named(own))
    own += in_force(connection, others, known_at=known_at)
    worn = [row.device_id for row in own if isinstance(row, Fitting)]
    chosen = (register.c.kind == DEVICE) & among(register.c.key, worn)
    return _supervision(person_id, own, _only(Device, in_force(connection, chosen, known_at=known_at)))


def _only(kind: type[_Kind], rows: Iterable[object]) -> list[_Kind]:
    return [row for row in rows if isinstance(row, kind)]


def _by_person(rows: Iterable[Value]) -> dict[PersonId, list[Value]]:
    orders: dict[OrderId, PersonId] = {row.id: row.person_id for row in rows if isinstance(row, Order)}
    own: dict[PersonId, list[Value]] = defaultdict(list)
    for row in rows:
        if is_restriction(row):
            own[orders[row.order_id]].append(row)
        elif isinstance(row, Order | Permission | Consent | Fitting | Maintenance):
            own[row.person_id].append(row)
    consents = {person_id: _only(Consent, values) for person_id, values in own.items()}
    for person_id, values in own.items():
        values += [one for named in _named(values) - {person_id} for one in consents.get(named, ())]
    return own


def _named(own: Iterable[Value]) -> set[PersonId]:
    """Give the others whom somebody's restrictions name."""
    return {row.other_id for row in own if isinstance(row, NoContact)}


def _supervision(person_id: PersonId, own: list[Value], devices: Iterable[Device]) -> Supervision:
    orders, restrictions = tuple(_only(Order, own)), tuple(filter(is_restriction, own))
    return Supervision(
        person_id=person_id,
        orders=orders,
        restrictions=restrictions,
        permissions=(*_only(Permission, own), *excused_by_suspension(orders, restrictions)),
        consents=tuple(_only(Consent, own)),
        fittings=tuple(_only(Fitting, own)),
        devices=tuple({device.id: device for device in devices}.values()),
        maintenances=tuple(_only(Maintenance, own)),
    )
