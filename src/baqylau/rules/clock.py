"""When an observation happened, and in which order observations are judged.

A device's clock is believed within limits. A time that is off by whole eras of the GPS week count is a receiver's own
fault of counting, and is judged in the right era. Any other time outside the limits is kept as it is, and the record is
judged at the instant at which it reached us: the fact is real even though its time is not.
"""

from datetime import datetime, timedelta

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Authentication, Blind, Observation
from baqylau.rules.gnss.figures import ERA_S
from baqylau.rules.gnss.rollover import eras_off
from baqylau.rules.settings import CLOCK_AHEAD_S, CLOCK_BEHIND_S

_AHEAD = timedelta(seconds=CLOCK_AHEAD_S)
_BEHIND = timedelta(seconds=CLOCK_BEHIND_S)
_ERA = timedelta(seconds=ERA_S)

AFTER_TICKS = ObservationId("~")
"""Sorts after every observation's id: where a fold stands that has folded all ticks of an instant."""


def told_at(observation: Observation) -> datetime | None:
    """Give the instant that the device told, in its right era; None where its clock cannot be right.

    It can when it is no more than 2 min ahead of receipt, and no more than 40 days before it.
    """
    observed_at, received_at = observation.observed_at, observation.received_at
    if observed_at <= received_at + _AHEAD and observed_at >= received_at - _BEHIND:
        return observed_at
    eras = eras_off(observed_at.timestamp(), received_at.timestamp())
    return None if eras is None else observed_at + eras * _ERA


def plausible(observation: Observation) -> bool:
    """Whether the device's clock can be right."""
    return told_at(observation) is not None


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
    return told_at(observation) or observation.received_at


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
    return told_at(observation) or observation.received_at, observation.id
