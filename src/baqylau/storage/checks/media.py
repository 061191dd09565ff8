"""Recordings of checks and calls: sealed with a key of their own check or call, which is wrapped with the person's.

What is said to be held is on disk and in the database. Each piece is bound to its check, recording and place.
Destroying the wrapped key destroys the recordings, here and in every copy of the folder.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from baqylau.crypto.sealing import KEY_BYTES, NONCE_BYTES, Seal
from baqylau.domain.checks import Likely
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.recordings import PIECE_BYTES, Item, Manifest, NotHeld, Occasion, Piece, SignedManifest
from baqylau.storage.access import audit
from baqylau.storage.checks.media_disk import MediaDisk
from baqylau.storage.checks.media_kept import keeping_after, keeping_of
from baqylau.storage.checks.media_log import Happened, note
from baqylau.storage.checks.media_rows import MediaItem, Recordings, recordings_of
from baqylau.storage.checks.media_tables import media_check, media_item, media_piece
from baqylau.storage.database import among, transaction
from baqylau.storage.vault import KeyDestroyedError, Vault

LOOKED_AGAIN = timedelta(minutes=10)
"""A player asks for many ranges of one recording: within this time they are one look."""
_RAW, _REPORT = b"manifest", b"report"


class _Proven(Struct, frozen=True, array_like=True):
    """A manifest as it came, and what it said when its signature was proven."""

    raw: bytes
    said: Manifest


_proven = msgspec.msgpack.Decoder(_Proven)


class Media:
    """Keeps and gives recordings. One object may be used by several threads."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        folder: Path,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        """`folder`: where the sealed pieces lie. `random` gives keys and nonces: fresh bytes, never the same again."""
        self._engine, self._vault, self._clock, self._random = engine, vault, clock, random
        self.disk = MediaDisk(folder)
        self._looked: dict[tuple[str, CheckId, int], datetime] = {}

    def take(self, signed: SignedManifest, raw: bytes) -> NotHeld | None:
        """Begin to keep what a manifest names, or say why not. The same manifest again changes nothing."""
        said = signed.manifest
        key = self._random(KEY_BYTES)
        person, now = self._vault.key_for(said.person_id), self._clock()
        keeping, keep_until = keeping_of(said.kind, now)
        values = {
            "manifest": signed.digest,
            "check_id": said.check_id,
            "kind": said.kind,
            "device_id": said.device_id,
            "person_id": said.person_id,
            "counter": said.counter,
            "began_at": said.began_at,
            "ended_at": said.ended_at,
            "received_at": now,
            "key_id": person.id,
            "wrapped": person.seal.close(key, nonce=self._random(NONCE_BYTES), context=signed.digest),
            "sealed": Seal(key).close(
                msgspec.msgpack.encode(_Proven(raw, said)),
                nonce=self._random(NONCE_BYTES),
                context=_RAW + signed.digest,
            ),
            "keeping": keeping,
            "keep_until": keep_until,
            "held_why": "",
            "destroyed_why": "",
        }
        with transaction(self._engine) as connection:
            made = upsert(media_check).values(values).on_conflict_do_nothing().returning(media_check.c.id)
            media_id = connection.scalar(made)
            if media_id is None:
                return self._again(connection, signed.digest)
            items = [_named(media_id, one) for one in said.items]
            note(connection, Happened.BEGUN, media_id, signed.digest, self._clock())
            if items:
                connection.execute(insert(media_item).values(items))
            self._whole(connection, media_id, signed.digest)
        return None

    @staticmethod
    def _again(connection: Connection, digest: bytes) -> NotHeld | None:
        row = connection.execute(select(media_check).where(media_check.c.manifest == digest)).first()
        if row is None:
            return NotHeld.REPEATED
        return NotHeld.DESTROYED if row.destroyed_at is not None else None

    def held(self, manifest: bytes) -> tuple[int, ...]:
        """Give how many bytes of each recording of a manifest are here; none where the manifest is not known."""
        both = media_item.join(media_check, media_check.c.id == media_item.c.media_id)
        wanted = select(media_item.c.held).select_from(both).where(media_check.c.manifest == manifest)
        with transaction(self._engine) as connection:
            return tuple(connection.scalars(wanted.order_by(media_item.c.item)))

    def add(self, device_id: DeviceId, piece: Piece) -> NotHeld | None:
        """Keep a piece, or say why not; it is on disk and in the database when this returns.

        `OSError` when the disk takes nothing more, `StorageUnavailableError`: come again.
        """
        with transaction(self._engine) as connection:
            row = connection.execute(select(media_check).where(media_check.c.manifest == piece.manifest)).first()
            item = None if row is None else _item_row(connection, row.id, piece.index)
        if row is None or item is None or row.device_id != device_id:
            return NotHeld.NO_MANIFEST
        if row.destroyed_at is not None:
            return NotHeld.DESTROYED
        wanted = min(PIECE_BYTES, item.size - piece.offset)
        if len(piece.content) != wanted or piece.offset > item.held:
            return NotHeld.ORDER
        return None if piece.offset < item.held else self._keep(row, item, piece)

    def _keep(self, row: "Row[tuple[object, ...]]", item: "Row[tuple[object, ...]]", piece: Piece) -> NotHeld | None:
        until = piece.offset + len(piece.content)
        if until == item.size and self._digest(row, piece) != item.sha256:
            self._let_go(row.id, piece.index)
            return NotHeld.DIGEST
        number = piece.offset // PIECE_BYTES
        context = _context(piece.manifest, piece.index, number)
        name = self.disk.put(self._seal(row).close(piece.content, nonce=self._random(NONCE_BYTES), context=context))
        mine = (media_item.c.media_id == row.id) & (media_item.c.item == piece.index)
        moved = update(media_item).where(mine, media_item.c.held == piece.offset).values(held=until)
        with transaction(self._engine) as connection:
            new = connection.execute(moved).rowcount
            if new:
                values = {"media_id": row.id, "item": piece.index, "number": number, "name": name}
                connection.execute(insert(media_piece).values(values))
            if new and until == item.size:
                note(connection, Happened.ITEM, row.id, item.sha256, self._clock(), str(piece.index))
                self._whole(connection, row.id, row.manifest)
        if new:
            self.disk.settle(name)
        else:
            self.disk.remove([name])
        return None

    def _digest(self, row: "Row[tuple[object, ...]]", last: Piece) -> bytes:
        """Give the digest of a recording of which this piece is the last."""
        digest = sha256()
        for number in range(last.offset // PIECE_BYTES):
            digest.update(self._piece(row, last.index, number))
        digest.update(last.content)
        return digest.digest()

    def _let_go(self, media_id: int, index: int) -> None:
        """Forget a recording that is not what was named: all of it has to come again."""
        mine = (media_piece.c.media_id == media_id) & (media_piece.c.item == index)
        whose = (media_item.c.media_id == media_id) & (media_item.c.item == index)
        with transaction(self._engine) as connection:
            names = list(connection.scalars(delete(media_piece).where(mine).returning(media_piece.c.name)))
            connection.execute(update(media_item).where(whose).values(held=0))
        self.disk.remove(names)

    def _whole(self, connection: Connection, media_id: int, digest: bytes) -> None:
        """Say that all recordings are here, when they are."""
        now = self._clock()
        short = exists().where(media_item.c.media_id == media_id, media_item.c.held < media_item.c.size)
        mine = (media_check.c.id == media_id) & media_check.c.whole_at.is_(None)
        if connection.execute(update(media_check).where(mine, ~short).values(whole_at=now)).rowcount:
            note(connection, Happened.WHOLE, media_id, digest, now)

    def mend(self) -> int:
        """After a start, bring pieces to where they belong; give how many nobody knew.

        Only for the one program that writes here.
        """
        return self.disk.tidy(self._known)

    def _known(self, names: Collection[str]) -> list[str]:
        with transaction(self._engine) as connection:
            return list(connection.scalars(select(media_piece.c.name).where(among(media_piece.c.name, names))))

    def of_check(self, check_id: CheckId) -> Recordings | None:
        """Give what there is of a check, None when nothing came. This is no look at the recordings themselves."""
        with transaction(self._engine) as connection:
            row = connection.execute(select(media_check).where(media_check.c.check_id == check_id)).first()
            return None if row is None else recordings_of(connection, row)

    def of_person(self, person_id: PersonId) -> list[Recordings]:
        """Give what there is of a person, the newest first."""
        return self._chosen(media_check.c.person_id == person_id)

    def on_hold(self) -> list[Recordings]:
        """Give all whose destruction is forbidden, the newest first."""
        return self._chosen(media_check.c.held_why != "")

    def _chosen(self, chosen: ColumnElement[bool]) -> list[Recordings]:
        with transaction(self._engine) as connection:
            rows = connection.execute(select(media_check).where(chosen).order_by(media_check.c.id.desc())).all()
            return [recordings_of(connection, row) for row in rows]

    def items(self, check_id: CheckId) -> tuple[MediaItem, ...]:
        """Give the recordings of a check."""
        found = self.of_check(check_id)
        return () if found is None else found.items

    def manifest(self, check_id: CheckId) -> bytes:
        """Give the signed manifest as it came. `KeyError` when there is none, `KeyDestroyedError`."""
        row = self._row(check_id)
        return self._proven(row).raw

    def said(self, check_id: CheckId) -> Manifest:
        """Give what the manifest says: the steps and their times among it. As `manifest`."""
        return self._proven(self._row(check_id)).said

    def report(self, check_id: CheckId) -> bytes | None:
        """Give what the comparison said, JSON; None before there was one. `KeyError`, `KeyDestroyedError`."""
        row = self._row(check_id)
        return None if row.report is None else self._seal(row).open(row.report, context=_REPORT + row.manifest)

    def read(
        self, check_id: CheckId, index: int, first: int = 0, last: int | None = None, *, who: str, purpose: str = ""
    ) -> bytes:
        """Give bytes `first` to `last`, both included, of a recording; the look stands in the audit.

        `KeyError` when there is none or it is not whole, `KeyDestroyedError`, `PieceLostError`, `SealBrokenError`.
        """
        row = self._row(check_id)
        with transaction(self._engine) as connection:
            item = _item_row(connection, row.id, index)
        if item is None or item.held < item.size:
            raise KeyError(index)
        self._look(who, check_id, index, purpose)
        end = item.size if last is None else min(last + 1, item.size)
        begin = max(first, 0)
        numbers = range(begin // PIECE_BYTES, -(-end // PIECE_BYTES))
        whole = b"".join(self._piece(row, index, number) for number in numbers)
        skip = begin - numbers.start * PIECE_BYTES
        return whole[skip : skip + max(end - begin, 0)]

    def _look(self, who: str, check_id: CheckId, index: int, purpose: str) -> None:
        now, look = self._clock(), (who, check_id, index)
        seen = self._looked.get(look)
        if seen is not None and now - seen < LOOKED_AGAIN:
            return
        about = f"media/{check_id}/{index}"
        with transaction(self._engine) as connection:
            audit.record(connection, who=who, what="media.read", about=about, purpose=purpose, at=now)
        self._looked = {one: at for one, at in self._looked.items() if now - at < LOOKED_AGAIN} | {look: now}

    def waiting(self) -> int:
        """Give how many checks are whole and not compared."""
        with transaction(self._engine) as connection:
            return int(connection.scalar(select(func.count()).select_from(media_check).where(_WAITS)) or 0)

    def next(self) -> Recordings | None:
        """Give the check that waits longest for its comparison, and count the attempt."""
        with transaction(self._engine) as connection:
            row = connection.execute(
                select(media_check).where(_WAITS).order_by(media_check.c.attempts, media_check.c.id).limit(1)
            ).first()
            if row is None:
                return None
            counted = update(media_check).where(media_check.c.id == row.id)
            connection.execute(counted.values(attempts=media_check.c.attempts + 1))
            return recordings_of(connection, row)

    def judged(self, check_id: CheckId, outcome: Likely, report: bytes) -> Callable[[Connection], None]:
        """Give what writes down, in a transaction, what a comparison said and how long its recordings stay.

        Once written it stays.
        """
        row, now = self._row(check_id), self._clock()
        keeping, keep_until = keeping_after(outcome, now)
        values = {
            "judged_at": now,
            "report": self._seal(row).close(report, nonce=self._random(NONCE_BYTES), context=_REPORT + row.manifest),
            "keeping": keeping,
            "keep_until": keep_until,
        }
        mine = (media_check.c.id == row.id) & media_check.c.judged_at.is_(None)

        def write(connection: Connection) -> None:
            if connection.execute(update(media_check).where(mine).values(values)).rowcount:
                note(connection, Happened.JUDGED, row.id, sha256(report).digest(), now, outcome)

        return write

    def _row(self, check_id: CheckId) -> "Row[tuple[object, ...]]":
        with transaction(self._engine) as connection:
            row = connection.execute(select(media_check).where(media_check.c.check_id == check_id)).first()
        if row is None:
            raise KeyError(check_id)
        return row

    def _proven(self, row: "Row[tuple[object, ...]]") -> "_Proven":
        return _proven.decode(self._seal(row).open(row.sealed, context=_RAW + row.manifest))

    def _seal(self, row: "Row[tuple[object, ...]]") -> Seal:
        if row.wrapped is None:
            raise KeyDestroyedError(row.check_id)
        return Seal(self._vault.opener(row.key_id).open(row.wrapped, context=row.manifest))

    def _piece(self, row: "Row[tuple[object, ...]]", index: int, number: int) -> bytes:
        seal = self._seal(row)
        mine = (media_piece.c.media_id == row.id) & (media_piece.c.item == index) & (media_piece.c.number == number)
        with transaction(self._engine) as connection:
            name = connection.execute(select(media_piece.c.name).where(mine)).scalar_one()
        return seal.open(self.disk.get(name), context=_context(row.manifest, index, number))


_WAITS = (
    media_check.c.whole_at.is_not(None)
    & media_check.c.judged_at.is_(None)
    & media_check.c.destroyed_at.is_(None)
    & (media_check.c.kind != Occasion.CALL)
)
"""A call is compared with nobody."""


def _context(manifest: bytes, index: int, number: int) -> bytes:
    """A sealed piece cannot be put into another's place."""
    return msgspec.msgpack.encode((manifest, index, number))


def _named(media_id: int, one: Item) -> dict[str, object]:
    fields = msgspec.structs.asdict(one)
    return {"media_id": media_id, "item": fields.pop("index"), "held": 0, **fields}


def _item_row(connection: Connection, media_id: int, index: int) -> "Row[tuple[object, ...]] | None":
    mine = (media_item.c.media_id == media_id) & (media_item.c.item == index)
    return connection.execute(select(media_item).where(mine)).first()
