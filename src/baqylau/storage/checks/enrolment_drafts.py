"""Enrolments under way: what an officer brought, what the audio-visual server found in it, what is to be signed.

Sealed with the person's key as all that is enrolled. A draft has a day; then it is thrown away.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import PersonId
from baqylau.storage.access import audit
from baqylau.storage.checks.enrolment_sheets import Made, Material, NewItem
from baqylau.storage.checks.template_tables import enrolment_draft, enrolment_piece
from baqylau.storage.database import transaction
from baqylau.storage.vault import Vault

PIECE_BYTES_MAX = 8 << 20
PIECES_MAX = 120
BYTES_MAX = 200 << 20
"""All pieces of a draft together: they are looked at at once. [D]"""
HOLDS = timedelta(days=1)
ATTEMPTS_MAX = 3


class Objected(Struct, frozen=True):
    """Why a piece was not taken, or what misses: a word of the catalogues (`av.enrolment.<why>`)."""

    why: str
    piece: int | None = None
    digit: int | None = None


class Found(Struct, frozen=True, kw_only=True):
    """What the audio-visual server found in the pieces of a draft."""

    objections: tuple[Objected, ...] = ()
    taken: tuple[int, ...] = ()
    """Numbers of the pieces that are good."""
    made: tuple[Made, ...] = ()
    """Nothing where it is too little for an enrolment."""
    version: int = 0
    face_alone: bool = False


class Piece(Struct, frozen=True, kw_only=True):
    """What was brought, without its content."""

    id: int
    kind: Material
    digit: int | None
    content_type: str
    size: int


class Draft(Struct, frozen=True, kw_only=True):
    """An enrolment under way."""

    begun_at: datetime
    begun_by: str
    pieces: tuple[Piece, ...]
    asked_at: datetime | None
    """Since when the audio-visual server is to look at it."""
    found: Found | None
    statement: bytes | None
    """What was last given to be signed."""


class DraftFullError(Exception):
    """There are as many pieces as anybody needs."""


class EnrolmentDrafts:
    """Keeps drafts. One person has one at most."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        """`random` gives the nonces of the seals."""
        self._engine, self._vault, self._clock, self._random = engine, vault, clock, random

    def add(self, person_id: PersonId, item: NewItem, by: str) -> None:
        """Put a piece to a person's draft; what was found in it before no longer counts. `DraftFullError`."""
        key, now = self._vault.key_for(person_id), self._clock()
        fresh = {"asked_at": None, "attempts": 0, "found": None, "statement": None}
        begun = upsert(enrolment_draft).values(person_id=person_id, begun_at=now, begun_by=by, **fresh)
        row = {
            "person_id": person_id,
            "kind": item.kind.value,
            "digit": item.digit,
            "content_type": item.content_type,
            "size": len(item.content),
            "key_id": key.id,
            "sealed": key.seal.close(item.content, nonce=self._random(NONCE_BYTES), context=_context(person_id)),
        }
        mine = enrolment_piece.c.person_id == person_id
        with transaction(self._engine) as connection:
            connection.execute(begun.on_conflict_do_update(index_elements=["person_id"], set_=fresh))
            size = func.coalesce(func.sum(enrolment_piece.c.size), 0)
            count, bytes_held = connection.execute(select(func.count(), size).where(mine)).one()
            if count >= PIECES_MAX or bytes_held + len(item.content) > BYTES_MAX:
                raise DraftFullError
            connection.execute(insert(enrolment_piece).values(row))

    def of(self, person_id: PersonId) -> Draft | None:
        """Give a person's draft."""
        with transaction(self._engine) as connection:
            row = connection.execute(_of(person_id)).first()
            pieces = connection.execute(_pieces(person_id)).all() if row is not None else []
        if row is None:
            return None
        return Draft(
            begun_at=row.begun_at,
            begun_by=row.begun_by,
            pieces=tuple(
                Piece(id=one.id, kind=Material(one.kind), digit=one.digit, content_type=one.content_type, size=one.size)
                for one in pieces
            ),
            asked_at=row.asked_at,
            found=self._found(row),
            statement=row.statement,
        )

    def items(self, person_id: PersonId) -> dict[int, NewItem]:
        """Give the pieces of a draft with their content, by number."""
        with transaction(self._engine) as connection:
            rows = connection.execute(_pieces(person_id)).all()
        context = _context(person_id)
        return {
            row.id: NewItem(
                kind=Material(row.kind),
                digit=row.digit,
                content_type=row.content_type,
                content=self._vault.opener(row.key_id).open(row.sealed, context=context),
            )
            for row in rows
        }

    def ask(self, person_id: PersonId) -> None:
        """Have the audio-visual server look at it."""
        mine = update(enrolment_draft).where(enrolment_draft.c.person_id == person_id)
        with transaction(self._engine) as connection:
            connection.execute(mine.values(asked_at=self._clock(), attempts=0, found=None, statement=None))

    def next(self) -> tuple[PersonId, datetime, int] | None:
        """Give whose draft waits longest, since when, and how often it was tried; and count the attempt."""
        table = enrolment_draft.c
        waits = select(enrolment_draft).where(table.asked_at.is_not(None), table.found.is_(None))
        with transaction(self._engine) as connection:
            row = connection.execute(waits.order_by(table.attempts, table.asked_at).limit(1)).first()
            if row is None:
                return None
            counted = update(enrolment_draft).where(table.person_id == row.person_id)
            connection.execute(counted.values(attempts=table.attempts + 1))
        return PersonId(row.person_id), row.asked_at, row.attempts

    def tell(self, person_id: PersonId, asked_at: datetime, found: Found) -> None:
        """Write down what was found, unless the draft is another one since."""
        key = self._vault.key_for(person_id)
        sealed = key.seal.close(
            msgspec.msgpack.encode(found), nonce=self._random(NONCE_BYTES), context=_context(person_id)
        )
        same = (enrolment_draft.c.person_id == person_id) & (enrolment_draft.c.asked_at == asked_at)
        with transaction(self._engine) as connection:
            connection.execute(update(enrolment_draft).where(same).values(found=sealed, key_id=key.id))

    def give_to_sign(self, person_id: PersonId, statement: bytes) -> None:
        """Remember what was given to be signed."""
        mine = update(enrolment_draft).where(enrolment_draft.c.person_id == person_id)
        with transaction(self._engine) as connection:
            connection.execute(mine.values(statement=statement))

    def discard(self, person_id: PersonId, by: str) -> bool:
        """Throw a draft away; tell whether there was one."""
        with transaction(self._engine) as connection:
            gone = let_draft_go(connection, person_id)
            if gone:
                about = f"person/{person_id}"
                audit.record(connection, who=by, what="enrolment.discard", about=about, at=self._clock())
        return gone

    def tidy(self, by: str) -> int:
        """Throw away what nobody went on with for a day; give how many."""
        late = enrolment_draft.c.begun_at < self._clock() - HOLDS
        with transaction(self._engine) as connection:
            people = list(connection.scalars(select(enrolment_draft.c.person_id).where(late)))
        return sum(self.discard(PersonId(one), by) for one in people)

    def _found(self, row: Row[Any]) -> Found | None:
        if row.found is None:
            return None
        opened = self._vault.opener(row.key_id).open(row.found, context=_context(row.person_id))
        return msgspec.msgpack.decode(opened, type=Found)


def let_draft_go(connection: Connection, person_id: PersonId) -> bool:
    """Delete a draft in a transaction of another act; tell whether there was one."""
    connection.execute(delete(enrolment_piece).where(enrolment_piece.c.person_id == person_id))
    gone = connection.execute(delete(enrolment_draft).where(enrolment_draft.c.person_id == person_id))
    return gone.rowcount > 0


def _of(person_id: PersonId) -> Select[Any]:
    return select(enrolment_draft).where(enrolment_draft.c.person_id == person_id)


def _pieces(person_id: PersonId) -> Select[Any]:
    return select(enrolment_piece).where(enrolment_piece.c.person_id == person_id).order_by(enrolment_piece.c.id)


def _context(person_id: PersonId) -> bytes:
    return f"enrolment draft/{person_id}".encode()
