"""NMEA 0183 logs, and UBX where a receiver speaks that: each epoch makes one report.

A report holds the place as it was told, or that there was none, and what is heard of the satellites. Lines that begin
with `#` are a collector's comments. No other sentence than RMC knows the date, so an epoch without one is left out.
"""

from collections import Counter
from datetime import UTC, datetime

from baqylau.domain.observations import Body
from baqylau.links.gnss.reading import read_log
from baqylau.links.tracks.track import Report, Track, track_of
from baqylau.rules.gnss.epoch import Epoch
from baqylau.rules.gnss.rollover import repaired_s
from baqylau.rules.gnss.telling import position_of, sky_of


def read_nmea(content: bytes, received_at: datetime | None = None) -> Track:
    """Give the track of a log. `received_at`: when it reached us, where that is known and the log is a fresh one.

    Then a date that is off by whole eras of the GPS week count is repaired; without it every date stays as told.
    Raises `TrackError`: `track.no_positions` where nothing tells a position (other binary logs too), `track.no_dates`
    where nothing has a date, `track.clock_unset` where no date can be true.
    """
    epochs, skipped = read_log(content)
    reports = [report for epoch in epochs if (report := _report(epoch, skipped, received_at)) is not None]
    return track_of(reports, skipped, empty="track.no_dates" if skipped["undated"] else "track.no_positions")


def _report(epoch: Epoch, skipped: Counter[str], received_at: datetime | None) -> Report | None:
    at = _instant(epoch, received_at)
    place = position_of(epoch)
    if at is None or place is None:
        skipped["undated" if at is None else "unreadable"] += 1
        return None
    sky = sky_of(epoch)
    bodies: tuple[Body, ...] = (place,) if sky is None else (place, sky)
    return at, bodies


def _instant(epoch: Epoch, received_at: datetime | None) -> datetime | None:
    if epoch.at_s is None:
        return None
    repaired = None if received_at is None else repaired_s(epoch.at_s, received_at.timestamp())
    return datetime.fromtimestamp(epoch.at_s if repaired is None else repaired, tz=UTC)
