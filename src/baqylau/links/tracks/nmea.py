"""NMEA 0183 logs: the sentences of one epoch make one report.

RMC decides whether there is a fix, and no other of these sentences knows the date, so each RMC makes a report. GGA adds
height, satellites and HDOP, GST the accuracy. Talkers may be mixed, and other sentences, comments (`#`) and binary
records may stand between.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import reduce
from math import hypot, sqrt
from operator import xor

from pynmeagps import VALCKSUM, NMEAMessage, NMEAReader
from pynmeagps.exceptions import NMEAMessageError, NMEAParseError, NMEATypeError

from baqylau.domain.observations import Body, Fix, NoFix
from baqylau.links.tracks.track import Report, Track, figure, place_of, track_of

KNOT_M_S = 1852 / 3600
RADIUS_95_SIGMAS = 2.4477
"""Of a round normal distribution, 95 of 100 lie within so many standard deviations of one axis."""

SATELLITE_MODES = {"", "A", "D", "F", "R", "P"}
"""RMC mode indicators of a position measured now; E (dead reckoning), M (manual), S (simulator) and N are not."""
NOT_MEASURED = {0, 6, 7, 8}
"""GGA quality: none, dead reckoning, manual, simulator."""

_SENTENCE = re.compile(rb"\$([A-Z0-9]{2,8},[^$*\r\n]*)(?:\*([0-9A-Fa-f]{2}))?")
_POSITIONS = {"RMC", "GGA"}
_WANTED = _POSITIONS | {"GST"}

Epoch = dict[str, NMEAMessage]
"""Sentences of one time of day, by kind. The first of a kind counts."""


def read_nmea(content: bytes) -> Track:
    """Give the track of a log.

    Raises `TrackError`: `track.no_positions` where no sentence tells a position (binary logs too), `track.no_dates`
    where none of them has a date, `track.clock_unset` where no date can be true.
    """
    skipped: Counter[str] = Counter()
    reports = []
    for epoch in _epochs(_sentences(content, skipped)):
        report = _report(epoch, skipped)
        if report is not None:
            reports.append(report)
    return track_of(reports, skipped, empty="track.no_dates" if skipped["undated"] else "track.no_positions")


def _sentences(content: bytes, skipped: Counter[str]) -> Iterator[NMEAMessage]:
    for line in content.split(b"\n"):
        if line.startswith(b"#"):
            continue
        for match in _SENTENCE.finditer(line):
            sentence = _sentence(match, skipped)
            if sentence is not None:
                yield sentence


def _sentence(match: re.Match[bytes], skipped: Counter[str]) -> NMEAMessage | None:
    text, checksum = match.groups()
    if checksum is None:
        skipped["cut"] += 1
        return None
    if reduce(xor, text) != int(checksum, 16):
        skipped["checksum_wrong"] += 1
        return None
    if text.split(b",", 1)[0][-3:].decode() not in _WANTED:
        return None
    try:
        sentence = NMEAReader.parse(match[0] + b"\r\n", validate=VALCKSUM)
    except (NMEAParseError, NMEAMessageError, NMEATypeError):
        sentence = None
    if sentence is None:
        skipped["unreadable"] += 1
    return sentence


def _epochs(sentences: Iterator[NMEAMessage]) -> Iterator[Epoch]:
    epoch: Epoch = {}
    at = None
    for sentence in sentences:
        told_at = getattr(sentence, "time", None)
        if told_at != at or told_at == "" or (sentence.msgID == "RMC" and "RMC" in epoch):
            yield epoch
            epoch, at = {}, told_at
        epoch.setdefault(sentence.msgID, sentence)
    yield epoch


def _report(epoch: Epoch, skipped: Counter[str]) -> Report | None:
    if not _POSITIONS & epoch.keys():
        return None
    at = _instant(epoch)
    if at is None:
        skipped["undated"] += 1
        return None
    body = _body(epoch)
    if body is None:
        skipped["unreadable"] += 1
        return None
    return at, (body,)


def _instant(epoch: Epoch) -> datetime | None:
    rmc = epoch.get("RMC")
    day, told_at = getattr(rmc, "date", None), getattr(rmc, "time", None)
    if not isinstance(day, date) or not isinstance(told_at, time):
        return None
    return datetime.combine(day, told_at, tzinfo=UTC)


def _body(epoch: Epoch) -> Body | None:
    rmc, gga = epoch.get("RMC"), epoch.get("GGA")
    satellites = _figure(gga, "numSV")
    if not _measured(rmc, gga):
        return NoFix(satellites=None if satellites is None else int(satellites))
    place = _place(rmc) or _place(gga)
    if place is None:
        return None
    speed_knots = _figure(rmc, "spd")
    return Fix(
        latitude_deg=place[0],
        longitude_deg=place[1],
        altitude_m=_figure(gga, "alt"),
        speed_m_s=None if speed_knots is None else speed_knots * KNOT_M_S,
        course_deg=_figure(rmc, "cog"),
        satellites=None if satellites is None else int(satellites),
        hdop=_figure(gga, "HDOP"),
        accuracy_m=_accuracy_m(epoch.get("GST")),
    )


def _measured(rmc: NMEAMessage | None, gga: NMEAMessage | None) -> bool:
    if rmc is not None and (rmc.status != "A" or getattr(rmc, "posMode", "") not in SATELLITE_MODES):
        return False
    return gga is None or gga.quality not in NOT_MEASURED


def _place(sentence: NMEAMessage | None) -> tuple[float, float] | None:
    hemispheres = f"{getattr(sentence, 'NS', '')}{getattr(sentence, 'EW', '')}"
    if hemispheres not in {"NE", "NW", "SE", "SW"}:
        return None
    return place_of(_figure(sentence, "lat"), _figure(sentence, "lon"))


def _accuracy_m(gst: NMEAMessage | None) -> float | None:
    north, east = _figure(gst, "stdLat"), _figure(gst, "stdLong")
    if north is None or east is None:
        return None
    return RADIUS_95_SIGMAS * hypot(north, east) / sqrt(2)


def _figure(sentence: NMEAMessage | None, name: str) -> float | None:
    return figure(getattr(sentence, name, None))
