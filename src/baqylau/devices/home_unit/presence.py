"""Who is at home, judged where it is heard (`linux_unit.judging`).

A wearer who has to be at home and is not heard for some minutes is asked to come nearer before anything is found: who
sleeps on the bracelet or takes a bath is at home. In quiet hours the lamp asks, and nobody is woken for it.
"""

from baqylau.devices.home_unit.state import HomeTurn
from baqylau.devices.linux_unit import judging, sources
from baqylau.domain.findings import Code
from baqylau.domain.ids import PersonId
from baqylau.rules.settings import WEAK_AFTER_S
from baqylau.rules.state import PersonState

CALL_AFTER_MS = 1000 * (WEAK_AFTER_S + 30)
"""Unheard for so long, the wearer is asked to come nearer: half of the shortest time to a finding [K]."""
_SAID = {
    Code.NOT_AT_HOME: "unit.say.not_heard",
    Code.LATE_RETURN: "unit.say.not_heard",
    Code.LEFT_EARLY: "unit.say.not_heard",
    Code.MAINS_LOST: "unit.say.mains",
    Code.BODY_LOST: "unit.say.body",
}
"""What the person is told of a finding, at once."""


def judge(turn: HomeTurn) -> None:
    """Judge what was heard in this turn, and what time alone says by now."""
    if turn.assignment is None:
        return
    for finding in judging.judged(turn):
        judging.take(turn, finding, _SAID, Code.RETURNED)
    missing = frozenset(one for one in turn.assignment.persons if _away(turn.state.persons.get(one)))
    if missing != turn.state.missing:
        turn.change(missing=missing)


def _away(state: PersonState | None) -> bool:
    return state is not None and any(keeping.finding is not None for keeping in state.keepings.values())


def call(turn: HomeTurn) -> None:
    """Ask who is not heard, and has to be at home, to come nearer; once in each silence."""
    if not sources.listens(turn.state):
        return
    for watched in judging.unheard(turn, CALL_AFTER_MS):
        if _has_to_be_here(turn, watched.person_id):
            judging.called(turn, watched.transmitter_id)
            judging.say(turn, "unit.say.come_near", watched.language, urgent=False)


def _has_to_be_here(turn: HomeTurn, person_id: PersonId) -> bool:
    return person_id not in turn.state.missing and judging.has_to_be_home(turn, person_id)
