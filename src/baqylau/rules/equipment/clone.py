"""Clone: one bracelet is heard by two receivers that stand too far apart for its time.

State machine, for one bracelet while it is on the person and an order is in force:

    heard at a place --at another, faster than anybody travels--> heard there (B09)

Judged only between receivers whose registered place is known; how far they hear and how late they tell of it is taken
off first. Everything within an hour is one finding. Source: catalogue B09 ("two places at once"; notes on the domain,
section 6).
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import ObservationId
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.places.geometry import distance_m
from baqylau.rules.settings import DISTRUST_WITHIN_S, HEARD_WITHIN_S, MAXIMUM_SPEED_M_S, RECEIVER_REACH_M

NAME = "clone"
VERSION = "1"

_ONCE = timedelta(seconds=DISTRUST_WITHIN_S)


class Witness(Struct, frozen=True, array_like=True):
    """State of the rule for one bracelet: where it was heard last."""

    place: Point
    at: datetime
    id: ObservationId
    found_at: datetime | None = None


def centre(zone: Zone) -> Point:
    """Give a point of the place where a receiver stands."""
    match zone:
        case Circle():
            return zone.center
        case Polygon():
            return zone.outline[0]
        case Corridor():
            return zone.line[0]


def step(
    author: Author, state: Witness | None, at: datetime, observation_id: ObservationId, place: Point
) -> tuple[Witness, tuple[Finding, ...]]:
    """Take it that a receiver at `place` heard the bracelet."""
    now = Witness(place, at, observation_id, state.found_at if state is not None else None)
    if state is None or _possible(state, now) or (state.found_at is not None and at - state.found_at < _ONCE):
        return now, ()
    finding = author.finds(
        Code.BEACON_CLONE,
        observation_id,
        at=at,
        because=(state.id, observation_id),
        since=state.at,
        thresholds={"maximum_speed_m_s": MAXIMUM_SPEED_M_S, "receiver_reach_m": RECEIVER_REACH_M},
    )
    return replace(now, found_at=at), (finding,)


def _possible(before: Witness, after: Witness) -> bool:
    one, two = before.place, after.place
    way_m = distance_m(one.latitude_deg, one.longitude_deg, two.latitude_deg, two.longitude_deg)
    within_s = (after.at - before.at).total_seconds() + HEARD_WITHIN_S
    return way_m - 2 * RECEIVER_REACH_M <= within_s * MAXIMUM_SPEED_M_S


def explain(author: Author) -> Account:
    """Say what is found next, and what it still lacks."""
    return author.account(Code.BEACON_CLONE, Need(key="heard_far_apart", met=False))
