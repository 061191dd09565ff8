"""What people look like: a small photograph each, sealed with the person's own key; it goes with their file."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.postgresql import insert

from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import PersonId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.equipment.field_tables import person_photo
from baqylau.storage.people.jpeg import NoPhotoError, anew
from baqylau.storage.vault import KeyDestroyedError, Vault

KEPT_BYTES_MAX = 24_000
"""A caseload of twenty with all their pictures is half a message of the link."""
KEPT_SIDE_PX = 640
PHOTO_BYTES_MAX = 12_000_000
"""As much as any camera writes into one file."""


class PhotoRefusedError(Exception):
    """Not a JPEG, or too large."""


class Photos:
    """Keeps them. Setting and removing are in the audit."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        """`random` gives the nonces of the seals."""
        self._engine, self._vault, self._clock, self._random = engine, vault, clock, random

    def put(self, person_id: PersonId, photo: bytes, by: str) -> None:
        """Keep the picture of a photograph, small and drawn anew, in place of the one before. `PhotoRefusedError`."""
        if len(photo) > PHOTO_BYTES_MAX:
            raise PhotoRefusedError
        try:
            photo = anew(photo, side_px=KEPT_SIDE_PX, most_bytes=KEPT_BYTES_MAX)
        except NoPhotoError as wrong:
            raise PhotoRefusedError from wrong
        key, at = self._vault.key_for(person_id), self._clock()
        sealed = key.seal.close(photo, nonce=self._random(NONCE_BYTES), context=_context(person_id))
        values = {"key_id": key.id, "sealed": sealed, "by": by, "taken_at": at}
        row = insert(person_photo).values(person_id=person_id, **values)
        with transaction(self._engine) as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))
            audit.record(connection, who=by, what="photo.put", about=f"person/{person_id}", at=at)

    def remove(self, person_id: PersonId, by: str) -> bool:
        """Forget a photograph; give whether there was one."""
        with transaction(self._engine) as connection:
            gone = connection.execute(delete(person_photo).where(person_photo.c.person_id == person_id)).rowcount > 0
            if gone:
                audit.record(connection, who=by, what="photo.remove", about=f"person/{person_id}", at=self._clock())
        return gone

    def of(self, person_ids: Iterable[PersonId]) -> dict[PersonId, bytes]:
        """Give the photographs of these people, of whom there is one."""
        wanted = select(person_photo).where(person_photo.c.person_id.in_(list(person_ids)))
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted).all()
        found: dict[PersonId, bytes] = {}
        for row in rows:
            try:
                found[row.person_id] = self._vault.opener(row.key_id).open(row.sealed, context=_context(row.person_id))
            except KeyDestroyedError:
                continue
        return found


def _context(person_id: PersonId) -> bytes:
    return b"photo/" + person_id.encode()
