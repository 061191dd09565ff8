"""Who is at home, judged where it is heard: by the same rules as on the server, over what this unit heard itself.

It decides what is urgent and what the person is told first, also while there is no line. The server judges again for
itself, by everything that it knows: nothing here is a finding of the system.

A wearer who has to be at home and is not heard for some minutes is asked to come nearer before anything is found: who
sleeps on the bracelet or takes a bath is at home. In quiet hours the lamp asks, and nobody is woken for it.
"""

from datetime import datetime

from msgspec.structs import replace

from baqylau.devices.home_unit import sources
from baqylau.devices.home_unit.household import Household
from baqylau.devices.home_unit.outputs import Say
from baqylau.devices.home_unit.turn import Turn
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import DeviceId, PersonId, SubjectId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Language, Supervision
from baqylau.protocols.batch.commands import Watched
from baqylau.protocols.batch.records import LocalFinding
from baqylau.rules.fold import begin, fold
from baqylau.rules.plan import plan_of
from baqylau.rules.settings import WEAK_AFTER_S
from baqylau.rules.spans import Duty
from baqylau.rules.state import PersonState

CALL_AFTER_MS = 1000 * (WEAK_AFTER_S + 30)
"""Unheard for so long, the wearer is asked to come nearer: half of the shortest time to a finding [K]."""
_GRAVE = 2
"""Findings up to this priority are urgent, and are written down."""
_SAID = {
    Code.NOT_AT_HOME: "unit.say.not_heard",
    Code.LATE_RETURN: "unit.say.not_heard",
    Code.LEFT_EARLY: "unit.say.not_heard",
    Code.MAINS_LOST: "unit.say.mains",
    Code.BODY_LOST: "unit.say.body",
}
"""What the person is told of a finding, at once."""


def judge(turn: Turn) -> None:
    """Judge what was heard in this turn, and what time alone says by now."""
    household = turn.household
    if household is None:
        return
    found = [one for person in household.persons.values() for one in _person(turn, person)]
    for finding in {_told_once(turn, one): one for one in found}.values():
        _take(turn, household, finding)
    missing = frozenset(one for one in household.persons if _away(turn.state.persons.get(one)))
    if missing != turn.state.missing:
        turn.change(missing=missing)
    turn.heard = []


def _person(turn: Turn, supervision: Supervision) -> tuple[Finding, ...]:
    person_id = supervision.person_id
    state = turn.state.persons.get(person_id) or begin()
    mine = {device.id for device in supervision.devices}
    told = _in_order([one for one in turn.heard if one.device_id in mine], state.through)
    waits = state.through is not None and state.wake_at is not None and turn.at < state.wake_at
    if not told and (waits or state.through is None):
        return ()
    until = turn.at if state.through is None else max(turn.at, state.through)
    after, findings = fold(supervision, state, told, until)
    turn.change(persons=turn.state.persons | {person_id: after})
    return findings


def _in_order(told: list[Observation], through: datetime | None) -> list[Observation]:
    """Put what is told into the order of its instants; what is older than what was judged counts as of then."""
    moved = [one if through is None or one.observed_at > through else replace(one, observed_at=through) for one in told]
    return sorted(moved, key=lambda one: (one.observed_at, one.id))


def _away(state: PersonState | None) -> bool:
    return state is not None and any(keeping.finding is not None for keeping in state.keepings.values())


def _told_once(turn: Turn, finding: Finding) -> tuple[str, str]:
    """Tell findings apart: what is about the unit itself is found for each person, and told once."""
    about = "" if finding.subject == SubjectId(turn.state.device_id) else finding.person_id
    return about, finding.code


def _take(turn: Turn, household: Household, finding: Finding) -> None:
    watched = None if finding.subject == SubjectId(turn.state.device_id) else _watched(household, finding.person_id)
    key = _SAID.get(finding.code)
    priority = EVENTS[finding.code].priority or _GRAVE + 1
    grave = priority <= _GRAVE
    if key is not None:
        language = household.language() if watched is None else watched.language
        _say(turn, household, key, language, urgent=grave)
    if key is not None or grave or finding.code is Code.RETURNED:
        said = LocalFinding(
            code=finding.code.value,
            told_person=key is not None,
            transmitter_id=None if watched is None else watched.transmitter_id,
        )
        turn.write(said, urgent=grave or finding.code is Code.RETURNED)


def _watched(household: Household, person_id: PersonId) -> Watched | None:
    return next((one for one in household.wearers.values() if one.person_id == person_id), None)


def _say(turn: Turn, household: Household, key: str, language: Language, *, urgent: bool) -> None:
    turn.say(Say(key=key, language=language, aloud=urgent or not household.quiet(turn.at)))


def call(turn: Turn) -> None:
    """Ask who is not heard, and has to be at home, to come nearer; once in each silence."""
    household = turn.household
    if household is None or not sources.listens(turn.state):
        return
    for device_id, watched in household.wearers.items():
        worn = turn.state.worn[device_id]
        unheard = worn.last_ms is not None and turn.ms - worn.last_ms >= CALL_AFTER_MS
        if unheard and not worn.called and _has_to_be_here(turn, household, watched.person_id):
            turn.wear(device_id, replace(worn, called=True))
            _say(turn, household, "unit.say.come_near", watched.language, urgent=False)


def _has_to_be_here(turn: Turn, household: Household, person_id: PersonId) -> bool:
    if person_id in turn.state.missing:
        return False
    plans = plan_of(household.persons[person_id]).restrictions
    return any(plan.validity.holds(turn.at) and plan.span(turn.at).duty is Duty.DUE for plan in plans)


def waited_for(turn: Turn) -> bool:
    """Whether somebody is not at home, or was asked to come nearer and has not."""
    called: dict[DeviceId, bool] = {device_id: worn.called for device_id, worn in turn.state.worn.items()}
    return bool(turn.state.missing) or any(called.values())
