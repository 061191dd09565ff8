"""One check as its facts make it: what was asked, and what everybody said of it so far.

The facts may come in any order of receipt; they are taken in the order of the fold. What became of the check is read
off them (`state_of`), so pages and rules cannot differ.
"""

from datetime import datetime, timedelta
from typing import Final, cast

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.checks import (
    NO_DIOXIDE,
    Asked,
    Begun,
    BreathSample,
    CheckKind,
    CheckState,
    Decided,
    Ended,
    Ending,
    Likely,
    Likeness,
    SampleState,
    Voided,
)
from baqylau.domain.ids import CheckId, DeviceId, FindingId, ObservationId
from baqylau.domain.observations import Body
from baqylau.rules.settings import CHECK_LASTS_S, VOID_WITHIN_S

OfCase = Asked | Begun | Ended | Likeness | BreathSample | Voided | Decided
"""Facts that name a check."""
_Said = Begun | Ended | Likeness | BreathSample | Voided | Decided
_OF_CASE: Final = frozenset({Asked, Begun, Ended, Likeness, BreathSample, Voided, Decided})
NOBODY: Final = DeviceId("")
_VOID_WITHIN: Final = timedelta(seconds=VOID_WITHIN_S)
_LASTS: Final = timedelta(seconds=CHECK_LASTS_S)
_GOOD: Final = frozenset({Ending.DONE})


class Case(Struct, frozen=True, kw_only=True):
    """A check. Each fact is kept with the observation that told it."""

    unit_id: DeviceId = NOBODY
    asked: Asked | None = None
    asked_at: datetime | None = None
    asked_id: ObservationId | None = None
    begun_at: datetime | None = None
    begun_id: ObservationId | None = None
    ended: Ended | None = None
    ended_id: ObservationId | None = None
    likeness: Likeness | None = None
    likeness_id: ObservationId | None = None
    sample: BreathSample | None = None
    sample_at: datetime | None = None
    sample_id: ObservationId | None = None
    voided: Voided | None = None
    decided: Decided | None = None
    decided_id: ObservationId | None = None
    unheard: timedelta = timedelta()
    """How long we ourselves did not listen while it was open: its deadlines move by it."""
    found: dict[str, FindingId] = {}
    """What was found of it, by code."""

    @property
    def due_at(self) -> datetime | None:
        """When it might first be begun; None as long as nobody is known to have asked."""
        own = self.asked.due_at if self.asked is not None else None
        return own or self.asked_at

    @property
    def because(self) -> tuple[ObservationId, ...]:
        """Everything that it rests on so far, what was asked first."""
        ids = (self.asked_id, self.begun_id, self.ended_id, self.sample_id, self.likeness_id, self.decided_id)
        return tuple(one for one in ids if one is not None)


def of_case(body: Body) -> OfCase | None:
    """Give what a body says of a check, if it does. Asked of millions of bodies that do not."""
    return cast("OfCase", body) if type(body) in _OF_CASE else None


def told(case: Case, unit_id: DeviceId, at: datetime, told_by: ObservationId, body: OfCase) -> Case:
    """Take one fact; a later one of the same kind goes before an earlier one.

    What another unit than the one that was asked says of the check is nobody's word.
    """
    if isinstance(body, Asked):
        own = case if case.unit_id in {NOBODY, unit_id} else Case()
        return replace(own, asked=body, asked_at=at, asked_id=told_by, unit_id=unit_id)
    if case.unit_id not in {NOBODY, unit_id}:
        return case
    return _said(replace(case, unit_id=unit_id), at, told_by, body)


def _said(case: Case, at: datetime, told_by: ObservationId, body: _Said) -> Case:
    match body:
        case Begun():
            return case if case.begun_at is not None else replace(case, begun_at=at, begun_id=told_by)
        case Ended():
            return replace(case, ended=body, ended_id=told_by)
        case Likeness():
            return replace(case, likeness=body, likeness_id=told_by)
        case BreathSample():
            return _sampled(case, at, told_by, body)
        case Voided():
            return replace(case, voided=body)
        case Decided():
            return replace(case, decided=body, decided_id=told_by)


def _sampled(case: Case, at: datetime, told_by: ObservationId, sample: BreathSample) -> Case:
    """Of several tries the valid one counts."""
    if case.sample is not None and case.sample.state is SampleState.VALID:
        return case
    return replace(case, sample=sample, sample_at=at, sample_id=told_by)


def begun(case: Case) -> bool:
    """Whether anything shows that the person began."""
    return any(one is not None for one in (case.begun_at, case.ended, case.sample, case.likeness))


def over(case: Case) -> bool:
    """Whether the unit has nothing more to say."""
    return case.ended is not None or case.sample is not None or case.likeness is not None


def waits_for_a_look(case: Case) -> bool:
    """Whether the unit could not tell a breath from pumped warm air, and nobody looked at the photographs yet."""
    sample = case.sample
    open_still = sample is not None and sample.state is SampleState.VALID and NO_DIOXIDE in sample.why
    return open_still and (case.decided is None or case.decided.outcome not in {Likely.MATCH, Likely.NO_MATCH})


def missed_at(case: Case) -> datetime | None:
    """Give when it will be missed; None once it is begun, or does not count."""
    if case.asked is None or case.voided is not None or begun(case):
        return None
    return case.asked.expires_at + _VOID_WITHIN + case.unheard


def unended_at(case: Case) -> datetime | None:
    """Give when a check that was begun counts as never ended; None where that is settled."""
    if case.asked is None or case.voided is not None or over(case) or case.begun_at is None:
        return None
    return case.begun_at + _LASTS + case.unheard


def state_of(case: Case, now: datetime) -> CheckState:
    """Give where the check stands."""
    if case.voided is not None:
        return CheckState.VOID
    if case.decided is not None and case.decided.outcome is not Likely.NOT_JUDGED:
        return CheckState(case.decided.outcome.value)
    if case.sample is not None and case.sample.state is not SampleState.VALID:
        return CheckState.FAILED
    if case.likeness is not None:
        return _compared(case, case.likeness.outcome)
    return _unjudged(case, now)


def _compared(case: Case, outcome: Likely) -> CheckState:
    """A breath that was measured is of use, also where nobody's face could be compared: then a person does it."""
    measured = case.sample is not None
    if outcome is Likely.NOT_JUDGED:
        return CheckState.REVIEW if measured else CheckState.FAILED
    return CheckState.REVIEW if outcome is Likely.MATCH and waits_for_a_look(case) else CheckState(outcome.value)


def _unjudged(case: Case, now: datetime) -> CheckState:
    if case.ended is not None:
        return CheckState.SUBMITTED if case.ended.how in _GOOD else CheckState.FAILED
    if case.sample is not None:
        return CheckState.SUBMITTED
    missed, unended = missed_at(case), unended_at(case)
    if unended is not None:
        return CheckState.EXPIRED if unended <= now else CheckState.STARTED
    return CheckState.MISSED if missed is not None and missed <= now else CheckState.PROMPTED


def gathered(facts: list[tuple[DeviceId, datetime, ObservationId, OfCase]]) -> dict[CheckId, Case]:
    """Give the checks that facts in their order make."""
    cases: dict[CheckId, Case] = {}
    for unit_id, at, told_by, body in facts:
        cases[body.check_id] = told(cases.get(body.check_id, Case()), unit_id, at, told_by, body)
    return cases


def kind_of(case: Case) -> CheckKind | None:
    """Give what is checked, once it is known to have been asked for."""
    return case.asked.kind if case.asked is not None else None
