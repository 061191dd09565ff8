"""Saving into the registers: all or nothing; rows are closed, never changed; and who has to be judged again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, insert, select, text

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import Consent, Fitting, NoContact, Order, Permission
from baqylau.domain.people import Device, Maintenance, Person
from baqylau.storage.database import among
from baqylau.storage.registers.editing import record_edits, record_of
from baqylau.storage.registers.register_rows import (
    CONSENT,
    DEVICE,
    FITTING,
    MAINTENANCE,
    ORDER,
    PERMISSION,
    PERSON,
    RESTRICTION,
    Key,
    Value,
    in_force,
    key_of,
    person_of,
    search_text,
    values_of,
)
from baqylau.storage.registers.registry import (
    Fault,
    Known,
    Registry,
    Timed,
    contradicted,
    differs_from,
    faults_of,
    is_restriction,
    refuse,
    succeeded,
    supervisions_of,
)
from baqylau.storage.schema import register, register_change, register_version

_Kind = TypeVar("_Kind")


def save(
    connection: Connection,
    registry: Registry,
    *,
    by: str,
    at: datetime,
    again: Mapping[PersonId, datetime] | None = None,
) -> int:
    """Save the rows in this transaction and give the number of the version they make; `again` is judged anew as well.

    Rows that say the same as before are left alone. `RegisterRefusedError` when something is not as it must be.
    """
    before = {key_of(value): value for value in _around(connection, registry)}
    before |= {key_of(value): value for value in _of_the_same(connection, (*before.values(), *values_of(registry)))}
    after = before | {key_of(value): value for value in values_of(registry)}
    after |= {key_of(value): value for value in succeeded(filter(is_restriction, after.values()))}
    known = _known(after.values(), before)
    faults = tuple(faults_of(registry, known))
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    if not faults:
        faults = tuple(_meaningless(after, changed, known))
    refuse(faults)
    numbered = insert(register_version).values(recorded_at=at, by=by).returning(register_version.c.version)
    version = int(connection.execute(numbered).scalar_one())
    _write(connection, changed, known, version, at)
    _mark(connection, chain(_affected(before, changed, known), (again or {}).items()), version, at)
    record_edits(connection, _edited(registry, changed, known), version=version, by=by, at=at)
    return version


def _around(connection: Connection, registry: Registry) -> Iterator[Value]:
    """Give the rows in force that have to do with those to be saved."""
    body = register.c.body
    fitted = {row.id for row in registry.devices} | {row.device_id for row in registry.fittings}
    orders = {row.id for row in registry.orders} | {row.order_id for row in registry.restrictions}
    bound: tuple[Order | Permission | Consent | Fitting | Maintenance, ...] = (
        *registry.orders,
        *registry.permissions,
        *registry.consents,
        *registry.fittings,
        *registry.maintenances,
    )
    named = {row.other_id for row in registry.restrictions if isinstance(row, NoContact)}
    people = {row.id for row in registry.people} | {row.person_id for row in bound} | named
    consenting = {row.person_id for row in registry.consents}
    chosen = (
        _of(PERSON, people),
        _of(CONSENT, {row.id for row in registry.consents}),
        _of(MAINTENANCE, {row.id for row in registry.maintenances}),
        _of(DEVICE, {row.device_id for row in registry.maintenances if row.device_id}),
        _of(RESTRICTION, consenting, body["other_id"].astext),
        _orders_naming(consenting),
        _of(DEVICE, fitted),
        _of(DEVICE, {row.number for row in registry.devices}, body["number"].astext),
        _of(ORDER, orders),
        _of(RESTRICTION, {row.id for row in registry.restrictions}, body["id"].astext),
        _of(PERMISSION, {row.id for row in registry.permissions}),
        _of(FITTING, {row.id for row in registry.fittings}),
        _of(FITTING, fitted, body["device_id"].astext),
    )
    for one in chosen:
        yield from in_force(connection, one)


def _of_the_same(connection: Connection, values: tuple[Value, ...]) -> Iterator[Value]:
    """Give everything else of the people whose restrictions or fittings are to be saved, and what they wear."""
    orders = {row.id: row.person_id for row in _only(Order, values)}
    people = {orders[row.order_id] for row in values if is_restriction(row) and row.order_id in orders}
    people |= {row.person_id for row in _only(Fitting, values)}
    own = list(in_force(connection, and_(register.c.kind != PERSON, among(register.c.person_id, people))))
    yield from own
    yield from in_force(connection, _of(DEVICE, {row.device_id for row in _only(Fitting, own)}))
    named = {row.other_id for row in _only(NoContact, (*own, *values))}
    yield from in_force(connection, and_(register.c.kind == CONSENT, among(register.c.person_id, named)))


def _meaningless(after: Mapping[Key, Value], changed: Mapping[Key, Value], known: Known) -> Iterator[Fault]:
    """Give what cannot be meant of the restrictions that change. Those that stood are no reason to refuse others."""
    changing = [value for value in changed.values() if is_restriction(value)]
    people, names = {person_of(value, known.orders) for value in changing}, {str(value.id) for value in changing}
    concerned = (one for one in supervisions_of(after.values()) if one.person_id in people)
    for fault in contradicted(concerned, refused=True):
        if fault.key in names or fault.field in names:
            yield fault


def _orders_naming(people: Iterable[str]) -> ColumnElement[bool]:
    """Choose the orders with a restriction that names one of these people."""
    body = register.c.body
    naming = select(body["order_id"].astext).where(
        _of(RESTRICTION, people, body["other_id"].astext), register.c.replaced_at.is_(None)
    )
    return and_(register.c.kind == ORDER, register.c.key.in_(naming))


def _of(kind: str, names: Iterable[str], column: ColumnElement[str] = register.c.key) -> ColumnElement[bool]:
    return and_(register.c.kind == kind, among(column, names))


def _known(values: Iterable[Value], before: Iterable[Key]) -> Known:
    rows = tuple(values)
    numbers: dict[tuple[str, str], set[DeviceId]] = defaultdict(set)
    for device in _only(Device, rows):
        numbers[device.protocol, device.number].add(device.id)
    orders = {row.id: row for row in _only(Order, rows)}
    naming: dict[PersonId, set[PersonId]] = defaultdict(set)
    for row in _only(NoContact, rows):
        if row.order_id in orders:
            naming[row.other_id].add(orders[row.order_id].person_id)
    return Known(
        people=frozenset(row.id for row in _only(Person, rows)),
        devices={row.id: row for row in _only(Device, rows)},
        orders=orders,
        fittings=tuple(_only(Fitting, rows)),
        numbers={number: frozenset(ids) for number, ids in numbers.items()},
        naming=naming,
        stood=frozenset((kind, name.rpartition("/")[0] if kind == RESTRICTION else name) for kind, name in before),
    )


def _only(kind: type[_Kind], rows: Iterable[object]) -> list[_Kind]:
    return [row for row in rows if isinstance(row, kind)]


def _write(connection: Connection, changed: Mapping[Key, Value], known: Known, version: int, at: datetime) -> None:
    if not changed:
        return
    kinds, keys = zip(*changed, strict=True)
    connection.execute(
        text(
            "UPDATE register SET replaced_at = :at FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[])) "
            "AS new (kind, key) WHERE (register.kind, register.key) = (new.kind, new.key) AND replaced_at IS NULL"
        ),
        {"at": at, "kinds": list(kinds), "keys": list(keys)},
    )
    rows = [
        {
            "kind": kind,
            "key": key,
            "person_id": person_of(value, known.orders),
            "body": msgspec.to_builtins(value),
            "search": search_text(value),
            "version": version,
            "recorded_at": at,
        }
        for (kind, key), value in changed.items()
    ]
    connection.execute(insert(register), rows)


def _affected(
    before: Mapping[Key, Value], changed: Mapping[Key, Value], known: Known
) -> Iterator[tuple[PersonId, datetime]]:
    """Give who is concerned, and the first instant for which it matters."""
    fitted = defaultdict(list)
    for fitting in known.fittings:
        fitted[fitting.device_id].append(fitting)
    for key, new in changed.items():
        match new:
            case Person():
                continue
            case Device():
                yield from ((fitting.person_id, fitting.from_at) for fitting in fitted[new.id])
            case _:
                yield from _moved(before.get(key), new, known)
        if isinstance(new, Consent):
            old = before.get(key)
            from_at = differs_from(old if isinstance(old, Consent) else None, new)
            yield from ((person_id, from_at) for person_id in known.naming[new.person_id])


def _edited(registry: Registry, changed: Mapping[Key, Value], known: Known) -> Iterator[tuple[PersonId, Code]]:
    """Give whose record says that something else holds now. What ends because of a successor is part of that."""
    for value in values_of(registry):
        code, person_id = record_of(value), person_of(value, known.orders)
        if code is not None and person_id is not None and key_of(value) in changed:
            yield person_id, code


def _moved(old: Value | None, new: Timed, known: Known) -> Iterator[tuple[PersonId, datetime]]:
    """Give the person of the new row, and that of the old one if it was another."""
    was = None if old is None or isinstance(old, Person | Device) else old
    from_at = differs_from(was, new)
    for person_id in {person_of(row, known.orders) for row in (was, new) if row is not None}:
        if person_id is not None:
            yield person_id, from_at


def _mark(connection: Connection, affected: Iterable[tuple[PersonId, datetime]], version: int, at: datetime) -> None:
    """Write down who has to be judged again, once each, from the earliest instant."""
    earliest: dict[PersonId, datetime] = {}
    for person_id, from_at in affected:
        earliest[person_id] = min(from_at, earliest.get(person_id, from_at))
    rows = [
        {"version": version, "person_id": person_id, "effective_from": from_at, "recorded_at": at}
        for person_id, from_at in earliest.items()
    ]
    if rows:
        connection.execute(insert(register_change), rows)
