"""What few devices tell of, and few of their words: kept apart, so that a fix in a million costs nothing for it."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.calls import CallAnswered, CallBody, CallEnded, CallRang, CallRecorded
from baqylau.domain.checks import (
    Asked,
    Begun,
    BreathSample,
    Bypass,
    Calibrated,
    Decided,
    Ended,
    Lens,
    Likeness,
    Voided,
)
from baqylau.domain.console import ConsoleCheck
from baqylau.domain.findings import Finding
from baqylau.domain.observations import (
    Blind,
    BufferSet,
    CallAsked,
    Cell,
    Displaced,
    Distrust,
    Farewell,
    Fix,
    Heard,
    Interference,
    LinkHealth,
    Motion,
    Nearness,
    NoFix,
    Panic,
    Power,
    ReceiverHealth,
    SelfTest,
    SimCard,
    Skin,
    Sky,
    Strain,
    Surroundings,
)
from baqylau.rules.conditions import condition, dead_spots, shielding, signals
from baqylau.rules.conditions.condition import Condition, Evidence, Kind, Word
from baqylau.rules.conditions.signals import Signals, Strength
from baqylau.rules.conditions.table import BY_NAME, SUSPICIOUS, UNTIL_SPOKEN
from baqylau.rules.equipment import charging_duty, clone, docking, not_carried, range_change, sim_card
from baqylau.rules.equipment.charging_duty import Duty
from baqylau.rules.equipment.clone import Witness
from baqylau.rules.equipment.docking import Docking
from baqylau.rules.equipment.not_carried import Apart, Said
from baqylau.rules.equipment.plan import DevicePlan
from baqylau.rules.equipment.range_change import Choice
from baqylau.rules.equipment.sim_card import Pair
from baqylau.rules.places.position import Position

_Condition = (
    Power
    | Skin
    | Strain
    | SelfTest
    | Surroundings
    | Displaced
    | Farewell
    | ReceiverHealth
    | Interference
    | Distrust
    | Panic
    | CallAsked
    | ConsoleCheck
    | Lens
    | Bypass
)
_OfCheck = Asked | Begun | Ended | Likeness | BreathSample | Calibrated | Voided | Decided
Aside = (
    _Condition
    | Cell
    | Motion
    | Sky
    | NoFix
    | SimCard
    | BufferSet
    | Heard
    | Nearness
    | LinkHealth
    | Blind
    | _OfCheck
    | CallBody
)
"""Bodies that say nothing of place, strap, case or charge."""


class Rare(Struct, frozen=True, array_like=True):
    """The states of these rules for one device."""

    conditions: dict[str, Condition] = {}
    """By the kind's name: what holds, or has begun to."""
    area: str = ""
    """The last cell of the mobile network, in the network's own digits."""
    signals: Signals | None = None
    """None until a word about them."""
    charging: Duty | None = None
    sim: Pair | None = None
    witness: Witness | None = None
    motion: Said | None = None
    apart: Apart | None = None
    docking: Docking | None = None
    choice: Choice | None = None


NONE = Rare()

_Step = tuple[Rare, tuple[Finding, ...]]


def heard(plan: DevicePlan, state: Rare, evidence: Evidence, body: Aside, place: Position | None) -> _Step:
    """Take one thing that the device says. `place`: the last one believed."""
    match body:
        case Cell() | Sky() | NoFix():
            return _signal(plan, state, evidence, body, place)
        case Motion():
            return replace(state, motion=Said(body.moving, evidence.at, evidence.id)), ()
        case SimCard() | BufferSet():
            return _set(plan, state, evidence, body)
        case Heard():
            return _witnessed(plan, state, evidence, body)
        case Power():
            state, charged = _charged(plan, state, evidence, body)
            state, found = _told(plan, state, evidence, body)
            return state, charged + found
        case (
            (Nearness() | LinkHealth() | Blind())
            | (CallRang() | CallAnswered() | CallEnded() | CallRecorded())
            | (Asked() | Begun() | Ended() | Likeness() | BreathSample() | Calibrated() | Voided() | Decided())
        ):
            return state, ()
        case _:
            return _told(plan, state, evidence, body)


def _told(plan: DevicePlan, state: Rare, evidence: Evidence, body: Fix | Cell | _Condition) -> _Step:
    found: tuple[Finding, ...] = ()
    for kind in plan.conditions.get(type(body), ()):
        state, more = _held(plan, state, evidence, kind, kind.says(body))
        found += more
    return state, found


