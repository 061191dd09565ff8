"""Sobriety: alcohol in the breath of the person, measured by the breath unit, against the limit of the order.

State machine, for one test, where *above* means that alcohol less its uncertainty is more than the limit:

    asked --nobody began until its time is over, and we were not to blame--> E06; E04 where it was the second test
    begun, or the unit was not reached --nothing heard of it 90 min after the plan--> E09: the link is looked at
    tried --too little breath, broken off, foreign vapour--> E07; E04 where it was the second test
    tried --alcohol of the mouth--> E13
    valid, above, first test   --> E02; the second test follows in 15 to 20 min
    valid, above, second test  --> E03, with the higher figure
    valid, second test, more than 0.095 mg/L from the first --> E05
    valid, not above, the face matches    --> E01; only after a person looked, where the unit measures no carbon dioxide
    valid, and the face does not match    --> E08: a person looks, whatever the breath

A fail needs two tests. A figure of a sensor whose calibration is over, or that does not work, is none. Tests to zero
find nothing new above the limit. A person's word about who breathed goes before the machine's. Source: decree, clause
1.7; catalogue E01 to E09, E13 (notes on the domain, sections 5 and 6).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Final

from baqylau.domain.checks import Asked, BreathSample, CheckWhy, Ending, Likely, LikenessReason, SampleState, VoidWhy
from baqylau.domain.findings import Code
from baqylau.domain.ids import CheckId
from baqylau.rules.checks import case as cases
from baqylau.rules.checks.case import Case
from baqylau.rules.checks.ruling import Ruling
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import BREATH_NOT_RECEIVED_S, CONFIRMATION_DIFFERS_MG_L

NAME: Final = "sobriety"
VERSION: Final = "3"

_NOT_RECEIVED: Final = timedelta(seconds=BREATH_NOT_RECEIVED_S)
_INCOMPLETE: Final = frozenset(
    {SampleState.INSUFFICIENT, SampleState.INTERRUPTED, SampleState.AMBIENT, SampleState.INTERFERENT}
)
_UNUSABLE: Final = frozenset({Ending.BROKEN_OFF, Ending.NOBODY, Ending.POOR, Ending.POWER_LOST})
_UNSEEN: Final = frozenset({LikenessReason.FACE_NOT_SEEN, LikenessReason.TOO_POOR})

_Cases = Mapping[CheckId, Case]


def alcohol_mg_l(case: Case) -> float | None:
    """Give the figure of a test, None where there is none that holds."""
    sample, at = case.sample, case.sample_at
    if sample is None or at is None or sample.state is not SampleState.VALID:
        return None
    if sample.calibrated_until_at is not None and sample.calibrated_until_at <= at:
        return None
    figures = (sample.alcohol_mg_l, sample.uncertainty_mg_l)
    return sample.alcohol_mg_l if all(one is not None and isfinite(one) for one in figures) else None


def above(case: Case) -> bool | None:
    """Whether the test is above the order's limit by more than its uncertainty; None where it decides nothing."""
    alcohol, limit = alcohol_mg_l(case), case.asked.limit_mg_l if case.asked is not None else None
    if alcohol is None or limit is None or case.sample is None:
        return None
    return alcohol - (case.sample.uncertainty_mg_l or 0.0) > limit


def found(case: Case, others: _Cases, at: datetime) -> Iterator[Ruling]:
    """Give what the facts so far and the time come to; what was found already is found again, alike."""
    asked = case.asked
    if asked is None:
        return
    if case.voided is not None:
        yield from _awaited(case, at)
        return
    if case.sample is not None:
        yield from _tried(case, asked, case.sample, others)
    elif case.ended is not None and case.ended.how in _UNUSABLE:
        yield _not_given(asked, others, Code.BREATH_INCOMPLETE)
    else:
        yield from _passed(case, asked, others, at)


def _tried(case: Case, asked: Asked, sample: BreathSample, others: _Cases) -> Iterator[Ruling]:
    if sample.state in _INCOMPLETE:
        yield _not_given(asked, others, Code.BREATH_INCOMPLETE)
    elif sample.state is SampleState.MOUTH_ALCOHOL:
        yield Ruling(Code.MOUTH_ALCOHOL)
    elif sample.state is SampleState.NOT_IDENTIFIED:
        yield Ruling(Code.BREATH_WRONG_PERSON)
    elif (verdict := above(case)) is not None:
        yield from _measured(case, asked, others, verdict=verdict)
        yield from _who(case, passed=not verdict)


def _measured(case: Case, asked: Asked, others: _Cases, *, verdict: bool) -> Iterator[Ruling]:
    first = _first(asked, others)
    if first is not None and above(first):
        yield from _second(case, first, verdict=verdict)
    elif verdict and _stands_for(asked, others) is not CheckWhy.TO_ZERO:
        yield Ruling(Code.BREATH_FIRST_POSITIVE, thresholds=_figures(case))


def _first(asked: Asked, others: _Cases) -> Case | None:
    """Give the test that this one confirms; the repetition of a second test is a second test too."""
    before = others.get(asked.after)
    if asked.why is CheckWhy.REPEAT and before is not None and before.asked is not None:
        return _first(before.asked, others) if before.asked.why is CheckWhy.CONFIRMATION else None
    return before if asked.why is CheckWhy.CONFIRMATION else None


