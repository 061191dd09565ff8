"""How the bracelet is bound to the unit, and what the person is told first (catalogue M01 to M03, Z, P).

| class | when | what happens here |
|---|---|---|
| near | heard within a minute | nothing |
| weak | not heard for a minute | places every 15 s |
| lost | not heard for 2 min 30 s | the wearer is asked to take the unit along |
| apart | found by the rules: 5 min and the grace | said aloud, urgent to the server |

At home the home unit hears the bracelet, and this one may lie on its dock: nobody is told to fetch it there, and
nothing is urgent. Whether somebody hears the bracelet instead is the server's to know. What is found here is no finding
of the system.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from baqylau.devices.linux_unit import judging, sources
from baqylau.devices.mobile_unit.state import MobileTurn
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.people import Language
from baqylau.domain.verdicts import Standing
from baqylau.protocols.batch.commands import Watched
from baqylau.rules.plan import RestrictionPlan, plan_of
from baqylau.rules.settings import GONE_AFTER_S, WEAK_AFTER_S
from baqylau.rules.spans import Duty

WEAK_AFTER_MS = 60_000
CALL_AFTER_MS = 1000 * (WEAK_AFTER_S + 30)
"""Half of the shortest time to a finding [K]."""
_HOME_MS = 1000 * GONE_AFTER_S
"""A relay of the home heard within this time: the unit is at home."""
NEAR_M = 300.0
"""From here on towards an excluded zone places are written down more often [K]."""
REMIND = timedelta(minutes=15)
"""So long before hours at a place begin, who is elsewhere is reminded [K]."""
_ENDS = Code.SEPARATION_ENDED
_SAID = {
    Code.SEPARATION: "unit.say.apart",
    Code.NOT_CARRIED: "unit.say.carry",
    Code.BODY_LOST: "unit.say.body",
    Code.BATTERY_LOW: "unit.say.charge",
    Code.BATTERY_CRITICAL: "unit.say.charge",
    Code.NO_CHARGE_DAY: "unit.say.charge",
    Code.NO_FIX: "unit.say.outside",
    Code.EXCLUSION_ENTRY: "unit.say.leave_zone",
    Code.WARNING_RING: "unit.say.near_zone",
    Code.OFF_HOURS: "unit.say.leave_zone",
    Code.TERRITORY_LEFT: "unit.say.territory",
    Code.PLACE_LEFT: "unit.say.go_back",
    Code.PLACE_NOT_ENTERED: "unit.say.go_back",
    Code.ROUTE_LEFT: "unit.say.go_back",
    Code.NOT_AT_HOME: "unit.say.go_home",
    Code.LATE_RETURN: "unit.say.go_home",
    Code.LEFT_EARLY: "unit.say.go_home",
}
"""What the person is told of a finding, at once."""


class Tether(StrEnum):
    """How a bracelet is bound to the unit."""

    UNKNOWN = "unknown"
    """Not heard since the start, or nothing is heard at all."""
    NEAR = "near"
    WEAK = "weak"
    LOST = "lost"
    APART = "apart"


def of(turn: MobileTurn, watched: Watched) -> Tether:
    """Give the class of one bracelet."""
    if watched.person_id in turn.state.missing:
        return Tether.APART
    last_ms = turn.state.worn[watched.transmitter_id].last_ms
    if last_ms is None or not sources.listens(turn.state):
        return Tether.UNKNOWN
    silent_ms = turn.ms - last_ms
    if silent_ms >= CALL_AFTER_MS:
        return Tether.LOST
    return Tether.WEAK if silent_ms >= WEAK_AFTER_MS else Tether.NEAR


def judge(turn: MobileTurn) -> None:
    """Judge what was heard and seen in this turn, and what time alone says by now."""
    if turn.assignment is None:
        return
    for finding in judging.judged(turn):
        judging.take(turn, finding, {} if _elsewhere(turn, finding) else _SAID, _ENDS)
    missing = frozenset(one for one in turn.assignment.persons if _apart(turn, one))
    if missing != turn.state.missing:
        turn.change(missing=missing)


def _elsewhere(turn: MobileTurn, finding: Finding) -> bool:
    """Whether a finding says nothing to who is at home: the home unit hears there, and nobody has to go out."""
    return finding.code in {Code.SEPARATION, Code.NOT_CARRIED, Code.NO_FIX} and at_home(turn)


def _apart(turn: MobileTurn, person_id: PersonId) -> bool:
    state = turn.state.persons.get(person_id)
    return state is not None and bool(state.apart)


def call(turn: MobileTurn) -> None:
    """Ask who is lost to take the unit along; once in each silence, and not at home."""
    if not sources.listens(turn.state) or at_home(turn):
        return
    for watched in judging.unheard(turn, CALL_AFTER_MS):
        judging.called(turn, watched.transmitter_id)
        judging.say(turn, "unit.say.take_along", watched.language, urgent=False)


def at_home(turn: MobileTurn) -> bool:
    """Whether the unit is at home: on its dock, near the relay, or at a place of a presence regime."""
    if turn.state.sensors.mains or _relay_heard(turn):
        return True
    return any(
        plan.against(state.position)[0] is False
        for person_id, plan in _plans(turn)
        if isinstance(plan.restriction, PresenceRegime)
        and (state := turn.state.persons.get(person_id)) is not None
        and state.position is not None
    )


def _relay_heard(turn: MobileTurn) -> bool:
    wearers: set[DeviceId] = set() if turn.assignment is None else set(turn.assignment.wearers)
    return any(
        worn.last_ms is not None and turn.ms - worn.last_ms < _HOME_MS
        for device_id, worn in turn.state.worn.items()
        if device_id not in wearers
    )


def in_doubt(turn: MobileTurn) -> bool:
    """Whether somebody is not surely near, or a place is near to what is forbidden."""
    if turn.assignment is None:
        return False
    if not at_home(turn) and any(of(turn, one) is not Tether.NEAR for one in turn.assignment.wearers.values()):
        return True
    return any(_close(turn, person_id, plan) for person_id, plan in _plans(turn))


def _plans(turn: MobileTurn) -> list[tuple[PersonId, RestrictionPlan]]:
    """Give what holds for each person now, and asks something."""
    if turn.assignment is None:
        return []
    return [
        (person_id, plan)
        for person_id, supervision in turn.assignment.persons.items()
        for plan in plan_of(supervision).restrictions
        if plan.validity.holds(turn.at)
    ]


def _close(turn: MobileTurn, person_id: PersonId, plan: RestrictionPlan) -> bool:
    state = turn.state.persons.get(person_id)
    if state is None or state.position is None or plan.span(turn.at).duty is not Duty.DUE:
        return False
    against, margin_m = plan.against(state.position)
    return against is not False or (plan.kind.against is Standing.INSIDE and margin_m < NEAR_M)


def remind(turn: MobileTurn) -> None:
    """Remind who is elsewhere, once, that hours at a place begin soon."""
    for person_id, plan in _plans(turn):
        if plan.under is None and isinstance(plan.restriction, PresenceRegime) and _away(turn, person_id, plan):
            from_at = _begins_soon(turn, plan)
            if from_at is not None:
                turn.change(reminded=turn.state.reminded | {plan.key: from_at})
                judging.say(turn, "unit.say.soon_home", _language(turn, person_id), urgent=False)


def _away(turn: MobileTurn, person_id: PersonId, plan: RestrictionPlan) -> bool:
    state = turn.state.persons.get(person_id)
    return state is not None and state.position is not None and plan.against(state.position)[0] is True


def _begins_soon(turn: MobileTurn, plan: RestrictionPlan) -> datetime | None:
    """Give when the hours that come next begin, if that is soon and nobody was reminded."""
    coming = plan.span(turn.at + REMIND)
    soon = coming.duty is Duty.DUE and coming.from_at > turn.at
    return coming.from_at if soon and turn.state.reminded.get(plan.key) != coming.from_at else None


def _language(turn: MobileTurn, person_id: PersonId) -> Language:
    watched = () if turn.assignment is None else turn.assignment.wearers.values()
    return next((one.language for one in watched if one.person_id == person_id), Language.KK)


def answer(turn: MobileTurn, key: str) -> None:
    """Say that a key was pressed: in the language of whoever carries the unit, and aloud at any hour."""
    language = Language.KK if turn.assignment is None else turn.assignment.language()
    judging.say(turn, key, language, urgent=True)
