"""Which rows of the registers a proposed change is, beside those that are there. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeGuard, TypeVar, assert_never

from msgspec.structs import replace

from baqylau.domain.ids import PersonId, RestrictionId
from baqylau.domain.orders import Fitting, Order, Permission, Restriction, Suspension
from baqylau.domain.people import Person
from baqylau.domain.proposals import (
    AddOrder,
    Change,
    ChangeOrder,
    ChangePerson,
    EndRestriction,
    Fit,
    GrantPermission,
    RegisterPerson,
    ResumeOrder,
    RevokeOrder,
    SetConsent,
    SetRestriction,
    SuspendOrder,
    TransferPerson,
    Unfit,
    WithdrawPermission,
)
from baqylau.rules.prescribing.recurring import MOST_TIMES, occurrences, series_of
from baqylau.storage.registers.register_rows import (
    FITTING,
    ORDER,
    PERMISSION,
    PERSON,
    RESTRICTION,
    Key,
    Value,
    key_of,
    person_of,
    values_of,
)
from baqylau.storage.registers.registry import Fault, RegisterRefusedError, Registry, is_restriction

_Ending = TypeVar("_Ending", Permission, Fitting)


def rows_of(change: Change, held: Sequence[Value]) -> Registry:
    """Give what is to be saved. `held` is everything in force about the person.

    `RegisterRefusedError` where the change speaks of what is not there, or of what is there already.
    """
    match change:
        case RegisterPerson() | ChangePerson() | AddOrder() | ChangeOrder() | TransferPerson():
            return _ordering(change, held)
        case SuspendOrder() | ResumeOrder() | RevokeOrder():
            return Registry(orders=(_interrupted(change, held),))
        case SetRestriction() | EndRestriction():
            return _restricting(change, held)
        case GrantPermission() | WithdrawPermission():
            return _permitting(change, held)
        case SetConsent(consent=consent):
            return Registry(consents=(consent,))
        case Fit() | Unfit():
            return _equipping(change, held)
        case _:
            assert_never(change)


def foreign(registry: Registry, person_id: PersonId, held: Sequence[Value]) -> Iterator[Fault]:
    """Give what is to be saved that is not about the person."""
    orders = registry.orders or tuple(filter(_is_order, held))
    added = {one.id: one for one in orders}
    for value in values_of(registry):
        known = not is_restriction(value) or value.order_id in added
        if not known or person_of(value, added) != person_id:
            yield Fault(kind=key_of(value)[0], key=value.id, field="person_id", reason="of_another")


def touched(change: Change) -> Key | None:
    """Give the row in whose place a change puts another; a restriction without its version. None: all is new."""
    match change:
        case ChangePerson(person=person):
            return PERSON, person.id
        case SetRestriction(restriction=restriction):
            return RESTRICTION, restriction.id
        case (
            ChangeOrder(order=Order(id=name))
            | SuspendOrder(order_id=name)
            | ResumeOrder(order_id=name)
            | RevokeOrder(order_id=name)
        ):
            return ORDER, name
        case EndRestriction(restriction_id=restriction_id):
            return RESTRICTION, restriction_id
        case WithdrawPermission(permission_id=permission_id):
            return PERMISSION, permission_id
        case Unfit(fitting_id=fitting_id):
            return FITTING, fitting_id
        case RegisterPerson() | AddOrder() | GrantPermission() | SetConsent() | Fit() | TransferPerson():
            return None
        case _:
            assert_never(change)


def _ordering(
    change: RegisterPerson | ChangePerson | AddOrder | ChangeOrder | TransferPerson, held: Sequence[Value]
) -> Registry:
    known, orders = any(isinstance(one, Person) for one in held), _orders(held)
    match change:
        case RegisterPerson(person=person, order=order, restrictions=restrictions):
            _free("person", person.id, known)
            return Registry(people=(person,), orders=(order,), restrictions=restrictions)
        case ChangePerson(person=person):
            _known("person", person.id, known)
            return Registry(people=(person,))
        case AddOrder(order=order, restrictions=restrictions):
            _free("order", order.id, order.id in orders)
            return Registry(orders=(order,), restrictions=restrictions)
        case ChangeOrder(order=order):
            was = _order(held, order.id)
            revoked = was.revoked if was.revoked and order.until_at <= was.revoked.at else None
            return Registry(orders=(replace(order, suspensions=was.suspensions, revoked=revoked),))
        case TransferPerson(district=district, address=address):
            person = next(one for one in held if isinstance(one, Person))
            if person.district == district:
                raise _fault("person", person.id, "district", "the_same")
            return Registry(people=(replace(person, district=district, address=address or person.address),))
        case _:
            assert_never(change)


def _interrupted(change: SuspendOrder | ResumeOrder | RevokeOrder, held: Sequence[Value]) -> Order:
    order = _order(held, change.order_id)
    if order.revoked is not None:
        raise _fault("order", order.id, "order_id", "revoked_already")
    match change:
        case SuspendOrder(suspension=one):
            until_at = one.until_at or order.until_at
            if not order.from_at <= one.from_at < until_at <= order.until_at:
                raise _fault("order", order.id, "suspension.from_at", "not_within_order")
            if any(
                one.from_at < (was.until_at or order.until_at) and was.from_at < until_at for was in order.suspensions
            ):
                raise _fault("order", order.id, "suspension.from_at", "suspended_already")
            return replace(order, suspensions=(*order.suspensions, one))
        case ResumeOrder(at=at):
            return replace(order, suspensions=_resumed(order, at))
        case RevokeOrder(revocation=revocation):
            if not order.from_at < revocation.at < order.until_at:
                raise _fault("order", order.id, "revocation.at", "not_within_order")
            return replace(order, until_at=revocation.at, revoked=revocation)
        case _:
            assert_never(change)


def _resumed(order: Order, at: datetime) -> tuple[Suspension, ...]:
    """End the suspension that holds at the instant; one that would begin later is taken back."""
    if not any((one.until_at or order.until_at) > at for one in order.suspensions):
        raise _fault("order", order.id, "at", "not_suspended")
    cut = (replace(one, until_at=min(one.until_at or order.until_at, at)) for one in order.suspensions)
    return tuple(one for one in cut if one.from_at < (one.until_at or order.until_at))


def _order(held: Sequence[Value], name: str) -> Order:
    found = next((one for one in filter(_is_order, held) if one.id == name), None)
    if found is None:
        raise _fault("order", name, "id", "unknown")
    return found


def _restricting(change: SetRestriction | EndRestriction, held: Sequence[Value]) -> Registry:
    if isinstance(change, EndRestriction):
        return Registry(restrictions=_until(_versions(held, change.restriction_id), change))
    restriction = change.restriction
    if restriction.order_id not in _orders(held):
        raise _fault("restriction", restriction.id, "order_id", "unknown")
    last = max((one.version for one in _versions(held, restriction.id)), default=0)
    return Registry(restrictions=(replace(restriction, version=last + 1),))


def _until(versions: Sequence[Restriction], change: EndRestriction) -> tuple[Restriction, ...]:
    """End every version that goes on; those that would begin later are taken back."""
    _known("restriction", change.restriction_id, bool(versions))
    going_on = [one for one in versions if one.until_at is None or one.until_at > max(one.from_at, change.until_at)]
    if not going_on:
        raise _fault("restriction", change.restriction_id, "until_at", "ended_already")
    return tuple(replace(one, until_at=max(one.from_at, change.until_at)) for one in going_on)


def _permitting(change: GrantPermission | WithdrawPermission, held: Sequence[Value]) -> Registry:
    granted = [one for one in held if isinstance(one, Permission)]
    if isinstance(change, WithdrawPermission):
        return Registry(permissions=_withdrawn(granted, change))
    permission = change.permission
    _free("permission", permission.id, any(series_of(one.id) == permission.id for one in granted))
    if permission.restriction_id is not None and not _versions(held, permission.restriction_id):
        raise _fault("permission", permission.id, "restriction_id", "unknown")
    if change.weekly is None:
        return Registry(permissions=(permission,))
    times = tuple(occurrences(permission, change.weekly))
    if not times or len(times) > MOST_TIMES:
        raise _fault("permission", permission.id, "until_at", "too_often" if times else "never_comes")
    return Registry(permissions=times)


def _withdrawn(granted: Sequence[Permission], change: WithdrawPermission) -> tuple[Permission, ...]:
    """End a permission, or all times of one that comes again which are not over then; those to come are taken back."""
    if any(one.id == change.permission_id for one in granted):
        return (_ended("permission", granted, change.permission_id, change.until_at),)
    times = [one for one in granted if series_of(one.id) == change.permission_id]
    _known("permission", change.permission_id, bool(times))
    going_on = [one for one in times if one.until_at > max(one.from_at, change.until_at)]
    if not going_on:
        raise _fault("permission", change.permission_id, "until_at", "ended_already")
    return tuple(replace(one, until_at=max(one.from_at, change.until_at)) for one in going_on)


def _equipping(change: Fit | Unfit, held: Sequence[Value]) -> Registry:
    worn = [one for one in held if isinstance(one, Fitting)]
    if isinstance(change, Unfit):
        return Registry(fittings=(_ended("fitting", worn, change.fitting_id, change.until_at),))
    _free("fitting", change.fitting.id, any(one.id == change.fitting.id for one in worn))
    return Registry(fittings=(change.fitting,))


def _ended(kind: str, rows: Iterable[_Ending], name: str, until_at: datetime) -> _Ending:
    row = next((one for one in rows if one.id == name), None)
    if row is None:
        raise _fault(kind, name, f"{kind}_id", "unknown")
    ends_at: datetime | None = row.until_at
    if ends_at is not None and ends_at <= max(row.from_at, until_at):
        raise _fault(kind, name, "until_at", "ended_already")
    return replace(row, until_at=max(row.from_at, until_at))


def _is_order(value: Value) -> TypeGuard[Order]:
    return isinstance(value, Order)


def _orders(held: Iterable[Value]) -> frozenset[str]:
    return frozenset(one.id for one in filter(_is_order, held))


def _versions(held: Iterable[Value], name: RestrictionId) -> list[Restriction]:
    return [one for one in held if is_restriction(one) and one.id == name]


def _known(kind: str, name: str, there: bool) -> None:  # noqa: FBT001 - what was looked for is all there is to say
    if not there:
        raise _fault(kind, name, "id", "unknown")


def _free(kind: str, name: str, there: bool) -> None:  # noqa: FBT001 - as above
    if there:
        raise _fault(kind, name, "id", "id_taken")


def _fault(kind: str, name: str, field: str, reason: str) -> RegisterRefusedError:
    return RegisterRefusedError((Fault(kind=kind, key=name, field=field, reason=reason),))
