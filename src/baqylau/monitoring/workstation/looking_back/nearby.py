"""Who was near a place at a time: every measured position of whoever may have been there, none left out. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.ids import DeviceId, ObservationId, PersonId
from baqylau.domain.observations import Fix, Observation
from baqylau.rules.clock import instant
from baqylau.rules.gnss.accuracy import r95_m
from baqylau.rules.places.geometry import distance_m

Instant = Annotated[datetime, Meta(tz=True)]


class Nearness(StrEnum):
    """What one position says about the place that was asked for."""

    INSIDE = "inside"
    """The whole of where they may have been lies within the radius."""
    PERHAPS = "perhaps"
    """Some of where they may have been lies within the radius."""
    OUTSIDE = "outside"


class NearbyAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place, a time, and why somebody asks."""

    latitude_deg: Annotated[float, Meta(ge=-90, le=90)]
    longitude_deg: Annotated[float, Meta(ge=-180, le=180)]
    radius_m: Annotated[float, Meta(ge=10, le=5_000)]
    from_at: Instant
    until_at: Instant
    reason: Annotated[str, Meta(min_length=10, max_length=1_000, pattern=r"^[^\x00]*$")]


class NearbyPoint(Struct, frozen=True, kw_only=True):
    """One position as the device gave it, and what it says about the place."""

    at: datetime
    received_at: datetime
    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    """Radius that holds the true place in 95 of 100 cases."""
    distance_m: float
    """From the middle of the place that was asked for."""
    nearness: Nearness
    observation_id: ObservationId
    device_id: DeviceId


class NearbyPerson(Struct, frozen=True, kw_only=True):
    """Somebody who was near, or may have been, with all their positions of that time."""

    id: PersonId
    name: str
    district: str
    nearness: Nearness
    nearest_m: float
    points: tuple[NearbyPoint, ...]


class NearbyPage(Struct, frozen=True, kw_only=True):
    """The answer. It proves nothing about those of whom no position was told."""

    at: datetime
    asked: NearbyAsked
    people: tuple[NearbyPerson, ...]
    """Those who were within the radius first, the nearest first."""
    examined: int
    """How many people within the duty had equipment on them then."""
    unseen: int
    """How many of them told no position of that time."""


def points(observations: Iterable[Observation], asked: NearbyAsked) -> Iterator[NearbyPoint]:
    """Give every position that was told of the time."""
    for one in observations:
        for body in one.bodies:
            if isinstance(body, Fix):
                accuracy_m = r95_m(body.accuracy_m, body.hdop)
                away_m = distance_m(asked.latitude_deg, asked.longitude_deg, body.latitude_deg, body.longitude_deg)
                yield NearbyPoint(
                    at=instant(one),
                    received_at=one.received_at,
                    latitude_deg=body.latitude_deg,
                    longitude_deg=body.longitude_deg,
                    accuracy_m=accuracy_m,
                    distance_m=away_m,
                    nearness=nearness(away_m, accuracy_m, asked.radius_m),
                    observation_id=one.id,
                    device_id=one.device_id,
                )


def nearness(away_m: float, accuracy_m: float, radius_m: float) -> Nearness:
    """Say what a position with its accuracy means for a radius."""
    if away_m + accuracy_m <= radius_m:
        return Nearness.INSIDE
    return Nearness.PERHAPS if away_m - accuracy_m <= radius_m else Nearness.OUTSIDE


def best(of: Iterable[NearbyPoint]) -> Nearness:
    """Give the most that any of the positions says."""
    found = {one.nearness for one in of}
    return next((one for one in Nearness if one in found), Nearness.OUTSIDE)


def ranked(people: Iterable[NearbyPerson]) -> tuple[NearbyPerson, ...]:
    """Give those who were certainly within first, the nearest first; whoever was not near is left out."""
    order = list(Nearness)
    near = (one for one in people if one.nearness is not Nearness.OUTSIDE)
    return tuple(sorted(near, key=lambda one: (order.index(one.nearness), one.nearest_m, one.id)))
