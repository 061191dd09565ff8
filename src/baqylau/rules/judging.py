"""One person's state while observations and ticks are folded into it.

Values go in and a value comes out (`rules.fold`); in between the state is taken apart once for many observations. What
the rules themselves do is in their own modules: here is only in which order, and when time has to speak.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import inf

from msgspec.structs import replace

from baqylau.domain.findings import Finding
from baqylau.domain.ids import DeviceId, ObservationId
from baqylau.domain.observations import Authentication, Nearness, Observation
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules import compliance, contact
from baqylau.rules.checks.checking import Checking
from baqylau.rules.clock import AFTER_TICKS, blind, order_key
from baqylau.rules.equipment import rare
from baqylau.rules.equipment.equipment import Equipment
from baqylau.rules.equipment.hearing import believed
from baqylau.rules.equipment.plan import DevicePlan
from baqylau.rules.places import keeping
from baqylau.rules.places.keeping import BEGUN, Keeping, Sight
from baqylau.rules.places.position import Position
from baqylau.rules.plan import Plan, RestrictionPlan
from baqylau.rules.presence.attendance import Attendance
from baqylau.rules.settings import POSITION_STALE_S
from baqylau.rules.spans import ALWAYS, Validity
from baqylau.rules.state import Calm, DeviceState, PersonState

_STALE = timedelta(seconds=POSITION_STALE_S)

_Judged = tuple[Keeping, tuple[Finding, ...]]


class Judging:
    """A fold under way."""

    __slots__ = (
        "_attendance",
        "_blind_until",
        "_calm",
        "_checking",
        "_contacts",
        "_due",
        "_equipment",
        "_heard_at",
        "_holds",
        "_keepings",
        "_key",
        "_percent",
        "_plan",
        "_position",
        "_said",
        "_shown",
        "_since",
        "_stale",
        "_ticked_at",
        "_unheard",
        "_wake",
        "changes",
        "findings",
        "turns",
    )

    def __init__(self, plan: Plan, state: PersonState) -> None:
        self._plan = plan
        self._equipment, self._checking = Equipment(plan, state.devices), Checking(plan, state.checks, state.sensors)
        self._keepings, self._contacts = dict(state.keepings), state.contacts
        if state.prescribed != plan.digest:
            self._prescribe()
        self._attendance = Attendance(plan, state.receivers, state.curfews, state.apart)
        self._position, self._holds, self._stale = state.position, state.holds, state.stale
        self._blind_until, self._unheard = state.blind_until, state.unheard
        self._heard_at, self._percent = state.heard_at, state.battery_percent
        self._shown, self._since = (state.compliance, state.blindness), state.since
        self._ticked_at = state.ticked_at
        self._key = (state.through, state.through_id) if state.through is not None else None
        self.findings: list[Finding] = []
        self.changes: list[tuple[datetime, Compliance, Blindness | None]] = []
        """What was shown, from when on."""
        self._said = state.said
        self.turns: list[tuple[datetime, str, Compliance, Blindness | None]] = []
        """The same of each restriction, by restriction and version; free from when it is not in force any more."""
        self._calm = state.calm if state.prescribed == plan.digest else None
        self._due = state.due_at if state.prescribed == plan.digest else None
        """When a restriction or a boundary needs a tick; None when it has to be worked out again."""
        self._wake = self._next_wake()
        """No tick is needed before it. May be too early, never too late."""

    def _prescribe(self) -> None:
        """Drop what is no longer prescribed at all."""
        keys = {plan.key for plan in self._plan.restrictions}
        self._keepings = {key: state for key, state in self._keepings.items() if key in keys}
        self._equipment.prescribe()
        named = tuple(f"{plan.key}/" for plan in self._plan.contacts)
        self._contacts = {key: state for key, state in self._contacts.items() if key.startswith(named)}

    def hear(self, observation: Observation) -> None:
        """Fold one observation, after the ticks before it."""
        key = order_key(observation)
        self._key, at = key, key[0]
        gap = blind(observation)
        if gap is not None:
            self._tick_until(at, included=True)
            self._blinded(at, observation.observed_at)
            return
        if observation.device_id == self._plan.nearness_id:
            self._tick_until(at, included=True)
            self._near(observation, at)
            return
        if observation.authentication is Authentication.OURSELVES:
            self._tick_until(at, included=True)
            self._checked(observation, at)
            return
        self._tick_until(at, included=False)
        plan = self._plan.devices.get(observation.device_id)
        if plan is not None and (time := plan.time_at(at)) is not None:
            take = self._heard if believed(observation) else self._distrusted
            take(plan, time, observation, at)
            if plan.takes_checks:
                self._checked(observation, at)

    def wait(self, until: datetime) -> None:
        """Fold the ticks up to an instant."""
        self._tick_until(until, included=True)
        end = (until, AFTER_TICKS)
        self._key = end if self._key is None else max(self._key, end)

    def state(self) -> PersonState:
        """Give the state as a value."""
        wake = self._next_wake()
        through, through_id = self._key or (None, ObservationId(""))
        receivers, curfews, apart = self._attendance.kept()
        checks, sensors = self._checking.kept()
        return PersonState(
            through=through,
            through_id=through_id,
            ticked_at=self._ticked_at,
            wake_at=None if wake == ALWAYS else wake,
            due_at=self._due_at(),
            calm=self._calm,
            prescribed=self._plan.digest,
            devices=self._equipment.states,
            keepings=self._keepings,
            contacts=self._contacts,
            receivers=receivers,
            curfews=curfews,
            apart=apart,
            checks=checks,
            sensors=sensors,
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
            said=self._said,
        )

    def _heard(self, plan: DevicePlan, time: Validity, observation: Observation, at: datetime) -> None:
        hearing, before, after = self._equipment.hear(plan, time, observation, at, self._blind_until)
        if hearing.findings:
            self.findings += hearing.findings
        if after.charge is not before.charge:
            self._percent = after.charge.percent
        changed = self._unheard or self._stale
        self._heard_at, self._unheard = at, False
        self._expect(after.silence.deadline)
        if after.rare is not before.rare:
            self._seldom(before, after, at)
        if hearing.lost:
            self._holds = False
        changed = self._listened(observation, at) or changed
        if hearing.position is not None:
            changed = self._placed(hearing.position, observation.device_id, at) or changed
        if changed:
            self._show(at)

    def _placed(self, position: Position, device_id: DeviceId, at: datetime) -> bool:
        """Take a position, unless it is that of a unit which the person does not carry."""
        if not self._attendance.believes(device_id, at):
            self._holds = False
            return False
        self._position, self._holds, self._stale = position, position.decides, False
        self._expect(at + _STALE)
        return self._places(position, at)

    def _listened(self, observation: Observation, at: datetime) -> bool:
        """Put what receivers heard to the regimes that they listen for; give whether anything changed."""
        if not self._attendance.hear(observation, at, self._blind_until):
            return False
        sight, changed = self._sight(at), False
        for plan in self._plan.restrictions:
            if plan.posts and plan.validity.holds(at):
                before = self._keepings.get(plan.key, BEGUN)
                after = self._attendance.told(plan, before, sight, ticking=False)
                if after is before and self._attendance.settled(plan, after):
                    continue
                self._take(plan, before, self._received(plan, before, after, sight), sight)
                changed = changed or self._keepings[plan.key] is not before
        self.findings += self._attendance.separated(at, ticking=False)
        self._attendance.done()
        if changed:
            self._calm = None
        self._expect(self._attendance.wake_at(self._ticked_at))
        return changed

    def _received(self, plan: RestrictionPlan, before: Keeping, after: Keeping, sight: Sight) -> _Judged:
        """Judge what receivers changed. What they leave as it was, time judges after all that is said at an instant."""
        return (after, ()) if after is before else keeping.judged(plan, after, sight)

    def _take(
        self, plan: RestrictionPlan, before: Keeping, judged: _Judged, sight: Sight, *, ticking: bool = False
    ) -> None:
        """Keep what was judged of a restriction, and what is recorded of it."""
        after, found = judged
        self._keepings[plan.key] = after
        self.findings += found
        if plan.recorded:
            self.findings += self._attendance.recorded(plan, before, after, sight, ticking=ticking)

    def _distrusted(self, plan: DevicePlan, time: Validity, observation: Observation, at: datetime) -> None:
        self.findings += self._equipment.distrust(plan, time, observation, at, self._blind_until)
        if self._listened(observation, at):
            self._show(at)

    def _checked(self, observation: Observation, at: datetime) -> None:
        """Take what an observation says of checks."""
        if self._plan.ordered(at):
            self.findings += self._checking.hear(observation, at, self._blind_until)
            self._expect(self._checking.wake_at(self._ticked_at))

    def _seldom(self, before: DeviceState, after: DeviceState, at: datetime) -> None:
        """Take what few devices tell of: it may need a tick, and may speak of another device."""
        self._expect(rare.wake_at(after.rare) or ALWAYS)
        if after.rare.motion is not before.rare.motion:
            self.findings += self._equipment.carried(at)

    def _near(self, observation: Observation, at: datetime) -> None:
        """Take how near the person was to others."""
        for plan in self._plan.contacts:
            for body in observation.bodies:
                if isinstance(body, Nearness):
                    changed, found = contact.near(plan, self._contacts, at, observation.id, body)
                    self._contacts = self._contacts | changed
                    self.findings += found
        self._show(at)

    def _places(self, position: Position, at: datetime) -> bool:
        """Put a new position to every restriction; give whether anything changed."""
        if self._calm is not None and self._calm.holds(position) and at < self._due_at():
            return False
        sight, changed, settled, clear_m = self._sight(at), False, True, inf
        for plan in self._plan.restrictions:
            if not plan.validity.from_at <= at < plan.validity.until_at:
                continue
            before = self._keepings.get(plan.key, BEGUN)
            told = self._attendance.told(plan, before, sight, ticking=False) if plan.posts else before
            against, its_clear_m = plan.against(position)
            clear_m = min(clear_m, its_clear_m)
            if told.by_radio:
                self._take(plan, before, self._received(plan, before, told, sight), sight)
            elif not keeping.calm(plan, told, at, against=against) or self._attendance.waits(plan):
                self._take(
                    plan, before, self._hushed(plan, told, keeping.fix(plan, told, sight, against=against)), sight
                )
            else:
                continue
            changed, settled = changed or self._keepings[plan.key] is not before, False
        self._calm = Calm(position.fix.latitude_deg, position.fix.longitude_deg, clear_m) if settled else None
        if changed:
            self._due = None
            self._expect(self._due_at())
        return changed

    def _hushed(self, plan: RestrictionPlan, before: Keeping, judged: _Judged) -> _Judged:
        """Take back a warning of what is open already."""
        if plan.under is None or before.finding is not None or self._keepings.get(plan.under, BEGUN).finding is None:
            return judged
        return replace(judged[0], finding=None), ()

    def _sight(self, at: datetime) -> Sight:
        may_wait = self._blind_until is None or self._blind_until <= at
        return Sight(at, self._position, self._holds, may_wait)

    def _expect(self, wake: datetime) -> None:
        self._wake = min(self._wake, wake)

    def _tick_until(self, at: datetime, *, included: bool) -> None:
        while self._wake < at or (included and self._wake == at):
            self._wake = wake = self._next_wake()
            if wake < at or (included and wake == at):
                self._tick(wake)
                if self._wake <= wake:
                    msg = f"time does not go on: a tick at {wake.isoformat()} asks for another one at the same time"
                    raise RuntimeError(msg)

    def _tick(self, at: datetime) -> None:
        self._ticked_at, self._due, self._calm = at, None, None
        self.findings += self._equipment.tick(at, self._blind_until)
        self.findings += self._checking.tick(at)
        self._attendance.tick(at)
        position = self._position
        if not self._stale and position is not None and position.at + _STALE <= at:
            self._stale = True
            self._forget(at, position.at)
        self._holds = self._holds and self._attendance.carries(at)
        sight = self._sight(at)
        for plan in self._plan.restrictions:
            if plan.validity.holds(at):
                before = self._keepings.get(plan.key, BEGUN)
                told = self._attendance.told(plan, before, sight, ticking=True) if plan.posts else before
                judged = self._hushed(plan, told, keeping.tick(plan, told, sight))
                self._take(plan, before, judged, sight, ticking=True)
            else:
                self._keepings.pop(plan.key, None)
                self._attendance.ended(plan.key)
        self.findings += self._attendance.separated(at, ticking=True)
        for named in self._plan.contacts:
            self.findings += contact.tick(named, at)
        self._contacts = contact.kept(self._plan.contacts, self._contacts, at)
        self._show(at)
        self._wake = self._next_wake()

    def _blinded(self, from_at: datetime, until_at: datetime) -> None:
        """Take it that we did not listen: what would have been said then is unknown, and no deadline runs."""
        counted_from = max(from_at, self._blind_until or from_at)
        if until_at <= counted_from:
            return
        gap = until_at - counted_from
        self._equipment.blinded(gap)
        self._checking.blinded(gap)
        self._attendance.blinded(gap)
        self._blind_until, self._unheard, self._holds = until_at, True, False
        self._forget(from_at, from_at, unheard_until=until_at)
        self._show(from_at)
        self._wake = self._next_wake()

    def _forget(self, at: datetime, known_until: datetime, unheard_until: datetime | None = None) -> None:
        """Take it that fixes tell of the place no longer than `known_until`; or nothing, while we did not listen."""
        self._due = self._calm = None
        for plan in self._plan.restrictions:
            state = self._keepings.get(plan.key)
            if state is None or (state.by_radio and unheard_until is None):
                continue
            self._keepings[plan.key] = (
                keeping.forgotten(state, at) if unheard_until is None else keeping.unheard(state, at, unheard_until)
            )
            self._attendance.paused(plan, known_until)

    def _show(self, at: datetime) -> None:
        why = compliance.why_unknown(
            self._equipment.states, self._heard_at, self._position, unheard=self._unheard, stale=self._stale
        )
        each = compliance.of_each(self._plan.restrictions, self._keepings, at, why)
        self._turn(at, {key: compliance.resolved(one, why) for key, one in each.items()})
        shown = compliance.of_person(each, why)
        if contact.broken(self._contacts):
            shown = (Compliance.NOT_AS_PRESCRIBED, None)
        if shown != self._shown or self._since is None:
            self._shown, self._since = shown, at
            self.changes.append((at, *shown))

    def _turn(self, at: datetime, said: dict[str, compliance.Shown]) -> None:
        """Note from when on which restriction gives something else."""
        if said != self._said:
            gone = ((key, (Compliance.FREE, None)) for key in self._said if key not in said)
            self.turns += [(at, key, *one) for key, one in (*gone, *said.items()) if self._said.get(key) != one]
            self._said = said

    def _next_wake(self) -> datetime:
        """Give the first instant after the last tick at which time alone changes something, or `ALWAYS`."""
        wake = min(self._due_at(), self._equipment.wake_at(), self._checking.wake_at(self._ticked_at))
        if not self._stale and self._position is not None:
            wake = min(wake, self._position.at + _STALE)
        return min(wake, self._attendance.wake_at(self._ticked_at))

    def _due_at(self) -> datetime:
        """Give the first instant after the last tick at which a restriction or a boundary needs one."""
        if self._due is None:
            self._due = min([self._plan.next_boundary(self._ticked_at), *self._prescribed_wakes()])
        return self._due

    def _prescribed_wakes(self) -> Iterator[datetime]:
        at = self._ticked_at
        if at is not None:
            for plan in self._plan.restrictions:
                if plan.validity.holds(at):
                    yield keeping.wake_at(plan, self._keepings.get(plan.key, BEGUN), plan.span(at), at)
            yield from self._attendance.limits(at)
            for named in self._plan.contacts:
                if named.validity.holds(at):
                    yield contact.wake_at(named, at)
