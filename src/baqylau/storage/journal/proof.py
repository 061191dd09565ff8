"""The proof that the journal is as it was written: its chains walked from end to end, its heads signed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, insert, select, text

from baqylau.crypto import merkle
from baqylau.crypto.digests import CHAIN_START, link
from baqylau.crypto.signing import Signer, signed_by
from baqylau.storage.database import driver, transaction
from baqylau.storage.journal import rows
from baqylau.storage.journal.appending import HEADS, Head, heads_from
from baqylau.storage.journal.archived import ArchivedChain, dropped, ends
from baqylau.storage.journal.ledger import LEDGER, seal
from baqylau.storage.schema import journal_day, journal_signature

_WALK = rows.selecting(", journal.hash, journal.leaf FROM journal ORDER BY journal.partition, journal.seq")
_NEWEST = rows.selecting(
    ", journal.hash, journal.leaf FROM journal_head JOIN journal ON journal.partition = journal_head.partition "
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
    TREE_DIFFERS = "tree_differs"
    """The tree over the entries is another than its head, or the day after it, remembers."""


class Broken(Struct, frozen=True, order=True):
    """Where the proof fails. A signature that is wrong has partition and number 0."""

    partition: int
    seq: int
    what: Flaw


class Verification(Struct, frozen=True, kw_only=True):
    """What the proof found."""

    entries: int
    broken: tuple[Broken, ...]
    archived: tuple[date, ...] = ()
    """Days that are in the archive alone: their files prove them (`storage.journal.archive`)."""


class SignedHead(Struct, frozen=True, array_like=True):
    """A head as it is signed."""

    partition: int
    seq: int
    hash: bytes
    first_seq: int = 0
    """With which entry the tree of the last day begins; 0 where there is none yet."""
    root: bytes = b""
    """The root of that tree, of what is carried over and the entries from `first_seq` to `seq`."""


class _Statement(Struct, frozen=True, array_like=True):
    at: datetime
    heads: tuple[SignedHead, ...]


_statement = msgspec.msgpack.Decoder(_Statement)


class Signed(Struct, frozen=True, kw_only=True):
    """A statement of all heads at an instant, and who signed it."""

    statement: bytes
    public_key: bytes
    signature: bytes


def sign_heads(engine: Engine, signer: Signer, at: datetime) -> Signed:
    """Sign where all partitions stand, in one statement."""
    with transaction(engine) as connection:
        return sign_in(connection, signer, at)


def sign_in(connection: Connection, signer: Signer, at: datetime) -> Signed:
    """Sign where all partitions stand in this transaction, and the ledger, into which comes what waited for it."""
    standing = {**_heads(connection), LEDGER: seal(connection, at)}
    heads = (_signed_form(partition, head) for partition, head in sorted(standing.items()))
    statement = msgspec.msgpack.encode(_Statement(at, tuple(heads)))
    signed = Signed(statement=statement, public_key=signer.public_key, signature=signer.sign(statement))
    connection.execute(
        insert(journal_signature).values(
            at=at, heads=signed.statement, public_key=signed.public_key, signature=signed.signature
        )
    )
    return signed


def heads_in(statement: bytes) -> dict[int, SignedHead]:
    """Give the heads that a statement of ours is about, by partition."""
    return {head.partition: head for head in _statement.decode(statement).heads}


def _signed_form(partition: int, head: Head) -> SignedHead:
    if head.first_seq is None:
        return SignedHead(partition, head.seq, head.hash)
    return SignedHead(partition, head.seq, head.hash, head.first_seq, head.tree().root())


def verify(engine: Engine, public_key: bytes | None = None, published: Sequence[Signed] = ()) -> Verification:
    """Walk every chain and hold its end against the heads and the last signature. Needs no data key.

    The signature is held against `public_key`, or against the key stored beside it when none is given. `published`:
    statements that were kept elsewhere; what was signed in them still has to be so.
    """
    with transaction(engine) as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        signed, broken = signed_of(connection, public_key, published)
        trees = _trees(connection)
        gone, right = dropped(connection, public_key)
        broken += () if right else (Broken(0, 0, Flaw.SIGNATURE_WRONG),)
        begun = ends(gone)
        walks = {
            partition: Walk(partition, head, signed[partition], trees.get(partition, {}), begun.get(partition))
            for partition, head in _heads(connection).items()
        }
        for partition, entries in groupby(_rows(connection), key=itemgetter(0)):
            walks[partition].along(entries)
    for walk in walks.values():
        broken += walk.ended()
    count = sum(walk.entries for walk in walks.values())
    return Verification(entries=count, broken=tuple(sorted(broken)), archived=tuple(one.day for one in gone))


def verify_newest(engine: Engine, count: int) -> Verification:
    """Walk the last entries of every chain up to its head: quick, so that it can be done all the time."""
    with transaction(engine) as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        begun = ends(dropped(connection)[0])
        walks = {
            partition: Walk(partition, head, (), None, begun.get(partition))
            for partition, head in _heads(connection).items()
        }
        with driver(connection).cursor(binary=True) as cursor:
            found = cursor.execute(_NEWEST, (count,)).fetchall()
    for partition, entries in groupby(found, key=itemgetter(0)):
        walks[partition].along(entries)
    broken = [one for walk in walks.values() for one in walk.ended()]
    return Verification(entries=len(found), broken=tuple(sorted(broken)))


def _heads(connection: Connection) -> dict[int, Head]:
    with driver(connection).cursor(binary=True) as cursor:
        return heads_from(cursor.execute(HEADS).fetchall())


def _trees(connection: Connection) -> dict[int, dict[int, bytes]]:
    """Give what was carried over into each tree, by partition and by the number with which the tree begins."""
    trees: dict[int, dict[int, bytes]] = {}
    for row in connection.execute(select(journal_day).where(journal_day.c.carried.is_not(None))):
        trees.setdefault(row.partition, {})[row.first_seq] = row.carried
    return trees


def signed_of(
    connection: Connection, public_key: bytes | None, published: Sequence[Signed] = ()
) -> tuple[defaultdict[int, list[SignedHead]], list[Broken]]:
    """Give what was last signed here, and elsewhere, of each partition; and what is no signature of the key."""
    return _signed([*published, *_last(connection)], public_key)


def _last(connection: Connection) -> list[Signed]:
    """Give the last statement that was signed here, if there is one."""
    last = select(journal_signature).order_by(journal_signature.c.id.desc()).limit(1)
    return [
        Signed(statement=row.heads, public_key=row.public_key, signature=row.signature)
        for row in connection.execute(last)
    ]


def _signed(
    statements: Iterable[Signed], public_key: bytes | None
) -> tuple[defaultdict[int, list[SignedHead]], list[Broken]]:
    """Give what was signed of each partition; a statement of another's key is broken and says nothing."""
    heads: defaultdict[int, list[SignedHead]] = defaultdict(list)
    broken = []
    for one in statements:
        if signed_by(public_key or one.public_key, one.statement, one.signature):
            for head in heads_in(one.statement).values():
                heads[head.partition].append(head)
        else:
            broken.append(Broken(0, 0, Flaw.SIGNATURE_WRONG))
    return heads, broken


