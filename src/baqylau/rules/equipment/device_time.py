"""What time alone changes for one device."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from baqylau.domain.findings import Finding
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.signals import place_at
from baqylau.rules.equipment import maintenance, no_fix, not_carried, rare, silence, tamper
from baqylau.rules.equipment.battery import Charge, Level
from baqylau.rules.equipment.not_carried import Said
from baqylau.rules.equipment.plan import DevicePlan
from baqylau.rules.equipment.silence import Last
from baqylau.rules.spans import Validity
from baqylau.rules.state import DeviceState

_Step = tuple[DeviceState, tuple[Finding, ...]]


def begun(plan: DevicePlan, time: Validity, blind_until: datetime | None) -> DeviceState:
    """Begin when the device is put on the person."""
    return DeviceState(time.from_at, silence.begun(time.from_at, plan.silence, blind_until))


def ticked(plan: DevicePlan, state: DeviceState, at: datetime, patience: Callable[[datetime], timedelta]) -> _Step:
    """Take the passing of time. `patience`: how long a link lost at an instant is left to the wearer."""
    work = maintenance.ending(plan.maintained, at)
    state, found = (state, ()) if work is None else _again(plan, state, work.from_at, at)
    author = plan.authors[silence.NAME]
    unheard, silent = silence.tick(author, state.silence, at, plan.silence, last=_last(state), patience=patience)
    seldom, lasted = rare.tick(plan, state.rare, at, strap_open=state.tamper.strap is not None)
    if unheard is state.silence and seldom is state.rare:
        return state, found
    return replace(state, silence=unheard, rare=seldom), found + silent + lasted


def _last(state: DeviceState) -> Last:
    dead_spot = rare.in_dead_spot(state.rare, place_at(state.track.believed, state.silence.heard_at))
    emptied = state.charge.level is Level.CRITICAL and not dead_spot
    tampered = state.tamper.strap is not None or state.tamper.case is not None
    doubted = tampered or rare.suspicious(state.rare)
    return Last(area=state.rare.area, emptied=emptied, dead_spot=dead_spot, doubted=doubted)


def _again(plan: DevicePlan, state: DeviceState, since: datetime, at: datetime) -> _Step:
    """Find once more what was found from `since` on and still holds."""
    opened, found = tamper.again(plan.authors[tamper.NAME], state.tamper, since, at, plan.case)
    seldom, more = rare.again(plan, state.rare, since, at)
    now = replace(
        state,
        tamper=opened,
        rare=seldom,
        silence=silence.again(state.silence, since),
        loss=state.loss and no_fix.again(state.loss, since),
        charge=Charge(),
    )
    return now, found + more


def carried(
    plans: Mapping[DeviceId, DevicePlan], states: Mapping[DeviceId, DeviceState], at: datetime
) -> Iterator[tuple[DeviceId, DeviceState, tuple[Finding, ...]]]:
    """Take a word about motion; give what it changes for each mobile unit."""
    worn = _said(plans, states, DeviceKind.BRACELET)
    for device_id, state in states.items():
        plan = plans[device_id]
        if plan.device.kind is DeviceKind.MOBILE_UNIT:
            author, own = plan.authors[not_carried.NAME], state.rare
            apart, found = not_carried.step(author, own.apart, at, own.motion, worn)
            if apart is not own.apart:
                yield device_id, replace(state, rare=replace(own, apart=apart)), found


def _said(
    plans: Mapping[DeviceId, DevicePlan], states: Mapping[DeviceId, DeviceState], kind: DeviceKind
) -> Said | None:
    said = [
        state.rare.motion
        for device_id, state in states.items()
        if plans[device_id].device.kind is kind and state.rare.motion is not None
    ]
    return max(said, key=lambda one: (one.at, one.id), default=None)


def blinded(state: DeviceState, gap: timedelta) -> DeviceState:
    """Take it that we did not listen for `gap` more."""
    return replace(
        state,
        silence=silence.blinded(state.silence, gap),
        loss=state.loss and no_fix.blinded(state.loss, gap),
        rare=rare.blinded(state.rare, gap),
    )


def wake_at(state: DeviceState) -> datetime | None:
    """Give when time alone next changes something."""
    wake = silence.wake_at(state.silence)
    if state.rare is rare.NONE:
        return wake
    due_at = rare.wake_at(state.rare)
    return wake if due_at is None or (wake is not None and wake <= due_at) else due_at
