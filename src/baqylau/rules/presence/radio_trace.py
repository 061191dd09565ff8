"""What each receiver by itself said of a person's bracelet, from one instant to another.

Nothing is judged here: the same states as in a fold (`rules.places.presence.radio`), asked one receiver at a time, so
that a page can show which of several heard the bracelet, and which could not have. Where we ourselves did not listen
it is unknown.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.rules.clock import blind, instant
from baqylau.rules.presence import radio
from baqylau.rules.presence.listening import Listening, speaks_of_receivers
from baqylau.rules.presence.radio import Presence
from baqylau.rules.presence.radio_plan import RadioPlan

WARM_UP = timedelta(minutes=30)
"""How long before the first instant observations are wanted: longer than a receiver's word holds."""


class Spell(Struct, frozen=True, kw_only=True):
    """What one receiver said without a change."""

    from_at: datetime
    until_at: datetime
    presence: Presence


def trace(
    plan: RadioPlan, observations: Sequence[Observation], from_at: datetime, until_at: datetime
) -> dict[DeviceId, tuple[Spell, ...]]:
    """Give the spells of each receiver; `observations` in judging order, from `WARM_UP` before the first instant on."""
    tracing = _Tracing(plan, from_at, until_at)
    for observation in observations:
        tracing.hear(observation)
    tracing.reach(until_at)
    return {receiver_id: tuple(spells) for receiver_id, spells in tracing.spells.items()}


class _Tracing:
    """A trace under way."""

    def __init__(self, plan: RadioPlan, from_at: datetime, until_at: datetime) -> None:
        self._plan = plan
        self._listening = Listening(plan, {})
        self._until_at = until_at
        self._at = from_at
        self._blind_until = from_at
        self.spells: dict[DeviceId, list[Spell]] = {one: [] for one in (*plan.homes, *plan.carried)}

    def hear(self, observation: Observation) -> None:
        at, gap = instant(observation), blind(observation)
        if gap is None and not speaks_of_receivers(observation):
            return
        self.reach(min(at, self._until_at))
        if gap is None:
            self._listening.hear(observation, at, self._blind_until)
        else:
            begun_at = max(gap.from_at, self._blind_until)
            self._listening.blinded(max(observation.observed_at - begun_at, timedelta(0)))
            self._blind_until = max(self._blind_until, observation.observed_at)

    def reach(self, until_at: datetime) -> None:
        """Draw everything up to an instant; what lies before the first one is not drawn."""
        if until_at <= self._at:
            return
        for receiver_id in self.spells:
            turns = sorted({self._at, *(one for one in self._turns(receiver_id) if self._at < one < until_at)})
            for begun_at, ended_at in zip(turns, [*turns[1:], until_at], strict=True):
                self._draw(receiver_id, begun_at, ended_at)
        self._at = until_at

    def _turns(self, receiver_id: DeviceId) -> Iterator[datetime]:
        """Give when time alone may change what a receiver says."""
        yield self._blind_until
        worn_from, state = self._plan.worn_from(self._at), self._listening.receivers.get(receiver_id)
        if worn_from is not None and state is not None:
            yield state.quiet_from + radio.WEAK_AFTER
            yield from radio.edges([state], worn_from, radio.grace_of([state], self._plan.grace))

    def _draw(self, receiver_id: DeviceId, begun_at: datetime, ended_at: datetime) -> None:
        word = self._listening.near(receiver_id, begun_at) if begun_at >= self._blind_until else None
        presence = word.presence if word is not None else Presence.UNKNOWN
        spells = self.spells[receiver_id]
        if spells and spells[-1].presence is presence:
            begun_at = spells.pop().from_at
        spells.append(Spell(from_at=begun_at, until_at=ended_at, presence=presence))
