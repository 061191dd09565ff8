"""What the registers hold, what must be true of it, and from when a change matters. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import pairwise, zip_longest
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId, OrderId, PersonId
from baqylau.domain.orders import Consent, Fitting, NoContact, Order, Permission, Restriction
from baqylau.domain.people import SHARED, Device, Maintenance, Person, Supervision
from baqylau.rules.prescribing.contradictions import contradictions


class Registry(Struct, frozen=True, kw_only=True):
    """Rows to save, or rows that are in force."""

    people: tuple[Person, ...] = ()
    devices: tuple[Device, ...] = ()
    orders: tuple[Order, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    permissions: tuple[Permission, ...] = ()
    consents: tuple[Consent, ...] = ()
    fittings: tuple[Fitting, ...] = ()
    maintenances: tuple[Maintenance, ...] = ()


class Fault(Struct, frozen=True, kw_only=True):
    """Why a row cannot be saved: which one, the field, and a key of the catalogues."""

    kind: str
    key: str
    field: str
    reason: str
    """`unknown`, `ends_before_it_begins`, `number_taken`, `overlaps`, or the key of a contradiction."""


class RegisterRefusedError(Exception):
    """Nothing was saved."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{one.kind} {one.key}: {one.field} {one.reason}" for one in faults))
        self.faults = faults


def refuse(faults: tuple[Fault, ...]) -> None:
    """Raise `RegisterRefusedError` if there are any."""
    if faults:
        raise RegisterRefusedError(faults)


Timed = Order | Restriction | Permission | Consent | Fitting | Maintenance
"""What holds from one instant to another, the second not included."""


class Known(Struct, frozen=True, kw_only=True):
    """What will be in force around the rows to save, those included."""

    people: frozenset[PersonId]
    devices: Mapping[DeviceId, Device]
    orders: Mapping[OrderId, Order]
    fittings: tuple[Fitting, ...]
    """All of the devices concerned."""
    numbers: Mapping[tuple[str, str], frozenset[DeviceId]]
    """Which devices go by a number of a protocol."""
    naming: Mapping[PersonId, AbstractSet[PersonId]]
    """Whose restrictions name a person."""
    stood: AbstractSet[tuple[str, str]] = frozenset()
    """Kinds and ids of what was there before: taking it back before it begins leaves it without duration."""


def faults_of(registry: Registry, known: Known) -> Iterator[Fault]:
    """Give everything for which the rows cannot be saved."""
    yield from _unknown(registry, known)
    yield from _without_duration(registry, known.stood)
    for device in registry.devices:
        if len(known.numbers[device.protocol, device.number]) > 1:
            yield Fault(kind="device", key=device.id, field="number", reason="number_taken")
    yield from _overlaps(known.fittings, known.devices)


def _unknown(registry: Registry, known: Known) -> Iterator[Fault]:
    rows: tuple[tuple[str, str, str, bool], ...] = (
        *(("order", row.id, "person_id", row.person_id in known.people) for row in registry.orders),
        *(("restriction", row.id, "order_id", row.order_id in known.orders) for row in registry.restrictions),
        *(("permission", row.id, "person_id", row.person_id in known.people) for row in registry.permissions),
        *(("consent", row.id, "person_id", row.person_id in known.people) for row in registry.consents),
        *(("fitting", row.id, "person_id", row.person_id in known.people) for row in registry.fittings),
        *(("fitting", row.id, "device_id", row.device_id in known.devices) for row in registry.fittings),
        *(("maintenance", row.id, "person_id", row.person_id in known.people) for row in registry.maintenances),
        *(
            ("maintenance", row.id, "device_id", row.device_id is None or row.device_id in known.devices)
            for row in registry.maintenances
        ),
        *(
            ("restriction", row.id, "other_id", row.other_id in known.people)
            for row in registry.restrictions
            if isinstance(row, NoContact)
        ),
    )
    for kind, key, field, there in rows:
        if not there:
            yield Fault(kind=kind, key=key, field=field, reason="unknown")


def _without_duration(registry: Registry, stood: AbstractSet[tuple[str, str]]) -> Iterator[Fault]:
    rows: tuple[tuple[str, Timed], ...] = (
        *(("order", row) for row in registry.orders),
        *(("restriction", row) for row in registry.restrictions),
        *(("permission", row) for row in registry.permissions),
        *(("consent", row) for row in registry.consents),
        *(("fitting", row) for row in registry.fittings),
        *(("maintenance", row) for row in registry.maintenances),
    )
    for kind, row in rows:
        taken_back = kind != "order" and row.until_at == row.from_at and (kind, row.id) in stood
        if row.until_at is not None and row.until_at <= row.from_at and not taken_back:
            yield Fault(kind=kind, key=row.id, field="until_at", reason="ends_before_it_begins")


