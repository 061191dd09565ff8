"""Whether the head was turned as asked: to which side, relative to how it is held when looking ahead.

The nose stands out from the plane of the eyes, so in a turning head it wanders to the side; in a picture of a face
that is turned, bent or shifted it stays between the eyes.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from baqylau.domain.challenge import LookAhead, Side, TurnHead
from baqylau.monitoring.av_server.recording import Prompted

TURNED = 0.13
"""From here on a head is turned: about 20 to 25 degrees."""
AGAINST_MAX = 0.20
"""A turn this far to the other side within the same step is a wrong answer."""
FRAMES_LEAST = 2


class Turn(Struct, frozen=True, kw_only=True):
    """How one turn was made."""

    from_s: float
    until_s: float
    reached: float
    """The farthest to the side asked for, in distances of the eyes."""
    right: bool | None
    """None where no face was seen."""


def turns(yaws: Sequence[tuple[float, float]], prompted: Sequence[Prompted]) -> tuple[Turn, ...]:
    """Judge each turn, from instants and how far the head was turned (positive: the person's left)."""
    straight = neutral(yaws, prompted)
    found = []
    for step in prompted:
        if isinstance(step.step, TurnHead):
            towards = 1.0 if step.step.to is Side.LEFT else -1.0
            moved = [towards * (yaw - straight) for at_s, yaw in yaws if step.from_s <= at_s < step.until_s]
            found.append(_turn(step, moved))
    return tuple(found)


def neutral(yaws: Sequence[tuple[float, float]], prompted: Sequence[Prompted]) -> float:
    """Give how the head is held when looking ahead."""
    ahead = [step for step in prompted if isinstance(step.step, LookAhead)]
    calm = [yaw for at_s, yaw in yaws if any(step.from_s <= at_s < step.until_s for step in ahead)]
    return float(np.median(calm)) if calm else 0.0


def _turn(step: Prompted, moved: list[float]) -> Turn:
    if len(moved) < FRAMES_LEAST:
        return Turn(from_s=step.from_s, until_s=step.until_s, reached=0.0, right=None)
    reached = sorted(moved)[-FRAMES_LEAST]
    against = -sorted(moved)[FRAMES_LEAST - 1]
    right = reached >= TURNED and against < AGAINST_MAX
    return Turn(from_s=step.from_s, until_s=step.until_s, reached=reached, right=right)
