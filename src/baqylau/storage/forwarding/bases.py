"""The legal bases of forwarding. A basis is recorded and ended, both by somebody, both audited, and never deleted."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, text, true, update

from baqylau.domain.forwarding import Basis
from baqylau.domain.ids import PersonId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.forwarding.forwarding_tables import forwarding_basis
from baqylau.storage.registers.register_rows import PERSON
from baqylau.storage.schema import register

BASIS_LOCK = 0x6261_7164


class BasisRefusedError(Exception):
    """Nothing was recorded; `reason` is a word that names the sentence, with `params` for its places."""

    def __init__(self, reason: str, **params: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


class Bases:
    """Records, ends and gives bases."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def record(
        self,
        *,
        recipient: str,
        text_of_basis: str,
        people: Mapping[PersonId, str],
        from_at: datetime,
        until_at: datetime,
        by: str,
    ) -> Basis:
        """Record a basis. `BasisRefusedError` when it names nobody, nobody we know, no right, or no time."""
        at = self._clock()
        row = {
            "recipient": recipient.strip(),
            "text": text_of_basis.strip(),
            "people": dict(people),
            "from_at": from_at,
            "until_at": until_at,
            "recorded_at": at,
            "recorded_by": by,
            "ended_at": None,
            "ended_by": "",
            "ended_why": "",
        }
        _look_at(row)
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": BASIS_LOCK})
            _look_for(connection, people)
            number = connection.scalar(insert(forwarding_basis).values(row).returning(forwarding_basis.c.number))
            told = f"{row['recipient']}: {row['text']}; {', '.join(sorted(people))}; {from_at} - {until_at}"
            about = f"basis/{number}"
            audit.record(connection, who=by, what="forwarding.basis.record", about=about, purpose=told, at=at)
        return msgspec.convert({"number": number, **row}, Basis)

    def end(self, number: int, why: str, by: str) -> bool:
        """End a basis now: nothing leaves by it any more. False when there is none of the number that is not ended."""
        at, mine = self._clock(), forwarding_basis.c.number == number
        ended = update(forwarding_basis).where(mine, forwarding_basis.c.ended_at.is_(None))
        with transaction(self._engine) as connection:
            done = connection.execute(ended.values(ended_at=at, ended_by=by, ended_why=why)).rowcount
            if done:
                about = f"basis/{number}"
                audit.record(connection, who=by, what="forwarding.basis.end", about=about, purpose=why, at=at)
        return bool(done)

    def all(self) -> list[Basis]:
        """Give every basis there ever was, newest first."""
        return self._bases(true())

    def for_recipient(self, recipient: str, now: datetime) -> list[Basis]:
        """Give those by which something may leave for a recipient now, oldest first."""
        mine = forwarding_basis.c.recipient == recipient
        return [one for one in reversed(self._bases(mine)) if one.in_force(now)]

    def _bases(self, chosen: ColumnElement[bool]) -> list[Basis]:
        wanted = select(forwarding_basis).where(chosen).order_by(forwarding_basis.c.number.desc())
        with transaction(self._engine) as connection:
            return [msgspec.convert(row, Basis, from_attributes=True) for row in connection.execute(wanted)]


def _look_at(row: Mapping[str, object]) -> None:
    for field in ("recipient", "text", "people"):
        if not row[field]:
            raise BasisRefusedError("empty", field=field)
    if row["until_at"] <= row["from_at"]:  # type: ignore[operator]
        raise BasisRefusedError("no_time")


def _look_for(connection: Connection, people: Mapping[PersonId, str]) -> None:
    known = select(register.c.key).where(register.c.kind == PERSON, register.c.replaced_at.is_(None))
    there = set(connection.scalars(known.where(register.c.key.in_(people))))
    for person_id, alias in people.items():
        if person_id not in there:
            raise BasisRefusedError("unknown_person", person=person_id)
        if not alias.strip():
            raise BasisRefusedError("empty", field="people")


def count_in_force(connection: Connection, recipient: str, now: datetime) -> int:
    """Give how many bases are in force for a recipient."""
    row = forwarding_basis.c
    counted = select(func.count()).where(row.recipient == recipient, row.ended_at.is_(None))
    return connection.scalar(counted.where(row.from_at <= now, row.until_at > now)) or 0