def _overlaps(fittings: tuple[Fitting, ...], devices: Mapping[DeviceId, Device]) -> Iterator[Fault]:
    """A device is on one person at a time; what serves a whole flat is on each of its people once at a time."""

    def on(row: Fitting) -> tuple[str, str]:
        device = devices.get(row.device_id)
        return row.device_id, row.person_id if device is not None and device.kind in SHARED else ""

    for earlier, later in pairwise(sorted(fittings, key=lambda row: (*on(row), row.from_at))):
        same = on(earlier) == on(later)
        if same and (earlier.until_at is None or later.from_at < earlier.until_at):
            yield Fault(kind="fitting", key=later.id, field="from_at", reason="overlaps")


def succeeded(versions: Iterable[Restriction]) -> Iterator[Restriction]:
    """Give the versions of restrictions so that each ends, at the latest, where a later one begins."""
    later: Restriction | None = None
    for version in sorted(versions, key=lambda row: (row.id, row.version), reverse=True):
        follower = later if later is not None and later.id == version.id else None
        if follower is not None and (version.until_at is None or follower.from_at < version.until_at):
            yield replace(version, until_at=max(version.from_at, follower.from_at))
        else:
            yield version
        later = version if follower is None or version.from_at < follower.from_at else follower


def differs_from(old: Timed | None, new: Timed) -> datetime:
    """Give the first instant for which it matters that the new row takes the place of the old one."""
    if old is None:
        return new.from_at
    if isinstance(old, Order) and isinstance(new, Order):
        return _order_differs_from(old, new)
    if replace(old, until_at=new.until_at) == new:
        return min(end for end in (old.until_at, new.until_at) if end is not None)
    return min(old.from_at, new.from_at)


def _order_differs_from(old: Order, new: Order) -> datetime:
    """Only its end, and when it is suspended, say less than all of it."""
    if replace(old, until_at=new.until_at, suspensions=new.suspensions, revoked=new.revoked) != new:
        return min(old.from_at, new.from_at)
    ends = [] if old.until_at == new.until_at else [old.until_at, new.until_at]
    for was, now in zip_longest(old.suspensions, new.suspensions):
        if was is None or now is None:
            ends += [one.from_at for one in (was, now) if one is not None]
        elif was != now:
            same = was.from_at == now.from_at
            ends += [one.until_at or old.until_at if same else one.from_at for one in (was, now)]
    return min(ends, default=new.until_at)


def supervisions_of(rows: Iterable[object]) -> Iterator[Supervision]:
    """Give what these rows prescribe, for everybody whose orders or fittings are among them."""
    values = tuple(rows)
    orders = {row.id: row for row in values if isinstance(row, Order)}
    ordered: dict[PersonId, list[Order]] = defaultdict(list)
    for order in orders.values():
        ordered[order.person_id].append(order)
    consents = tuple(row for row in values if isinstance(row, Consent))
    devices = {row.id: row for row in values if isinstance(row, Device)}
    restrictions: dict[PersonId, list[Restriction]] = defaultdict(list)
    fittings: dict[PersonId, list[Fitting]] = defaultdict(list)
    for row in values:
        if isinstance(row, Fitting):
            fittings[row.person_id].append(row)
        elif is_restriction(row) and row.order_id in orders:
            restrictions[orders[row.order_id].person_id].append(row)
    for person_id in restrictions | fittings:
        worn = fittings[person_id]
        yield Supervision(
            person_id=person_id,
            orders=tuple(ordered[person_id]),
            restrictions=tuple(restrictions[person_id]),
            consents=consents,
            fittings=tuple(worn),
            devices=tuple(devices[one.device_id] for one in worn if one.device_id in devices),
        )


def contradicted(supervisions: Iterable[Supervision], *, refused: bool) -> Iterator[Fault]:
    """Give what cannot be meant (`refused`), or what may be and is told all the same."""
    for supervision in supervisions:
        for one in contradictions(supervision):
            if one.refused is refused:
                yield Fault(kind=one.kind, key=one.id, field=one.other, reason=one.key)


def is_restriction(value: object) -> TypeGuard[Restriction]:
    """Whether it is any kind of restriction."""
    return isinstance(value, Restriction)
