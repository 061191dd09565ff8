"""Which rules watch a restriction about places, and with which figures of its own."""

from datetime import timedelta
from typing import Final, assert_never

from msgspec import Struct

from baqylau.domain.orders import ExclusionZone, Placed, PresenceRegime, RequiredPlace, Route, Territory, TimedPlace
from baqylau.domain.zones import Zone
from baqylau.rules.places import (
    exclusion,
    loitering,
    presence,
    required_place,
    route,
    territory,
    timed_place,
    warning_ring,
)
from baqylau.rules.places.kinds import Kind
from baqylau.rules.settings import LOITER_NEAR_M

_NONE: Final = timedelta()


class Watch(Struct, frozen=True, kw_only=True):
    """One rule over one restriction. The first watch of a restriction is the restriction itself."""

    kind: Kind
    zones: tuple[Zone, ...]
    grace: timedelta = _NONE
    """After the hours begin."""
    dwell: timedelta = _NONE
    """After the person is first seen against it."""
    stay: timedelta = _NONE
    """How long to be there within the hours; none means all the time."""
    widened_m: float = 0.0
    """How much farther than the zone the rule reaches."""


def watches(restriction: Placed) -> tuple[Watch, ...]:
    """Give the rules that watch a restriction."""
    match restriction:
        case PresenceRegime(places=places, grace_s=grace_s):
            return (Watch(kind=presence.KIND, zones=places, grace=timedelta(seconds=grace_s)),)
        case ExclusionZone():
            return _exclusion(restriction)
        case RequiredPlace(zone=zone, grace_s=grace_s, stay_s=stay_s):
            grace, stay = timedelta(seconds=grace_s), timedelta(seconds=stay_s)
            return (Watch(kind=required_place.KIND, zones=(zone,), grace=grace, stay=stay),)
        case Territory(zone=zone):
            return (Watch(kind=territory.KIND, zones=(zone,)),)
        case TimedPlace(zone=zone):
            return (Watch(kind=timed_place.KIND, zones=(zone,)),)
        case Route(zone=zone):
            return (Watch(kind=route.KIND, zones=(zone,)),)
        case _:
            assert_never(restriction)


def _exclusion(restriction: ExclusionZone) -> tuple[Watch, ...]:
    zones, ring_m = (restriction.zone,), restriction.warning_m
    found = [Watch(kind=exclusion.KIND, zones=zones, dwell=timedelta(seconds=restriction.dwell_s))]
    if ring_m > 0:
        found.append(Watch(kind=warning_ring.KIND, zones=zones, widened_m=ring_m))
    if restriction.loiter_s > 0:
        patience, near_m = timedelta(seconds=restriction.loiter_s), max(ring_m, LOITER_NEAR_M)
        found.append(Watch(kind=loitering.KIND, zones=zones, dwell=patience, widened_m=near_m))
    return tuple(found)
