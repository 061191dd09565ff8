"""Whether one and the same person is there from the beginning to the end."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.recording import Reals

GONE_S = 2.0
"""Without a face for longer than this, somebody else may have come."""
OTHERS_LEAST = 2
"""Pictures in a row that show somebody else; a single one may be a shadow."""
OTHERS_SHARE = 0.1
"""So many of all pictures are no shadows, also where none follows another: two may take turns."""


class Continuity(Struct, frozen=True, kw_only=True):
    """How far the faces of a recording lie from one another."""

    farthest: float
    farthest_at_s: float
    changed: tuple[float, ...]
    """Instants at which it seems to be another."""
    gaps: tuple[tuple[float, float], ...]
    """Stretches without a face."""


def continuity(
    vectors: Sequence[tuple[float, Reals]], seen_s: Sequence[float], span_s: tuple[float, float] | None, other_at: float
) -> Continuity | None:
    """Compare each face with the middle one of all.

    `span_s`: from when to when there should be a face, None where that is not asked. `other_at`: the distance of
    another person in the model's terms.
    """
    gaps = () if span_s is None else _gaps(seen_s, span_s)
    if not vectors:
        return None
    every = np.asarray([vector for _, vector in vectors])
    apart = np.linalg.norm(every[:, None] - every[None], axis=2)
    middle = int(np.argmin(np.median(apart, axis=1)))
    far = apart[middle]
    other = far >= other_at
    often = other.sum() >= max(OTHERS_LEAST, OTHERS_SHARE * len(vectors))
    # The half that is not the middle one's may lie within reach of it and still apart from its own beginning.
    in_a_row = [
        vectors[index][0]
        for index in range(len(vectors))
        if other[index] and (often or other[max(0, index - 1) : index + OTHERS_LEAST].sum() >= OTHERS_LEAST)
    ]
    return Continuity(
        farthest=float(far.max()), farthest_at_s=vectors[int(far.argmax())][0], changed=tuple(in_a_row), gaps=gaps
    )


def _gaps(seen_s: Sequence[float], span_s: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    instants = [span_s[0], *seen_s, span_s[1]]
    return tuple((begin, end) for begin, end in pairwise(instants) if end - begin > GONE_S)
