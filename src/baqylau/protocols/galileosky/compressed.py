"""Compressed packets: ten bytes of time and place, then a list of tags, then their values (spec S9).

Source: descriptions of the compressed form in public servers for these devices, checked against one another. The time
is counted from the beginning of a year that is not named: who knows the time of receipt knows it.
"""

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from baqylau.protocols.galileosky.tags import Unread, value_end

_PLACE_BYTES = 10
_SECONDS_BITS, _LONGITUDE_BITS, _LATITUDE_BITS = 25, 22, 21
_SECONDS_AT, _VALID_AT, _LONGITUDE_AT, _LATITUDE_AT, _HELP_AT = 54, 53, 31, 10, 9


class Minimal(Struct, frozen=True, gc=False):
    """One record."""

    raw: bytes
    values: dict[int, bytes]
    since_new_year: timedelta
    longitude_deg: float
    latitude_deg: float
    valid: bool
    help_wanted: bool


def split(content: bytes) -> Iterator[Minimal | Unread]:
    """Give the records of a packet; the rest as it is where one cannot be read."""
    at = 0
    while at < len(content):
        found = _record(content, at)
        yield found
        if isinstance(found, Unread):
            return
        at += len(found.raw)


def _record(content: bytes, begin: int) -> Minimal | Unread:
    at = begin + _PLACE_BYTES + 1
    if at > len(content):
        return Unread(None, content[begin:])
    tags = content[at : at + content[at - 1]]
    at, values = at + content[at - 1], dict[int, bytes]()
    if at > len(content):
        return Unread(None, content[begin:])
    for tag in tags:
        value_at, end = value_end(content, tag, at)
        if end > len(content):
            return Unread(tag, content[begin:])
        values[tag], at = content[value_at:end], end
    bits = int.from_bytes(content[begin : begin + _PLACE_BYTES], "big")
    return Minimal(
        raw=content[begin:at],
        values=values,
        since_new_year=timedelta(seconds=_figure(bits, _SECONDS_AT, _SECONDS_BITS)),
        longitude_deg=360 * _figure(bits, _LONGITUDE_AT, _LONGITUDE_BITS) / 2**_LONGITUDE_BITS - 180,
        latitude_deg=180 * _figure(bits, _LATITUDE_AT, _LATITUDE_BITS) / 2**_LATITUDE_BITS - 90,
        valid=not _figure(bits, _VALID_AT, 1),
        help_wanted=bool(_figure(bits, _HELP_AT, 1)),
    )


def _figure(bits: int, at: int, count: int) -> int:
    return bits >> at & (1 << count) - 1
