"""Not carried: the bracelet moves while the unit that should be carried with it lies still.

State machine, for one mobile unit and the bracelets of the same person:

    together --the bracelet moves and the unit does not--> apart --a word of either, 10 min later--> found (M03)
    apart or found --the unit moves, the bracelet rests, or one of them says nothing for 5 min--> together

Found by a word of one of the two and never by time alone, so that what both said is fresh. Source: catalogue M03 (notes
on the domain, section 6).
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import MOTION_HOLDS_S, NOT_CARRIED_AFTER_S

NAME = "not_carried"
VERSION = "1"

_AFTER = timedelta(seconds=NOT_CARRIED_AFTER_S)
_HOLDS = timedelta(seconds=MOTION_HOLDS_S)


class Said(Struct, frozen=True, array_like=True):
    """What a device last said of its own motion."""

    moving: bool
    at: datetime
    id: ObservationId


class Apart(Struct, frozen=True, array_like=True):
    """State of the rule for one mobile unit, from when the two were seen apart."""

    since: datetime
    counted_from: datetime
    """The same, moved by the time in which we did not listen."""
    because: tuple[ObservationId, ...]
    finding: FindingId | None = None


def step(
    author: Author, state: Apart | None, at: datetime, unit: Said | None, bracelet: Said | None
) -> tuple[Apart | None, tuple[Finding, ...]]:
    """Take a word of either about its motion."""
    if unit is None or bracelet is None or unit.moving or not bracelet.moving:
        return None, ()
    if at - min(unit.at, bracelet.at) > _HOLDS:
        return None, ()
    now = state or Apart(at, at, (bracelet.id, unit.id))
    if now.finding is not None or at - now.counted_from < _AFTER:
        return now, ()
    finding = author.finds(
        Code.NOT_CARRIED,
        now.since.isoformat(),
        at=at,
        because=(*now.because, bracelet.id, unit.id),
        since=now.since,
        thresholds={"not_carried_after_s": NOT_CARRIED_AFTER_S},
        checks=(Check.WE_LISTENED,),
    )
    return replace(now, finding=finding.id), (finding,)


def blinded(state: Apart, gap: timedelta) -> Apart:
    """Take it that we did not listen for `gap` more."""
    return replace(state, counted_from=state.counted_from + gap)


def explain(author: Author, state: Apart | None, at: datetime) -> Account:
    """Say what is found next, and what it still lacks."""
    if state is None or state.finding is not None:
        key = "moves_without" if state is None else "carried_again"
        finding = None if state is None else state.finding
        return author.account(Code.NOT_CARRIED, Need(key=key, met=False), finding=finding)
    over_at = state.counted_from + _AFTER
    figures: dict[str, float] = {"not_carried_after_s": NOT_CARRIED_AFTER_S}
    return author.account(
        Code.NOT_CARRIED,
        Need(key="moves_without", met=True, at=state.since),
        Need(key="moved_long", met=at >= over_at, at=over_at, figures=figures),
        Need(key="motion_told", met=False, at=over_at),
    )
