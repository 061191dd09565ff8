"""The person's equipment as a fold goes on: what each device says of itself, and what its silence comes to."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from baqylau.domain.findings import Finding
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.rules.equipment import device_time, maintenance, patience
from baqylau.rules.equipment.hearing import Hearing
from baqylau.rules.equipment.plan import DevicePlan
from baqylau.rules.plan import Plan
from baqylau.rules.spans import ALWAYS, Validity
from baqylau.rules.state import DeviceState


class Equipment:
    """The part of a fold that knows of devices."""

    __slots__ = ("_plan", "states")

    def __init__(self, plan: Plan, states: Mapping[DeviceId, DeviceState]) -> None:
        self._plan, self.states = plan, dict(states)

    def prescribe(self) -> None:
        """Drop devices that are no longer known of."""
        self.states = {key: state for key, state in self.states.items() if key in self._plan.devices}

    def hear(
        self, plan: DevicePlan, time: Validity, observation: Observation, at: datetime, blind_until: datetime | None
    ) -> tuple[Hearing, DeviceState, DeviceState]:
        """Take a word of a device; give what it says, and the device's state before and after."""
        before = self._state(plan, time, blind_until)
        hearing = Hearing(plan, before, observation, at, blind_until)
        self.states[observation.device_id] = after = hearing.hear()
        return hearing, before, after

    def distrust(
        self, plan: DevicePlan, time: Validity, observation: Observation, at: datetime, blind_until: datetime | None
    ) -> tuple[Finding, ...]:
        """Take bytes that are not believed to be the device's own."""
        hearing = Hearing(plan, self._state(plan, time, blind_until), observation, at, blind_until)
        self.states[observation.device_id] = hearing.distrust()
        return hearing.findings

    def carried(self, at: datetime) -> tuple[Finding, ...]:
        """Take a word about motion, which may speak of another device."""
        findings: tuple[Finding, ...] = ()
        for device_id, state, found in tuple(device_time.carried(self._plan.devices, self.states, at)):
            self.states[device_id] = state
            findings += found
        return findings

    def tick(self, at: datetime, blind_until: datetime | None) -> tuple[Finding, ...]:
        """Take the passing of time."""
        findings: tuple[Finding, ...] = ()
        for device_id, plan in self._plan.devices.items():
            time = plan.time_at(at)
            findings += maintenance.records(plan.authors[maintenance.NAME], plan.maintained, at)
            if time is None:
                self.states.pop(device_id, None)
                continue
            state = self._state(plan, time, blind_until)
            self.states[device_id], found = device_time.ticked(plan, state, at, self._patience)
            findings += found
        return findings

    def _patience(self, at: datetime) -> timedelta:
        return patience.with_lost_link(self._plan, at)

    def blinded(self, gap: timedelta) -> None:
        """Take it that we did not listen for `gap` more."""
        self.states = {device_id: device_time.blinded(state, gap) for device_id, state in self.states.items()}

    def wake_at(self) -> datetime:
        """Give when time alone next changes something for a device, or `ALWAYS`."""
        wake = ALWAYS
        for state in self.states.values():
            deadline = device_time.wake_at(state)
            if deadline is not None and deadline < wake:
                wake = deadline
        return wake

    def _state(self, plan: DevicePlan, time: Validity, blind_until: datetime | None) -> DeviceState:
        state = self.states.get(plan.device.id)
        if state is not None and state.from_at == time.from_at:
            return state
        return device_time.begun(plan, time, blind_until)
