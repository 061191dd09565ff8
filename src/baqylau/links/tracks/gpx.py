"""GPX files: every track point with a time makes one report."""

from collections import Counter
from datetime import UTC

import gpxpy
from gpxpy.gpx import GPXException, GPXTrackPoint

from baqylau.domain.observations import Fix
from baqylau.links.tracks.track import Report, Track, TrackError, figure, place_of, track_of


def read_gpx(content: bytes) -> Track:
    """Give the track of a file, all its tracks and segments in their order.

    Raises `TrackError`: `track.not_gpx`, `track.no_positions` (no track point), `track.no_dates` (points without any
    time), `track.clock_unset` (times that cannot be true).
    """
    try:
        tracks = gpxpy.parse(content.decode()).tracks
    except (GPXException, UnicodeDecodeError, ValueError) as error:
        raise TrackError("track.not_gpx") from error
    skipped: Counter[str] = Counter()
    points = [point for track in tracks for segment in track.segments for point in segment.points]
    reports = [report for point in points if (report := _report(point, skipped)) is not None]
    return track_of(reports, skipped, empty="track.no_dates" if skipped["undated"] else "track.no_positions")


def _report(point: GPXTrackPoint, skipped: Counter[str]) -> Report | None:
    if point.time is None:
        skipped["undated"] += 1
        return None
    place = place_of(point.latitude, point.longitude)
    if place is None:
        skipped["unreadable"] += 1
        return None
    at = point.time.replace(tzinfo=UTC) if point.time.tzinfo is None else point.time.astimezone(UTC)
    satellites = figure(point.satellites)
    fix = Fix(
        latitude_deg=place[0],
        longitude_deg=place[1],
        altitude_m=figure(point.elevation),
        speed_m_s=figure(point.speed),
        satellites=None if satellites is None else int(satellites),
        hdop=figure(point.horizontal_dilution),
    )
    return at, (fix,)
