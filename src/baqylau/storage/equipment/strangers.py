"""Devices that called and are not registered: who they are, since when, how often. Registering one lets it in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Column, Connection, Engine, Index, Table, Text, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from baqylau.storage.columns import instant, metadata, number, word
from baqylau.storage.database import transaction

UNKNOWN_DEVICE = "unknown_device"
"""The detail of an item that is set aside for this reason."""
STRANGERS_MAX = 10_000
"""Beyond this those are forgotten that have not called for longest: nobody can fill the disk with numbers."""
_NUMBER_MAX_CHARS = 64
_PAGE = 1_000

stranger = Table(
    "stranger",
    metadata,
    Column("protocol", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    word("peer"),
    instant("first_at"),
    instant("last_at"),
    number("count"),
    Index(None, "last_at"),
)
"""One row for each number of a protocol. Nothing that they said is in it."""


class Item(Struct, frozen=True, kw_only=True):
    """Bytes that were not taken, and why."""

    protocol: str
    peer: str
    number: str | None
    """By which number the device had signed in, if it had."""
    fault: str
    detail: str
    raw: bytes


class Stranger(Struct, frozen=True, kw_only=True):
    """A device that called and is not registered."""

    protocol: str
    number: str
    """As the device says it. Nothing proves it."""
    peer: str
    """From where it called last."""
    first_at: datetime
    last_at: datetime
    count: int
    """How many sign-ins and records of it were set aside."""


def note_strangers(connection: Connection, items: Iterable[Item], now: datetime) -> None:
    """Write down who called, within a transaction. What is no number that can be shown is only quarantined."""
    strangers = [item for item in items if item.detail == UNKNOWN_DEVICE and _showable(item.number)]
    counts = Counter((item.protocol, item.number or "") for item in strangers)
    if not counts:
        return
    peers = {(item.protocol, item.number): item.peer for item in strangers}
    rows = [
        {
            "protocol": protocol,
            "number": name,
            "peer": peers[protocol, name],
            "first_at": now,
            "last_at": now,
            "count": count,
        }
        for (protocol, name), count in sorted(counts.items())
    ]
    written = upsert(stranger).values(rows)
    connection.execute(
        written.on_conflict_do_update(
            index_elements=["protocol", "number"],
            set_={
                "peer": written.excluded.peer,
                "last_at": written.excluded.last_at,
                "count": stranger.c.count + written.excluded.count,
            },
        )
    )
    _forget_oldest(connection)


def _showable(name: str | None) -> bool:
    return name is not None and 0 < len(name) <= _NUMBER_MAX_CHARS and name.isprintable()


def _forget_oldest(connection: Connection) -> None:
    beyond = int(connection.scalar(select(func.count()).select_from(stranger)) or 0) - STRANGERS_MAX
    if beyond > 0:
        last = select(stranger.c.last_at).order_by(stranger.c.last_at).offset(beyond - 1).limit(1)
        connection.execute(delete(stranger).where(stranger.c.last_at <= last.scalar_subquery()))


class Strangers:
    """Who called and is not registered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unregistered(self, known: Sequence[tuple[str, str]]) -> list[Stranger]:
        """Give those whose protocol and number are not among the known, latest first, a page of them at most."""
        wanted = select(stranger).order_by(stranger.c.last_at.desc(), stranger.c.protocol, stranger.c.number)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted).all()
        named = set(known)
        found = (Stranger(**row._mapping) for row in rows if (row.protocol, row.number) not in named)  # noqa: SLF001
        return [one for _, one in zip(range(_PAGE), found, strict=False)]
