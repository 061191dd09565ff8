"""What is judged where it is heard: by the same rules as on the server, over what the unit heard and said itself.

It decides what is urgent and what the person is told first, also while there is no line. The server judges again for
itself, by everything that it knows: nothing here is a finding of the system.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from baqylau.devices.linux_unit.outputs import Say
from baqylau.devices.linux_unit.turn import S, Turn
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import DeviceId, PersonId, SubjectId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Language, Supervision
from baqylau.protocols.batch.commands import Watched
from baqylau.protocols.batch.records import LocalFinding
from baqylau.rules.fold import begin, fold
from baqylau.rules.plan import plan_of
from baqylau.rules.spans import Duty

_GRAVE = 2
"""Findings up to this priority are urgent, and are written down."""


def judged(turn: Turn[S]) -> list[Finding]:
    """Judge what was heard in this turn, and what time alone says by now; give what is found, each thing once."""
    if turn.assignment is None:
        return []
    found = [one for person in turn.assignment.persons.values() for one in _person(turn, person)]
    turn.heard = []
    return list({_told_once(turn, one): one for one in found}.values())


def _person(turn: Turn[S], supervision: Supervision) -> tuple[Finding, ...]:
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


def _told_once(turn: Turn[S], finding: Finding) -> tuple[str, str]:
    """Tell findings apart: what is about the unit itself is found for each person, and told once."""
    about = "" if finding.subject == SubjectId(turn.state.device_id) else finding.person_id
    return about, finding.code


def take(turn: Turn[S], finding: Finding, says: Mapping[Code, str], ends: Code) -> None:
    """Write down what was found where it is grave or ends something, and tell the person what there is to say."""
    watched = wearer(turn, finding)
    key = says.get(finding.code)
    priority = EVENTS[finding.code].priority or _GRAVE + 1
    grave = priority <= _GRAVE
    if key is not None and turn.assignment is not None:
        say(turn, key, turn.assignment.language() if watched is None else watched.language, urgent=grave)
    if key is not None or grave or finding.code is ends:
        said = LocalFinding(
            code=finding.code.value,
            told_person=key is not None,
            transmitter_id=None if watched is None else watched.transmitter_id,
        )
        turn.write(said, urgent=grave or finding.code is ends)


def wearer(turn: Turn[S], finding: Finding) -> Watched | None:
    """Give whom a finding is about; None for the unit itself."""
    if turn.assignment is None or finding.subject == SubjectId(turn.state.device_id):
        return None
    return next((one for one in turn.assignment.wearers.values() if one.person_id == finding.person_id), None)


def say(turn: Turn[S], key: str, language: Language, *, urgent: bool) -> None:
    """Tell the person something: aloud where the hour allows it, or it is urgent."""
    quiet = turn.assignment is not None and turn.assignment.quiet(turn.at)
    turn.say(Say(key=key, language=language, aloud=urgent or not quiet))


def unheard(turn: Turn[S], after_ms: int) -> list[Watched]:
    """Give whose bracelet was heard since the start and then not for so long, and who was not called for it yet."""
    if turn.assignment is None:
        return []
    silent: list[Watched] = []
    for device_id, watched in turn.assignment.wearers.items():
        worn = turn.state.worn[device_id]
        if worn.last_ms is not None and turn.ms - worn.last_ms >= after_ms and not worn.called:
            silent.append(watched)
    return silent


def called(turn: Turn[S], device_id: DeviceId) -> None:
    """Remember that somebody was called in this silence."""
    turn.wear(device_id, replace(turn.state.worn[device_id], called=True))


def waited_for(turn: Turn[S]) -> bool:
    """Whether somebody is missed, or was called and has not come."""
    return bool(turn.state.missing) or any(worn.called for worn in turn.state.worn.values())


def has_to_be_home(turn: Turn[S], person_id: PersonId) -> bool:
    """Whether a place is prescribed for the person at this instant."""
    if turn.assignment is None:
        return False
    plans = plan_of(turn.assignment.persons[person_id]).restrictions
    return any(plan.validity.holds(turn.at) and plan.span(turn.at).duty is Duty.DUE for plan in plans)
