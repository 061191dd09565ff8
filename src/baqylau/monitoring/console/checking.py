"""A check: the console listens for one person's bracelet, then everything is written into one record. Pure."""

from datetime import datetime
from statistics import median

from msgspec import Struct

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.monitoring.console.nearby import Air
from baqylau.protocols.console.words import Checked

ENOUGH_S = 60.0
"""A bracelet that is near is heard within this time, whichever of its intervals it is in [K]."""
TEXT_MAX = 2000
PHOTO_BYTES_MAX = 200_000
_JPEG = b"\xff\xd8\xff"


class PhotoWrongError(Exception):
    """Not a picture that is taken: no JPEG, or too large."""


class Place(Struct, frozen=True, kw_only=True):
    """Where the console is, and when by the satellites."""

    latitude_deg: float
    longitude_deg: float
    accuracy_m: float
    at: datetime
    ms: int


class Scan(Struct, frozen=True, kw_only=True):
    """A check that was begun."""

    check_id: str
    person_id: PersonId
    transmitter_id: DeviceId
    begun_ms: int

    def heard(self, air: Air, ms: int) -> list[float]:
        """Give the strengths heard since it was begun."""
        trace = air.traces.get(self.transmitter_id)
        return [] if trace is None else [one.dbm for one in trace.strengths if self.begun_ms <= one.ms <= ms]


class Added(Struct, frozen=True, kw_only=True):
    """What the officer adds."""

    officer: str
    note: str = ""
    explanation: str = ""
    photo: bytes = b""


def record(scan: Scan, air: Air, place: Place | None, added: Added, now: tuple[datetime, int, str]) -> Checked:
    """Give the record; `now`: both clocks of the console and the name of its start. `PhotoWrongError`."""
    at, ms, boot = now
    if added.photo and (not added.photo.startswith(_JPEG) or len(added.photo) > PHOTO_BYTES_MAX):
        raise PhotoWrongError
    strengths, trace = scan.heard(air, ms), air.traces.get(scan.transmitter_id)
    heard = trace if strengths else None
    return Checked(
        check_id=scan.check_id,
        person_id=scan.person_id,
        transmitter_id=scan.transmitter_id,
        officer=added.officer,
        at=at,
        monotonic_ms=ms,
        boot=boot,
        gnss_at=None if place is None else place.at,
        listened_s=(ms - scan.begun_ms) / 1000,
        frames=len(strengths),
        rssi_dbm=median(strengths) if strengths else None,
        frame=b"" if heard is None else heard.frame,
        frame_at=None if heard is None else heard.at,
        others=air.others(ms, max(ms - scan.begun_ms, 1)) + sum(1 for one in air.traces.values() if _other(one, scan)),
        latitude_deg=None if place is None else place.latitude_deg,
        longitude_deg=None if place is None else place.longitude_deg,
        accuracy_m=None if place is None else place.accuracy_m,
        note=added.note[:TEXT_MAX],
        explanation=added.explanation[:TEXT_MAX],
        photo=added.photo,
    )


def _other(trace: object, scan: Scan) -> bool:
    return getattr(trace, "device_id", None) != scan.transmitter_id and getattr(trace, "ms", 0) >= scan.begun_ms
