"""What time alone changes for one device."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from baqylau.domain.findings import Finding
from baqylau.rules import condition, no_fix, silence
from baqylau.rules.battery import Level
from baqylau.rules.condition import Condition
from baqylau.rules.conditions import BY_NAME
from baqylau.rules.device_plan import DevicePlan
from baqylau.rules.spans import Validity
from baqylau.rules.state import DeviceState


def begun(plan: DevicePlan, time: Validity, blind_until: datetime | None) -> DeviceState:
    """Begin when the device is put on the person."""
    return DeviceState(time.from_at, silence.begun(time.from_at, plan.silence, blind_until))


def ticked(plan: DevicePlan, state: DeviceState, at: datetime) -> tuple[DeviceState, tuple[Finding, ...]]:
    """Take the passing of time."""
    emptied = state.charge.level is Level.CRITICAL
    author = plan.authors[silence.NAME]
    unheard, found = silence.tick(author, state.silence, at, plan.silence, area=state.area, emptied=emptied)
    if not state.conditions:
        return (state if unheard is state.silence else replace(state, silence=unheard)), found
    conditions: dict[str, Condition] = {}
    for name, before in state.conditions.items():
        after, lasted = condition.tick(
            BY_NAME[name], plan.authors[name], before, at, state.area, strap_open=state.tamper.strap is not None
        )
        if after is not None:
            conditions[name] = after
        found += lasted
    return replace(state, silence=unheard, conditions=conditions), found


def blinded(state: DeviceState, gap: timedelta) -> DeviceState:
    """Take it that we did not listen for `gap` more."""
    return replace(
        state,
        silence=silence.blinded(state.silence, gap),
        loss=state.loss and no_fix.blinded(state.loss, gap),
        conditions={name: condition.blinded(one, gap) for name, one in state.conditions.items()},
    )


def wake_at(state: DeviceState) -> datetime | None:
    """Give when time alone next changes something."""
    wake = silence.wake_at(state.silence)
    for one in state.conditions.values():
        due_at = condition.wake_at(one)
        if due_at is not None and (wake is None or due_at < wake):
            wake = due_at
    return wake
