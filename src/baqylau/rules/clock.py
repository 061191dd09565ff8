"""When an observation happened, and in which order observations are judged.

A device's clock is believed within limits. Outside them the record is kept as it is, and judged at the instant at
which it reached us: the fact is real even though its time is not.
"""

from datetime import datetime, timedelta

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Authentication, Blind, Observation
from baqylau.rules.settings import CLOCK_AHEAD_S, CLOCK_BEHIND_S

_AHEAD = timedelta(seconds=CLOCK_AHEAD_S)
_BEHIND = timedelta(seconds=CLOCK_BEHIND_S)

AFTER_TICKS = ObservationId("~")
"""Sorts after every observation's id: where a fold stands that has folded all ticks of an instant."""


def plausible(observation: Observation) -> bool:
    """Whether the device's clock can be right: no more than 2 min ahead of receipt, no more than 40 days before it."""
    observed_at, received_at = observation.observed_at, observation.received_at
    return observed_at <= received_at + _AHEAD and observed_at >= received_at - _BEHIND


def blind(observation: Observation) -> Blind | None:
    """Give the gap in our own listening that the observation tells of, if it does."""
    for body in observation.bodies:
        if type(body) is Blind:
            return body
    return None


def instant(observation: Observation) -> datetime:
    """Give the instant at which the observation is judged.

    A gap in our own listening counts from its beginning: what follows from an instant within it must know of it.
    """
    gap = blind(observation)
    if gap is not None:
        return gap.from_at
    return observation.observed_at if plausible(observation) else observation.received_at


def order_key(observation: Observation) -> tuple[datetime, ObservationId]:
    """Give the place of the observation in the canonical order: by instant, then by id.

    A gap in our listening comes after everything of the instant at which it begins, ticks too; and so does what we
    worked out ourselves of that instant.
    """
    gap = blind(observation)
    if gap is not None:
        return gap.from_at, ObservationId(AFTER_TICKS + observation.id)
    if observation.authentication is Authentication.OURSELVES:
        return observation.observed_at, ObservationId(AFTER_TICKS + observation.id)
    return (observation.observed_at if plausible(observation) else observation.received_at), observation.id
