"""What the service and a supervised person say to each other on the person's own page."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, func, insert, select, update

from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import AlarmId, PersonId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.people.own_access import signature
from baqylau.storage.people.own_page_tables import own_file, own_message
from baqylau.storage.vault import Vault

MOST_FILES: Final = 6
"""To one alarm."""
_LISTED: Final = 100


class OwnMessage(Struct, frozen=True, kw_only=True):
    """Something that the service wrote to the person."""

    id: int
    by: str
    at: datetime
    text: str
    read_at: datetime | None


class OwnFile(Struct, frozen=True, kw_only=True):
    """A photograph or a voice note about an alarm."""

    id: int
    person_id: PersonId
    alarm_id: AlarmId
    at: datetime
    media_type: str
    length_bytes: int


class TooManyFilesError(Exception):
    """There are as many about this alarm as there may be."""


class OwnWords:
    """Keeps them."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._engine, self._vault = engine, vault
        self._clock, self._random = clock, random

    def write(self, person_id: PersonId, text: str, by: str) -> OwnMessage:
        """Write to a person."""
        at = self._clock()
        with transaction(self._engine) as connection:
            made = insert(own_message).values(person_id=person_id, by=by, at=at, text=text)
            row = connection.execute(made.returning(own_message)).one()
            about = f"person/{person_id}"
            audit.record(connection, who=by, what="own.write", about=about, purpose=f"message/{row.id}", at=at)
        return msgspec.convert(row, OwnMessage, from_attributes=True)

    def messages(self, person_id: PersonId) -> Sequence[OwnMessage]:
        """Give the last messages to a person, the newest first."""
        return written_to(self._engine, person_id)

    def received(self, person_id: PersonId, number: int) -> bool:
        """Note that the person says to have read it; the first time counts. False: no such message to this person."""
        at, by = self._clock(), signature(person_id)
        theirs = (own_message.c.id == number, own_message.c.person_id == person_id)
        with transaction(self._engine) as connection:
            if connection.scalar(select(own_message.c.id).where(*theirs)) is None:
                return False
            first = update(own_message).where(*theirs, own_message.c.read_at.is_(None)).values(read_at=at)
            if connection.execute(first).rowcount:
                about, purpose = f"person/{person_id}", f"message/{number}"
                audit.record(connection, who=by, what="own.read", about=about, purpose=purpose, at=at)
        return True

    def attach(self, person_id: PersonId, alarm_id: AlarmId, media_type: str, content: bytes) -> OwnFile:
        """Keep a file of the person about one of their alarms. `TooManyFilesError`."""
        at, key, nonce = self._clock(), self._vault.key_for(person_id), self._random(NONCE_BYTES)
        sealed = key.seal.close(content, nonce=nonce, context=_context(person_id, alarm_id))
        about = (own_file.c.alarm_id == alarm_id, own_file.c.person_id == person_id)
        row = {"person_id": person_id, "alarm_id": alarm_id, "at": at, "media_type": media_type}
        with transaction(self._engine) as connection:
            if (connection.scalar(select(func.count()).where(*about)) or 0) >= MOST_FILES:
                raise TooManyFilesError
            made = insert(own_file).values(**row, length_bytes=len(content), key_id=key.id, sealed=sealed)
            kept = connection.execute(made.returning(*_SAID)).one()
            by, purpose = signature(person_id), f"file/{kept.id}"
            audit.record(connection, who=by, what="own.attach", about=f"alarm/{alarm_id}", purpose=purpose, at=at)
        return msgspec.convert(kept, OwnFile, from_attributes=True)

    def files(self, person_id: PersonId, alarm_id: AlarmId | None = None) -> list[OwnFile]:
        """Give what a person attached, without the content; about one alarm if it is named."""
        wanted = select(*_SAID).where(own_file.c.person_id == person_id).order_by(own_file.c.id)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted if alarm_id is None else wanted.where(own_file.c.alarm_id == alarm_id))
            return [msgspec.convert(row, OwnFile, from_attributes=True) for row in rows]

    def file(self, person_id: PersonId, number: int) -> tuple[str, bytes] | None:
        """Give type and content of a person's file; None for none of theirs. `KeyDestroyedError`."""
        wanted = select(own_file).where(own_file.c.id == number, own_file.c.person_id == person_id)
        with transaction(self._engine) as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        seal = self._vault.opener(row.key_id)
        return row.media_type, seal.open(row.sealed, context=_context(person_id, row.alarm_id))


_SAID = tuple(one for one in own_file.c if one.name not in {"sealed", "key_id"})


def written_to(engine: Engine, person_id: PersonId) -> Sequence[OwnMessage]:
    """Give the last messages to a person, the newest first."""
    wanted = select(own_message).where(own_message.c.person_id == person_id)
    with transaction(engine) as connection:
        rows = connection.execute(wanted.order_by(own_message.c.id.desc()).limit(_LISTED))
        return [msgspec.convert(row, OwnMessage, from_attributes=True) for row in rows]


def _context(person_id: PersonId, alarm_id: int) -> bytes:
    return f"own file {person_id} {alarm_id}".encode()
