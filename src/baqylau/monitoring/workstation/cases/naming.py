"""A proposed change as it is about one person: what is new gets an id, and nothing in it is another's. Pure."""

from typing import assert_never

from msgspec.structs import replace

from baqylau.domain.ids import ConsentId, FittingId, OrderId, PermissionId, PersonId, RestrictionId
from baqylau.domain.orders import Order, Restriction
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
from baqylau.monitoring.workstation.cases.fields import Fresh


def about(change: Change, person_id: PersonId, by: str, fresh: Fresh) -> Change:
    """Give the change with its ids, about this person. `by` grants what is granted."""
    match change:
        case RegisterPerson() | ChangePerson() | AddOrder() | ChangeOrder():
            return _ordering(change, person_id, fresh)
        case SetRestriction(restriction=one):
            return SetRestriction(restriction=replace(one, id=RestrictionId(one.id or fresh("r"))))
        case GrantPermission(permission=one, weekly=weekly):
            named = PermissionId(one.id or fresh("x"))
            granted = replace(one, id=named, person_id=person_id, granted_by=by)
            return GrantPermission(permission=granted, weekly=weekly)
        case SetConsent(consent=one):
            return SetConsent(consent=replace(one, id=ConsentId(one.id or fresh("c")), person_id=person_id))
        case Fit(fitting=one):
            return Fit(fitting=replace(one, id=FittingId(one.id or fresh("f")), person_id=person_id))
        case SuspendOrder() | ResumeOrder() | RevokeOrder() | TransferPerson():
            return change
        case EndRestriction() | WithdrawPermission() | Unfit():
            return change
        case _:
            assert_never(change)


def _ordering(
    change: RegisterPerson | ChangePerson | AddOrder | ChangeOrder, person_id: PersonId, fresh: Fresh
) -> Change:
    match change:
        case RegisterPerson(person=person, order=order, restrictions=restrictions):
            order = _order(order, person_id, fresh)
            return RegisterPerson(
                person=replace(person, id=person_id), order=order, restrictions=_of(order, restrictions, fresh)
            )
        case ChangePerson(person=person):
            return ChangePerson(person=replace(person, id=person_id))
        case AddOrder(order=order, restrictions=restrictions):
            order = _order(order, person_id, fresh)
            return AddOrder(order=order, restrictions=_of(order, restrictions, fresh))
        case ChangeOrder(order=order):
            return ChangeOrder(order=replace(order, person_id=person_id))
        case _:
            assert_never(change)


def _order(order: Order, person_id: PersonId, fresh: Fresh) -> Order:
    return replace(order, id=OrderId(order.id or fresh("o")), person_id=person_id)


def _of(order: Order, restrictions: tuple[Restriction, ...], fresh: Fresh) -> tuple[Restriction, ...]:
    return tuple(
        replace(one, id=RestrictionId(one.id or fresh("r")), order_id=order.id, version=1) for one in restrictions
    )
