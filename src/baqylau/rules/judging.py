"""One person's state while observations and ticks are folded into it.

Values go in and a value comes out (`rules.fold`); in between the state is taken apart once for many observations. What
the rules themselves do is in their own modules: here is only in which order, and when time has to speak.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from baqylau.domain.findings import Finding
from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Observation
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules import compliance, keeping, no_fix, silence
from baqylau.rules.clock import AFTER_TICKS, blind, order_key
from baqylau.rules.hearing import Hearing
from baqylau.rules.keeping import BEGUN, Sight
from baqylau.rules.plan import DevicePlan, Plan
from baqylau.rules.settings import POSITION_STALE_S
from baqylau.rules.spans import Validity
from baqylau.rules.state import DeviceState, PersonState

_STALE = timedelta(seconds=POSITION_STALE_S)


class Judging:
    """A fold under way."""

    __slots__ = ("_before", "_blind_until", "_devices", "_heard_at", "_holds", "_keepings", "_key", "_percent", "_plan",
                 "_position", "_shown", "_since", "_stale", "_ticked_at", "_unheard", "_wake", "changes",
                 "findings")  # fmt: skip

    def __init__(self, plan: Plan, state: PersonState) -> None:
        self._plan, self._before = plan, state
        self._devices, self._keepings = dict(state.devices), dict(state.keepings)
        self._position, self._holds, self._stale = state.position, state.holds, state.stale
        self._blind_until, self._unheard = state.blind_until, state.unheard
        self._heard_at, self._percent = state.heard_at, state.battery_percent
        self._shown, self._since = (state.compliance, state.blindness), state.since
        self._ticked_at = state.ticked_at
        self._key = (state.through, state.through_id) if state.through is not None else None
        self.findings: list[Finding] = []
        self.changes: list[tuple[datetime, Compliance, Blindness | None]] = []
        """What was shown, from when on."""
        self._wake = state.wake_at if state.prescribed == plan.digest else self._next_wake()
        """No tick is due before it. May be too early, never too late."""

    def hear(self, observation: Observation) -> None:
        """Fold one observation, after the ticks before it."""
        key = order_key(observation)
        self._key, at = key, key[0]
        gap = blind(observation)
        if gap is not None:
            self._tick_until(at, included=True)
            self._blinded(at, observation.observed_at)
            return
        self._tick_until(at, included=False)
        plan = self._plan.devices.get(observation.device_id)
        time = plan.time_at(at) if plan is not None else None
        if plan is not None and time is not None:
            self._heard(plan, time, observation, at)

    def wait(self, until: datetime) -> None:
        """Fold the ticks up to an instant."""
        self._tick_until(until, included=True)
        end = (until, AFTER_TICKS)
        self._key = end if self._key is None else max(self._key, end)

    def state(self) -> PersonState:
        """Give the state as a value."""
        through, through_id = self._key or (None, ObservationId(""))
        return PersonState(
            through=through,
            through_id=through_id,
            ticked_at=self._ticked_at,
            wake_at=self._next_wake(),
            prescribed=self._plan.digest,
            devices=self._devices,
            keepings=self._keepings,
            position=self._position,
            holds=self._holds,
            stale=self._stale,
            blind_until=self._blind_until,
            unheard=self._unheard,
            heard_at=self._heard_at,
            battery_percent=self._percent,
            compliance=self._shown[0],
            blindness=self._shown[1],
            since=self._since,
        )

    def _heard(self, plan: DevicePlan, time: Validity, observation: Observation, at: datetime) -> None:
        before = self._device(plan, time)
        hearing = Hearing(plan, before, observation, at)
        after = hearing.hear(self._blind_until)
        self._devices[observation.device_id] = after
        if hearing.findings:
            self.findings += hearing.findings
        if after.charge is not before.charge:
            self._percent = after.charge.percent
        changed = self._unheard or self._heard_at is None or self._stale
        self._heard_at, self._unheard = at, False
        self._expect(after.silence.deadline)
        if hearing.lost:
            self._holds = False
        if hearing.position is not None:
            self._position, self._holds, self._stale = hearing.position, hearing.position.decides, False
            self._expect(at + _STALE)
            changed = self._places(at) or changed
        if changed:
            self._show(at)

    def _places(self, at: datetime) -> bool:
        """Put the new position to every restriction; give whether anything changed."""
        sight, changed = self._sight(at), False
        for plan in self._plan.restrictions:
            if not plan.validity.from_at <= at < plan.validity.until_at:
                continue
            before = self._keepings.get(plan.key, BEGUN)
            after, found = keeping.fix(plan, before, sight)
            if after is not before:
                changed = True
                self._keepings[plan.key] = after
                self._expect(keeping.wake_at(plan, after, plan.span(at), at))
                self.findings += found
        return changed

    def _sight(self, at: datetime) -> Sight:
        may_wait = self._blind_until is None or self._blind_until <= at
        return Sight(at, self._position, self._holds, may_wait)

    def _device(self, plan: DevicePlan, time: Validity) -> DeviceState:
        state = self._devices.get(plan.device.id)
        if state is not None and state.from_at == time.from_at:
            return state
        return DeviceState(time.from_at, silence.begun(time.from_at, plan.silence_limit, self._blind_until))

    def _expect(self, wake: datetime) -> None:
        if self._wake is None or wake < self._wake:
            self._wake = wake

    def _tick_until(self, at: datetime, *, included: bool) -> None:
        while self._wake is not None and (self._wake < at or (included and self._wake == at)):
            wake = self._next_wake()
            self._wake = wake
            if wake is None or wake > at or (wake == at and not included):
                return
            self._tick(wake)

    def _tick(self, at: datetime) -> None:
        self._ticked_at = at
        self._tick_devices(at)
        position = self._position
        if not self._stale and position is not None and position.at + _STALE <= at:
            self._stale = True
            self._forget(at)
        sight = self._sight(at)
        for plan in self._plan.restrictions:
            if plan.validity.holds(at):
                after, found = keeping.tick(plan, self._keepings.get(plan.key, BEGUN), sight)
                self._keepings[plan.key] = after
                self.findings += found
            else:
                self._keepings.pop(plan.key, None)
        self._show(at)
        self._wake = self._next_wake()

    def _tick_devices(self, at: datetime) -> None:
        for device_id, plan in self._plan.devices.items():
            time = plan.time_at(at)
            if time is None:
                self._devices.pop(device_id, None)
                continue
            state = self._device(plan, time)
            author = plan.authors[silence.NAME]
            after, found = silence.tick(author, state.silence, at, plan.silence_limit)
            self._devices[device_id] = replace(state, silence=after)
            self.findings += found

    def _blinded(self, from_at: datetime, until_at: datetime) -> None:
        """Take it that we did not listen: what would have been said then is unknown, and no deadline runs."""
        counted_from = max(from_at, self._blind_until or from_at)
        if until_at <= counted_from:
            return
        gap = until_at - counted_from
        for device_id, state in self._devices.items():
            loss = state.loss and no_fix.blinded(state.loss, gap)
            self._devices[device_id] = replace(state, silence=silence.blinded(state.silence, gap), loss=loss)
        self._blind_until, self._unheard, self._holds = until_at, True, False
        self._forget(from_at)
        self._show(from_at)
        self._wake = self._next_wake()

    def _forget(self, at: datetime) -> None:
        for key, state in self._keepings.items():
            self._keepings[key] = keeping.forgotten(state, at)

    def _show(self, at: datetime) -> None:
        why = compliance.why_unknown(
            self._devices, self._heard_at, self._position, unheard=self._unheard, stale=self._stale
        )
        shown = compliance.of_person(self._plan.restrictions, self._keepings, at, why)
        if shown != self._shown or self._since is None:
            self._shown, self._since = shown, at
            self.changes.append((at, *shown))

    def _next_wake(self) -> datetime | None:
        """Give the first instant after the last tick at which time alone changes something."""
        at = self._ticked_at
        wakes = [self._plan.next_boundary(at)]
        wakes += [silence.wake_at(state.silence) for state in self._devices.values()]
        if not self._stale and self._position is not None:
            wakes.append(self._position.at + _STALE)
        if at is not None:
            wakes += [
                keeping.wake_at(plan, self._keepings.get(plan.key, BEGUN), plan.span(at), at)
                for plan in self._plan.restrictions
                if plan.validity.holds(at)
            ]
        return min((wake for wake in wakes if wake is not None), default=None)
