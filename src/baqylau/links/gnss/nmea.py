"""NMEA 0183: the sentences of one epoch make one `Epoch`.

RMC decides whether there is a fix and knows the date; GGA or GNS adds height, satellites and HDOP, GST the accuracy,
GSA the satellites used, GSV how strong each is heard. Talkers may be mixed, and other sentences may stand between.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from math import hypot, isfinite, sqrt

from pynmeagps import VALCKSUM, NMEAMessage, NMEAReader
from pynmeagps.exceptions import NMEAMessageError, NMEAParseError, NMEATypeError

from baqylau.links.gnss.satellites import Heard, letter_of
from baqylau.links.gnss.splitting import Sentence
from baqylau.rules.gnss.epoch import FLAT_FIX, FULL_FIX, Epoch
from baqylau.rules.gnss.figures import MINIMUM_SATELLITES, RADIUS_95_SIGMAS

KNOT_M_S = 1852 / 3600

SATELLITE_MODES = frozenset({"", "A", "D", "F", "R", "P"})
"""Mode indicators of a position measured now; E (dead reckoning), M (manual), S (simulator) and N are not."""
NOT_MEASURED = frozenset({0, 6, 7, 8})
"""GGA quality: none, dead reckoning, manual, simulator."""

_TIMED = frozenset({"RMC", "GGA", "GNS", "GST"})
_POSITIONS = frozenset({"RMC", "GGA", "GNS"})
WANTED = _TIMED | {"GSA", "GSV"}


class Group:
    """The sentences of one time of day. The first of a kind counts."""

    def __init__(self) -> None:
        self.first: dict[str, NMEAMessage] = {}
        self.at: object = None
        """The time of day that its sentences tell; None before one does."""
        self.heard = Heard()
        self.used: dict[str, set[int]] = {}
        """Numbers of the satellites used, by system."""
        self.dimensions = 0

    def takes(self, sentence: NMEAMessage) -> bool:
        """Tell whether the sentence belongs to this group too."""
        if sentence.msgID not in _TIMED or self.at is None:
            return True
        told_at = getattr(sentence, "time", None)
        again = sentence.msgID in self.first and (sentence.msgID == "RMC" or told_at == "")
        return bool(told_at == self.at) and not again

    def add(self, sentence: NMEAMessage) -> None:
        """Take a sentence."""
        if sentence.msgID == "GSV":
            self.heard.add(sentence)
        elif sentence.msgID == "GSA":
            self._use(sentence)
        else:
            self.at = getattr(sentence, "time", None)
            self.first.setdefault(sentence.msgID, sentence)

    def _use(self, sentence: NMEAMessage) -> None:
        self.first.setdefault("GSA", sentence)
        self.dimensions = max(self.dimensions, int(figure(getattr(sentence, "navMode", None)) or 0))
        for number in range(1, 13):
            satellite = figure(getattr(sentence, f"svid_{number:02d}", None))
            if satellite:
                letter = letter_of(sentence.talker, int(satellite), str(getattr(sentence, "systemId", "")))
                self.used.setdefault(letter, set()).add(int(satellite))


class NmeaEpochs:
    """Sentences on their way into epochs."""

    def __init__(self, skipped: Counter[str]) -> None:
        """Take where to count what cannot be read."""
        self._skipped = skipped
        self._group = Group()

    def feed(self, sentence: Sentence) -> Iterator[Epoch]:
        """Take a sentence; give the epoch before it, when this one begins another."""
        if sentence.kind not in WANTED:
            return
        message = self._parsed(sentence)
        if message is None:
            return
        if not self._group.takes(message):
            yield from self.flush()
        self._group.add(message)

    def flush(self) -> Iterator[Epoch]:
        """Give the epoch that is under way, if it tells anything of a position."""
        group, self._group = self._group, Group()
        if _POSITIONS & group.first.keys():
            yield _epoch(group)

    def _parsed(self, sentence: Sentence) -> NMEAMessage | None:
        try:
            message = NMEAReader.parse(sentence.raw + b"\r\n", validate=VALCKSUM)
        except (NMEAParseError, NMEAMessageError, NMEATypeError):
            message = None
        if message is None:
            self._skipped["unreadable"] += 1
        return message


def figure(value: object) -> float | None:
    """Give a finite number, or None for whatever else a sentence may hold in its place."""
    return float(value) if isinstance(value, int | float) and isfinite(value) else None


def _epoch(group: Group) -> Epoch:
    rmc, gga = group.first.get("RMC"), group.first.get("GGA") or group.first.get("GNS")
    place = _place(rmc) or _place(gga)
    satellites, hdop = figure(getattr(gga, "numSV", None)), figure(getattr(gga, "HDOP", None))
    epoch = Epoch(at_s=_at_s(rmc))
    if place is not None:
        epoch.latitude_deg, epoch.longitude_deg = place
    epoch.altitude_m, epoch.course_deg = figure(getattr(gga, "alt", None)), figure(getattr(rmc, "cog", None))
    knots = figure(getattr(rmc, "spd", None))
    epoch.speed_m_s = None if knots is None else knots * KNOT_M_S
    epoch.systems = {letter: len(used) for letter, used in sorted(group.used.items())}
    epoch.satellites = _used(satellites, epoch.systems)
    epoch.hdop = hdop if hdop is not None else figure(getattr(group.first.get("GSA"), "HDOP", None))
    epoch.stated_m = _stated_m(group.first.get("GST"))
    epoch.cn0_dbhz = group.heard.cn0_dbhz()
    if _measured(rmc, group.first):
        epoch.mode = _mode(group, epoch)
    return epoch


def _used(told: float | None, systems: dict[str, int]) -> int | None:
    """Give how many satellites are used: some receivers count those of one system only, or no more than twelve."""
    return None if told is None and not systems else max(int(told or 0), sum(systems.values()))


def _mode(group: Group, epoch: Epoch) -> int:
    if group.dimensions in {FLAT_FIX, FULL_FIX}:
        return group.dimensions
    return FLAT_FIX if epoch.satellites is not None and epoch.satellites < MINIMUM_SATELLITES else FULL_FIX


def _at_s(rmc: NMEAMessage | None) -> float | None:
    day, told_at = getattr(rmc, "date", None), getattr(rmc, "time", None)
    if not isinstance(day, date) or not isinstance(told_at, time):
        return None
    return datetime.combine(day, told_at, tzinfo=UTC).timestamp()


def _measured(rmc: NMEAMessage | None, first: dict[str, NMEAMessage]) -> bool:
    if rmc is not None and (rmc.status != "A" or getattr(rmc, "posMode", "") not in SATELLITE_MODES):
        return False
    if "GGA" in first:
        return first["GGA"].quality not in NOT_MEASURED
    return rmc is not None or any(mode in SATELLITE_MODES for mode in str(first["GNS"].posMode))


def _place(sentence: NMEAMessage | None) -> tuple[float, float] | None:
    hemispheres = f"{getattr(sentence, 'NS', '')}{getattr(sentence, 'EW', '')}"
    latitude_deg, longitude_deg = figure(getattr(sentence, "lat", None)), figure(getattr(sentence, "lon", None))
    if hemispheres not in {"NE", "NW", "SE", "SW"} or latitude_deg is None or longitude_deg is None:
        return None
    return latitude_deg, longitude_deg


def _stated_m(gst: NMEAMessage | None) -> float | None:
    north_m, east_m = figure(getattr(gst, "stdLat", None)), figure(getattr(gst, "stdLong", None))
    if north_m is None or east_m is None:
        return None
    return RADIUS_95_SIGMAS * hypot(north_m, east_m) / sqrt(2)