def _second(case: Case, first: Case, *, verdict: bool) -> Iterator[Ruling]:
    one, two = alcohol_mg_l(first) or 0.0, alcohol_mg_l(case) or 0.0
    if verdict:
        higher = _figures(first if one > two else case)
        yield Ruling(Code.BREATH_POSITIVE, thresholds=higher, also=first.because, since=first.sample_at)
    if abs(one - two) > CONFIRMATION_DIFFERS_MG_L:
        differs = {"difference_mg_l": abs(one - two), "confirmation_differs_mg_l": CONFIRMATION_DIFFERS_MG_L}
        yield Ruling(Code.CONFIRMATION_ABNORMAL, thresholds=differs, also=first.because, since=first.sample_at)


def _who(case: Case, *, passed: bool) -> Iterator[Ruling]:
    """Give what follows from who breathed."""
    likely = _likely(case)
    if likely is Likely.MATCH and passed and not cases.waits_for_a_look(case):
        doubt = case.found.get(Code.BREATH_WRONG_PERSON)
        yield Ruling(Code.BREATH_PASSED, ends=doubt, thresholds=_figures(case))
    elif likely in {Likely.NO_MATCH, Likely.REVIEW}:
        yield Ruling(Code.BREATH_WRONG_PERSON)
    elif likely is Likely.NOT_JUDGED and case.likeness is not None and _UNSEEN.intersection(case.likeness.reasons):
        yield Ruling(Code.BREATH_INCOMPLETE)


def _likely(case: Case) -> Likely | None:
    if case.decided is not None and case.decided.outcome in {Likely.MATCH, Likely.NO_MATCH}:
        return case.decided.outcome
    return case.likeness.outcome if case.likeness is not None else None


def _figures(case: Case) -> dict[str, float]:
    sample, asked = case.sample, case.asked
    said = {
        "limit_mg_l": asked.limit_mg_l if asked is not None else None,
        "alcohol_mg_l": sample.alcohol_mg_l if sample is not None else None,
        "uncertainty_mg_l": sample.uncertainty_mg_l if sample is not None else None,
    }
    return {name: figure for name, figure in said.items() if figure is not None}


def _stands_for(asked: Asked, others: _Cases) -> CheckWhy:
    """Give what a test is for; a repetition is for what the one before was for."""
    before = others.get(asked.after)
    if asked.why is CheckWhy.REPEAT and before is not None and before.asked is not None:
        return before.asked.why
    return asked.why


def _not_given(asked: Asked, others: _Cases, code: Code, *, listened: bool = False) -> Ruling:
    """Give what it comes to that a test was not given; a second one that is not given is graver."""
    if _stands_for(asked, others) is not CheckWhy.CONFIRMATION:
        return Ruling(code, listened=listened)
    first = _first(asked, others) or Case()
    return Ruling(Code.CONFIRMATION_MISSED, also=first.because, since=first.sample_at, listened=listened)


def _passed(case: Case, asked: Asked, others: _Cases, at: datetime) -> Iterator[Ruling]:
    missed_at = cases.missed_at(case)
    if missed_at is not None and missed_at <= at:
        yield _not_given(asked, others, Code.BREATH_MISSED, listened=True)
    yield from _awaited(case, at)


def _awaited(case: Case, at: datetime) -> Iterator[Ruling]:
    received_at = _received_at(case)
    if received_at is not None and received_at <= at:
        yield Ruling(Code.BREATH_NOT_RECEIVED, listened=True)


def _received_at(case: Case) -> datetime | None:
    """Give when the result should be here at the latest; None where there is none to wait for.

    A unit that could not be reached may have taken the test by itself: its result is waited for, too.
    """
    unreached = case.voided is not None and case.voided.why is VoidWhy.UNIT_NOT_REACHED
    waits = case.sample is None and (unreached or (case.voided is None and cases.begun(case)))
    if case.due_at is None or not waits or (case.ended is not None and case.ended.how is not Ending.DONE):
        return None
    return case.due_at + _NOT_RECEIVED + case.unheard


def wakes(case: Case) -> Iterator[datetime]:
    """Give the instants at which time alone may find something."""
    if case.found.keys().isdisjoint({Code.BREATH_MISSED, Code.CONFIRMATION_MISSED}):
        missed_at = cases.missed_at(case)
        yield from () if missed_at is None else (missed_at,)
    if Code.BREATH_NOT_RECEIVED not in case.found and (received_at := _received_at(case)) is not None:
        yield received_at


def explain(author: Author, case: Case | None) -> Account:
    """Say what the last test lacks to be an alarm."""
    if case is None or case.voided is not None:
        return author.account(Code.BREATH_MISSED, Need(key="check_asked", met=False))
    asked = Need(key="check_asked", met=True, at=case.asked_at)
    if not cases.begun(case):
        missed_at = next(wakes(case), None)
        return author.account(
            Code.BREATH_MISSED, asked, Need(key="check_unanswered", met=missed_at is None, at=missed_at)
        )
    over_limit = above(case)
    return author.account(
        Code.BREATH_POSITIVE,
        asked,
        Need(key="breath_above", met=bool(over_limit), figures=_figures(case)),
        Need(key="breath_confirmed", met=Code.BREATH_POSITIVE in case.found),
    )
