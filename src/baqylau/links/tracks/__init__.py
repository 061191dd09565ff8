"""Where somebody went, as a receiver wrote it down: NMEA 0183 logs and GPX files become reports of a device.

A place that a receiver repeats without having a fix is not a place, and a time that it cannot have known is not a time:
both are left out and counted. Nothing is repaired but a date that is off by whole eras of the GPS week count, and that
only against the time at which the log reached us.
"""

from datetime import datetime
from pathlib import Path

from baqylau.links.tracks.gpx import read_gpx
from baqylau.links.tracks.nmea import read_nmea
from baqylau.links.tracks.track import Report, Skipped, Track, TrackError

__all__ = ["Report", "Skipped", "Track", "TrackError", "read_gpx", "read_nmea", "read_track"]


def read_track(path: Path, received_at: datetime | None = None) -> Track:
    """Read a log: GPX when it begins like XML, NMEA or UBX otherwise. Raises `TrackError`, and `OSError` as it comes.

    `received_at`: when the log reached us, for the dates of a receiver that counts its weeks wrongly.
    """
    content = path.read_bytes()
    is_xml = content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    return read_gpx(content) if is_xml else read_nmea(content, received_at)
