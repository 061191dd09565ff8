"""Rows of the registers between their table and their values."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, Text, cast, or_, select

from baqylau.domain.ids import OrderId, PersonId
from baqylau.domain.orders import Consent, Fitting, Order, Permission, Restriction
from baqylau.domain.people import Device, Maintenance, Person
from baqylau.storage.registers.registry import Registry
from baqylau.storage.schema import register

PERSON, DEVICE, ORDER = "person", "device", "order"
RESTRICTION, PERMISSION, FITTING = "restriction", "permission", "fitting"
CONSENT, MAINTENANCE = "consent", "maintenance"

Value = Person | Device | Order | Restriction | Permission | Consent | Fitting | Maintenance
Key = tuple[str, str]
"""Kind and name; each version of a restriction is a row of its own."""

_KINDS: dict[type, str] = {
    Person: PERSON,
    Device: DEVICE,
    Order: ORDER,
    Permission: PERMISSION,
    Consent: CONSENT,
    Fitting: FITTING,
    Maintenance: MAINTENANCE,
}
_DECODERS: dict[str, "msgspec.json.Decoder[Value]"] = {
    PERSON: msgspec.json.Decoder(Person),
    DEVICE: msgspec.json.Decoder(Device),
    ORDER: msgspec.json.Decoder(Order),
    RESTRICTION: msgspec.json.Decoder(Restriction),
    PERMISSION: msgspec.json.Decoder(Permission),
    CONSENT: msgspec.json.Decoder(Consent),
    FITTING: msgspec.json.Decoder(Fitting),
    MAINTENANCE: msgspec.json.Decoder(Maintenance),
}


def in_force(
    connection: Connection, chosen: ColumnElement[bool], *, known_at: datetime | None = None
) -> Iterator[Value]:
    """Give the chosen rows that are in force now, or as they were recorded at an instant."""
    recorded: ColumnElement[bool] = register.c.replaced_at.is_(None)
    if known_at is not None:
        still = or_(register.c.replaced_at.is_(None), register.c.replaced_at > known_at)
        recorded = (register.c.recorded_at <= known_at) & still
    columns = (register.c.kind, cast(register.c.body, Text).label("body"))
    for row in connection.execute(select(*columns).where(chosen, recorded).order_by(register.c.id)):
        yield value_of(row.kind, row.body)


def value_of(kind: str, body: str) -> Value:
    """Give what a row holds."""
    return _DECODERS[kind].decode(body)


def values_of(registry: Registry) -> tuple[Value, ...]:
    """Give everything in a registry."""
    return (
        *registry.people,
        *registry.devices,
        *registry.orders,
        *registry.restrictions,
        *registry.permissions,
        *registry.consents,
        *registry.fittings,
        *registry.maintenances,
    )


def key_of(value: Value) -> Key:
    """Give the name of the row that holds it."""
    if isinstance(value, Restriction):
        return RESTRICTION, f"{value.id}/{value.version}"
    return _KINDS[type(value)], value.id


def person_of(value: Value, orders: Mapping[OrderId, Order]) -> PersonId | None:
    """Give the person whom it is about; a restriction is its order's person's, a device is nobody's."""
    match value:
        case Person():
            return value.id
        case Device():
            return None
        case Order() | Permission() | Consent() | Fitting() | Maintenance():
            return value.person_id
        case _:
            return orders[value.order_id].person_id


def search_text(value: Value) -> str:
    """Give what a search looks through, without case."""
    match value:
        case Person():
            words: Iterable[str] = (value.id, value.name, value.address, value.phone, value.district)
        case Device():
            words = (value.id, value.number)
        case _:
            words = ()
    return " ".join(words).casefold()
