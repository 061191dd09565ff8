"""A receiver behind gpsd: its JSON over a socket, one report a line.

gpsd corrects eras of the week count by its own lights and has been seen to be wrong by one; its time is told on as the
receiver's and never becomes the clock of record, which is that of the arrival. Its estimates of error come from a model
and are left out; HDOP and satellites say what the receiver said.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder

from baqylau.links.radio.words import Clock, Said, SourceLostError
from baqylau.links.radio.words import Sky as SkyWord
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

ADDRESS = "127.0.0.1:2947"
LINE_BYTES_MAX = 1 << 16
SILENT_S = 60.0
"""A gpsd that says nothing for so long has lost its receiver."""

_WATCH = b'?WATCH={"enable":true,"json":true};\n'
_SYSTEMS = {0: GPS, 1: AUGMENTATION, 2: GALILEO, 3: BEIDOU, 5: QZSS, 6: GLONASS, 7: NAVIC}
_GUESSED = frozenset({6, 8, 9})
"""Status of a position that was not measured: dead reckoning, a surveyed place, a simulation."""


class Satellite(Struct, frozen=True):
    """One satellite of a `SKY` report."""

    used: bool = False
    ss: float = 0.0
    gnssid: int | None = None


class Sky(Struct, frozen=True, tag_field="class", tag="SKY"):
    """What is heard."""

    satellites: tuple[Satellite, ...] | None = None
    hdop: float | None = None


class Tpv(Struct, frozen=True, tag_field="class", tag="TPV"):
    """Where the receiver is."""

    mode: int = 0
    status: int | None = None
    time: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    altMSL: float | None = None  # noqa: N815 - gpsd's own name
    speed: float | None = None
    track: float | None = None


_REPORTS: Decoder[Tpv | Sky] = Decoder(Tpv | Sky)


class Reports:
    """Lines of gpsd on their way into epochs."""

    def __init__(self) -> None:
        self._sky = Sky()
        self._told_at: datetime | None = None

    def feed(self, line: bytes) -> Epoch | None:
        """Take a line; give an epoch where it tells a position, or that there is none.

        Other reports say nothing, and of several reports of one instant the first counts.
        """
        try:
            report = _REPORTS.decode(line)
        except (ValidationError, DecodeError):
            return None
        if isinstance(report, Sky):
            satellites = self._sky.satellites if report.satellites is None else report.satellites
            self._sky = Sky(satellites=satellites, hdop=report.hdop or self._sky.hdop)
            return None
        if report.time is not None and report.time == self._told_at:
            return None
        self._told_at = report.time
        sky, self._sky = self._sky, Sky()
        return _epoch(report, sky)


def _epoch(tpv: Tpv, sky: Sky) -> Epoch:
    measured = tpv.mode in {FLAT_FIX, FULL_FIX} and tpv.status not in _GUESSED
    epoch = Epoch(
        at_s=None if tpv.time is None or tpv.time.tzinfo is None else tpv.time.timestamp(),
        mode=tpv.mode if measured else NO_FIX,
        latitude_deg=tpv.lat,
        longitude_deg=tpv.lon,
        altitude_m=tpv.altMSL,
        speed_m_s=tpv.speed,
        course_deg=tpv.track,
        hdop=sky.hdop,
    )
    if sky.satellites is not None:
        used = [one for one in sky.satellites if one.used]
        epoch.satellites = len(used)
        epoch.systems = dict(sorted(Counter(_SYSTEMS.get(one.gnssid or 0, GPS) for one in used).items()))
        epoch.cn0_dbhz = tuple(one.ss for one in sky.satellites if one.ss > 0)
    return epoch


class GpsdReceiver:
    """A gpsd on this machine, or another one."""

    def __init__(self, clock: Clock, address: str = ADDRESS) -> None:
        """Take what stamps arrivals and `HOST:PORT`."""
        self._clock, self._address = clock, address
        self.name = "gnss:gpsd"

    async def words(self) -> AsyncIterator[Said]:
        """Give epochs until gpsd closes, or says nothing any more."""
        host, _, port = self._address.rpartition(":")
        try:
            reader, writer = await asyncio.open_connection(host, int(port), limit=LINE_BYTES_MAX)
        except (OSError, ValueError) as wrong:
            raise SourceLostError(self.name) from wrong
        try:
            writer.write(_WATCH)
            await writer.drain()
            async for said in _said(reader, self._clock):
                yield said
        except OSError as wrong:
            raise SourceLostError(self.name) from wrong
        finally:
            writer.close()
        raise SourceLostError(self.name)


async def _said(reader: asyncio.StreamReader, clock: Clock) -> AsyncIterator[Said]:
    reports = Reports()
    while True:
        try:
            line = await asyncio.wait_for(reader.readline(), SILENT_S)
        except ValueError:
            continue
        except TimeoutError:
            return
        if not line:
            return
        epoch = reports.feed(line)
        if epoch is not None:
            yield Said(clock(), SkyWord(epoch))
