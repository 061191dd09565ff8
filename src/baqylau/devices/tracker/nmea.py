"""Sentences of a satellite receiver, as a small board reads them: GGA, RMC, GSA, GSV, GST, PMTKSPF. In MicroPython.

The last one is the receiver's own verdict on jamming, 0 unknown to 3 critical, as a family of common chips says it.

Sentences of one instant make one epoch. It is given when a sentence of the next instant begins, or when a sentence
ends the burst. Nothing is corrected: a line with a wrong check is passed over, and a field that cannot be read is not
told.
"""

from baqylau.protocols.batch.civil import days_of
from baqylau.rules.gnss.epoch import FLAT_FIX, FULL_FIX, NO_FIX, Epoch

LINE_MAX = 120
DIGITS_MAX = 15
JAMMING = "PMTKSPF"
_SYSTEMS = {"GP": "G", "GL": "R", "GA": "E", "GB": "C", "BD": "C", "GQ": "J", "GI": "I"}
_KNOTS = 0.514444
_STRENGTH_STEP = 4
"""Fields of one satellite in GSV."""
R95_PER_SIGMA = 2.4477
_DAY_S = 86_400


class NmeaReader:
    """Takes lines, gives epochs."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._time = ""
        self._fields: dict[str, object] = {}
        self._day: int | None = None
        self._strengths: dict[str, list[float]] = {}
        self._systems: dict[str, int] = {}
        self._measured: bool | None = None

    def take(self, line: str) -> "Epoch | None":
        """Take a line; give the epoch that it completes, or None."""
        words = _words(line)
        if len(words) > 1 and words[0] == JAMMING:
            self._fields["receiver_jam"] = _whole(words[1])
        if not words or len(words[0]) != 5:  # noqa: PLR2004 - talker and kind
            return None
        talker, kind = words[0][:2], words[0][2:]
        done = None
        if kind in ("GGA", "RMC") and len(words) > 9:  # noqa: PLR2004 - the fields that both have
            done = self._turn(words[1])
            (self._gga if kind == "GGA" else self._rmc)(words)
        elif kind == "GST" and len(words) > 7:  # noqa: PLR2004 - with both deviations
            self._gst(words)
        elif kind == "GSA" and len(words) > 16:  # noqa: PLR2004 - with the twelve satellites
            self._gsa(talker, words)
        elif kind == "GSV":
            self._gsv(talker, words)
        return done

    def end(self) -> "Epoch | None":
        """Give the epoch that is not given yet, at the end of a burst."""
        return self._turn("")

    def _turn(self, time: str) -> "Epoch | None":
        """Begin another instant; give the one that was."""
        if time == self._time:
            return None
        before, fields = self._time, self._fields
        strengths, systems, measured = self._strengths, self._systems, self._measured
        self._time, self._fields, self._strengths, self._systems, self._measured = time, {}, {}, {}, None
        if not before and not fields:
            return None
        return self._epoch(before, fields, strengths, systems, measured=bool(measured))

    def _epoch(
        self,
        time: str,
        fields: "dict[str, object]",
        strengths: "dict[str, list[float]]",
        systems: "dict[str, int]",
        *,
        measured: bool,
    ) -> Epoch:
        epoch = Epoch()
        for name, value in fields.items():
            setattr(epoch, name, value)
        if not measured:
            epoch.mode = NO_FIX
        elif epoch.mode == NO_FIX:
            epoch.mode = FULL_FIX if epoch.altitude_m is not None else FLAT_FIX
        epoch.systems = systems
        if strengths:
            epoch.cn0_dbhz = tuple([one for each in strengths.values() for one in each])
        if self._day is not None and len(time) >= 6:  # noqa: PLR2004 - hhmmss
            seconds = _second(time)
            epoch.at_s = None if seconds is None else self._day * _DAY_S + seconds
        return epoch

    def _gga(self, words: "list[str]") -> None:
        self._place(words[2:6])
        self._says(measured=words[6] not in ("", "0", "6", "7", "8"))
        self._fields["satellites"] = _whole(words[7])
        self._fields["hdop"] = _fraction(words[8])
        self._fields["altitude_m"] = _fraction(words[9])

    def _rmc(self, words: "list[str]") -> None:
        self._place(words[3:7])
        self._says(measured=words[2] == "A")
        knots = _fraction(words[7])
        self._fields["speed_m_s"] = None if knots is None else knots * _KNOTS
        self._fields["course_deg"] = _fraction(words[8])
        date = words[9]
        if len(date) == 6 and date.isdigit():  # noqa: PLR2004 - ddmmyy
            self._day = days_of("20" + date[4:] + "-" + date[2:4] + "-" + date[:2])

    def _says(self, *, measured: bool) -> None:
        """Take a sentence's word on whether the place was measured now: all of them have to agree."""
        self._measured = measured and self._measured is not False

    def _place(self, words: "list[str]") -> None:
        latitude_deg, longitude_deg = _degrees(words[0], words[1], 2), _degrees(words[2], words[3], 3)
        if latitude_deg is not None and longitude_deg is not None:
            self._fields["latitude_deg"], self._fields["longitude_deg"] = latitude_deg, longitude_deg

    def _gst(self, words: "list[str]") -> None:
        north_m, east_m = _fraction(words[6]), _fraction(words[7])
        if north_m is not None and east_m is not None:
            self._fields["stated_m"] = R95_PER_SIGMA * ((north_m**2 + east_m**2) / 2) ** 0.5

    def _gsa(self, talker: str, words: "list[str]") -> None:
        self._fields["mode"] = {"2": FLAT_FIX, "3": FULL_FIX}.get(words[2], NO_FIX)
        used = [one for one in [_whole(word) for word in words[3:15]] if one]
        told = words[18] if len(words) > 18 else ""  # noqa: PLR2004 - the system, in later versions
        letter = {"1": "G", "2": "R", "3": "E", "4": "C"}.get(told) or _SYSTEMS.get(talker)
        if letter is None:
            letter = "R" if used and 65 <= used[0] <= 96 else "G"  # noqa: PLR2004 - numbers of GLONASS
        self._systems[letter] = self._systems.get(letter, 0) + len(used)

    def _gsv(self, talker: str, words: "list[str]") -> None:
        known = self._strengths.setdefault(talker, [])
        for at in range(7, len(words), _STRENGTH_STEP):
            strength = _fraction(words[at])
            if strength:
                known.append(strength)


