"""What a fix is good for: a place with the radius that holds the true one in 95 of 100 cases.

Only satellites and relay beacons of known place decide about a zone; a cell tower or a Wi-Fi list never does (notes
on the domain, section 4). A fix below the limits of validity is heard, drawn, and decides nothing (notes on radio and
GNSS, 4.3, step 1).
"""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Fix, FixSource
from baqylau.rules.gnss.accuracy import r95_m
from baqylau.rules.gnss.validity import enough, fine, on_earth


class Position(Struct, frozen=True, gc=False):
    """A place that somebody was heard to be at."""

    at: datetime
    id: ObservationId
    fix: Fix
    accuracy_m: float
    decides: bool
    """Good enough to decide about a zone."""


def accuracy_m(fix: Fix) -> float:
    """Give R95: what the device states, else from the geometry of its satellites, else a default."""
    return r95_m(fix.accuracy_m, fix.hdop)


def _decides(fix: Fix) -> bool:
    return fix.source is FixSource.RELAY or (enough(fix.satellites) and fine(fix.hdop))


def position(observation_id: ObservationId, at: datetime, fix: Fix) -> Position | None:
    """Give the place of a fix, or None where its source is too coarse or its numbers are no place on the globe."""
    if fix.source is not FixSource.GNSS and fix.source is not FixSource.RELAY:
        return None
    if not on_earth(fix.latitude_deg, fix.longitude_deg):
        return None
    return Position(at, observation_id, fix, accuracy_m(fix), _decides(fix))
