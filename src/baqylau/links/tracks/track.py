"""What a track is, and which of its times can be believed."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import isfinite

from msgspec import Struct

from baqylau.domain.observations import Body, Fix

Report = tuple[datetime, tuple[Body, ...]]
"""One instant of a device and what it said of it."""

FIRST_CREDIBLE_AT = datetime(1980, 1, 6, tzinfo=UTC)
"""GPS time begins here; an earlier date is a clock that was never set."""

FREE_RUNNING = timedelta(days=1)
"""A receiver that has no fix keeps its own time; further than this from every fix, that time was never set."""


SENTENCES = {
    "track.no_positions": "there are no position sentences (RMC or GGA) and no track points in it",
    "track.no_dates": "it tells positions, but no date or no time with any of them",
    "track.clock_unset": "its times cannot be true ({count} reports): the receiver's clock was never set",
    "track.not_gpx": "it begins like a GPX file and cannot be read as one",
}


class TrackError(Exception):
    """The file holds no track that can be used: a key, what it names, and the sentence for who gave the file."""

    def __init__(self, key: str, **params: str | int) -> None:
        super().__init__(SENTENCES[key].format(**params))
        self.key = key
        self.params = params


class Skipped(Struct, frozen=True, kw_only=True):
    """What was left out of a track, counted."""

    checksum_wrong: int = 0
    noise: int = 0
    """A beginning of a sentence or a frame that cannot be one, by its length."""
    unreadable: int = 0
    """The checksum is right, and a field is still not what it should be."""
    cut: int = 0
    """A sentence that stops before its checksum."""
    undated: int = 0
    """Positions to which the log gives no date or no time."""
    clock_unset: int = 0
    """Reports with a time that the receiver cannot have known."""


class Track(Struct, frozen=True, kw_only=True):
    """Reports in the order of the log, never empty."""

    reports: tuple[Report, ...]
    skipped: Skipped = Skipped()

    @property
    def steps_back(self) -> int:
        """How often the log's time goes backwards. No report is left out for that."""
        return sum(later < earlier for (earlier, _), (later, _) in pairwise(self.reports))


def track_of(reports: Sequence[Report], skipped: Counter[str], *, empty: str) -> Track:
    """Make a track of the reports whose time can be believed.

    Raises `TrackError`: `track.clock_unset` when no time can be, `empty` when there was no report to begin with.
    """
    credible = _credible(reports)
    skipped["clock_unset"] += len(reports) - len(credible)
    if not credible:
        raise TrackError("track.clock_unset", count=len(reports)) if reports else TrackError(empty, **skipped)
    return Track(reports=tuple(credible), skipped=Skipped(**skipped))


def figure(value: object) -> float | None:
    """Give a finite number, or None for whatever else a log may hold in its place."""
    return float(value) if isinstance(value, int | float) and isfinite(value) else None


def place_of(latitude_deg: float | None, longitude_deg: float | None) -> tuple[float, float] | None:
    """Give a place on Earth, or None where the degrees are missing or out of range."""
    latitude, longitude = figure(latitude_deg), figure(longitude_deg)
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 # degrees
        return None
    return latitude, longitude


def _credible(reports: Sequence[Report]) -> list[Report]:
    possible = [report for report in reports if report[0] >= FIRST_CREDIBLE_AT]
    fixed_at = [at for at, bodies in possible if any(isinstance(body, Fix) for body in bodies)]
    if not fixed_at:
        return possible
    earliest, latest = min(fixed_at) - FREE_RUNNING, max(fixed_at) + FREE_RUNNING
    return [report for report in possible if earliest <= report[0] <= latest]
