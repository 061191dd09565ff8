"""Which version of its configuration each unit should run by. Its words are worked out anew, its keys are not here."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.ids import DeviceId
from baqylau.storage.database import transaction
from baqylau.storage.equipment.link_tables import link_configuration


class Configured(Struct, frozen=True, kw_only=True, gc=False):
    """One unit's version, a digest of what it says, and for which periods it holds keys."""

    device_id: DeviceId
    version: int
    content: bytes
    first_period: int
    last_period: int
    issued_at: datetime


class LinkConfigurations:
    """Keeps the version of each unit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> dict[DeviceId, Configured]:
        """Give the version of each unit that has one."""
        with transaction(self._engine) as connection:
            rows = [msgspec.convert(row, Configured, from_attributes=True) for row in connection.execute(_ALL)]
        return {row.device_id: row for row in rows}

    def version_of(self, device_id: DeviceId) -> int:
        """Give the version by which one unit should run; 0 when it has none."""
        wanted = select(link_configuration.c.version).where(link_configuration.c.device_id == device_id)
        with transaction(self._engine) as connection:
            return int(connection.scalar(wanted) or 0)

    def put(self, rows: Sequence[Configured]) -> None:
        """Take over newer versions. One that is not newer than what is there changes nothing."""
        if not rows:
            return
        given = insert(link_configuration)
        new = given.excluded
        changes = {name: new[name] for name in ("version", "content", "first_period", "last_period", "issued_at")}
        newer = link_configuration.c.version < new.version
        taking = given.on_conflict_do_update(index_elements=["device_id"], set_=changes, where=newer)
        with transaction(self._engine) as connection:
            connection.execute(taking, [msgspec.structs.asdict(row) for row in rows])


_ALL = select(link_configuration)
