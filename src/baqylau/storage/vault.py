"""The data keys of people: each is wrapped with the installation's key, and what it sealed dies with it.

A person has one key in use; rows that were sealed name their key, so that after a destruction a new one can begin and
nobody takes "destroyed" for "tampered with".
"""

from collections.abc import Callable, Iterable

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from baqylau.crypto.sealing import KEY_BYTES, NONCE_BYTES, Seal
from baqylau.domain.ids import PersonId
from baqylau.storage.database import among, transaction
from baqylau.storage.schema import data_key


class KeyDestroyedError(Exception):
    """What was sealed with this key can never be read again."""


class DataKey(Struct, frozen=True):
    """A key by its number, ready to seal."""

    id: int
    seal: Seal


class Vault:
    """Gives the seal of a person. Keys are kept in memory once they were used."""

    def __init__(self, engine: Engine, installation_key: bytes, random: Callable[[int], bytes]) -> None:
        """Take the installation's key of 32 bytes, which wraps every other."""
        self._engine = engine
        self._wrapping = Seal(installation_key)
        self._random = random
        self._in_use: dict[PersonId | None, DataKey] = {}
        self._by_id: dict[int, Seal] = {}

    def seal_for(self, person_id: PersonId | None) -> Seal:
        """Give the seal of a person, of the installation for None. The key is made on first use."""
        return self.key_for(person_id).seal

    def key_for(self, person_id: PersonId | None) -> DataKey:
        """Give the key in use of a person, of the installation for None, made and committed on first use."""
        key = self._in_use.get(person_id)
        return key or self.keys_for([person_id])[person_id]

    def keys_for(self, person_ids: Iterable[PersonId | None]) -> dict[PersonId | None, DataKey]:
        """Give the keys in use of several people, with one question to the database for those not yet in memory."""
        wanted = set(person_ids)
        missing = [person_id for person_id in wanted if person_id not in self._in_use]
        if missing:
            with transaction(self._engine) as connection:
                self._make_missing(connection, missing)
                self._load_in_use(connection, missing)
        return {person_id: self._in_use[person_id] for person_id in wanted}

    def load(self, key_ids: Iterable[int]) -> None:
        """Bring keys into memory with one question to the database; a destroyed one stays out."""
        missing = [key_id for key_id in set(key_ids) if key_id not in self._by_id]
        if missing:
            alive = data_key.c.id.in_(missing) & data_key.c.destroyed_at.is_(None)
            with transaction(self._engine) as connection:
                rows = connection.execute(select(data_key).where(alive)).all()
            self._by_id.update((row.id, self._unwrapped(row.wrapped, row.person_id)) for row in rows)

    def opener(self, key_id: int) -> Seal:
        """Give the seal with this number, or raise `KeyDestroyedError`."""
        known = self._by_id.get(key_id)
        return known or self._load(key_id)

    def destroy(self, person_id: PersonId) -> None:
        """Destroy every key of the person: what they sealed is gone, here and in every copy of the journal."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(data_key)
                .where(data_key.c.person_id == person_id, data_key.c.destroyed_at.is_(None))
                .values(wrapped=None, destroyed_at=func.now())
            )
        self._in_use.pop(person_id, None)
        self._by_id.clear()

    def _make_missing(self, connection: Connection, person_ids: list[PersonId | None]) -> None:
        """Two programs may come at once: the first one's key stays."""
        known = set(connection.scalars(select(data_key.c.person_id).where(_in_use(person_ids))))
        rows = [
            {"person_id": person_id, "wrapped": self._wrapped(person_id), "created_at": func.now()}
            for person_id in sorted(person_ids, key=_name)
            if person_id not in known
        ]
        if rows:
            connection.execute(insert(data_key).values(rows).on_conflict_do_nothing())

    def _wrapped(self, person_id: PersonId | None) -> bytes:
        key, nonce = self._random(KEY_BYTES), self._random(NONCE_BYTES)
        return self._wrapping.close(key, nonce=nonce, context=_name(person_id).encode())

    def _load_in_use(self, connection: Connection, person_ids: list[PersonId | None]) -> None:
        for row in connection.execute(select(data_key).where(_in_use(person_ids))):
            seal = self._unwrapped(row.wrapped, row.person_id)
            self._in_use[row.person_id] = DataKey(row.id, seal)
            self._by_id[row.id] = seal

    def _load(self, key_id: int) -> Seal:
        with transaction(self._engine) as connection:
            row = connection.execute(select(data_key).where(data_key.c.id == key_id)).one()
        if row.wrapped is None:
            raise KeyDestroyedError(key_id)
        return self._by_id.setdefault(key_id, self._unwrapped(row.wrapped, row.person_id))

    def _unwrapped(self, wrapped: bytes, person_id: PersonId | None) -> Seal:
        return Seal(self._wrapping.open(wrapped, context=_name(person_id).encode()))


def _name(person_id: PersonId | None) -> str:
    """Nobody has the empty name: it stands for the installation itself."""
    return person_id or ""


def _in_use(person_ids: list[PersonId | None]) -> ColumnElement[bool]:
    names = [_name(person_id) for person_id in person_ids]
    return and_(among(func.coalesce(data_key.c.person_id, ""), names), data_key.c.destroyed_at.is_(None))
