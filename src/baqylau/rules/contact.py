"""No contact: do not come near another person, nor near a protected one.

Duty: order of a court, restriction "no contact"; decree, clause 2.1. Catalogue: V05 two supervised people met; for a
protected person V01 at twice the distance and V02 at the distance; V06 apart again, which ends each of them. Judged
from `Nearness` alone, which the server works out of a position of each: the other's place is not in it.

State machine, for each distance of one version: `Confirmation`, k of n, and time alone decides nothing:

    waiting --near by more than the accuracy, confirmed, and due--> found
    found   --apart, confirmed-->                                   waiting, with V06
    found   --permission, order or consent ends or begins-->        waiting, without a finding

A protected person is watched while their consent is in force. When it ends, or when there is none, the record says that
the restriction is not watched (W04). Source: notes on the domain, section 4 (pre-alert at twice the distance).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId, SubjectId
from baqylau.domain.observations import Nearness
from baqylau.domain.orders import NoContact
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Standing, Verdict
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.places.confirmation import NOTHING, Confirmation, Mark, counted, heard
from baqylau.rules.settings import PREALERT_TIMES, RETURN_FIXES
from baqylau.rules.spans import ALWAYS, Duty, Span, Validity, consents_of, span_at

NAME: Final = "no_contact"
VERSION: Final = "2"


class Band(Struct, frozen=True):
    """One distance that matters."""

    code: Code
    distance_m: float


class Contact(Struct, frozen=True, array_like=True):
    """State of the rule for one distance of one version of one restriction."""

    code: Code
    confirmation: Confirmation = NOTHING
    finding: FindingId | None = None
    """The condition that is open."""


class ContactPlan:
    """One version of one restriction."""

    __slots__ = ("_span", "_supervision", "author", "bands", "key", "restriction", "validity", "watched")

    def __init__(self, supervision: Supervision, restriction: NoContact, validity: Validity) -> None:
        self.restriction, self.validity = restriction, validity
        self.key = f"{restriction.id}/{restriction.version}"
        self.author = Author(
            rule=NAME, rule_version=VERSION, person_id=supervision.person_id, subject=SubjectId(restriction.id)
        )
        self.bands = _bands(restriction)
        self.watched = _watched(supervision, restriction, validity)
        """When what is needed to judge it may be collected."""
        self._supervision = supervision
        self._span: Span | None = None

    def span(self, at: datetime) -> Span:
        """Give what is asked at the instant."""
        if self._span is None or not self._span.from_at <= at < self._span.until_at:
            self._span = span_at(self.restriction, self.validity, self._supervision.permissions, at)
        return self._span

    def watches(self, at: datetime) -> bool:
        """Whether it is judged at the instant."""
        return any(time.holds(at) for time in self.watched)


def _bands(restriction: NoContact) -> tuple[Band, ...]:
    """Give the distances, the gravest first."""
    if not restriction.protected:
        return (Band(Code.MEETING, restriction.distance_m),)
    twice_m = PREALERT_TIMES * restriction.distance_m
    return Band(Code.PROXIMITY, restriction.distance_m), Band(Code.PREALERT, twice_m)


def _watched(supervision: Supervision, restriction: NoContact, validity: Validity) -> tuple[Validity, ...]:
    if not restriction.protected:
        return (validity,)
    times = (
        Validity(
            from_at=max(consent.from_at, validity.from_at),
            until_at=min(consent.until_at or ALWAYS, validity.until_at),
        )
        for consent in consents_of(supervision, restriction.other_id)
    )
    return tuple(time for time in times if time.from_at < time.until_at)


_States = dict[str, Contact]


def near(
    plan: ContactPlan, states: _States, at: datetime, observation_id: ObservationId, nearness: Nearness
) -> tuple[_States, tuple[Finding, ...]]:
    """Take how far apart the two were; give the states that changed, and what is found."""
    if nearness.other_id != plan.restriction.other_id or not plan.watches(at):
        return {}, ()
    due = plan.span(at).duty is Duty.DUE
    changed: _States = {}
    findings: tuple[Finding, ...] = ()
    graver = False
    for band in plan.bands:
        key = f"{plan.key}/{band.code.value}"
        state = _heard(states.get(key, Contact(band.code)), band, at, observation_id, nearness)
        state, found = _judged(plan, band, state, at, nearness, asked=due, hushed=graver)
        graver = graver or state.finding is not None
        changed[key] = state
        findings += found
    return changed, findings


def _heard(state: Contact, band: Band, at: datetime, observation_id: ObservationId, nearness: Nearness) -> Contact:
    margin_m = band.distance_m - nearness.distance_m
    if abs(margin_m) <= nearness.accuracy_m:
        return state
    mark = Mark(at, observation_id, margin_m > 0)
    return replace(state, confirmation=heard(state.confirmation, mark, may_wait=False))


def _judged(
    plan: ContactPlan, band: Band, state: Contact, at: datetime, nearness: Nearness, *, asked: bool, hushed: bool
) -> tuple[Contact, tuple[Finding, ...]]:
    if not asked:
        return replace(state, finding=None), ()
    confirmation = state.confirmation
    if state.finding is None and confirmation.confirmed and not hushed:
        finding = _finding(plan, band, band.code, state, at, nearness)
        return replace(state, finding=finding.id), (finding,)
    if state.finding is not None and not confirmation.confirmed:
        return replace(state, finding=None), (_finding(plan, band, Code.APART_AGAIN, state, at, nearness),)
    return state, ()


def _finding(plan: ContactPlan, band: Band, code: Code, state: Contact, at: datetime, nearness: Nearness) -> Finding:
    confirmation = state.confirmation
    margin_m = band.distance_m - nearness.distance_m
    found = plan.author.finds(
        code,
        f"{band.code.value} {state.finding or ''}",
        at=at,
        because=confirmation.because,
        since=confirmation.since,
        thresholds={"distance_m": band.distance_m, "apart_m": nearness.distance_m, "return_fixes": RETURN_FIXES},
        checks=_RULED_OUT + ((Check.CONSENT_IN_FORCE,) if plan.restriction.protected else ()),
        ends=state.finding,
    )
    standing = Standing.INSIDE if margin_m > 0 else Standing.OUTSIDE
    verdict = Verdict(standing=standing, margin_m=margin_m, accuracy_m=nearness.accuracy_m)
    return replace(found, verdict=verdict, restriction_version=plan.restriction.version)


_RULED_OUT = (
    Check.FIX_VALID,
    Check.FIX_PRECISE,
    Check.NO_JUMP,
    Check.CLOCK_PLAUSIBLE,
    Check.NO_PERMISSION,
    Check.CONFIRMED_BY_SEVERAL,
)


def tick(plan: ContactPlan, at: datetime) -> tuple[Finding, ...]:
    """Take the passing of time: from now on it may be that the restriction is not watched."""
    if plan.watches(at) or not plan.validity.holds(at):
        return ()
    if at != plan.validity.from_at and all(time.until_at != at for time in plan.watched):
        return ()
    finding = plan.author.finds(Code.ORDER_CHANGED, at.isoformat(), at=at, because=(), since=at)
    return (replace(finding, restriction_version=plan.restriction.version),)


def kept(plans: Iterable[ContactPlan], states: _States, at: datetime) -> _States:
    """Give the states of what is still watched, and is asked, at an instant."""
    live = {plan.key: plan.span(at).duty is Duty.DUE for plan in plans if plan.watches(at)}
    return {
        key: state if live[whole] else replace(state, finding=None)
        for key, state in states.items()
        if (whole := key.rpartition("/")[0]) in live
    }


def wake_at(plan: ContactPlan, at: datetime) -> datetime:
    """Give when permissions next change what is asked."""
    return plan.span(at).until_at


def broken(states: _States) -> bool:
    """Whether two people are too near one another now. A pre-alert only warns."""
    return any(state.finding is not None and state.code is not Code.PREALERT for state in states.values())


def explain(plan: ContactPlan, states: _States, at: datetime) -> Iterable[Account]:
    """Say for each distance what is found next, and what it still lacks."""
    graver = False
    for band in plan.bands:
        state = states.get(f"{plan.key}/{band.code.value}", Contact(band.code))
        yield _account(plan, band, state, at, hushed=graver)
        graver = graver or state.finding is not None


def _account(plan: ContactPlan, band: Band, state: Contact, at: datetime, *, hushed: bool) -> Account:
    fixes, needed = counted(state.confirmation)
    if state.finding is not None:
        returning: dict[str, float] = {"fixes": len(state.confirmation.marks), "needed": RETURN_FIXES}
        apart = Need(key="apart_seen", met=False, figures=returning)
        return plan.author.account(Code.APART_AGAIN, apart, finding=state.finding)
    figures: dict[str, float] = {"fixes": fixes, "needed": needed}
    span, confirmed = plan.span(at), state.confirmation.confirmed
    consent = (Need(key="consent", met=plan.watches(at)),) if plan.restriction.protected else ()
    return plan.author.account(
        band.code,
        *consent,
        Need(key="no_permission", met=span.duty is Duty.DUE, at=None if span.until_at == ALWAYS else span.until_at),
        Need(key="near", met=confirmed, at=state.confirmation.since, figures=figures | {"distance_m": band.distance_m}),
        *((Need(key="no_breach_open", met=False),) if hushed else ()),
        *((Need(key="nearness_told", met=False),) if confirmed else ()),
    )