def _held(plan: DevicePlan, state: Rare, evidence: Evidence, kind: Kind[Any], said: Word | None) -> _Step:
    before = state.conditions.get(kind.name)
    after, found = condition.held(kind, plan.authors[kind.name], before, evidence, said)
    return _kept(state, kind, before, after), found


def _kept(state: Rare, kind: Kind[Any], before: Condition | None, after: Condition | None) -> Rare:
    if after is before:
        return state
    others = {name: one for name, one in state.conditions.items() if name != kind.name}
    return replace(state, conditions=others if after is None else others | {kind.name: after})


def _charged(plan: DevicePlan, state: Rare, evidence: Evidence, body: Power) -> _Step:
    if plan.device.kind not in charging_duty.DEVICES:
        return state, ()
    at, told_by, external = evidence.at, evidence.id, body.external
    duty, found = charging_duty.step(plan.authors[charging_duty.NAME], state.charging, at, told_by, external=external)
    dock = state.docking
    if plan.docked is not None:
        dock = docking.step(plan.docked, dock, at, told_by, external=external)
    same = duty is state.charging and dock is state.docking
    return (state if same else replace(state, charging=duty, docking=dock)), found


def _set(plan: DevicePlan, state: Rare, evidence: Evidence, body: SimCard | BufferSet) -> _Step:
    """Take what is as it was until somebody changes it."""
    if isinstance(body, SimCard):
        pair, found = sim_card.step(plan.authors[sim_card.NAME], state.sim, evidence.at, evidence.id, body)
        return (state if pair is state.sim else replace(state, sim=pair)), found
    if plan.device.kind not in range_change.DEVICES:
        return state, ()
    author = plan.authors[range_change.NAME]
    choice, found = range_change.step(author, state.choice, evidence.at, evidence.id, body)
    return (state if choice is state.choice else replace(state, choice=choice)), found


def _witnessed(plan: DevicePlan, state: Rare, evidence: Evidence, body: Heard) -> _Step:
    place = plan.receivers.get(body.receiver_id)
    if place is None:
        return state, ()
    witness, found = clone.step(plan.authors[clone.NAME], state.witness, evidence.at, evidence.id, place)
    return replace(state, witness=witness), found


def _signal(
    plan: DevicePlan, state: Rare, evidence: Evidence, body: Cell | Sky | NoFix, place: Position | None
) -> _Step:
    now = state.signals or Signals()
    match body:
        case Cell():
            state = replace(state, area=(body.id if body.registered else "") or state.area)
            now = replace(now, network=signals.heard(now.network, evidence.at, signals.of_cell(body)))
        case Sky():
            now = replace(now, sky=signals.heard(now.sky, evidence.at, signals.of_sky(body), place))
        case NoFix():
            now = replace(now, sky=signals.heard(now.sky, evidence.at, signals.of_no_fix(body), place))
    return _signalled(plan, state, evidence, now, place)


def _signalled(plan: DevicePlan, state: Rare, evidence: Evidence, now: Signals, place: Position | None) -> _Step:
    kind, before = shielding.KIND, state.signals or Signals()
    found: tuple[Finding, ...] = ()
    if now.sky.lost_at is None or now.network.lost_at is None:
        shielded = state.conditions.get(kind.name)
        suspicious = _suspicious(state, evidence) or (shielded is not None and shielded.finding is not None)
        state, found = _held(plan, state, evidence, kind, Word.ENDED)
    else:
        suspicious = _suspicious(state, evidence)
        known = dead_spots.known(now.spots, before.place)
        begun = kind.name not in state.conditions and not known and plan.device.kind in kind.devices
        if begun and shielding.at_once(now.sky, now.network):
            state, found = _held(plan, state, evidence, kind, Word.HOLDS)
    return replace(state, signals=signals.went_on(before, now, evidence.at, place, suspicious=suspicious)), found


def _suspicious(state: Rare, evidence: Evidence) -> bool:
    return evidence.tampered or suspicious(state)


def suspicious(state: Rare) -> bool:
    """Whether something holds that may be meant to hide."""
    return not SUSPICIOUS.isdisjoint(state.conditions)


def in_dead_spot(state: Rare, place: Position | None) -> bool:
    """Whether a device that is lost was last where signals are known to be lost."""
    return state.signals is not None and dead_spots.known(state.signals.spots, state.signals.place or place)