def _rows(connection: Connection) -> Iterator[tuple[Any, ...]]:
    with driver(connection).cursor("walk", withhold=False) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_WALK, binary=True)
        yield from cursor


class Walk:
    """One chain on its way from its beginning to its head, and the trees over its entries."""

    def __init__(
        self,
        partition: int,
        head: Head,
        signed: Iterable[SignedHead],
        trees: Mapping[int, bytes] | None,
        begun: ArchivedChain | None = None,
    ) -> None:
        """`trees`: what is carried over into each, by where it begins; None to walk only the end of a chain.

        `begun`: where the archive ends, after which the first entry comes that is here.
        """
        self.entries = 0
        self._partition = partition
        self._head = head
        self._signed: defaultdict[int, list[SignedHead]] = defaultdict(list)
        """Several where the same number was signed more than once: each of them still has to be so."""
        for one in signed:
            if one.seq:
                self._signed[one.seq].append(one)
        self._trees = trees
        self._tree: merkle.Growing | None = None
        self._broken: list[Broken] = []
        self._links = {CHAIN_START}
        """What the next entry may be linked to: both readings of a changed entry, so that only that one is named."""
        self._seq, self._hash = 0, CHAIN_START
        if begun is not None:
            self._seq, self._hash = begun.last_seq, bytes.fromhex(begun.after)
            self._links = {self._hash}
            known = begun.root if trees is not None else ""
            self._tree = merkle.Growing(1, [bytes.fromhex(known)]) if known else None

    def along(self, entries: Iterable[tuple[Any, ...]]) -> None:
        """Go along entries in their order."""
        for row in entries:
            clear, (sealed, stored, leaf) = rows.clear_of(row), row[-3:]
            self.step(clear.seq, (rows.bound(clear), sealed, *(() if leaf is None else (leaf,))), stored, leaf)

    def step(self, seq: int, parts: tuple[bytes, ...], stored: bytes, leaf: bytes | None) -> None:
        """Go to the next entry: what its link is made of, the link that is kept, and its digest in the tree."""
        self.entries += 1
        if self.entries == 1 and self._trees is None:
            self._links, self._seq, self._hash = {stored}, seq, stored
            return
        computed = {link(previous, *parts) for previous in self._links}
        if seq != self._seq + 1:
            self._note(self._seq + 1, Flaw.MISSING)
            computed = {stored}
        elif stored not in computed:
            self._note(seq, Flaw.CHANGED)
        self._grow(seq, leaf)
        if any(self._signed_otherwise(one, stored) for one in self._signed.get(seq, ())):
            self._note(seq, Flaw.SIGNED_OTHERWISE)
        self._links = {stored} if stored in computed else {stored, *computed}
        self._seq, self._hash = seq, stored

    def _grow(self, seq: int, leaf: bytes | None) -> None:
        """Put an entry into the tree of its day; what is broken already would only be said once more."""
        carried = self._trees.get(seq) if self._trees else None
        if carried is not None:
            before = self._tree.root() if self._tree else merkle.NOTHING
            if not self._broken and carried != merkle.carried(before, self._hash):
                self._note(seq, Flaw.TREE_DIFFERS)
            self._tree = merkle.Growing(1, [carried])
        if self._tree is not None and leaf is not None:
            self._tree.add(leaf)

    def _signed_otherwise(self, signed: SignedHead, stored: bytes) -> bool:
        root = self._tree.root() if self._tree and not self._broken else signed.root
        return stored != signed.hash or signed.root not in {b"", root}

    def ended(self) -> list[Broken]:
        """Give everything that is broken, now that there are no more entries."""
        for seq in self._signed:
            if seq > self._seq:
                self._note(seq, Flaw.SIGNED_OTHERWISE)
        if (self._head.seq, self._head.hash) != (self._seq, self._hash):
            self._note(self._head.seq, Flaw.HEAD_DIFFERS)
        if self._tree and not self._broken and self._tree.root() != self._head.tree().root():
            self._note(self._head.seq, Flaw.TREE_DIFFERS)
        return self._broken

    def _note(self, seq: int, what: Flaw) -> None:
        self._broken.append(Broken(self._partition, seq, what))
