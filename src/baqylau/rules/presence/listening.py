"""What a person's receivers are known by while observations are folded, and what they say of each place."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId, ObservationId
from baqylau.domain.observations import Distrust, Heard, Interference, Motion, Observation, ReceiverHealth
from baqylau.rules.clock import plausible
from baqylau.rules.presence import radio
from baqylau.rules.presence.radio import GONE, HERE, Presence, Receiver, Word
from baqylau.rules.presence.radio_plan import Posts, RadioPlan

_ABOUT = (Heard, ReceiverHealth, Interference, Distrust)


def speaks_of_receivers(observation: Observation) -> bool:
    """Whether an observation says anything of what receivers hear, at an instant that can be right."""
    return plausible(observation) and any(isinstance(body, _ABOUT) for body in observation.bodies)


class Gap(Struct, frozen=True):
    """A time in which the bracelet was not heard at home, too short to say anything."""

    device_id: DeviceId
    """The unit that ended it."""
    since: datetime
    because: tuple[ObservationId, ObservationId]


class Listening:
    """The receivers of one person during a fold."""

    __slots__ = ("_plan", "receivers")

    def __init__(self, plan: RadioPlan, receivers: dict[DeviceId, Receiver]) -> None:
        self._plan = plan
        self.receivers = dict(receivers)

    def hear(self, observation: Observation, at: datetime, blind_until: datetime | None) -> Gap | None:
        """Take what an observation says of a receiver, or of what one heard; give the gap that it ends at home."""
        gap, from_at = None, at if blind_until is None else max(at, blind_until)
        device_id = observation.device_id
        if device_id in self._plan.worn and any(isinstance(body, Distrust) for body in observation.bodies):
            self.receivers = {one: radio.doubted(state) for one, state in self.receivers.items()}
        for body in observation.bodies:
            if isinstance(body, Heard):
                gap = self._heard(observation, body, at, from_at) or gap
            elif (own := self._plan.receiver(device_id)) is not None:
                state = self.receivers.get(device_id)
                anchored = own.device.id in self._plan.homes
                after = radio.told(state, at, observation.id, body, from_at, anchored=anchored)
                if after is not None:
                    self.receivers[device_id] = after
        return gap

    def _heard(self, observation: Observation, body: Heard, at: datetime, from_at: datetime) -> Gap | None:
        receiver_id, id_ = body.receiver_id, observation.id
        own = self._plan.receiver(receiver_id)
        if own is None or own.time_at(at) is None:
            return None
        before = self.receivers.get(receiver_id)
        if observation.device_id not in self._plan.worn:
            self.receivers[receiver_id] = radio.proved(before, at, id_, from_at)
            return None
        gap = self._gap(receiver_id, id_, at) if receiver_id in self._plan.homes else None
        still = Motion(moving=False) in observation.bodies
        self.receivers[receiver_id] = radio.heard(before, at, id_, body, from_at, still=still)
        return gap

    def _gap(self, receiver_id: DeviceId, id_: ObservationId, at: datetime) -> Gap | None:
        """Give what a reception at home ends: unheard for long enough to be weak, not for long enough to be gone."""
        known = [(one, one.last) for one in self._of(self._plan.homes) if one.last is not None and one.listens(at)]
        if not known:
            return None
        quiet_from, last = max(((one.quiet_from, last) for one, last in known), key=lambda pair: pair[0])
        unheard = at - quiet_from
        if radio.WEAK_AFTER < unheard < radio.GONE_AFTER + self._grace(self._plan.homes):
            return Gap(receiver_id, quiet_from, (last.id, id_))
        return None

    def _of(self, device_ids: Iterable[DeviceId]) -> list[Receiver]:
        return [self.receivers[one] for one in device_ids if one in self.receivers]

    def tick(self, at: datetime) -> None:
        """Forget the receivers that are not the person's any more."""
        for device_id in list(self.receivers):
            plan = self._plan.receiver(device_id)
            if plan is None or plan.time_at(at) is None:
                del self.receivers[device_id]

    def blinded(self, gap: timedelta) -> None:
        """Take it that we did not listen for `gap` more."""
        self.receivers = {one: radio.blinded(state, gap) for one, state in self.receivers.items()}

    def at_places(self, posts: Posts, at: datetime) -> Word | None:
        """Give what the home units say of some places together; None when they cannot speak of the person at all.

        Heard at one is heard; gone is only who is gone from every place, and a place without a unit knows nothing.
        """
        from_at = self._plan.worn_from(at)
        if from_at is None or not any(posts):
            return None
        words = [
            replace(radio.word(self._of(post), at, from_at, self._grace(post)), zone=number)
            for number, post in enumerate(posts)
        ]
        best = min((one.presence for one in words), key=_BEST_FIRST.index)
        return max((one for one in words if one.presence is best), key=_since)

    def near(self, unit: DeviceId, at: datetime) -> Word | None:
        """Give what a carried unit says of the bracelet; None when it cannot speak of it."""
        from_at = self._plan.worn_from(at)
        return None if from_at is None else radio.word(self._of((unit,)), at, from_at, self._grace((unit,)))

    def together(self, unit: DeviceId, at: datetime) -> Word | None:
        """Give the same, where the bracelet may also be at home: heard there, it is not away from the unit."""
        from_at = self._plan.worn_from(at)
        if from_at is None:
            return None
        home = radio.word(self._of(self._plan.homes), at, from_at, self._grace(self._plan.homes))
        if home.presence in HERE:
            return home
        heard_from = [one.quiet_from for one in self._of(self._plan.homes) if one.last is not None]
        grace = self._grace((unit, *self._plan.homes))
        return radio.word(self._of((unit,)), at, max([from_at, *heard_from]), grace)

    def _grace(self, device_ids: Iterable[DeviceId]) -> timedelta:
        return radio.grace_of(self._of(device_ids), self._plan.grace)

    def believes(self, unit: DeviceId, at: datetime) -> bool:
        """Whether the place of a carried unit is the person's: not when it misses the bracelet."""
        if unit not in self._plan.carried:
            return True
        word = self.near(unit, at)
        return word is None or word.presence not in GONE

    def edges(self, at: datetime) -> Iterator[datetime]:
        """Give when time alone may change what is said."""
        from_at = self._plan.worn_from(at)
        if from_at is None or not self.receivers:
            return
        homes = self._of(self._plan.homes)
        for group in self._plan.groups:
            if states := self._of(group):
                yield from radio.edges(states, from_at, self._grace(group))
        for unit in self._plan.carried:
            yield from radio.edges([*self._of((unit,)), *homes], from_at, self._grace((unit, *self._plan.homes)))


_BEST_FIRST = (
    Presence.PRESENT,
    Presence.WEAK,
    Presence.UNKNOWN,
    Presence.ABSENT_SUSPECTED,
    Presence.ABSENT_CONFIRMED,
)


def _since(word: Word) -> tuple[bool, datetime | None]:
    """Order by when it began, the latest last: who left one of several homes last left it then."""
    return word.since is not None, word.since
