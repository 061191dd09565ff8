"""From an import file to the values of the registers; every mistake found is told, and then nothing is taken."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from baqylau.domain.ids import (
    ConsentId,
    DeviceId,
    FittingId,
    MaintenanceId,
    OrderId,
    PermissionId,
    PersonId,
    RestrictionId,
)
from baqylau.domain.orders import Consent, Fitting, Order, Permission, Restriction
from baqylau.domain.people import Device, Maintenance, Person
from baqylau.domain.zones import Circle, Corridor, Polygon, Zone
from baqylau.monitoring.server.importing.document import Document, Mistake, MistakesError
from baqylau.monitoring.server.importing.restrictions import WrongError, aware, place_of, restriction, schedule_of
from baqylau.monitoring.server.importing.shapes import (
    ConsentShape,
    DeviceShape,
    FittingShape,
    MaintenanceShape,
    NoContactShape,
    OrderShape,
    PermissionShape,
    PersonShape,
    RestrictionShape,
    ZoneShape,
)
from baqylau.monitoring.server.sighting import BLE
from baqylau.protocols.fleet import FLEET
from baqylau.rules.equipment import docking
from baqylau.rules.places.geometry import ZoneError, repaired
from baqylau.storage.registers.registers import Registry

PROTOCOLS = (*FLEET, BLE, "link", "beacon")
"""What bought trackers speak; `ble`, bought beacons that they hear; and our own devices: `link` those that talk to us,
`beacon` those that only send.
"""
PARTS = ("people", "zones", "devices", "orders", "permissions", "consents", "fittings", "maintenances")
"""In the order in which they lean on each other; in the file any order will do."""

S = TypeVar(
    "S",
    PersonShape,
    DeviceShape,
    ZoneShape,
    OrderShape,
    PermissionShape,
    ConsentShape,
    FittingShape,
    MaintenanceShape,
)
V = TypeVar("V")


def parse(text: str) -> Registry:
    """Give what the file says, or raise `MistakesError` with every mistake, its line and its field."""
    document = Document(text)
    mistakes = [
        document.mistake(f"$.{part}", "import.unknown_part", part=part) for part in document.parts if part not in PARTS
    ]
    registry = _Reader(document, mistakes).registry()
    if mistakes:
        raise MistakesError(mistakes)
    return registry


class _Reader:
    """Goes through the parts in the order in which they lean on each other."""

    def __init__(self, document: Document, mistakes: list[Mistake]) -> None:
        self._document = document
        self._mistakes = mistakes
        self._known: dict[str, set[str]] = {part: set() for part in (*PARTS, "restrictions")}
        self._zones: dict[str, Zone] = {}
        self._restrictions: list[Restriction] = []

    def registry(self) -> Registry:
        people = self._each("people", PersonShape, _person)
        self._each("zones", ZoneShape, self._zone)
        devices = self._each("devices", DeviceShape, self._device)
        orders = self._each("orders", OrderShape, self._order)
        permissions = self._each("permissions", PermissionShape, self._permission)
        consents = self._each("consents", ConsentShape, self._consent)
        fittings = self._each("fittings", FittingShape, self._fitting)
        maintenances = self._each("maintenances", MaintenanceShape, self._maintenance)
        return Registry(
            people=people,
            devices=devices,
            orders=orders,
            restrictions=tuple(self._restrictions),
            permissions=permissions,
            consents=consents,
            fittings=fittings,
            maintenances=maintenances,
        )

    def _each(self, part: str, shape: type[S], make: Callable[[S, str], V]) -> tuple[V, ...]:
        """Make a value of each item; an item that cannot be made becomes a mistake."""
        values = []
        for path, item in self._document.items(part, shape, self._mistakes):
            value = self._attempt(path, partial(make, item, path))
            if item.id in self._known[part]:
                self._mistakes.append(self._document.mistake(f"{path}.id", "import.id_twice", id=item.id))
            self._known[part].add(item.id)
            if value is not None:
                values.append(value)
        return tuple(values)

    def _attempt(self, path: str, make: Callable[[], V]) -> V | None:
        try:
            return make()
        except WrongError as wrong:
            self._mistakes.append(self._document.mistake(f"{path}.{wrong.field}", wrong.key, **wrong.params))
        except ZoneError as wrong:
            params = {name: str(value) for name, value in wrong.params.items()}
            self._mistakes.append(self._document.mistake(path, wrong.key, **params))
        return None

    def _refer(self, part: str, field: str, name: str) -> None:
        if name not in self._known[part]:
            raise WrongError(field, "import.not_in_file", id=name, part=part)

    def _zone(self, shape: ZoneShape, path: str) -> Zone:  # noqa: ARG002 - one form for all parts
        zone = repaired(_drawn(shape))
        self._zones[shape.id] = zone
        return zone

    def _order(self, shape: OrderShape, path: str) -> Order:
        self._refer("people", "person", shape.person)
        order = Order(
            id=OrderId(shape.id),
            person_id=PersonId(shape.person),
            court=shape.court,
            act_number=shape.act_number,
            act_date=shape.act_date,
            from_at=aware("from", shape.from_at),
            until_at=_end(shape.from_at, shape.until_at),
            calls_recorded=shape.calls_recorded.strip(),
        )
        for index, part in enumerate(shape.restrictions):
            where = f"{path}.restrictions[{index}]"
            made = self._attempt(where, partial(self._restriction, part, order))
            if part.id in self._known["restrictions"]:
                self._mistakes.append(self._document.mistake(f"{where}.id", "import.id_twice", id=part.id))
            self._known["restrictions"].add(part.id)
            if made is not None:
                self._restrictions.append(made)
        return order

    def _restriction(self, shape: RestrictionShape, order: Order) -> Restriction:
        if isinstance(shape, NoContactShape):
            self._refer("people", "other", shape.other)
        return restriction(shape, order, self._zones)

    def _device(self, shape: DeviceShape, path: str) -> Device:  # noqa: ARG002 - one form for all parts
        if shape.protocol not in PROTOCOLS:
            known = ", ".join(PROTOCOLS)
            raise WrongError("protocol", "import.unknown_protocol", protocol=shape.protocol, known=known)
        for field, figure in (("silence_limit_s", shape.silence_limit_s), ("gone_grace_s", shape.gone_grace_s)):
            if figure <= 0:
                raise WrongError(field, "import.not_positive")
        if shape.charge_hours and shape.kind not in docking.DEVICES:
            raise WrongError("charge_hours", "import.not_carried", kind=shape.kind)
        return Device(
            id=DeviceId(shape.id),
            kind=shape.kind,
            protocol=shape.protocol,
            number=_beacon(shape.number) if shape.protocol == BLE else shape.number,
            password=shape.password,
            silence_limit_s=shape.silence_limit_s,
            gone_grace_s=shape.gone_grace_s,
            charge_schedule=schedule_of(shape.charge_hours, "charge_hours") if shape.charge_hours else None,
            place=place_of(self._zones, "place", shape.place) if shape.place else None,
        )

    def _consent(self, shape: ConsentShape, path: str) -> Consent:  # noqa: ARG002 - one form for all parts
        self._refer("people", "person", shape.person)
        return Consent(
            id=ConsentId(shape.id),
            person_id=PersonId(shape.person),
            from_at=aware("from", shape.from_at),
            until_at=_end(shape.from_at, shape.until_at) if shape.until_at else None,
            form=shape.form,
        )

    def _maintenance(self, shape: MaintenanceShape, path: str) -> Maintenance:  # noqa: ARG002 - one form for all parts
        self._refer("people", "person", shape.person)
        if shape.device is not None:
            self._refer("devices", "device", shape.device)
        return Maintenance(
            id=MaintenanceId(shape.id),
            person_id=PersonId(shape.person),
            device_id=DeviceId(shape.device) if shape.device else None,
            from_at=aware("from", shape.from_at),
            until_at=_end(shape.from_at, shape.until_at),
            reason=shape.reason,
            by=shape.by,
        )

    def _permission(self, shape: PermissionShape, path: str) -> Permission:  # noqa: ARG002 - one form for all parts
        self._refer("people", "person", shape.person)
        if shape.restriction is not None:
            self._refer("restrictions", "restriction", shape.restriction)
        return Permission(
            id=PermissionId(shape.id),
            person_id=PersonId(shape.person),
            restriction_id=RestrictionId(shape.restriction) if shape.restriction else None,
            reason=shape.reason,
            granted_by=shape.granted_by,
            from_at=aware("from", shape.from_at),
            until_at=_end(shape.from_at, shape.until_at),
        )

    def _fitting(self, shape: FittingShape, path: str) -> Fitting:  # noqa: ARG002 - one form for all parts
        self._refer("people", "person", shape.person)
        self._refer("devices", "device", shape.device)
        return Fitting(
            id=FittingId(shape.id),
            device_id=DeviceId(shape.device),
            person_id=PersonId(shape.person),
            from_at=aware("from", shape.from_at),
            until_at=_end(shape.from_at, shape.until_at) if shape.until_at else None,
        )


def _person(shape: PersonShape, path: str) -> Person:  # noqa: ARG001 - one form for all parts
    return Person(
        id=PersonId(shape.id),
        name=shape.name,
        address=shape.address,
        phone=shape.phone,
        language=shape.language,
        district=shape.district,
    )


def _drawn(shape: ZoneShape) -> Zone:
    zones: list[Zone] = []
    if shape.circle:
        zones.append(Circle(name=shape.name, center=shape.circle.center, radius_m=shape.circle.radius_m))
    if shape.polygon:
        holes = tuple(tuple(hole) for hole in shape.polygon.holes)
        zones.append(Polygon(name=shape.name, outline=tuple(shape.polygon.outline), holes=holes))
    if shape.corridor:
        line = tuple(shape.corridor.line)
        zones.append(Corridor(name=shape.name, line=line, half_width_m=shape.corridor.half_width_m))
    if len(zones) != 1:
        raise WrongError("id", "import.one_shape_a_zone")
    return zones[0]


def _end(from_at: datetime, until_at: datetime) -> datetime:
    """Give the end in UTC, which must lie after the beginning."""
    end = aware("until", until_at)
    if end <= aware("from", from_at):
        raise WrongError("until", "import.ends_before_it_begins")
    return end


def _beacon(number: str) -> str:
    """Give what a bought beacon calls itself, however it was written down."""
    return number.replace(":", "").replace("-", "").lower()
