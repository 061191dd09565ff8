"""The proof that the journal is as it was written: its chains walked from end to end, its heads signed."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, insert, select, text

from baqylau.crypto.digests import CHAIN_START, link
from baqylau.crypto.signing import Signer, signed_by
from baqylau.storage import rows
from baqylau.storage.database import driver, transaction
from baqylau.storage.schema import journal_head, journal_signature

_WALK = rows.selecting(", journal.hash FROM journal ORDER BY journal.partition, journal.seq")
_NEWEST = rows.selecting(
    ", journal.hash FROM journal_head JOIN journal ON journal.partition = journal_head.partition "
    "AND journal.seq > journal_head.seq - %s ORDER BY journal.partition, journal.seq"
)
ROWS_AT_ONCE = 2_000


class Flaw(StrEnum):
    """In what way the journal is not as it was written."""

    CHANGED = "changed"
    MISSING = "missing"
    HEAD_DIFFERS = "head_differs"
    """The chain ends otherwise than the head says: entries were taken from the end or put there."""
    SIGNED_OTHERWISE = "signed_otherwise"
    """The installation signed another hash at this number: the chain was written anew."""
    SIGNATURE_WRONG = "signature_wrong"
    """The last signature is not the installation's."""


class Broken(Struct, frozen=True, order=True):
    """Where the proof fails. A signature that is wrong has partition and number 0."""

    partition: int
    seq: int
    what: Flaw


class Verification(Struct, frozen=True, kw_only=True):
    """What the proof found."""

    entries: int
    broken: tuple[Broken, ...]


class SignedHead(Struct, frozen=True, array_like=True):
    """A head as it is signed."""

    partition: int
    seq: int
    hash: bytes


class _Statement(Struct, frozen=True, array_like=True):
    at: datetime
    heads: tuple[SignedHead, ...]


_statement = msgspec.msgpack.Decoder(_Statement)


def sign_heads(engine: Engine, signer: Signer, at: datetime) -> None:
    """Sign where all partitions stand, in one statement."""
    with transaction(engine) as connection:
        statement = msgspec.msgpack.encode(_Statement(at, tuple(_heads(connection))))
        connection.execute(
            insert(journal_signature).values(
                at=at, heads=statement, public_key=signer.public_key, signature=signer.sign(statement)
            )
        )


def verify(engine: Engine, public_key: bytes | None = None) -> Verification:
    """Walk every chain and hold its end against the heads and the last signature. Needs no data key.

    The signature is held against `public_key`, or against the key stored beside it when none is given.
    """
    with transaction(engine) as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        heads = {head.partition: head for head in _heads(connection)}
        signed, broken = _signed(connection, public_key)
        walks = {partition: _Walk(head, signed.get(partition)) for partition, head in heads.items()}
        for partition, entries in groupby(_rows(connection), key=itemgetter(0)):
            walks[partition].along(entries)
    for walk in walks.values():
        broken += walk.ended()
    return Verification(entries=sum(walk.entries for walk in walks.values()), broken=tuple(sorted(broken)))


def verify_newest(engine: Engine, count: int) -> Verification:
    """Walk the last entries of every chain up to its head: quick, so that it can be done all the time."""
    with transaction(engine) as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        walks = {head.partition: _Walk(head, None, from_beginning=False) for head in _heads(connection)}
        with driver(connection).cursor(binary=True) as cursor:
            found = cursor.execute(_NEWEST, (count,)).fetchall()
    for partition, entries in groupby(found, key=itemgetter(0)):
        walks[partition].along(entries)
    broken = [one for walk in walks.values() for one in walk.ended()]
    return Verification(entries=len(found), broken=tuple(sorted(broken)))


def _heads(connection: Connection) -> Iterator[SignedHead]:
    for row in connection.execute(select(journal_head).order_by(journal_head.c.partition)):
        yield SignedHead(row.partition, row.seq, row.hash)


def _signed(connection: Connection, public_key: bytes | None) -> tuple[dict[int, SignedHead], list[Broken]]:
    last = select(journal_signature).order_by(journal_signature.c.id.desc()).limit(1)
    row = connection.execute(last).first()
    if row is None:
        return {}, []
    if not signed_by(public_key or row.public_key, row.heads, row.signature):
        return {}, [Broken(0, 0, Flaw.SIGNATURE_WRONG)]
    return {head.partition: head for head in _statement.decode(row.heads).heads}, []


def _rows(connection: Connection) -> Iterator[tuple[Any, ...]]:
    with driver(connection).cursor("walk", withhold=False) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_WALK, binary=True)
        yield from cursor


class _Walk:
    """One chain on its way from its beginning to its head."""

    def __init__(self, head: SignedHead, signed: SignedHead | None, *, from_beginning: bool = True) -> None:
        self.entries = 0
        self._from_beginning = from_beginning
        self._head = head
        self._signed = signed if signed and signed.seq else None
        self._broken: list[Broken] = []
        self._links = {CHAIN_START}
        """What the next entry may be linked to: both readings of a changed entry, so that only that one is named."""
        self._last = SignedHead(head.partition, 0, CHAIN_START)

    def along(self, entries: Iterable[tuple[Any, ...]]) -> None:
        """Go along entries in their order."""
        for row in entries:
            self._step(rows.clear_of(row), *row[-2:])

    def _step(self, clear: rows.Clear, sealed: bytes, stored: bytes) -> None:
        self.entries += 1
        if self.entries == 1 and not self._from_beginning:
            self._links = {stored}
            self._last = SignedHead(clear.partition, clear.seq, stored)
            return
        bound = rows.bound(clear)
        computed = {link(previous, bound, sealed) for previous in self._links}
        if clear.seq != self._last.seq + 1:
            self._note(self._last.seq + 1, Flaw.MISSING)
            computed = {stored}
        elif stored not in computed:
            self._note(clear.seq, Flaw.CHANGED)
        if self._signed and clear.seq == self._signed.seq and stored != self._signed.hash:
            self._note(clear.seq, Flaw.SIGNED_OTHERWISE)
        self._links = {stored} if stored in computed else {stored, *computed}
        self._last = SignedHead(clear.partition, clear.seq, stored)

    def ended(self) -> list[Broken]:
        """Give everything that is broken, now that there are no more entries."""
        if self._signed and self._signed.seq > self._last.seq:
            self._note(self._signed.seq, Flaw.SIGNED_OTHERWISE)
        if (self._head.seq, self._head.hash) != (self._last.seq, self._last.hash):
            self._note(self._head.seq, Flaw.HEAD_DIFFERS)
        return self._broken

    def _note(self, seq: int, what: Flaw) -> None:
        self._broken.append(Broken(self._head.partition, seq, what))
