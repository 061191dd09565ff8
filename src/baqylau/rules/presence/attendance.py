"""Being where one has to be, as a fold goes on: receivers, the hours of a regime, and the unit that is carried."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from baqylau.domain.findings import Finding
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.domain.orders import PresenceRegime
from baqylau.rules.places.keeping import Keeping, Sight
from baqylau.rules.plan import Plan, RestrictionPlan
from baqylau.rules.presence import curfew, radio_keeping, separation
from baqylau.rules.presence.curfew import Curfew, Moment
from baqylau.rules.presence.listening import Gap, Listening, speaks_of_receivers
from baqylau.rules.presence.radio import GONE, Receiver, Word
from baqylau.rules.presence.separation import Apart
from baqylau.rules.spans import ALWAYS


class Attendance:
    """The part of a fold that knows of receivers and of the hours of presence."""

    __slots__ = ("_apart", "_curfews", "_gap", "_listening", "_plan", "_words")

    def __init__(
        self, plan: Plan, receivers: dict[DeviceId, Receiver], curfews: dict[str, Curfew], apart: dict[DeviceId, Apart]
    ) -> None:
        self._plan = plan
        self._listening = None if plan.radio is None else Listening(plan.radio, receivers)
        keys = {one.key for one in plan.restrictions}
        self._curfews = {key: state for key, state in curfews.items() if key in keys}
        self._apart = {unit: state for unit, state in apart.items() if unit in plan.devices}
        self._words: dict[str, Word] = {}
        """What was last said of the places of each regime."""
        self._gap: Gap | None = None

    def kept(self) -> tuple[dict[DeviceId, Receiver], dict[str, Curfew], dict[DeviceId, Apart]]:
        """Give what is carried on: receivers, hours, separations."""
        return ({} if self._listening is None else self._listening.receivers), self._curfews, self._apart

    def hear(self, observation: Observation, at: datetime, blind_until: datetime | None) -> bool:
        """Take what an observation says of receivers; give whether it says anything."""
        if self._listening is None or not speaks_of_receivers(observation):
            return False
        self._gap = self._listening.hear(observation, at, blind_until)
        return True

    def believes(self, unit: DeviceId, at: datetime) -> bool:
        """Whether the place that a carried unit tells is the person's."""
        return self._listening is None or self._listening.believes(unit, at)

    def carries(self, at: datetime) -> bool:
        """Whether anything that tells of the person's place may still be with the person."""
        radio = self._plan.radio
        if radio is None or not radio.carried or radio.tracked:
            return True
        return any(self.believes(unit, at) for unit in radio.carried)

    def told(self, plan: RestrictionPlan, state: Keeping, sight: Sight, *, ticking: bool) -> Keeping:
        """Give the judgement after what the receivers say; `by_radio` tells whether they know.

        Absence is only found by a tick, which comes after everything that was said at its instant.
        """
        word = None if self._listening is None else self._listening.at_places(plan.posts, sight.at)
        if word is None:
            self._words.pop(plan.key, None)
            return radio_keeping.left(state, sight.at)
        self._words[plan.key] = word
        if word.presence in GONE and not ticking:
            return state
        return radio_keeping.told(plan, state, sight, word)

    def recorded(
        self, plan: RestrictionPlan, before: Keeping, after: Keeping, sight: Sight, *, ticking: bool
    ) -> tuple[Finding, ...]:
        """Record what belongs to the hours of a regime. `ticking`: everything is told that was said at the instant."""
        regime = plan.restriction
        if not isinstance(regime, PresenceRegime):
            return ()
        gap = self._gap
        if gap is not None and not any(gap.device_id in post for post in plan.posts):
            gap = None
        moment = Moment(sight, before, after, self._words.get(plan.key), gap, ticking)
        state, found = curfew.step(plan, regime, self._curfews.get(plan.key, curfew.BEGUN), moment)
        self._curfews[plan.key] = state
        return found

    def waits(self, plan: RestrictionPlan) -> bool:
        """Whether the next word decides about a limit, even one that changes nothing else."""
        state = self._curfews.get(plan.key)
        return state is not None and state.waits

    def settled(self, plan: RestrictionPlan, state: Keeping) -> bool:
        """Whether a word of receivers that changes nothing leaves nothing to record, either."""
        known = self._curfews.get(plan.key, curfew.BEGUN)
        return self._gap is None and not known.waits and known.present_in == state.due_from

    def separated(self, at: datetime, *, ticking: bool) -> tuple[Finding, ...]:
        """Find the bracelet away from a carried unit, or with it again."""
        radio = self._plan.radio
        found: tuple[Finding, ...] = ()
        if radio is None or self._listening is None:
            return found
        for unit, plan in radio.carried.items():
            word = self._listening.together(unit, at) if plan.time_at(at) is not None else None
            if word is None:
                self._keep(unit, None)
                continue
            author = plan.authors[separation.NAME]
            after, said = separation.step(author, self._apart.get(unit), at, word, ticking=ticking)
            found += said
            self._keep(unit, after)
        return found

    def _keep(self, unit: DeviceId, state: Apart | None) -> None:
        if state is None:
            self._apart.pop(unit, None)
        else:
            self._apart[unit] = state

    def done(self) -> None:
        """Be done with an observation."""
        self._gap = None

    def tick(self, at: datetime) -> None:
        """Forget the receivers that are not the person's any more."""
        if self._listening is not None:
            self._listening.tick(at)

    def ended(self, key: str) -> None:
        """Forget a regime that is no longer in force."""
        self._curfews.pop(key, None)

    def blinded(self, gap: timedelta) -> None:
        """Take it that we did not listen for `gap` more."""
        if self._listening is not None:
            self._listening.blinded(gap)

    def paused(self, plan: RestrictionPlan, at: datetime) -> None:
        """Take it that nothing is known of the places of a regime from an instant on."""
        state, regime = self._curfews.get(plan.key), plan.restriction
        if state is not None and isinstance(regime, PresenceRegime):
            self._curfews[plan.key] = curfew.paused(state, at, regime.schedule.timezone)

    def limits(self, after: datetime) -> Iterator[datetime]:
        """Give when limits of absence would be passed, after a tick."""
        for plan in self._plan.restrictions:
            state = self._curfews.get(plan.key)
            if state is not None:
                yield from curfew.wake_at(plan, state, after)

    def wake_at(self, after: datetime | None) -> datetime:
        """Give when time alone next changes, after a tick, what receivers say, or `ALWAYS`."""
        if self._listening is None or after is None:
            return ALWAYS
        return min((edge for edge in self._listening.edges(after) if edge > after), default=ALWAYS)
