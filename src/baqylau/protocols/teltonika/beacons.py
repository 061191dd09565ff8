"""Radio beacons that a device heard, out of the elements of any length (spec T9).

Source: the maker's public pages on beacon lists (element 385), advanced beacon capturing (548) and EYE beacons and
sensors (10828 to 10831). What does not fit its own lengths ends the list: what stands before it counts.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence

from baqylau.protocols.session import Sighting

_LISTS = (385, 10500)
"""One byte which part of how many this is, then beacons by flags."""
_DESCRIBED = (548, 10828, 10829, 10830, 10831, 11317)
"""One byte of version, then for each beacon a length and parameters by number and length."""
ELEMENTS = frozenset(_LISTS + _DESCRIBED)
_IBEACON, _HAS_RSSI, _HAS_VOLTAGE, _HAS_TEMPERATURE = 0x20, 1, 2, 4
_IBEACON_BYTES, _EDDYSTONE_BYTES = 20, 16
_ONE_OF_ONE = b"\x11"
_RSSI, _NUMBER, _ADDRESS = 0, 1, 15


def sightings_of(elements: Mapping[int, bytes]) -> tuple[Sighting, ...]:
    """Give the beacons that these elements tell of."""
    found = [one for number in _LISTS for one in _listed(elements.get(number, b""))]
    return (*found, *(one for number in _DESCRIBED for one in _described(elements.get(number, b""))))


def told_of(sightings: Sequence[Sighting]) -> dict[int, bytes]:
    """Give the element by which a device tells of beacons; none where it heard none."""
    return {_LISTS[0]: _ONE_OF_ONE + b"".join(map(_written, sightings))} if sightings else {}


def _written(one: Sighting) -> bytes:
    number = bytes.fromhex(one.number)
    flags = (_IBEACON if len(number) == _IBEACON_BYTES else 0) | (_HAS_RSSI if one.rssi_dbm is not None else 0)
    return bytes([flags]) + number + (b"" if one.rssi_dbm is None else struct.pack(">b", round(one.rssi_dbm)))


def _listed(told: bytes) -> Iterator[Sighting]:
    at = 1
    while at < len(told):
        flags = told[at]
        end = at + 1 + (_IBEACON_BYTES if flags & _IBEACON else _EDDYSTONE_BYTES)
        number, at = told[at + 1 : end], end
        rssi_dbm = _signed(told[at : at + 1]) if flags & _HAS_RSSI else None
        at += bool(flags & _HAS_RSSI) + 2 * bool(flags & _HAS_VOLTAGE) + 2 * bool(flags & _HAS_TEMPERATURE)
        if at > len(told):
            return
        yield Sighting(number=number.hex(), rssi_dbm=rssi_dbm)


def _described(told: bytes) -> Iterator[Sighting]:
    at = 1
    while at < len(told):
        end = at + 1 + told[at]
        said = dict(_parameters(told[at + 1 : end]))
        number = said.get(_NUMBER) or said.get(_ADDRESS)
        if end > len(told):
            return
        if number:
            yield Sighting(number=number.hex(), rssi_dbm=_signed(said.get(_RSSI, b"")))
        at = end


def _parameters(told: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 1 < len(told):
        end = at + 2 + told[at + 1]
        yield told[at], told[at + 2 : end]
        at = end


def _signed(told: bytes) -> float | None:
    """Read a strength; 0 is none."""
    return float(int.from_bytes(told, "big", signed=True)) or None