def back(state: Rare, evidence: Evidence, place: Position | None) -> Rare:
    """Take it that a silent device speaks again; it was last heard at `place`."""
    if place is None or _suspicious(state, evidence):
        return state
    now = state.signals or Signals()
    return replace(state, signals=replace(now, spots=dead_spots.learned(now.spots, place, evidence.at)))


def placed(plan: DevicePlan, state: Rare, evidence: Evidence, place: Position | None) -> _Step:
    """Take it that there is a position, for a device whose signals are known. `place`: where it is believed."""
    now = state.signals
    strength = signals.of_place(place) if place is not None else Strength.WEAK
    if now is None or (strength is Strength.STRONG and now.sky.lost_at is None):
        return state, ()
    now = replace(now, sky=signals.heard(now.sky, evidence.at, strength))
    return _signalled(plan, state, evidence, now, place)


def remarked(plan: DevicePlan, state: Rare, evidence: Evidence, fix: Fix) -> _Step:
    """Take what a fix says of itself."""
    return _told(plan, state, evidence, fix)


def of_others(plan: DevicePlan, state: Rare, evidence: Evidence, body: Distrust | ConsoleCheck) -> _Step:
    """Take what is no word of the device: bytes that are not its own, or that somebody looked for it in vain."""
    return _told(plan, state, evidence, body)


def spoken(plan: DevicePlan, state: Rare, evidence: Evidence, *, of_signals: bool) -> _Step:
    """End what lasts until the device speaks again, and watch what happens while its signals are lost.

    `of_signals`: the observation told of one of them; what it leaves lost it says is lost still.
    """
    found: tuple[Finding, ...] = ()
    if of_signals and shielding.KIND.name in state.conditions:
        state, found = _held(plan, state, evidence, shielding.KIND, Word.HOLDS)
    lost = state.signals
    if lost is not None and lost.lost and not lost.suspicious and _suspicious(state, evidence):
        state = replace(state, signals=replace(lost, suspicious=True))
    for kind in UNTIL_SPOKEN:
        before = state.conditions.get(kind.name)
        if before is not None and before.since < evidence.at:
            state, more = _held(plan, state, evidence, kind, Word.ENDED)
            found += more
    return state, found


def tick(plan: DevicePlan, state: Rare, at: datetime, *, strap_open: bool) -> _Step:
    """Take the passing of time."""
    found: tuple[Finding, ...] = ()
    if state.charging is not None:
        duty, found = charging_duty.tick(plan.authors[charging_duty.NAME], state.charging, at)
        state = state if duty is state.charging else replace(state, charging=duty)
    if state.docking is not None:
        dock, missed = _docked(plan, state.docking, at)
        state, found = (state if dock is state.docking else replace(state, docking=dock)), found + missed
    for name, before in state.conditions.items():
        kind, author = BY_NAME[name], plan.authors[name]
        after, more = condition.tick(kind, author, before, at, state.area, strap_open=strap_open)
        state, found = _kept(state, kind, before, after), found + more
    return state, found


def _docked(plan: DevicePlan, state: Docking, at: datetime) -> tuple[Docking | None, tuple[Finding, ...]]:
    if plan.docked is None:
        return None, ()
    return docking.tick(plan.authors[docking.NAME], plan.docked, state, at)


def again(plan: DevicePlan, state: Rare, since: datetime, at: datetime) -> _Step:
    """Find once more what was found from `since` on and still holds: maintenance has ended."""
    found: tuple[Finding, ...] = ()
    for name, before in state.conditions.items():
        after, more = condition.again(BY_NAME[name], plan.authors[name], before, since, at, state.area)
        state, found = _kept(state, BY_NAME[name], before, after), found + more
    return state, found


def blinded(state: Rare, gap: timedelta) -> Rare:
    """Take it that we did not listen for `gap` more."""
    return replace(
        state,
        conditions={name: condition.blinded(one, gap) for name, one in state.conditions.items()},
        charging=state.charging and charging_duty.blinded(state.charging, gap),
        apart=state.apart and not_carried.blinded(state.apart, gap),
        docking=state.docking and docking.blinded(state.docking, gap),
    )


def wake_at(state: Rare) -> datetime | None:
    """Give when time alone next changes something."""
    wakes = [condition.wake_at(one) for one in state.conditions.values()]
    if state.charging is not None:
        wakes.append(charging_duty.wake_at(state.charging))
    if state.docking is not None:
        wakes.append(state.docking.due_at)
    return min((wake for wake in wakes if wake is not None), default=None)
