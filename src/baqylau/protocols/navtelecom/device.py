"""The device's side, as a tracker speaks it: FLEX 1.0 (spec N8)."""

import struct
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, NoFix, Panic, Power, Sky, Strap
from baqylau.protocols.navtelecom import flex, ntcb
from baqylau.protocols.navtelecom.facts import SUPPLIED_FROM_MV
from baqylau.protocols.navtelecom.fields import Field, mask_of
from baqylau.protocols.navtelecom.formats import UNITS_A_DEGREE
from baqylau.protocols.navtelecom.session import AGREE, HELLO
from baqylau.protocols.session import Confirmed, Reply, Welcomed

_LINE = ntcb.Line(to=1, by=0)
_FIELDS = {
    1,
    2,
    Field.TIME,
    Field.STATUS,
    *range(Field.RECEIVER, Field.COURSE + 1),
    Field.SUPPLY,
    Field.BATTERY,
    Field.INPUTS,
}
_RECORD = struct.Struct("<IHIBBIiiifHHHB")
_OF_FLEX_1 = 69
_PERIODIC = 0x1117
_KM_H = 3.6
_ON, _VALID, _ALARM, _STRAP, _CASE = 0x01, 0x03, 0x04, 0x01, 0x02


class NavtelecomDevice:
    """A tracker with its number."""

    def __init__(self, number: str) -> None:
        self._number = number
        self._buffer = b""
        self._unanswered: deque[int] = deque()

    def hello(self) -> bytes:
        """Sign in and agree on the fields; what was not answered on an earlier line never will be."""
        self._unanswered.clear()
        agree = AGREE + bytes([0xB0, 0x0A, 0x0A, _OF_FLEX_1]) + mask_of(_FIELDS, _OF_FLEX_1)
        return ntcb.message(_LINE, HELLO + self._number.encode()) + ntcb.message(_LINE, agree)

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write an array. Raises ValueError for what the protocol has no words for, and for more than 255 records."""
        records = b"".join([_record(at, bodies) for at, bodies in reports])
        message = flex.message(flex.ARRAY + bytes([len(reports)]), records)
        self._unanswered.append(len(reports))
        return message

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut. Orders are passed over."""
        self._buffer += data
        return tuple(self._replies())

    def _replies(self) -> Iterator[Reply]:
        while self._buffer:
            if self._buffer[0] == flex.MARK:
                if len(self._buffer) < 4:  # noqa: PLR2004 - kind, count, checksum
                    return
                count, self._buffer = self._buffer[2], self._buffer[4:]
                if self._unanswered:
                    self._unanswered.popleft()
                yield Confirmed(count=count)
                continue
            found = ntcb.first(self._buffer)
            if found is None:
                return
            self._buffer = self._buffer[len(found.raw) :]
            if isinstance(found, ntcb.Message) and found.body.startswith(b"*<FLEX"):
                yield Welcomed()


def _record(at: datetime, bodies: tuple[Body, ...]) -> bytes:
    """The number of a record is its time: one that is sent again is the same."""
    fix = next((body for body in bodies if isinstance(body, Fix)), None)
    status, supply, battery, inputs = _states(bodies)
    time_s = int(at.astimezone(UTC).timestamp())
    return _RECORD.pack(
        *(time_s, _PERIODIC, time_s, status, _receiver(bodies), time_s),
        *_place(fix),
        *(supply, battery, inputs),
    )


def _receiver(bodies: tuple[Body, ...]) -> int:
    for body in bodies:
        if isinstance(body, Fix | NoFix):
            return (_VALID if isinstance(body, Fix) else _ON) | min(body.satellites or 0, 63) << 2
    return _ON


def _place(fix: Fix | None) -> tuple[int, int, int, float, int]:
    if fix is None:
        return 0, 0, 0, 0.0, 0
    return (
        round(fix.latitude_deg * UNITS_A_DEGREE),
        round(fix.longitude_deg * UNITS_A_DEGREE),
        round((fix.altitude_m or 0) * 10),
        (fix.speed_m_s or 0) * _KM_H,
        round(fix.course_deg or 0),
    )


def _states(bodies: tuple[Body, ...]) -> tuple[int, int, int, int]:
    """Give status, supply and battery in mV, and inputs."""
    status, supply, battery, inputs = 0, 0, 0, 0
    for body in bodies:
        match body:
            case Fix() | NoFix() | Sky():
                continue
            case Panic():
                status = _ALARM
            case Power(external=external):
                supply = 2 * SUPPLIED_FROM_MV if external else 0
            case Battery(voltage_v=voltage):
                battery = round((voltage or 0) * 1000)
            case Strap(open=is_open):
                inputs |= _STRAP if is_open else 0
            case Enclosure(open=is_open):
                inputs |= _CASE if is_open else 0
            case _:
                raise ValueError(f"Navtelecom has no field for {type(body).__name__}")
    return status, supply, battery, inputs
