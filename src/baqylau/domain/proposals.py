"""Changes of what is prescribed for one person, and the life of one until it is in force.

A change that may make it stricter for the person waits until a second person agrees (Recommendation CM/Rec(2014)4: not
executed more strictly than decided). Nobody answers what they proposed themselves.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.ids import FittingId, OrderId, PermissionId, PersonId, RestrictionId
from baqylau.domain.orders import Consent, Fitting, Order, Permission, Restriction, Revocation, Suspension
from baqylau.domain.people import Person
from baqylau.domain.schedules import Schedule


class RegisterPerson(Struct, frozen=True, tag="register_person", kw_only=True):
    """A case begins: the person, the court act, and what it restricts."""

    person: Person
    order: Order
    restrictions: tuple[Restriction, ...] = ()


class ChangePerson(Struct, frozen=True, tag="change_person", kw_only=True):
    """Name, address, telephone, language or district are other ones."""

    person: Person


class AddOrder(Struct, frozen=True, tag="add_order", kw_only=True):
    """Another court act, with what it restricts."""

    order: Order
    restrictions: tuple[Restriction, ...] = ()


class ChangeOrder(Struct, frozen=True, tag="change_order", kw_only=True):
    """The court act as it is now: another end, or what was written down wrongly put right."""

    order: Order


class SuspendOrder(Struct, frozen=True, tag="suspend_order", kw_only=True):
    """The order is not executed for some time."""

    order_id: OrderId
    suspension: Suspension


class ResumeOrder(Struct, frozen=True, tag="resume_order", kw_only=True):
    """What was suspended is executed again from an instant on."""

    order_id: OrderId
    at: datetime
    act: str


class RevokeOrder(Struct, frozen=True, tag="revoke_order", kw_only=True):
    """The order ends before its time."""

    order_id: OrderId
    revocation: Revocation


class TransferPerson(Struct, frozen=True, tag="transfer_person", kw_only=True):
    """Another district takes the case over, once somebody there agrees."""

    district: str
    address: str
    """Where the person lives then; empty where it is the same."""
    act: str
    """The letter or order by which it is handed over."""


class SetRestriction(Struct, frozen=True, tag="set_restriction", kw_only=True):
    """A restriction that is new (no id yet), or the next version of one from `from_at` on."""

    restriction: Restriction


class EndRestriction(Struct, frozen=True, tag="end_restriction", kw_only=True):
    """A restriction ends, before its order does."""

    restriction_id: RestrictionId
    until_at: datetime


class GrantPermission(Struct, frozen=True, tag="grant_permission", kw_only=True):
    """An exception for some time. `granted_by` is whoever proposes."""

    permission: Permission
    weekly: Schedule | None = None
    """Within the time of the permission it holds in these hours alone, week after week. None: all the time."""


class WithdrawPermission(Struct, frozen=True, tag="withdraw_permission", kw_only=True):
    """An exception ends earlier than was granted; the name of one that comes again ends all that are still to come."""

    permission_id: PermissionId
    until_at: datetime


class SetConsent(Struct, frozen=True, tag="set_consent", kw_only=True):
    """A protected person agrees that their place is collected, or withdraws it by an end."""

    consent: Consent


class Fit(Struct, frozen=True, tag="fit", kw_only=True):
    """A device is put on the person."""

    fitting: Fitting


class Unfit(Struct, frozen=True, tag="unfit", kw_only=True):
    """A device is taken off the person."""

    fitting_id: FittingId
    until_at: datetime


Change = (
    RegisterPerson
    | ChangePerson
    | AddOrder
    | ChangeOrder
    | SuspendOrder
    | ResumeOrder
    | RevokeOrder
    | TransferPerson
    | SetRestriction
    | EndRestriction
    | GrantPermission
    | WithdrawPermission
    | SetConsent
    | Fit
    | Unfit
)
"""What can be proposed about one person. An id that is empty is given when the change is proposed."""


class ProposalState(StrEnum):
    """How far a proposal has come."""

    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Stricter(Struct, frozen=True, kw_only=True):
    """One reason why a change may be stricter for the person: `case.stricter.<key>`, and what the sentence names."""

    key: str
    params: Mapping[str, str | int | float] = {}


class Proposal(Struct, frozen=True, kw_only=True):
    """A change that somebody proposed, and what became of it."""

    number: int
    person_id: PersonId
    district: str
    """Of the person, for whom nothing else may be known yet."""
    change: Change
    grounds: str
    base: int
    """Version of the registers on which it was made."""
    stricter: tuple[Stricter, ...]
    """None: it was applied at once."""
    state: ProposalState
    proposed_by: str
    proposed_at: datetime
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""
    version: int | None = None
    """Of the registers that it made, once applied."""
