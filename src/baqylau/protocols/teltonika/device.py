"""The device's side, as a tracker speaks it: codec 8 Extended (spec T7)."""

import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, Motion, NoFix, Power, Sky, Strap
from baqylau.protocols.session import Confirmed, Refused, Reply, Sighting, Welcomed
from baqylau.protocols.teltonika.beacons import told_of
from baqylau.protocols.teltonika.packets import packet
from baqylau.protocols.teltonika.records import Codec

_KM_H = 3.6
_PLACE = struct.Struct(">QBiihHBH")
_ACCEPTED_BYTES = 4


def _nobody(_at: datetime) -> tuple[Sighting, ...]:
    return ()


class TeltonikaDevice:
    """A tracker with its number. `hears` gives the beacons that it hears at an instant."""

    def __init__(self, number: str, hears: Callable[[datetime], Sequence[Sighting]] = _nobody) -> None:
        self._number, self._hears = number, hears
        self._greeted = False
        self._buffer = b""

    def hello(self) -> bytes:
        """Sign in."""
        self._greeted = False
        return len(self._number).to_bytes(2, "big") + self._number.encode()

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write one packet. Raises ValueError for what the protocol has no words for, and for more than 255 records."""
        count = bytes([len(reports)])
        records = b"".join(_record(at, bodies, self._hears(at)) for at, bodies in reports)
        return packet(bytes([Codec.EXTENDED]) + count + records + count)

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut."""
        self._buffer += data
        return tuple(self._replies())

    def _replies(self) -> Iterator[Reply]:
        if self._buffer and not self._greeted:
            self._greeted = True
            word, self._buffer = self._buffer[0], self._buffer[1:]
            yield Welcomed() if word else Refused(code="0", again=False)
        while len(self._buffer) >= _ACCEPTED_BYTES:
            count = int.from_bytes(self._buffer[:_ACCEPTED_BYTES], "big")
            self._buffer = self._buffer[_ACCEPTED_BYTES:]
            yield Confirmed(count=count) if count else Refused(code="0", again=True)


def _record(at: datetime, bodies: tuple[Body, ...], heard: Sequence[Sighting]) -> bytes:
    fix = next((body for body in bodies if isinstance(body, Fix)), None)
    elements = dict(element for body in bodies for element in _elements(body))
    narrow = {number: value for number, value in elements.items() if number not in _WIDE}
    wide = {number: value for number, value in elements.items() if number in _WIDE}
    beacons = told_of(heard)
    return (
        _place(at, fix)
        + struct.pack(">HH", 0, len(elements) + len(beacons))
        + _group(narrow, "B")
        + _group(wide, "H")
        + bytes(2 * 2)
        + _of_any_length(beacons)
    )


def _place(at: datetime, fix: Fix | None) -> bytes:
    time_ms = round(at.astimezone(UTC).timestamp() * 1000)
    if fix is None:
        return _PLACE.pack(time_ms, 0, 0, 0, 0, 0, 0, 0)
    return _PLACE.pack(
        time_ms,
        0,
        round(fix.longitude_deg * 1e7),
        round(fix.latitude_deg * 1e7),
        round(fix.altitude_m or 0),
        round(fix.course_deg or 0),
        fix.satellites or 1,
        round((fix.speed_m_s or 0) * _KM_H),
    )


def _group(elements: dict[int, int], code: str) -> bytes:
    return struct.pack(">H", len(elements)) + b"".join(
        struct.pack(f">H{code}", number, value) for number, value in elements.items()
    )


def _of_any_length(elements: dict[int, bytes]) -> bytes:
    return struct.pack(">H", len(elements)) + b"".join(
        struct.pack(">HH", number, len(value)) + value for number, value in elements.items()
    )


_BATTERY_MV, _HDOP = 67, 182
_WIDE = (_BATTERY_MV, _HDOP)


def _elements(body: Body) -> Iterator[tuple[int, int]]:  # noqa: C901, PLR0912 - one case for each thing it can say
    """Write what goes into the elements."""
    match body:
        case Fix(hdop=hdop):
            if hdop is not None:
                yield _HDOP, round(hdop * 10)
        case NoFix() | Sky():
            return
        case Strap(open=is_open):
            yield 1, int(is_open)
        case Enclosure(open=is_open):
            yield 2, int(is_open)
        case Battery(level_percent=level, voltage_v=voltage):
            if level is not None:
                yield 113, round(level)
            if voltage is not None:
                yield _BATTERY_MV, round(voltage * 1000)
        case Power(external=external):
            yield 116, int(external)
        case Motion(moving=moving):
            yield 240, int(moving)
        case _:
            raise ValueError(f"Teltonika has no element for {type(body).__name__}")
