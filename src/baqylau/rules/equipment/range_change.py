"""Range change: a walk test chose another silence of the bracelet that means nothing in this home.

State machine, for one home unit while it is on the person and an order is in force:

    not known --first choice after the fitting--> known
    known --another choice--> known, the new one (S08)

How far a bracelet is taken for present is what the whole home regime rests on: who altered it is in the walk test's
report. Source: catalogue S08 (notes on the domain, section 6).
"""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import BufferSet
from baqylau.domain.people import DeviceKind
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author

NAME = "range_change"
VERSION = "1"
DEVICES = frozenset({DeviceKind.HOME_UNIT})


class Choice(Struct, frozen=True, array_like=True):
    """State of the rule for one unit: what was chosen last."""

    buffer_s: int
    said_id: ObservationId


def step(
    author: Author, state: Choice | None, at: datetime, observation_id: ObservationId, body: BufferSet
) -> tuple[Choice, tuple[Finding, ...]]:
    """Take what a walk test chose."""
    if state is not None and state.buffer_s == body.buffer_s:
        return state, ()
    now = Choice(body.buffer_s, observation_id)
    if state is None:
        return now, ()
    because = (state.said_id, observation_id)
    figures = {"buffer_before_s": float(state.buffer_s), "buffer_s": float(body.buffer_s)}
    return now, (
        author.finds(Code.RANGE_CHANGED, observation_id, at=at, because=because, since=at, thresholds=figures),
    )


def explain(author: Author, state: Choice | None) -> Account:
    """Say what is found next, and what it still lacks."""
    figures = {} if state is None else {"buffer_s": float(state.buffer_s)}
    return author.account(Code.RANGE_CHANGED, Need(key="buffer_changed", met=False, figures=figures))
