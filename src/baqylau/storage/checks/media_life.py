"""The end of recordings: retention, destruction of their key, and the receipt for it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import CheckId, PersonId
from baqylau.storage.access import audit
from baqylau.storage.checks.media_disk import MediaDisk
from baqylau.storage.checks.media_holds import OnHoldError, about, locked
from baqylau.storage.checks.media_log import Happened, broken, note
from baqylau.storage.checks.media_tables import media_check, media_item, media_piece, media_receipt
from baqylau.storage.database import transaction

RETENTION = "rule/retention"


class Receipt(Struct, frozen=True, kw_only=True):
    """What says that recordings were destroyed, and which."""

    check_id: CheckId
    manifest: str
    """SHA-256 in hexadecimal, as all digests here."""
    items: tuple[str, ...]
    destroyed_at: datetime
    by: str
    why: str
    log: int
    """The number of the link in the chain of what happened to recordings."""


class SignedReceipt(Struct, frozen=True, kw_only=True):
    """A receipt with the installation's signature (Ed25519) over `content`."""

    content: bytes
    """The receipt as JSON."""
    signature: bytes


class MediaLife:
    """Destroys recordings, at the end of their time or before it."""

    def __init__(self, engine: Engine, disk: MediaDisk, signer: Signer, clock: Callable[[], datetime]) -> None:
        """`signer`: the installation's key, which signs receipts."""
        self._engine, self._disk, self._signer, self._clock = engine, disk, signer, clock

    def destroy(self, check_id: CheckId, why: str, *, by: str) -> SignedReceipt:
        """Destroy the key and then the sealed bytes. `KeyError`, `OnHoldError`."""
        now = self._clock()
        with transaction(self._engine) as connection:
            row = locked(connection, check_id)
            if row.held_why:
                raise OnHoldError(row.held_why)
            digests = select(media_item.c.sha256).where(media_item.c.media_id == row.id).order_by(media_item.c.item)
            content = {"check": check_id, "manifest": row.manifest.hex(), "why": why, "at": now.isoformat()}
            digest = sha256(msgspec.json.encode(content)).digest()
            receipt = Receipt(
                check_id=check_id,
                manifest=row.manifest.hex(),
                items=tuple(one.hex() for one in connection.scalars(digests)),
                destroyed_at=now,
                by=by,
                why=why,
                log=note(connection, Happened.DESTROYED, row.id, digest, now, why),
            )
            gone = {"wrapped": None, "sealed": None, "report": None, "destroyed_at": now, "destroyed_why": why}
            connection.execute(update(media_check).where(media_check.c.id == row.id).values(**gone))
            audit.record(connection, who=by, what="media.destroy", about=about(check_id), purpose=why, at=now)
            signed = self._signed(connection, receipt)
        self._clear(row.id)
        return signed

    def _signed(self, connection: Connection, receipt: Receipt) -> SignedReceipt:
        """Sign a receipt, and keep it with what it speaks of."""
        said = msgspec.json.encode(receipt)
        signed = SignedReceipt(content=said, signature=self._signer.sign(said))
        row = {"check_id": receipt.check_id, "destroyed_at": receipt.destroyed_at}
        connection.execute(insert(media_receipt).values(**row, content=said, signature=signed.signature))
        return signed

    def receipts(self) -> list[SignedReceipt]:
        """Give every receipt, the newest first."""
        wanted = select(media_receipt.c.content, media_receipt.c.signature).order_by(media_receipt.c.number.desc())
        with transaction(self._engine) as connection:
            return [SignedReceipt(content=row.content, signature=row.signature) for row in connection.execute(wanted)]

    def run(self) -> list[SignedReceipt]:
        """Destroy what has come to the end of its time, and finish what a kill left unfinished; give the receipts."""
        now = self._clock()
        with transaction(self._engine) as connection:
            over = (media_check.c.keep_until <= now) & (media_check.c.held_why == "")
            due = _checks(connection, over & media_check.c.destroyed_at.is_(None))
            left = select(media_piece.c.media_id).join(media_check, media_check.c.id == media_piece.c.media_id)
            unfinished = set(connection.scalars(left.where(media_check.c.destroyed_at.is_not(None))))
        for media_id in unfinished:
            self._clear(media_id)
        return self._all(due, "retention", RETENTION)

    def destroy_of(self, person_id: PersonId, why: str, *, by: str) -> list[SignedReceipt]:
        """Destroy all recordings of a person but those that must not be; give the receipts."""
        mine = (media_check.c.person_id == person_id) & media_check.c.destroyed_at.is_(None)
        with transaction(self._engine) as connection:
            due = _checks(connection, mine & (media_check.c.held_why == ""))
        return self._all(due, why, by)

    def _all(self, due: list[CheckId], why: str, by: str) -> list[SignedReceipt]:
        """Destroy each that is still there and that nobody has begun to hold meanwhile."""
        receipts = []
        for one in due:
            with suppress(KeyError, OnHoldError):
                receipts.append(self.destroy(one, why, by=by))
        return receipts

    def broken(self) -> list[int]:
        """Give the links of the chain that were changed or miss; none when all is as it was written."""
        with transaction(self._engine) as connection:
            return broken(connection)

    def _clear(self, media_id: int) -> None:
        """Remove the sealed bytes, which nothing opens any more."""
        with transaction(self._engine) as connection:
            names = list(connection.scalars(select(media_piece.c.name).where(media_piece.c.media_id == media_id)))
        self._disk.remove(names)
        with transaction(self._engine) as connection:
            connection.execute(delete(media_piece).where(media_piece.c.media_id == media_id))


def _checks(connection: Connection, chosen: ColumnElement[bool]) -> list[CheckId]:
    wanted = select(media_check.c.check_id).where(chosen).order_by(media_check.c.id)
    return [CheckId(one) for one in connection.scalars(wanted)]
