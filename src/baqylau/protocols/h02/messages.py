"""What a frame says: place, state of the device, cells, battery (spec B4 to B6)."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from baqylau.domain.observations import Battery, Body, Cell, Fix, NoFix, Panic, Power
from baqylau.protocols.h02.frames import Record, Words
from baqylau.protocols.session import Fault

_KNOT_M_S = 1852 / 3600
_CENTURY = 2000
_HUNDRED = 100

_PLACE = re.compile(
    r"(?:(?P<time>\d{6})?,)?(?P<valid>[AVB])?,"
    r"(?P<lat>-?[\d.-]*),(?P<ns>[NS])?,(?P<lon>-?[\d.-]*),(?P<ew>[EW])?,"
    r" *(?P<speed>[\d.]*),(?P<course>[\d.]*)(?:,\d)?,(?P<date>\d{6})?(?:,|$)"
)
"""The same row of fields wherever it stands: behind the kind, or behind what an answer repeats of an order."""
_ANGLE = re.compile(r"-?(\d{1,3})-(\d{1,2}(?:\.\d+)?)|(\d{0,3})(\d\d\.\d+)|(\d{2,3})(\d\d)(\d{4})|(\d)\.(\d+)")
_STATE = re.compile(r"(?:^|,)([0-9A-Fa-f]{8})(?:,|$)")
_CLOSED = re.compile(r"(?:^|,)(\d{6}),([0-9A-Fa-f]{8})(?:,[^,]*)?$")
"""Date and state, with which messages without a place end."""

_PLACED = re.compile(r"V\d{1,2}|VI\d").fullmatch
"""Further kinds that carry a place."""
ALIVE = frozenset({"XT", "HTBT", "V0", "LINK", "TK", "UP"})
"""Signs of life, and what they may say besides."""

_SOS = (1, 18)
_NO_SUPPLY = (19, 20)
_POSITIONED, _NORTH, _EAST = 0x02, 0x04, 0x08
_DEGREES_LAT, _DEGREES_LON = 2, 3


class Told(Struct, frozen=True, gc=False):
    """What one frame says; without an instant of its own when `at` is missing."""

    at: datetime | None
    bodies: tuple[Body, ...]


class FlawError(Exception):
    """A frame that cannot be read."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


def told(found: Words | Record) -> Told | None:
    """Give what a frame says, None when it is a kind that we do not read. Raises `FlawError`."""
    if isinstance(found, Record):
        return _binary(found)
    reader = _READERS.get(found.kind)
    if reader is not None:
        return reader(found.words, ",".join(found.words))
    return _placed(found.words, ",".join(found.words)) if _PLACED(found.kind) else None


def _placed(_words: tuple[str, ...], text: str) -> Told:
    place = _PLACE.search(text)
    if place is None:
        raise FlawError(Fault.FIELD_MISSING, "a place without all its fields")
    return _place(place, text)


def _by_cells(words: tuple[str, ...], text: str) -> Told:
    """Read `VP1`: a place, or in its stead the cells of the network."""
    return Told(None, (NoFix(), *_cell(words[1:5]))) if words[0] == "V" else _placed(words, text)


def _cells_packed(words: tuple[str, ...], text: str) -> Told:
    """Read `V3`: country and network in one word."""
    return _closed(text, _cell((words[1][:3], words[1][3:], *words[3:5])) if len(words) > 1 else iter(()))


def _neighbours(words: tuple[str, ...], text: str) -> Told:
    """Read `NBR`: the first cell is the one that serves."""
    return _closed(text, _cell((*words[1:3], *words[5:7])))


def _link(words: tuple[str, ...], text: str) -> Told:
    """Read `LINK`: the charge stands behind signal and satellites."""
    return _closed(text, _level(words[3:4]))


def _heartbeat(words: tuple[str, ...], _text: str) -> Told:
    return Told(None, tuple(_level(words[:1])))


_READERS: dict[str, Callable[[tuple[str, ...], str], Told]] = {
    "VP1": _by_cells,
    "V3": _cells_packed,
    "NBR": _neighbours,
    "LINK": _link,
    "HTBT": _heartbeat,
}


def _place(place: re.Match[str], text: str) -> Told:
    state = tuple(_alarms(text[place.end() - 1 :]))
    at = _instant(place["date"], place["time"])
    if place["valid"] != "A":
        return Told(at, (NoFix(), *state))
    latitude_deg = _angle(place["lat"], place["ns"], "S", 90)
    longitude_deg = _angle(place["lon"], place["ew"], "W", 180)
    fix = Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        speed_m_s=_figure(place["speed"], "speed", _KNOT_M_S),
        course_deg=_figure(place["course"] or "0", "course", 1) % 360,
    )
    return Told(at, (fix, *state))


def _figure(text: str, name: str, unit: float) -> float:
    try:
        return float(text) * unit
    except ValueError:
        raise FlawError(Fault.FIELD_WRONG, name) from None


