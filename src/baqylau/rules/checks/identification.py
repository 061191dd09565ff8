"""Identification: face, voice and presence of the person in a check at the audio-visual unit.

State machine, for one check:

    asked --begun--> begun --ended, compared--> A01 | A02 | A03 | A04 | A08, by the reasons of the comparison
    asked --nobody began until its time is over, and we were not to blame--> A05
    begun --broken off, too poor, or never ended--> A06
    any   --void--> nothing is found
    compared --a person decides--> A01, which ends what the machine doubted, or A02

A machine's comparison never accuses: everything but A01 asks a person to look, and the person's word goes before the
machine's, whenever it comes. What our own parts or the unit failed to do is held against nobody. Source: decree,
clauses 1.6 and 2.2; catalogue A01 to A06, A08 (notes on the domain, section 6).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from baqylau.domain.checks import Ending, Likely, LikenessReason
from baqylau.domain.findings import Code
from baqylau.rules.checks import case as cases
from baqylau.rules.checks.case import Case
from baqylau.rules.checks.ruling import Ruling
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author

NAME: Final = "identification"
VERSION: Final = "1"

DOUBTS: Final = (Code.FACE_NOT_MATCHED, Code.VOICE_NOT_MATCHED, Code.LIVENESS_DOUBTED)
"""What a person's decision settles."""
_CODES: Final[dict[LikenessReason, Code]] = {
    LikenessReason.FACE_DIFFERS: Code.FACE_NOT_MATCHED,
    LikenessReason.FACE_DOUBTED: Code.FACE_NOT_MATCHED,
    LikenessReason.VOICE_DIFFERS: Code.VOICE_NOT_MATCHED,
    LikenessReason.VOICE_DOUBTED: Code.VOICE_NOT_MATCHED,
    LikenessReason.FACE_CHANGED: Code.LIVENESS_DOUBTED,
    LikenessReason.DIGITS_WRONG: Code.LIVENESS_DOUBTED,
    LikenessReason.TURNS_WRONG: Code.LIVENESS_DOUBTED,
    LikenessReason.LIPS_DISAGREE: Code.LIVENESS_DOUBTED,
    LikenessReason.LIGHT_NOT_SEEN: Code.LIVENESS_DOUBTED,
    LikenessReason.NONCE_WRONG: Code.LIVENESS_DOUBTED,
    LikenessReason.TIME_WRONG: Code.LIVENESS_DOUBTED,
    LikenessReason.FACE_NOT_SEEN: Code.CHECK_INCOMPLETE,
    LikenessReason.VOICE_NOT_HEARD: Code.CHECK_INCOMPLETE,
    LikenessReason.TOO_POOR: Code.CHECK_INCOMPLETE,
}
_OURS: Final = frozenset({LikenessReason.NO_MODEL, LikenessReason.NO_TEMPLATE, LikenessReason.RECORDING_DAMAGED})
"""Why nothing was compared, and nobody but us can help it."""
_UNUSABLE: Final = frozenset({Ending.BROKEN_OFF, Ending.NOBODY, Ending.POOR, Ending.POWER_LOST})


def found(case: Case, at: datetime) -> Iterator[Ruling]:
    """Give what the facts so far and the time come to; what was found already is found again, alike."""
    if case.voided is not None:
        return
    if case.decided is not None and case.decided.outcome in {Likely.MATCH, Likely.NO_MATCH}:
        yield from _decided(case, case.decided.outcome)
    elif case.likeness is not None:
        yield from (Ruling(code) for code in _compared(case))
    elif case.ended is not None:
        if case.ended.how in _UNUSABLE:
            yield Ruling(Code.CHECK_INCOMPLETE)
    else:
        yield from _passed(case, at)


def _decided(case: Case, outcome: Likely) -> Iterator[Ruling]:
    doubts = [code for code in DOUBTS if code in case.found]
    if outcome is Likely.NO_MATCH:
        yield from () if doubts else (Ruling(Code.FACE_NOT_MATCHED),)
        return
    yield from (Ruling(Code.IDENTIFIED, ends=case.found[code]) for code in doubts)
    if not doubts:
        yield Ruling(Code.IDENTIFIED)


def _compared(case: Case) -> list[Code]:
    likeness = case.likeness
    if likeness is None:
        return []
    crowd = [Code.SEVERAL_FACES] if likeness.faces > 1 or LikenessReason.SEVERAL_FACES in likeness.reasons else []
    if likeness.outcome is Likely.MATCH:
        return [Code.IDENTIFIED, *crowd]
    codes = list(dict.fromkeys(_CODES[reason] for reason in likeness.reasons if reason in _CODES))
    if likeness.outcome is Likely.NOT_JUDGED:
        return [] if _OURS.intersection(likeness.reasons) else [Code.CHECK_INCOMPLETE]
    if likeness.alive is False and Code.LIVENESS_DOUBTED not in codes:
        codes.append(Code.LIVENESS_DOUBTED)
    return [*(codes or [Code.FACE_NOT_MATCHED]), *crowd]


def _passed(case: Case, at: datetime) -> Iterator[Ruling]:
    """Give what time alone comes to."""
    missed_at, unended_at = cases.missed_at(case), cases.unended_at(case)
    if missed_at is not None and missed_at <= at:
        yield Ruling(Code.CHECK_MISSED, listened=True)
    if unended_at is not None and unended_at <= at:
        yield Ruling(Code.CHECK_INCOMPLETE, listened=True)


def wakes(case: Case) -> Iterator[datetime]:
    """Give the instants at which time alone may find something."""
    if Code.CHECK_MISSED not in case.found and (missed_at := cases.missed_at(case)) is not None:
        yield missed_at
    if Code.CHECK_INCOMPLETE not in case.found and (unended_at := cases.unended_at(case)) is not None:
        yield unended_at


def explain(author: Author, case: Case | None) -> Account:
    """Say what the last check lacks to be an alarm."""
    if case is None or case.voided is not None:
        return author.account(Code.CHECK_MISSED, Need(key="check_asked", met=False))
    asked = Need(key="check_asked", met=True, at=case.asked_at)
    if not cases.begun(case):
        missed_at = None if Code.CHECK_MISSED in case.found else cases.missed_at(case)
        return author.account(
            Code.CHECK_MISSED, asked, Need(key="check_unanswered", met=missed_at is None, at=missed_at)
        )
    differs = any(code in case.found for code in DOUBTS)
    return author.account(Code.FACE_NOT_MATCHED, asked, Need(key="check_differs", met=differs))
