"""The register of public places: each kind is loaded as a whole, from a map or a list that an installation has."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, delete, func, insert, select

from baqylau.domain.public_places import PlaceKind, PublicPlace
from baqylau.domain.zones import Zone
from baqylau.rules.prescribing.everyday import Frame, frame_of
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.registers.public_place_tables import public_place


class Loaded(Struct, frozen=True, kw_only=True):
    """How many places of a kind are known, and since when."""

    kind: PlaceKind
    count: int
    at: datetime
    by: str


class PublicPlaces:
    """Keeps them."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def load(self, kind: PlaceKind, zones: Sequence[Zone], by: str) -> None:
        """Take these as all places of a kind, in the stead of those before; none: the kind is not known any more."""
        at = self._clock()
        rows = [
            {
                "kind": kind,
                "zone": msgspec.to_builtins(zone),
                **msgspec.structs.asdict(frame_of(zone)),
                "loaded_by": by,
                "loaded_at": at,
            }
            for zone in zones
        ]
        with transaction(self._engine) as connection:
            connection.execute(delete(public_place).where(public_place.c.kind == kind))
            if rows:
                connection.execute(insert(public_place), rows)
            about, said = f"places/{kind}", str(len(rows))
            audit.record(connection, who=by, what="places.load", about=about, purpose=said, at=at)

    def within(self, frame: Frame) -> list[PublicPlace]:
        """Give those whose rectangles meet another one, in the order in which they were loaded."""
        place = public_place.c
        across = (place.south_deg <= frame.north_deg) & (place.north_deg >= frame.south_deg)
        along = (place.west_deg <= frame.east_deg) & (place.east_deg >= frame.west_deg)
        wanted = select(place.kind, place.zone).where(across, along).order_by(place.id)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [PublicPlace(kind=PlaceKind(row.kind), zone=msgspec.convert(row.zone, Zone)) for row in rows]

    def loaded(self) -> list[Loaded]:
        """Give what is known of each kind."""
        place = public_place.c
        counted = select(place.kind, func.count(), func.max(place.loaded_at), func.max(place.loaded_by))
        with transaction(self._engine) as connection:
            rows = connection.execute(counted.group_by(place.kind).order_by(place.kind)).all()
        return [Loaded(kind=PlaceKind(kind), count=count, at=at, by=by) for kind, count, at, by in rows]
