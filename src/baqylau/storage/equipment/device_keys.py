"""The keys of devices: who may speak in a device's name, and what opens its beacons.

A device has at most one key of a kind in use; those before it stay, so that what they proved can be proved again.
Secret ones are sealed with the installation's own key: a copy of the database alone opens nothing.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, select, update

from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.domain.ids import DeviceId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.equipment.link_tables import device_key, link_batch, link_state
from baqylau.storage.vault import Vault

KEY_BYTES = 32


class KeyKind(StrEnum):
    """What a key is for."""

    ED25519 = "ed25519"
    """Public key of a device that signs its batches."""
    HMAC = "hmac"
    """Secret that a device of the small class shares with us."""
    BEACON = "beacon"
    """Root of a transmitter's beacons."""


SECRET = frozenset({KeyKind.HMAC, KeyKind.BEACON})


class KeyInUseError(Exception):
    """The device has a key of this kind in use: revoke it first."""


class NoKeyError(Exception):
    """The device has no key in use."""


class DeviceKey(Struct, frozen=True, kw_only=True, gc=False):
    """One key of one device. `material` is secret for all kinds but `ed25519`: never shown, never logged."""

    id: int
    device_id: DeviceId
    kind: KeyKind
    serial: str
    material: bytes
    enrolled_at: datetime
    revoked_at: datetime | None = None
    revoked_why: str = ""


class KeyLife(Struct, frozen=True, kw_only=True):
    """When a key was in use. The key itself is not in it."""

    kind: KeyKind
    serial: str
    enrolled_at: datetime
    revoked_at: datetime | None
    revoked_why: str


class DeviceKeys:
    """Keeps the keys of all devices."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        """`random` gives the nonces of the seals."""
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._random = random

    def enrol(self, device_id: DeviceId, kind: KeyKind, serial: str, material: bytes, by: str) -> None:
        """Take a key of 32 bytes into use. `KeyInUseError` when the device has one of the kind.

        With a new key to speak by, a device counts its records from 1 again.
        """
        if len(material) != KEY_BYTES:
            msg = f"a key has {KEY_BYTES} bytes, this one {len(material)}"
            raise ValueError(msg)
        at = self._clock()
        values = {"device_id": device_id, "kind": kind, "serial": serial, "enrolled_at": at, "revoked_why": ""}
        secret = self._sealed(device_id, kind, material) if kind in SECRET else {"public": material}
        with transaction(self._engine) as connection:
            audit.record(connection, who=by, what=f"device.enrol.{kind}", about=f"device/{device_id}", at=at)
            if connection.execute(select(device_key.c.id).where(_in_use(device_id, kind))).first() is not None:
                raise KeyInUseError(device_id, kind)
            connection.execute(insert(device_key).values(**values, **secret))
            if kind is not KeyKind.BEACON:
                connection.execute(delete(link_state).where(link_state.c.device_id == device_id))
                connection.execute(delete(link_batch).where(link_batch.c.device_id == device_id))

    def _sealed(self, device_id: DeviceId, kind: KeyKind, material: bytes) -> dict[str, object]:
        key = self._vault.key_for(None)
        nonce = self._random(NONCE_BYTES)
        return {"key_id": key.id, "sealed": key.seal.close(material, nonce=nonce, context=_context(device_id, kind))}

    def revoke(self, device_id: DeviceId, why: str, by: str) -> int:
        """Take all keys of a device out of use, and give how many there were. `NoKeyError` when there was none."""
        at = self._clock()
        with transaction(self._engine) as connection:
            audit.record(connection, who=by, what="device.revoke", about=f"device/{device_id}", purpose=why, at=at)
            count = _close(connection, _in_use(device_id), at, why)
            if not count:
                raise NoKeyError(device_id)
        return count

    def in_use(self) -> list[DeviceKey]:
        """Give all keys that are in use."""
        return self._found(device_key.c.revoked_at.is_(None))

    def revoked(self) -> frozenset[DeviceId]:
        """Give the devices that had keys and have none in use."""
        had = select(device_key.c.device_id).group_by(device_key.c.device_id)
        none = had.having(func.count() == func.count(device_key.c.revoked_at))
        with transaction(self._engine) as connection:
            return frozenset(DeviceId(one) for one in connection.scalars(none))

    def of(self, device_id: DeviceId) -> list[DeviceKey]:
        """Give all keys that a device ever had, oldest first."""
        return self._found(device_key.c.device_id == device_id)

    def lives(self, device_id: DeviceId) -> list[KeyLife]:
        """Give when each key of a device was in use, oldest first; no seal is opened."""
        wanted = select(device_key).where(device_key.c.device_id == device_id).order_by(device_key.c.id)
        with transaction(self._engine) as connection:
            return [msgspec.convert(row, KeyLife, from_attributes=True) for row in connection.execute(wanted)]

    def version(self) -> tuple[int, int]:
        """Give two numbers of which one grows when a key is enrolled or revoked."""
        counted = select(func.coalesce(func.max(device_key.c.id), 0), func.count(device_key.c.revoked_at))
        with transaction(self._engine) as connection:
            last, revoked = connection.execute(counted).one()
        return int(last), int(revoked)

    def _found(self, chosen: ColumnElement[bool]) -> list[DeviceKey]:
        with transaction(self._engine) as connection:
            rows = connection.execute(select(device_key).where(chosen).order_by(device_key.c.id)).all()
        self._vault.load(row.key_id for row in rows if row.key_id is not None)
        return [self._key(row) for row in rows]

    def _key(self, row: "Row[tuple[object, ...]]") -> DeviceKey:
        kind = KeyKind(row.kind)
        if kind in SECRET:
            material = self._vault.opener(row.key_id).open(row.sealed, context=_context(row.device_id, kind))
        else:
            material = bytes(row.public)
        return DeviceKey(
            id=row.id,
            device_id=DeviceId(row.device_id),
            kind=kind,
            serial=row.serial,
            material=material,
            enrolled_at=row.enrolled_at,
            revoked_at=row.revoked_at,
            revoked_why=row.revoked_why,
        )


def _close(connection: Connection, chosen: ColumnElement[bool], at: datetime, why: str) -> int:
    done = connection.execute(update(device_key).where(chosen).values(revoked_at=at, revoked_why=why))
    return done.rowcount


def _in_use(device_id: DeviceId, kind: KeyKind | None = None) -> ColumnElement[bool]:
    mine = (device_key.c.device_id == device_id) & device_key.c.revoked_at.is_(None)
    return mine if kind is None else mine & (device_key.c.kind == kind)


def _context(device_id: DeviceId, kind: KeyKind) -> bytes:
    """A sealed key cannot be put into another device's row."""
    return msgspec.msgpack.encode((device_id, kind))
