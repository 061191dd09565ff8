"""What a fix is good for: a place with the radius that holds the true one in 95 of 100 cases.

Only satellites and relay beacons of known place decide about a zone; a cell tower or a Wi-Fi list never does (notes
on the domain, section 4). A fix below the limits of validity is heard, drawn, and decides nothing (notes on radio and
GNSS, 4.3, step 1).
"""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Fix, FixSource
from baqylau.rules.settings import DEFAULT_R95_M, MAXIMUM_HDOP, MINIMUM_SATELLITES, R95_PER_SIGMA, RANGE_ERROR_M


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
    if fix.accuracy_m is not None and fix.accuracy_m > 0:
        return fix.accuracy_m
    if fix.hdop is not None and fix.hdop > 0:
        return R95_PER_SIGMA * RANGE_ERROR_M * fix.hdop
    return DEFAULT_R95_M


def _decides(fix: Fix) -> bool:
    if fix.source is FixSource.RELAY:
        return True
    enough = fix.satellites is None or fix.satellites >= MINIMUM_SATELLITES
    return enough and (fix.hdop is None or fix.hdop <= MAXIMUM_HDOP)


def position(observation_id: ObservationId, at: datetime, fix: Fix) -> Position | None:
    """Give the place of a fix, or None where its source is too coarse or its numbers are no place on the globe."""
    if fix.source is not FixSource.GNSS and fix.source is not FixSource.RELAY:
        return None
    if not (-90.0 <= fix.latitude_deg <= 90.0 and -180.0 <= fix.longitude_deg <= 180.0):  # noqa: PLR2004 (the globe)
        return None
    return Position(at, observation_id, fix, accuracy_m(fix), _decides(fix))
