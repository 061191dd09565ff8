"""A gpsd as a program hears it, with a simulated receiver behind it that somebody carries along a way."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from baqylau.rules.gnss.epoch import FULL_FIX, GLONASS, GPS, Epoch
from baqylau.sim.sky.receiver import Model, Receiver
from baqylau.sim.sky.way import Leg, Way
from baqylau.sim.town_plan import Place

_GNSS_IDS = {GPS: 0, GLONASS: 6}


class Carried(Struct, frozen=True, kw_only=True):
    """A receiver, where its gpsd is offered, and the way along which it is carried."""

    host: str
    port: int
    """0: any that is free."""
    start: Place
    legs: tuple[Leg, ...]


class LiveGpsd:
    """A gpsd that speaks. Seconds are those since it began."""

    def __init__(self, carried: Carried, begun_at: datetime, random: Random) -> None:
        """Switch the receiver on, cold."""
        self._way = Way(carried.start, *carried.legs)
        self._receiver = Receiver(random.getrandbits(32), begun_at.timestamp(), Model(worn=False))

    def lines(self, after_s: float) -> list[bytes]:
        """Give what it reports at an instant later than all before."""
        truth = replace(self._way.at(after_s % self._way.lasts_s), into_s=after_s)
        return list(map(_line, reports(self._receiver.epoch(truth))))


def reports(epoch: Epoch) -> Sequence[dict[str, Any]]:
    """Give an epoch in the words of gpsd: first the sky, then the place."""
    used = [_GNSS_IDS[letter] for letter, heard in epoch.systems.items() for _ in range(heard)]
    satellites = [
        {"PRN": place + 1, "ss": level, "used": place < len(used), "gnssid": used[place] if place < len(used) else 0}
        for place, level in enumerate(sorted(epoch.cn0_dbhz or (), reverse=True))
    ]
    sky: dict[str, Any] = {"class": "SKY", "satellites": satellites}
    if epoch.hdop is not None:
        sky["hdop"] = round(epoch.hdop, 2)
    told_at = datetime.fromtimestamp(epoch.at_s or 0.0, UTC).isoformat(timespec="milliseconds")
    place: dict[str, Any] = {"class": "TPV", "mode": max(epoch.mode, 1), "time": told_at}
    if epoch.mode == FULL_FIX:
        place |= {"lat": epoch.latitude_deg, "lon": epoch.longitude_deg, "altMSL": epoch.altitude_m}
        place |= {"speed": epoch.speed_m_s, "track": epoch.course_deg}
    return sky, place


def _line(report: dict[str, Any]) -> bytes:
    return msgspec.json.encode(report) + b"\n"
