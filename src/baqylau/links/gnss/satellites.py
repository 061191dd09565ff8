"""Satellites as NMEA names them: of which system one is, and how strong each is heard."""

from math import isfinite

from pynmeagps import NMEAMessage

from baqylau.rules.gnss.epoch import AUGMENTATION, BEIDOU, GALILEO, GLONASS, GPS, NAVIC, QZSS

_TALKERS = {
    "GP": GPS,
    "GL": GLONASS,
    "GA": GALILEO,
    "GB": BEIDOU,
    "BD": BEIDOU,
    "GQ": QZSS,
    "QZ": QZSS,
    "GI": NAVIC,
}
_SYSTEMS = {"1": GPS, "2": GLONASS, "3": GALILEO, "4": BEIDOU, "5": QZSS, "6": NAVIC}
"""Of NMEA 4.10 and later."""
_NUMBERS = ((33, 64, AUGMENTATION), (65, 99, GLONASS), (193, 202, QZSS))
"""First and last number of systems that share the talkers of GPS and of all systems together."""

_SATELLITES_OF_ONE = 4
"""Of one GSV sentence."""


def letter_of(talker: str, number: int, system: str = "") -> str:
    """Give the letter of a satellite's system, by what is told of it."""
    letter = _SYSTEMS.get(system) or _TALKERS.get(talker, GPS)
    if letter == GPS:
        return next((own for first, last, own in _NUMBERS if first <= number <= last), GPS)
    return letter


class Heard:
    """What the GSV sentences of one epoch tell. A satellite that is told of twice, once a band, counts once."""

    def __init__(self) -> None:
        self._cn0_dbhz: dict[tuple[str, int], float] = {}
        self._missing: dict[str, set[int]] = {}
        """By talker: which sentences of its round under way have not come."""
        self._broken = False

    def add(self, gsv: NMEAMessage) -> None:
        """Take one sentence of a round."""
        total, number = _count(gsv.numMsg), _count(gsv.msgNum)
        if number == 1:
            self._broken = self._broken or bool(self._missing.get(gsv.talker))
            self._missing[gsv.talker] = set(range(2, total + 1))
        elif number in self._missing.get(gsv.talker, ()):
            self._missing[gsv.talker].discard(number)
        else:
            self._broken = True
        for index in range(1, _SATELLITES_OF_ONE + 1):
            satellite, strength = getattr(gsv, f"svid_{index:02d}", ""), getattr(gsv, f"cno_{index:02d}", "")
            if isinstance(satellite, int) and isinstance(strength, int | float) and strength > 0 and isfinite(strength):
                key = letter_of(gsv.talker, satellite), satellite
                self._cn0_dbhz[key] = max(self._cn0_dbhz.get(key, 0.0), float(strength))

    def cn0_dbhz(self) -> tuple[float, ...] | None:
        """Give the strengths, or None where a round is not complete or none was told."""
        if not self._missing or self._broken or any(self._missing.values()):
            return None
        return tuple(self._cn0_dbhz.values())


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
