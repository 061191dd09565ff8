"""Dead spots: places where a person's device loses its signals and finds them again, without anything else.

    not known --lost there and back, `DEAD_SPOT_TIMES` times, and nothing suspicious meanwhile--> known

A known one is no accusation: it raises no shielding (L06) and takes the place of the check `no_dead_spot` in what is
found there. A loss during which the device told of a tamper, of interference or of a farewell, or that was found to be
shielding itself, teaches nothing: a foil bag does not make its own excuse. Source: design, section 0; catalogue L06
and C01 (dead-spot map).
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from baqylau.rules.places.geometry import distance_m
from baqylau.rules.places.position import Position
from baqylau.rules.settings import DEAD_SPOT_M, DEAD_SPOT_TIMES, DEAD_SPOTS_KEPT


class Spot(Struct, frozen=True, array_like=True):
    """A place of losses."""

    latitude_deg: float
    longitude_deg: float
    last_at: datetime
    times: int = 1


Spots = tuple[Spot, ...]


def _near(spot: Spot, place: Position) -> bool:
    fix = place.fix
    return distance_m(spot.latitude_deg, spot.longitude_deg, fix.latitude_deg, fix.longitude_deg) <= DEAD_SPOT_M


def known(spots: Spots, place: Position | None) -> bool:
    """Whether signals are known to be lost at a place."""
    return place is not None and any(spot.times >= DEAD_SPOT_TIMES and _near(spot, place) for spot in spots)


def learned(spots: Spots, place: Position, at: datetime) -> Spots:
    """Take a loss at a place that was over at the instant."""
    for spot in spots:
        if _near(spot, place):
            return (*(one for one in spots if one is not spot), replace(spot, last_at=at, times=spot.times + 1))
    return (*spots, Spot(place.fix.latitude_deg, place.fix.longitude_deg, at))[-DEAD_SPOTS_KEPT:]
