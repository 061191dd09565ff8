"""SIM card: another subscriber card, or another modem, than the one known.

State machine, for one device while it is on the person and an order is in force:

    not known --first pair after the fitting--> known
    known --another pair--> known, the new one (C04)

A pair that changes back is found too. Both are digests. Source: catalogue C04 (notes on the domain, section 6).
"""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import SimCard
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author

NAME = "sim_card"
VERSION = "1"


class Pair(Struct, frozen=True, array_like=True):
    """State of the rule for one device: the card and the modem that it is known by."""

    card: str
    modem: str
    said_id: ObservationId
    """What first told of them."""


def step(
    author: Author, state: Pair | None, at: datetime, observation_id: ObservationId, body: SimCard
) -> tuple[Pair, tuple[Finding, ...]]:
    """Take what the device says of its card and modem."""
    if state is not None and (state.card, state.modem) == (body.card, body.modem):
        return state, ()
    now = Pair(body.card, body.modem, observation_id)
    if state is None:
        return now, ()
    because = (state.said_id, observation_id)
    return now, (author.finds(Code.SIM_CHANGED, observation_id, at=at, because=because, since=at),)


def explain(author: Author) -> Account:
    """Say what is found next, and what it still lacks."""
    return author.account(Code.SIM_CHANGED, Need(key="card_changed", met=False))
