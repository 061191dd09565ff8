"""UBX of u-blox receivers: NAV-PVT makes an epoch, and what else is told of the same instant goes into it.

NAV-SAT tells of the satellites, NAV-DOP of their geometry, MON-RF and MON-HW of the input, SEC-SIG and NAV-STATUS what
the receiver thinks of jamming and deception.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from pyubx2 import UBXMessage, UBXMessageError, UBXParseError, UBXReader, UBXTypeError

from baqylau.links.gnss.splitting import Frame
from baqylau.rules.gnss.epoch import (
    AUGMENTATION,
    BEIDOU,
    FLAT_FIX,
    FULL_FIX,
    GALILEO,
    GLONASS,
    GPS,
    NAVIC,
    NO_FIX,
    QZSS,
    Epoch,
)
from baqylau.rules.gnss.figures import R95_PER_SIGMA

POSITION = (0x01, 0x07)
"""NAV-PVT, class and number."""
_END = (0x01, 0x61)
_SYSTEMS = (GPS, AUGMENTATION, GALILEO, BEIDOU, "", QZSS, GLONASS, NAVIC)
"""By u-blox's own numbers."""
_MODES = {2: FLAT_FIX, 3: FULL_FIX, 4: FULL_FIX}
"""Of a position that rests on satellites; 4 has them and a motion sensor."""


class UbxEpochs:
    """Frames on their way into epochs."""

    def __init__(self, skipped: Counter[str]) -> None:
        """Take where to count what cannot be read."""
        self._skipped = skipped
        self._epoch = Epoch()
        self._begun = False
        """There is a NAV-PVT in it."""

    def feed(self, frame: Frame) -> Iterator[Epoch]:
        """Take a frame; give the epoch that it ends."""
        if frame.kind == _END:
            yield from self.flush()
        take = _TAKEN.get(frame.kind)
        if take is None:
            return
        try:
            message = UBXReader.parse(frame.raw)
        except (UBXMessageError, UBXParseError, UBXTypeError):
            self._skipped["unreadable"] += 1
            return
        if frame.kind == POSITION:
            yield from self.flush()
            self._begun = True
        take(self._epoch, message)

    def flush(self) -> Iterator[Epoch]:
        """Give the epoch that is under way."""
        if self._begun:
            yield self._epoch
            self._epoch, self._begun = Epoch(), False


def _position(epoch: Epoch, pvt: UBXMessage) -> None:
    if pvt.validDate and pvt.validTime:
        epoch.at_s = _at_s(pvt)
    epoch.mode = _MODES.get(pvt.fixType, NO_FIX) if pvt.gnssFixOk else NO_FIX
    epoch.latitude_deg, epoch.longitude_deg = float(pvt.lat), float(pvt.lon)
    epoch.altitude_m, epoch.speed_m_s = pvt.hMSL / 1000, pvt.gSpeed / 1000
    epoch.course_deg, epoch.satellites = float(pvt.headMot), int(pvt.numSV)
    epoch.stated_m = R95_PER_SIGMA * pvt.hAcc / 1000


def _at_s(pvt: UBXMessage) -> float | None:
    try:
        minute = datetime(pvt.year, pvt.month, pvt.day, pvt.hour, pvt.min, tzinfo=UTC)
    except ValueError:
        return None
    return (minute + timedelta(seconds=pvt.second, microseconds=pvt.nano / 1000)).timestamp()


def _geometry(epoch: Epoch, dop: UBXMessage) -> None:
    epoch.hdop = float(dop.hDOP)


def _satellites(epoch: Epoch, sat: UBXMessage) -> None:
    heard, used = [], Counter[str]()
    for index in range(1, sat.numSvs + 1):
        strength = getattr(sat, f"cno_{index:02d}")
        if strength > 0:
            heard.append(float(strength))
        if getattr(sat, f"svUsed_{index:02d}"):
            used[_SYSTEMS[getattr(sat, f"gnssId_{index:02d}") % len(_SYSTEMS)]] += 1
    epoch.cn0_dbhz, epoch.systems = tuple(heard), {letter: used[letter] for letter in sorted(used)}


def _input(epoch: Epoch, rf: UBXMessage) -> None:
    """Take the worst of the receiver's inputs, one a band."""
    suffixes = [f"_{block:02d}" for block in range(1, getattr(rf, "nBlocks", 0) + 1)] or [""]
    epoch.agc = min(getattr(rf, f"agcCnt{suffix}") for suffix in suffixes)
    epoch.jam_figure = max(getattr(rf, f"jamInd{suffix}") for suffix in suffixes)
    _jammed(epoch, max(getattr(rf, f"jammingState{suffix}") for suffix in suffixes))


def _verdict(epoch: Epoch, sig: UBXMessage) -> None:
    _jammed(epoch, sig.jammingState if sig.jamDetEnabled else 0)
    if sig.spfDetEnabled:
        _deceived(epoch, sig.spoofingState)


def _status(epoch: Epoch, status: UBXMessage) -> None:
    _deceived(epoch, status.spoofDetState)


def _jammed(epoch: Epoch, grade: int) -> None:
    epoch.receiver_jam = max(epoch.receiver_jam or 0, grade)


def _deceived(epoch: Epoch, grade: int) -> None:
    epoch.receiver_spoof = max(epoch.receiver_spoof or 0, min(grade, 3))


_TAKEN: dict[tuple[int, int], Callable[[Epoch, UBXMessage], None]] = {
    POSITION: _position,
    (0x01, 0x03): _status,
    (0x01, 0x04): _geometry,
    (0x01, 0x35): _satellites,
    (0x0A, 0x09): _input,
    (0x0A, 0x38): _input,
    (0x27, 0x09): _verdict,
}
