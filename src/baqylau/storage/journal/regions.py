"""Regional sites: their keys, how far each is forwarded, and by which of them each device is heard.

Two programs may forward the same site. Whoever begins gets a new epoch; what one before still says of how far it has
come is refused. What it wrote into the journal stays: it is the same facts, which are kept once.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.ids import DeviceId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.journal.region_tables import region, region_device
from baqylau.storage.judging.live import BRIDGE, REGION, role_of
from baqylau.storage.schema import beat

__all__ = ["Region", "RegionTakenError", "Regions", "SupersededError"]


class SupersededError(Exception):
    """Another program forwards this site by now."""


class RegionTakenError(Exception):
    """There is a site of this name."""


class Region(Struct, frozen=True, kw_only=True):
    """A site, as the centre knows it."""

    name: str
    public_key: bytes
    districts: tuple[str, ...] = ()
    """Whose people's equipment it may hear; all of it when none is named."""
    stream: str = ""
    """Which stream `seq` counts in: one that was made anew counts from the beginning."""
    seq: int = 0
    """Everything up to this letter is in the journal."""
    added_at: datetime
    heard_at: datetime | None = None
    """Until when the site is known to have listened, with everything that it heard until then in the journal."""
    known_as_of: datetime | None = None
    """How old what the site knew of the registers was then."""


class Regions:
    """Keeps the sites."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, one: Region, by: str) -> None:
        """Let a site in; `RegionTakenError` when there is one of the name."""
        row: dict[str, object] = {
            "name": one.name,
            "public_key": one.public_key,
            "districts": list(one.districts),
            "stream": one.stream,
        }
        row |= {"seq": 0, "epoch": 0, "added_at": one.added_at}
        with transaction(self._engine) as connection:
            written = insert(region).values(row).on_conflict_do_nothing().returning(region.c.name)
            if connection.scalar(written) is None:
                raise RegionTakenError(one.name)
            audit.record(connection, who=by, what="region.add", about=f"region/{one.name}", at=one.added_at)

    def forget(self, name: str, by: str, at: datetime) -> bool:
        """Let a site out: nothing of it is taken any more, and nobody waits for it. False where there is none."""
        with transaction(self._engine) as connection:
            connection.execute(delete(region_device).where(region_device.c.region == name))
            connection.execute(delete(beat).where(beat.c.role.in_((role_of(REGION, name), role_of(BRIDGE, name)))))
            if not connection.execute(delete(region).where(region.c.name == name)).rowcount:
                return False
            audit.record(connection, who=by, what="region.forget", about=f"region/{name}", at=at)
        return True

    def all(self) -> list[Region]:
        """Give the sites by name."""
        with transaction(self._engine) as connection:
            return [
                Region(
                    name=row.name,
                    public_key=row.public_key,
                    districts=tuple(row.districts),
                    stream=row.stream,
                    seq=row.seq,
                    added_at=row.added_at,
                    heard_at=row.heard_at,
                    known_as_of=row.known_as_of,
                )
                for row in connection.execute(select(region).order_by(region.c.name))
            ]

    def find(self, name: str) -> Region | None:
        """Give a site, None when there is none of the name."""
        return next((one for one in self.all() if one.name == name), None)

    def begin(self, name: str, stream: str) -> tuple[int, int]:
        """Begin to forward a site in somebody else's stead; give our epoch and the letter after which to go on."""
        fresh = (region.c.name == name) & (region.c.stream != stream)
        with transaction(self._engine) as connection:
            connection.execute(update(region).where(fresh).values(stream=stream, seq=0))
            mine = update(region).where(region.c.name == name).values(epoch=region.c.epoch + 1)
            row = connection.execute(mine.returning(region.c.epoch, region.c.seq)).one_or_none()
        if row is None:
            raise SupersededError(name)
        return row.epoch, row.seq

    def forwarded(self, name: str, epoch: int, seq: int) -> None:
        """Say that everything up to a letter is in the journal; `SupersededError` when that is another's to say."""
        self._say(name, epoch, {"seq": seq})

    def heard(self, name: str, epoch: int, at: datetime, known_as_of: datetime | None) -> None:
        """Say until when the site listened; `SupersededError` when that is another's to say."""
        self._say(name, epoch, {"heard_at": at, "known_as_of": known_as_of})

    def _say(self, name: str, epoch: int, said: dict[str, object]) -> None:
        with transaction(self._engine) as connection:
            mine = (region.c.name == name) & (region.c.epoch == epoch)
            if not connection.execute(update(region).where(mine).values(said)).rowcount:
                raise SupersededError(name)

    def hears(self, name: str, device_ids: Iterable[DeviceId]) -> None:
        """Note that these devices are heard by this site from now on."""
        rows = [{"device_id": one, "region": name} for one in sorted(set(device_ids))]
        if rows:
            with transaction(self._engine) as connection:
                theirs = region_device.c.device_id.in_([row["device_id"] for row in rows])
                connection.execute(delete(region_device).where(theirs))
                connection.execute(insert(region_device).on_conflict_do_nothing(), rows)

    def devices(self) -> dict[DeviceId, str]:
        """Give which site hears each device that one does."""
        with transaction(self._engine) as connection:
            found = connection.execute(select(region_device.c.device_id, region_device.c.region))
            return {DeviceId(device_id): name for device_id, name in found}

    def devices_version(self) -> tuple[int, int]:
        """Give something that is another when `devices` is."""
        wanted = select(func.coalesce(func.max(region_device.c.id), 0), func.count())
        with transaction(self._engine) as connection:
            last, count = connection.execute(wanted).one()
        return int(last), int(count)
