"""What follows from a check: it does not count, it is repeated, confirmed, or goes on until a test is below the limit.

Pure: the check as it was asked for and what is known of it come in, and what is to be done comes out; None as long as
it cannot be told yet.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from baqylau.domain.checks import CheckKind, CheckState, CheckWhy, Ending, SampleState, VoidWhy
from baqylau.rules.checks.case import Case, begun, missed_at, state_of
from baqylau.rules.checks.sobriety import above
from baqylau.rules.settings import (
    BREATH_NOT_RECEIVED_S,
    CHECK_LASTS_S,
    SECOND_TEST_AFTER_S,
    SECOND_TEST_WITHIN_S,
    TO_ZERO_EVERY_S,
    TO_ZERO_FOR_S,
)

_SECOND: Final = timedelta(seconds=SECOND_TEST_AFTER_S)
_SECOND_LASTS: Final = timedelta(seconds=SECOND_TEST_WITHIN_S - SECOND_TEST_AFTER_S)
_TO_ZERO: Final = timedelta(seconds=TO_ZERO_EVERY_S)
_TO_ZERO_FOR: Final = timedelta(seconds=TO_ZERO_FOR_S)
_WAITED: Final = timedelta(seconds=BREATH_NOT_RECEIVED_S + CHECK_LASTS_S)
"""After so long nothing follows from a check any more."""
_AGAIN: Final = frozenset({Ending.POOR, Ending.BROKEN_OFF, Ending.POWER_LOST})


class Standing(Struct, frozen=True, kw_only=True):
    """What is known of ourselves and of the unit while a check is open."""

    reached: bool
    """The unit said that it got the command."""
    av_alive: bool
    """The audio-visual server gives signs of life."""


class Nothing(Struct, frozen=True):
    """Nothing follows from it any more."""


class MakeVoid(Struct, frozen=True):
    """It does not count."""

    why: VoidWhy


class AskAgain(Struct, frozen=True, kw_only=True):
    """Another check follows."""

    why: CheckWhy
    due_at: datetime
    lasts: timedelta | None = None
    """How long it may be begun; None: as the one before."""


Next = Nothing | MakeVoid | AskAgain


def following(
    kind: CheckKind,
    why: CheckWhy,
    case: Case,
    standing: Standing,
    since_at: datetime,
    now: datetime,
    *,
    stands_for: CheckWhy | None = None,
) -> Next | None:
    """Give what follows. `since_at`: when the first of its tests to zero, or it itself, was due.

    `stands_for`: of a repetition, what the one that it repeats was for.
    """
    asked = case.asked
    if asked is None or case.voided is not None:
        return Nothing()
    if case.ended is not None and case.ended.how is Ending.UNIT_FAULT:
        return MakeVoid(VoidWhy.UNIT_FAULT)
    if not begun(case):
        missed = missed_at(case)
        if kind is CheckKind.BREATH and why is CheckWhy.TO_ZERO and missed is not None and standing.reached:
            return _to_zero(missed, since_at, now) if missed <= now else None
        return _unanswered(kind, case, standing, asked.expires_at, now)
    if kind is CheckKind.BREATH:
        return _breath(why, stands_for or why, case, since_at, now)
    return _identity(why, case, now)


def _unanswered(kind: CheckKind, case: Case, standing: Standing, expires_at: datetime, now: datetime) -> Next | None:
    if now < expires_at:
        return None
    if not standing.reached:
        return MakeVoid(VoidWhy.UNIT_NOT_REACHED)
    if kind is CheckKind.IDENTITY and not standing.av_alive:
        return MakeVoid(VoidWhy.AV_SERVER_DOWN)
    missed = missed_at(case)
    return Nothing() if missed is not None and missed + _WAITED <= now else None


def _identity(why: CheckWhy, case: Case, now: datetime) -> Next | None:
    state = state_of(case, now)
    if state is CheckState.FAILED and why is not CheckWhy.REPEAT:
        return AskAgain(why=CheckWhy.REPEAT, due_at=now)
    settled = {CheckState.MATCH, CheckState.REVIEW, CheckState.NO_MATCH, CheckState.FAILED, CheckState.EXPIRED}
    return Nothing() if state in settled else None


def _breath(why: CheckWhy, stands_for: CheckWhy, case: Case, since_at: datetime, now: datetime) -> Next | None:
    sample = case.sample
    if sample is None or case.sample_at is None:
        if case.ended is not None and case.ended.how in _AGAIN:
            return _once_more(why, now)
        return Nothing() if case.due_at is not None and case.due_at + _WAITED <= now else None
    if sample.state is SampleState.MOUTH_ALCOHOL:
        return _once_more(why, case.sample_at + _SECOND)
    if sample.state is not SampleState.VALID:
        return _once_more(why, now)
    if not above(case):
        return Nothing()
    return _after_alcohol(stands_for, case.sample_at, since_at, now)


def _after_alcohol(why: CheckWhy, sample_at: datetime, since_at: datetime, now: datetime) -> Next:
    if why not in {CheckWhy.CONFIRMATION, CheckWhy.TO_ZERO}:
        due_at = max(sample_at + _SECOND, now)
        return AskAgain(why=CheckWhy.CONFIRMATION, due_at=due_at, lasts=_SECOND_LASTS)
    return _to_zero(sample_at + _TO_ZERO, since_at, now)


def _to_zero(at: datetime, since_at: datetime, now: datetime) -> Next:
    """Ask for the next test to zero; whoever leaves one out is asked again as soon as it is missed."""
    due_at = max(at, now)
    return AskAgain(why=CheckWhy.TO_ZERO, due_at=due_at) if due_at <= since_at + _TO_ZERO_FOR else Nothing()


def _once_more(why: CheckWhy, due_at: datetime) -> Next:
    """A second test is repeated too; a repetition is not."""
    return Nothing() if why is CheckWhy.REPEAT else AskAgain(why=CheckWhy.REPEAT, due_at=due_at)
