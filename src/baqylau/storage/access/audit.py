"""Who did or read what, and for what purpose. Append only: its own hash chain and the ledger show any change."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, insert, select, update

from baqylau.crypto.digests import CHAIN_START, link
from baqylau.domain.ids import PersonId
from baqylau.storage.database import transaction
from baqylau.storage.schema import audit, audit_head


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One act or one look."""

    id: int
    at: datetime
    who: str
    what: str
    object: str
    """Kind and key, such as `person/p-17` or `alarm/12`."""
    purpose: str

    def person_id(self) -> PersonId:
        """Give whom it is about, empty where it is about nobody."""
        kind, _, key = self.object.partition("/")
        return PersonId(key if kind == "person" else "")


class AuditFilter(Struct, frozen=True, kw_only=True):
    """Which entries to give; what is empty does not choose."""

    who: str = ""
    about: str = ""
    """The whole name, such as `person/p-17`."""
    what: str = ""
    """How it begins, such as `look.`."""
    from_at: datetime | None = None
    until_at: datetime | None = None

    def said(self) -> str:
        """Give it in one line, for the audit itself."""
        said = {name: value for name, value in msgspec.to_builtins(self).items() if value}
        return ", ".join(f"{name} {value}" for name, value in said.items())


class Audit:
    """Writes the audit and proves it."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def record(self, who: str, what: str, about: str, purpose: str = "") -> None:
        """Write down an act or a look that has no transaction of its own."""
        with transaction(self._engine) as connection:
            record(connection, who=who, what=what, about=about, purpose=purpose, at=self._clock())

    def latest(self, count: int) -> list[AuditEntry]:
        """Give the last entries, newest first."""
        wanted = select(audit).order_by(audit.c.id.desc()).limit(count)
        with transaction(self._engine) as connection:
            return [_entry(row) for row in connection.execute(wanted)]

    def page(self, chosen: AuditFilter, *, before: int | None = None, limit: int = 100) -> list[AuditEntry]:
        """Give the chosen entries, newest first; `before` is the last number of the page before."""
        conditions = (
            bool(chosen.who) and audit.c.who == chosen.who,
            bool(chosen.about) and audit.c.object == chosen.about,
            bool(chosen.what) and audit.c.what.startswith(chosen.what, autoescape=True),
            chosen.from_at is not None and audit.c.at >= chosen.from_at,
            chosen.until_at is not None and audit.c.at < chosen.until_at,
            before is not None and audit.c.id < before,
        )
        wanted = select(audit).where(*(one for one in conditions if not isinstance(one, bool)))
        with transaction(self._engine) as connection:
            return [_entry(row) for row in connection.execute(wanted.order_by(audit.c.id.desc()).limit(limit))]

    def count(self) -> int:
        """Give how many entries there are to be."""
        with transaction(self._engine) as connection:
            return int(connection.scalar(select(audit_head.c.id)) or 0)

    def verify(self) -> list[int]:
        """Give the numbers of entries that were changed, or that miss; none when all is as it was written."""
        broken: list[int] = []
        previous, expected = CHAIN_START, 1
        with transaction(self._engine) as connection:
            head = connection.execute(select(audit_head)).one()
            for row in connection.execution_options(yield_per=1000).execute(select(audit).order_by(audit.c.id)):
                broken += range(expected, row.id)
                if row.hash != _hash(previous, _entry(row)) and row.id == expected:
                    broken.append(row.id)
                previous, expected = row.hash, row.id + 1
            broken += range(expected, head.id + 1)
            if head.hash != previous and not broken:
                broken.append(head.id)
        return broken


def record(connection: Connection, *, who: str, what: str, about: str, purpose: str = "", at: datetime) -> None:
    """Write down an act in the transaction that does it. Others wait with theirs until it commits."""
    head = connection.execute(select(audit_head).with_for_update()).one()
    entry = AuditEntry(id=head.id + 1, at=at, who=who, what=what, object=about, purpose=purpose)
    chained = _hash(head.hash, entry)
    connection.execute(insert(audit).values(**msgspec.structs.asdict(entry), hash=chained))
    connection.execute(update(audit_head).values(id=entry.id, hash=chained))


def _hash(previous: bytes, entry: AuditEntry) -> bytes:
    return link(previous, msgspec.msgpack.encode(msgspec.structs.astuple(entry)))


def _entry(row: "msgspec.Raw | object") -> AuditEntry:
    return msgspec.convert(row, AuditEntry, from_attributes=True)
