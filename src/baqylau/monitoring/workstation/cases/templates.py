"""Restrictions written once for many people, in a thread. Binding one is a proposal for each person, like any other."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from baqylau.domain.ids import OrderId, PersonId, RestrictionId
from baqylau.domain.orders import NoContact, Order, Restriction
from baqylau.domain.proposals import SetRestriction
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.cases.faults import CaseRefusedError, located, words_of, wrong_fields
from baqylau.monitoring.workstation.cases.messages import FieldFault, Proposing, Sentence
from baqylau.monitoring.workstation.cases.preview import sentences
from baqylau.monitoring.workstation.cases.reaches import Reaches
from baqylau.monitoring.workstation.cases.records import CaseRecords
from baqylau.monitoring.workstation.cases.template_messages import (
    Binding,
    Bound,
    BoundRow,
    TemplateList,
    TemplateMaking,
    TemplateRow,
)
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.registers.registry import RegisterRefusedError
from baqylau.storage.registers.restriction_templates import NameTakenError, RestrictionTemplates

_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands where a body has no beginning of its own."""


class TemplateRecords:
    """The pages' side of them."""

    def __init__(self, stores: Stores, cases: CaseRecords, clock: Callable[[], datetime]) -> None:
        self._stores, self._cases, self._clock = stores, cases, clock
        self._templates, self._reaches = RestrictionTemplates(stores.engine, clock), Reaches(stores)

    def all(self) -> TemplateList:
        """Give those in use. They name nobody."""
        names = {one.login: one.name for one in self._stores.accounts.all()}
        rows = (
            TemplateRow(
                number=one.number,
                name=one.name,
                body=one.body,
                made_by=names.get(one.made_by, one.made_by),
                made_at=one.made_at,
            )
            for one in self._templates.in_use()
        )
        return TemplateList(at=self._clock(), templates=tuple(rows))

    def make(self, wanted: TemplateMaking, by: Account) -> TemplateList:
        """Make one from a restriction of a case."""
        book = self._stores.directory.book()
        if wanted.person_id not in book.people:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.act(by, wanted.person_id)
        versions = [one for one in book.supervision(wanted.person_id).restrictions if one.id == wanted.restriction_id]
        if not versions:
            raise not_found("request.refused.not_found")
        if not wanted.name.strip():
            raise wrong_fields([FieldFault(field="name", key="case.fault.empty")])
        newest = max(versions, key=lambda one: one.version)
        if isinstance(newest, NoContact):
            raise wrong_fields([FieldFault(field="name", key="case.fault.names_another")])
        try:
            self._templates.make(wanted.name.strip(), _bare(newest), by.login)
        except NameTakenError:
            raise wrong_fields([FieldFault(field="name", key="case.fault.name_taken")]) from None
        return self.all()

    def retire(self, number: int, by: Account) -> TemplateList:
        """Bind it to nobody any more."""
        if not self._templates.retire(number, by.login):
            raise not_found("request.refused.not_found")
        return self.all()

    def bind(self, number: int, binding: Binding, by: Account) -> Bound:
        """Propose it for each person, or look what that would come to."""
        template = self._templates.get(number)
        if template is None:
            raise not_found("request.refused.not_found")
        body = replace(template.body, clause=binding.clause.strip(), from_at=binding.from_at.astimezone(UTC))
        rows = (self._one(person_id, body, binding, by) for person_id in dict.fromkeys(binding.people))
        return Bound(at=self._clock(), rows=tuple(rows))

    def _one(self, person_id: PersonId, body: Restriction, binding: Binding, by: Account) -> BoundRow:
        book = self._stores.directory.book()
        row = BoundRow(
            person_id=person_id,
            person_name="",
            act="",
            stricter=(),
            warnings=(),
            faults=(),
            refusal=None,
            proposal=None,
            state=None,
        )
        if person_id not in book.people or not self._stores.duty.within(by)(person_id):
            return replace(row, refusal=Sentence(key="duty.refused.act"))
        order = _order(book.supervision(person_id).orders, body.from_at)
        row = replace(row, person_name=book.people[person_id].name, act=order.act_number if order else "")
        if order is None:
            return replace(row, refusal=Sentence(key="case.refused.no_order"))
        change = SetRestriction(restriction=replace(body, order_id=order.id))
        return self._proposed(row, change, binding, by) if binding.propose else self._tried(row, change)

    def _tried(self, row: BoundRow, change: SetRestriction) -> BoundRow:
        named = SetRestriction(restriction=replace(change.restriction, id=RestrictionId("r-preview")))
        try:
            trial = self._stores.proposals.tried(row.person_id, named)
            warnings = tuple(self._reaches.of(named.restriction, trial.after))
            return replace(row, stricter=sentences(trial.stricter), warnings=warnings)
        except RegisterRefusedError as refused:
            supervision = self._stores.directory.book().supervision(row.person_id)
            words = words_of((*supervision.orders, *supervision.restrictions, named.restriction))
            return replace(row, faults=located(refused.faults, named, words))

    def _proposed(self, row: BoundRow, change: SetRestriction, binding: Binding, by: Account) -> BoundRow:
        version = self._stores.cases.version(row.person_id)
        proposing = Proposing(change=change, version=version, grounds=binding.grounds)
        try:
            made = self._cases.propose(row.person_id, proposing, by)
        except CaseRefusedError as refused:
            return replace(row, faults=refused.faults, refusal=Sentence(key=refused.key, params=refused.params))
        except RefusedError as refused:
            return replace(row, refusal=Sentence(key=refused.key, params=refused.params))
        return replace(row, stricter=made.stricter, proposal=made.number, state=made.state)


def _bare(restriction: Restriction) -> Restriction:
    """Give what a restriction says without whose it is."""
    return replace(
        restriction, id=RestrictionId(""), order_id=OrderId(""), version=1, clause="", from_at=_NEVER, until_at=None
    )


def _order(orders: tuple[Order, ...], at: datetime) -> Order | None:
    """Give the order under which it stands: the last that has begun by then, and has not ended."""
    running = [one for one in orders if one.from_at <= at < one.until_at]
    return max(running, key=lambda one: one.from_at, default=None)