def _words(line: str) -> "list[str]":
    """Give the fields of a line whose check is right."""
    content, star, told = line.strip().partition("*")
    if content[:1] != "$" or not star or len(line) > LINE_MAX:
        return []
    value = 0
    for one in content[1:].encode():
        value ^= one
    return content[1:].split(",") if told.upper() == "%02X" % value else []  # noqa: UP031 - short on a board


def _degrees(text: str, side: str, digits: int) -> "float | None":
    minutes = _fraction(text[digits:])
    if minutes is None or not text[:digits].isdigit() or side not in ("N", "S", "E", "W") or not side:
        return None
    degrees = int(text[:digits]) + minutes / 60
    return -degrees if side in ("S", "W") else degrees


def _second(time: str) -> "float | None":
    """Give the second of the day; a whole number where it is one, since a board's fractions are short."""
    seconds = _fraction(time[4:])
    if seconds is None or not time[:4].isdigit():
        return None
    whole = int(time[:2]) * 3600 + int(time[2:4]) * 60 + int(seconds)
    return whole if seconds == int(seconds) else whole + seconds - int(seconds)


def _fraction(text: str) -> "float | None":
    """Give a decimal number: from two whole ones, because a board's own reading of fractions is not exact."""
    whole, _, rest = text.partition(".")
    digits = whole.lstrip("-") + rest
    if not digits.isdigit() or len(digits) > DIGITS_MAX:
        return None
    number = int(digits) / 10.0 ** len(rest)
    return -number if text[:1] == "-" else number


def _whole(text: str) -> "int | None":
    return int(text) if text.isdigit() else None
