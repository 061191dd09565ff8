"""The mobile consoles: who uses them for whom, when they were last in contact, what was looked at on them."""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.equipment.console_tables import console_contact, console_officer

LOOKED = "console.look"
"""What the audit calls a look at a person on a console."""


class Assigned(Struct, frozen=True, kw_only=True):
    """An officer who may use a console, and for whom."""

    device_id: DeviceId
    login: str
    districts: tuple[str, ...] = ()
    people: tuple[PersonId, ...] = ()
    spares: tuple[DeviceId, ...] = ()
    """Devices on nobody that the officer carries, to fit them in the field."""
    officer_key: bytes = b""
    """The public half of what the officer's secret comes to on this console; empty before the first use."""


class Contact(Struct, frozen=True, kw_only=True, gc=False):
    """What a console's clocks showed when it last asked, and when that was."""

    device_id: DeviceId
    count: int
    login: str
    boot: str
    monotonic_ms: int
    console_at: datetime
    seen_at: datetime


class Look(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody looked at a person on a console, or was given a package."""

    who: str
    what: str
    about: str
    purpose: str
    at: datetime


class NotAssignedError(Exception):
    """This officer does not use this console."""


class Consoles:
    """Keeps who uses the consoles. Every change and every package is in the audit."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def assign(self, one: Assigned, by: str) -> None:
        """Let an officer use a console for these people; what was agreed before is replaced."""
        at = self._clock()
        agreed: dict[str, object] = {
            "districts": list(one.districts),
            "people": list(one.people),
            "spares": list(one.spares),
            "by": by,
        }
        agreed["assigned_at"] = at
        row = insert(console_officer).values(
            device_id=one.device_id, login=one.login, officer_key=one.officer_key, **agreed
        )
        named = [console_officer.c.device_id, console_officer.c.login]
        purpose = ", ".join((one.login, *one.districts, *one.people, *one.spares))
        with transaction(self._engine) as connection:
            connection.execute(row.on_conflict_do_update(index_elements=named, set_=agreed))
            audit.record(
                connection, who=by, what="console.assign", about=f"device/{one.device_id}", purpose=purpose, at=at
            )

    def withdraw(self, device_id: DeviceId, login: str, by: str) -> None:
        """Let an officer use a console no more. `NotAssignedError` when they do not."""
        gone = delete(console_officer).where(console_officer.c.device_id == device_id, console_officer.c.login == login)
        with transaction(self._engine) as connection:
            if not connection.execute(gone).rowcount:
                raise NotAssignedError(device_id, login)
            about = f"device/{device_id}"
            audit.record(connection, who=by, what="console.withdraw", about=about, purpose=login, at=self._clock())

    def officers(self, device_id: DeviceId) -> list[Assigned]:
        """Give who may use a console."""
        wanted = select(console_officer).where(console_officer.c.device_id == device_id)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted.order_by(console_officer.c.login)).all()
        return [msgspec.convert(row, Assigned, from_attributes=True) for row in rows]

    def contacts(self) -> dict[DeviceId, Contact]:
        """Give the last contact of each console that ever asked."""
        with transaction(self._engine) as connection:
            rows = connection.execute(select(console_contact)).all()
        return {DeviceId(row.device_id): msgspec.convert(row, Contact, from_attributes=True) for row in rows}

    def contacted(self, contact: Contact, officer_key: bytes = b"") -> bool:
        """Write down that a console asked; `officer_key`: of the officer who begins to use it.

        False, and nothing is written, when it does not count on from the last: then it is a recording.
        """
        values = msgspec.structs.asdict(contact)
        row = insert(console_contact).values(**values)
        later = row.on_conflict_do_update(
            index_elements=["device_id"], set_=values, where=console_contact.c["count"] < contact.count
        )
        with transaction(self._engine) as connection:
            if not connection.execute(later).rowcount:
                return False
            if officer_key:
                begun = update(console_officer).where(
                    console_officer.c.device_id == contact.device_id, console_officer.c.login == contact.login
                )
                connection.execute(begun.values(officer_key=officer_key))
        return True

    def packaged(self, device_id: DeviceId, login: str, people: Iterable[PersonId]) -> None:
        """Write down for whom a package was made, before it goes out."""
        self._given(device_id, login, people, "console.package")

    def asked_about(self, device_id: DeviceId, login: str, people: Iterable[PersonId]) -> None:
        """Write down whose page was open when the console asked how they stand, before it is told."""
        self._given(device_id, login, people, "console.news")

    def _given(self, device_id: DeviceId, login: str, people: Iterable[PersonId], what: str) -> None:
        purpose = ", ".join(people)
        with transaction(self._engine) as connection:
            about, at = f"device/{device_id}", self._clock()
            audit.record(connection, who=login, what=what, about=about, purpose=purpose, at=at)

    def forget(self, device_id: DeviceId) -> None:
        """A console that begins with another key counts from 1 again."""
        with transaction(self._engine) as connection:
            connection.execute(delete(console_contact).where(console_contact.c.device_id == device_id))


def keep_looks(connection: Connection, looks: Iterable[Look]) -> None:
    """Write what was looked at into the audit, in the transaction that keeps the records which tell of it."""
    for one in looks:
        audit.record(connection, who=one.who, what=one.what, about=one.about, purpose=one.purpose, at=one.at)
