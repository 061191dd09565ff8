"""Lives with a breath or audio-visual unit that stands at home: who opens its case, and what they do when it asks."""

from itertools import chain
from math import inf
from random import Random

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.people import DeviceKind
from baqylau.rules.equipment.tamper import case_code
from baqylau.rules.settings import SECOND_TEST_AFTER_S, VOID_WITHIN_S
from baqylau.sim.breath.live import ELIMINATED_MG_L_H
from baqylau.sim.city.days import HOUR_S, MINUTE_S, Days, seconds
from baqylau.sim.city.relays import Spell
from baqylau.sim.city.scenario import Life
from baqylau.sim.city.truth import Told, Truth, happens, held

OPEN_S = 2 * MINUTE_S
CHECKED_AT = "07:10", "18:10"
"""A check is due at these times of each day."""
COMES_S = 20, 90
"""So long somebody takes to come to the unit."""
ANSWER_S = 900.0
"""So long it may be begun."""
DRANK_MG_L = 0.6
"""Alcohol of a breath when somebody has just drunk. It is below every limit before the next test is due by plan."""
LATE_S = ANSWER_S + VOID_WITHIN_S
"""So long after a line is back it matters for checks that it was lost: then nothing is open that was asked before."""
UNREACHED = frozenset({Code.BREATH_MISSED, Code.CONFIRMATION_MISSED, Code.BREATH_NOT_RECEIVED, Code.CHECK_MISSED})
"""What may be found where a check did not reach the unit in time."""
CHECKED = UNREACHED | {Code.BREATH_FIRST_POSITIVE, Code.BREATH_POSITIVE, Code.FACE_NOT_MATCHED}
"""What follows from checks."""


class Standing(Struct, frozen=True, kw_only=True):
    """What happens to a unit that stands at home, and what somebody does when it asks."""

    kind: DeviceKind
    opened_s: tuple[Spell, ...] = ()
    """When its case is open."""
    answers: bool = True
    """Whether somebody comes when a check is due."""
    itself: bool = True
    """Whether it is the person who comes."""
    drank_s: tuple[float, ...] = ()
    """When they have drunk, in order of time."""

    def alcohol_mg_l(self, at_s: float) -> float:
        """Give the alcohol of their breath at an instant."""
        ago_s = min((at_s - one for one in self.drank_s if one <= at_s), default=inf)
        return max(DRANK_MG_L - ELIMINATED_MG_L_H * ago_s / HOUR_S, 0.0)


def standing(kind: DeviceKind, life: Life, days: Days, random: Random) -> tuple[Standing, Told]:
    """Give what happens to a unit, and what has to be found of it."""
    dues = tuple(midnight_s + seconds(clock) for midnight_s in days.midnights() for clock in CHECKED_AT)
    match life:
        case Life.MISSES:
            code = Code.BREATH_MISSED if kind is DeviceKind.BREATH_UNIT else Code.CHECK_MISSED
            return Standing(kind=kind, answers=False), held(days, [_missed(code, one) for one in dues])
        case Life.ANOTHER:
            sat = [happens(Code.FACE_NOT_MATCHED, one, ANSWER_S) for one in dues]
            return Standing(kind=kind, itself=False), held(days, sat)
        case Life.DRANK:
            return Standing(kind=kind, drank_s=dues), held(days, chain.from_iterable(map(_drank, dues)))
        case Life.OPENED:
            moments = list(days.moments(random))
            spells = tuple((at_s, at_s + OPEN_S) for at_s in moments)
            return Standing(kind=kind, opened_s=spells), held(days, [happens(case_code(kind), one) for one in moments])
        case _:
            return Standing(kind=kind), Told()


def unreached(told: Told, lost: Spell) -> Told:
    """Give what has to be found of checks where a unit has no line for a while.

    What it is asked meanwhile reaches it late or never: what follows from that may be found or not.
    """
    sure = tuple(one for one in told.truths if one.code not in CHECKED or _clear(one, lost))
    return Told(sure, told.may | UNREACHED | {one.code for one in told.truths if one not in sure})


def _clear(one: Truth, lost: Spell) -> bool:
    return one.after_s + one.within_s <= lost[0] or lost[1] + LATE_S <= one.after_s


def _missed(code: Code, due_s: float) -> Truth:
    return happens(code, due_s + ANSWER_S + VOID_WITHIN_S)


def _drank(due_s: float) -> tuple[Truth, Truth]:
    """Give what is found of who has drunk: the first test, and the second one a quarter of an hour later."""
    first = happens(Code.BREATH_FIRST_POSITIVE, due_s, ANSWER_S)
    second_s = due_s + SECOND_TEST_AFTER_S
    return first, happens(Code.BREATH_POSITIVE, second_s, ANSWER_S + SECOND_TEST_AFTER_S)