def _instant(day: str | None, time: str | None) -> datetime | None:
    """Read day and time; a frame without one of them has no instant of its own."""
    if not day or not time:
        return None
    try:
        numbers = [int(text[at : at + 2]) for text in (day, time) for at in (0, 2, 4)]
        date, month, year, hour, minute, second = numbers
        return datetime(_CENTURY + year, month, date, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise FlawError(Fault.TIME_WRONG, "time of a frame") from None


def _angle(text: str, side: str | None, negative: str, limit: int) -> float:
    """Read degrees and minutes, whatever the writing: `3542.2043`, `38.6508`, `-23-29.0095`, `37573392`."""
    found = _ANGLE.fullmatch(text)
    if found is None or side is None:
        raise FlawError(Fault.FIELD_WRONG, "place")
    parts = [part for part in found.groups() if part is not None]
    if len(parts) == 3:  # noqa: PLR2004 - degrees, minutes, their fraction
        parts = [parts[0], f"{parts[1]}.{parts[2]}"]
    elif found[8] is not None:
        parts = ["0", text]
    minutes = float(parts[1])
    value = int(parts[0] or 0) + minutes / 60
    if minutes >= 60 or value > limit:  # noqa: PLR2004 - minutes of a degree
        raise FlawError(Fault.PLACE_OUT_OF_RANGE, "a place off the globe")
    return -value if side == negative else value


def _alarms(text: str) -> Iterator[Body]:
    found = _STATE.search(text)
    return _state(int(found[1], 16)) if found else iter(())


def _state(bits: int) -> Iterator[Body]:
    """Read the state; a bit that is not set tells of something."""
    if any(not bits >> bit & 1 for bit in _SOS):
        yield Panic()
    if any(not bits >> bit & 1 for bit in _NO_SUPPLY):
        yield Power(external=False)


def _closed(text: str, said: Iterator[Body]) -> Told:
    """Read a message without a place: its time stands first, its day and state last."""
    end = _CLOSED.search(text)
    time = text[:6]
    if end is None or not time.isdecimal():
        raise FlawError(Fault.FIELD_MISSING, "day and state")
    return Told(_instant(end[1], time), (*said, *_state(int(end[2], 16))))


def _cell(words: tuple[str, ...]) -> Iterator[Body]:
    if len(words) == 4 and all(word.isalnum() for word in words):  # noqa: PLR2004 - country, network, area, cell
        yield Cell(registered=True, id="-".join(words))


def _level(words: tuple[str, ...]) -> Iterator[Body]:
    for word in words:
        if word.isdecimal() and int(word) <= _HUNDRED:
            yield Battery(level_percent=float(word))


def _binary(found: Record) -> Told:
    content = found.content
    digits = content.hex()
    clock, latitude, longitude, moves = digits[:12], digits[12:20], digits[22:31], digits[32:38]
    if not (latitude + longitude + moves).isdecimal():
        raise FlawError(Fault.FIELD_WRONG, "place")
    at = _instant(clock[6:], clock[:6])
    flags = int(digits[31], 16)
    state = tuple(_state(int.from_bytes(content[19:23], "big")))
    if not flags & _POSITIONED:
        return Told(at, (NoFix(), *state))
    fix = Fix(
        latitude_deg=_packed(latitude, _DEGREES_LAT, 90) * (1 if flags & _NORTH else -1),
        longitude_deg=_packed(longitude, _DEGREES_LON, 180) * (1 if flags & _EAST else -1),
        speed_m_s=int(moves[:3]) * _KNOT_M_S,
        course_deg=float(int(moves[3:]) % 360),
    )
    return Told(at, (fix, *state))


def _packed(digits: str, degrees: int, limit: int) -> float:
    minutes = int(digits[degrees:]) / 10_000
    value = int(digits[:degrees]) + minutes / 60
    if minutes >= 60 or value > limit:  # noqa: PLR2004 - minutes of a degree
        raise FlawError(Fault.PLACE_OUT_OF_RANGE, "a place off the globe")
    return value


def place_words(at: datetime, fix: Fix | None, *, panic: bool) -> str:
    """Write the words behind `V1`, as a device does."""
    clock = at.astimezone(UTC)
    where = "V,0000.0000,N,00000.0000,E,0.00,0" if fix is None else f"A,{_where(fix)}"
    state = 0xFFFFFFFF & ~(1 << _SOS[0]) if panic else 0xFFFFFFFF
    return f"{clock:%H%M%S},{where},{clock:%d%m%y},{state:08X}"


def _where(fix: Fix) -> str:
    north, east = "NS"[fix.latitude_deg < 0], "EW"[fix.longitude_deg < 0]
    latitude, longitude = _written(fix.latitude_deg, 2), _written(fix.longitude_deg, 3)
    moves = f"{(fix.speed_m_s or 0) / _KNOT_M_S:.2f},{(fix.course_deg or 0) % 360:.0f}"
    return f"{latitude},{north},{longitude},{east},{moves}"


def _written(angle_deg: float, digits: int) -> str:
    degrees, parts = divmod(round(abs(angle_deg) * 600_000), 600_000)
    return f"{degrees:0{digits}d}{parts / 10_000:07.4f}"
