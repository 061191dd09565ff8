"""What a stretch of time was like, told from positions alone: stops, usual places, unusual hours, gaps.

Description, for a person who reads it: nothing here is a rule, nothing is found, and nobody is rated. Stops are where
somebody stayed within a small circle; a usual place is one with stops on several days. Where nothing was heard, nothing
is said but that.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from baqylau.rules.places.geometry import distance_m

STOP_RADIUS_M: Final = 80.0
"""Who stays within this of where they stopped has not gone on [K]."""
STOP_S: Final = 900
"""A shorter stay is not told [K]."""
PLACE_RADIUS_M: Final = 120.0
"""Stops this near to each other are at one place [K]."""
USUAL_DAYS: Final = 3
"""A place with stops on so many days is a usual one [K]."""
GAP_S: Final = 1800
"""A shorter time without any position is not told [K]."""
_NIGHT = (0, 5)
"""Local hours in which being elsewhere than at a usual place is told."""
_DAY_MIN = 1440


class Seen(Struct, frozen=True, gc=False):
    """One position."""

    at: datetime
    latitude_deg: float
    longitude_deg: float


class Stop(Struct, frozen=True, kw_only=True):
    """A stay."""

    from_at: datetime
    until_at: datetime
    latitude_deg: float
    longitude_deg: float


class Place(Struct, frozen=True, kw_only=True):
    """A usual place."""

    latitude_deg: float
    longitude_deg: float
    days: int
    """On how many days somebody stopped there."""
    stops: int
    seconds: float
    """All stops together."""
    comes_min: int
    """Local minute of the day of the middle arrival."""
    leaves_min: int
    """The same of leaving."""


class Absence(Struct, frozen=True, kw_only=True):
    """From one instant to another."""

    from_at: datetime
    until_at: datetime


class Patterns(Struct, frozen=True, kw_only=True):
    """All of it."""

    fixes: int
    days_heard: int
    stops: tuple[Stop, ...]
    """Those that are at no usual place."""
    places: tuple[Place, ...]
    """The one with most time first."""
    nights: tuple[Stop, ...]
    """Stops elsewhere that reach into the hours from 0:00 to 5:00."""
    gaps: tuple[Absence, ...]


def patterns(seen: Sequence[Seen], timezone: str) -> Patterns:
    """Describe positions, given in order."""
    zone = ZoneInfo(timezone)
    stops = tuple(_stops(seen))
    grouped = _grouped(stops)
    usual = [group for group in grouped if len(_days(group, zone)) >= USUAL_DAYS]
    at_usual = {id(stop) for group in usual for stop in group}
    elsewhere = tuple(stop for stop in stops if id(stop) not in at_usual)
    places = sorted((_place(group, zone) for group in usual), key=lambda one: -one.seconds)
    return Patterns(
        fixes=len(seen),
        days_heard=len({one.at.astimezone(zone).date() for one in seen}),
        stops=elsewhere,
        places=tuple(places),
        nights=tuple(stop for stop in elsewhere if _in_the_night(stop, zone)),
        gaps=tuple(
            Absence(from_at=one.at, until_at=after.at)
            for one, after in pairwise(seen)
            if (after.at - one.at).total_seconds() > GAP_S
        ),
    )


def _stops(seen: Sequence[Seen]) -> Iterator[Stop]:
    """Give the stays: positions around the first of them, until one lies elsewhere or too much time is missing."""
    held: list[Seen] = []
    for one in seen:
        if held and not _goes_on(held, one):
            yield from _stop(held)
            held = []
        held.append(one)
    yield from _stop(held)


def _goes_on(held: Sequence[Seen], one: Seen) -> bool:
    first, last = held[0], held[-1]
    away_m = distance_m(first.latitude_deg, first.longitude_deg, one.latitude_deg, one.longitude_deg)
    return away_m <= STOP_RADIUS_M and (one.at - last.at).total_seconds() <= GAP_S


def _stop(held: Sequence[Seen]) -> Iterator[Stop]:
    if held and (held[-1].at - held[0].at).total_seconds() >= STOP_S:
        yield Stop(
            from_at=held[0].at,
            until_at=held[-1].at,
            latitude_deg=median(one.latitude_deg for one in held),
            longitude_deg=median(one.longitude_deg for one in held),
        )


def _grouped(stops: Iterable[Stop]) -> list[list[Stop]]:
    """Put stops near to the first of a group together."""
    groups: list[list[Stop]] = []
    for stop in stops:
        for group in groups:
            first = group[0]
            away_m = distance_m(first.latitude_deg, first.longitude_deg, stop.latitude_deg, stop.longitude_deg)
            if away_m <= PLACE_RADIUS_M:
                group.append(stop)
                break
        else:
            groups.append([stop])
    return groups


def _days(stops: Iterable[Stop], zone: ZoneInfo) -> set[date]:
    return {stop.from_at.astimezone(zone).date() for stop in stops}


def _place(stops: Sequence[Stop], zone: ZoneInfo) -> Place:
    return Place(
        latitude_deg=median(one.latitude_deg for one in stops),
        longitude_deg=median(one.longitude_deg for one in stops),
        days=len(_days(stops, zone)),
        stops=len(stops),
        seconds=sum((one.until_at - one.from_at).total_seconds() for one in stops),
        comes_min=_middle([one.from_at for one in stops], zone),
        leaves_min=_middle([one.until_at for one in stops], zone),
    )


def _middle(instants: Sequence[datetime], zone: ZoneInfo) -> int:
    """Give the middle minute of the day: the clock is a circle, cut where the largest gap between them is."""
    local = sorted(one.astimezone(zone).hour * 60 + one.astimezone(zone).minute for one in instants)
    around = [*local, local[0] + _DAY_MIN]
    widest = max(range(len(local)), key=lambda place: around[place + 1] - around[place])
    turned = [*local[widest + 1 :], *(minute + _DAY_MIN for minute in local[: widest + 1])]
    return round(median(turned)) % _DAY_MIN


def _in_the_night(stop: Stop, zone: ZoneInfo) -> bool:
    day = stop.from_at.astimezone(zone).date()
    for one in (day, day + timedelta(days=1)):
        begin = datetime(one.year, one.month, one.day, _NIGHT[0], tzinfo=zone)
        end = datetime(one.year, one.month, one.day, _NIGHT[1], tzinfo=zone)
        if stop.from_at < end and stop.until_at > begin:
            return True
    return False
