"""What a message says: places wherever they stand in it, alarm, battery, power (spec Q3 to Q6)."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from msgspec import Struct

from baqylau.domain.observations import (
    Battery,
    Body,
    Farewell,
    FarewellReason,
    Fix,
    Grade,
    Interference,
    InterferenceKind,
    NoFix,
    Panic,
    Power,
)
from baqylau.protocols.queclink.frames import Frame
from baqylau.protocols.session import Fault

_M_S = 1 / 3.6
_PLACE = re.compile(r"(?<=,)([^,]*),([^,]*),([^,]*),([^,]*),(-?\d{1,3}\.\d{4,8}),(-?\d{1,3}\.\d{4,8}),(\d{14})(?=,)")
"""Accuracy, speed, course, altitude, longitude, latitude, time: the same seven fields in every model's layout."""
_NO_PLACE = ",,,,,,"
_HUNDRED = 100
_INSTANT_DIGITS = 14
_SEND_TIME = -2
_STATE_DIGITS = (6, 8, 10)
_INVENTORY_EXTERNAL, _INVENTORY_VOLTAGE = 7, 10


def _kinds(words: str) -> frozenset[str]:
    return frozenset(words.split())


QUIET = _kinds(
    "PNA PNR PFR GSM WIF LBS CAN DAR BID BAA BAR BPN CID CSQ VER BAT TMZ GPS GSV ALL ALS ATI ALC SCS UPD UPC DAT DTT "
    "INF PDP EPN EPF STN GSS GES CFU FSC"
)
"""Messages that are signs of life where they carry no place."""
PLACED = _kinds(
    "FRI ERI RTL SOS DOG IGN IGF IGL VGN VGF VGL NMR SPD GEO PNL HBM DIS IOB TOW LBC LSW TSW TMP TEM IDA STT MPN MPF "
    "BPL BTC STC JDR JDS CRA STR OBD RMD TRE TRS"
)
"""Messages that carry the place of their instant; without one they say that there was none."""
_LEVELLED = _kinds("FRI ERI RTL SOS DOG NMR PNL SPD GEO TMP TEM LBC STT")
"""Of these, those that end with the level of the battery, or with the state of the device."""

_WORN = frozenset({"02", "07", "11", "1A", "21", "28", "2C", "30", "40", "42", "52", "55", "66", "DE", "F5"})
"""First digits of the protocol version of trackers that live on their own battery; the others stand in vehicles."""
_LEVEL_BEHIND_CELL = frozenset({"DE"})
"""Of these the level stands at a fixed place behind the cell."""
_LEVEL_BEHIND_TIME = 7


class Told(Struct, frozen=True, gc=False):
    """One instant of a message."""

    at: datetime
    bodies: tuple[Body, ...]


class FlawError(Exception):
    """A message that cannot be read."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


def told(found: Frame) -> tuple[Told, ...]:
    """Give what a message says, one entry for each place; none when it says nothing of ours. Raises `FlawError`."""
    text = found.content.decode("latin-1")
    places = tuple(_PLACE.finditer(text))
    also = (*_said(found), *_battery(found, text, places[-1].end() if places else 0))
    if places:
        entries = [_entry(found, place) for place in places]
        last = entries[-1]
        return (*entries[:-1], Told(last.at, (*last.bodies, *also)))
    if found.kind in PLACED:
        if _NO_PLACE not in text or any(map(_is_time, found.words[3:_SEND_TIME])):
            raise FlawError(Fault.FIELD_MISSING, "a place without all its fields")
        return (Told(_sent_at(found), (NoFix(), *also)),)
    return (Told(_sent_at(found), tuple(also)),) if also else ()


def _entry(found: Frame, place: re.Match[str]) -> Told:
    """Read one place. Accuracy 0 repeats the last place known: that is no position, and its time is not now."""
    accuracy, speed, course, altitude, longitude, latitude, time = place.groups()
    hdop = _unsigned(accuracy, "accuracy")
    if hdop == 0:
        return Told(_sent_at(found), (NoFix(),))
    latitude_deg, longitude_deg = float(latitude), float(longitude)
    if abs(latitude_deg) > 90 or abs(longitude_deg) > 180:  # noqa: PLR2004 (the globe's own)
        raise FlawError(Fault.PLACE_OUT_OF_RANGE, "a place off the globe")
    speed_km_h, course_deg = _unsigned(speed, "speed"), _unsigned(course, "course")
    fix = Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=_figure(altitude, "altitude"),
        speed_m_s=None if speed_km_h is None else speed_km_h * _M_S,
        course_deg=None if course_deg is None else course_deg % 360,
        hdop=hdop,
    )
    return Told(_instant(time, "time of a place"), (fix,))


def _figure(text: str, name: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise FlawError(Fault.FIELD_WRONG, name) from None
    if value != value or abs(value) > 1e9:  # noqa: PLR0124, PLR2004 - not a number, or none of this world
        raise FlawError(Fault.FIELD_WRONG, name)
    return value


def _unsigned(text: str, name: str) -> float | None:
    value = _figure(text, name)
    if value is not None and value < 0:
        raise FlawError(Fault.FIELD_WRONG, name)
    return value


def _instant(text: str, name: str) -> datetime:
    try:
        year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
        return datetime(year, month, day, int(text[8:10]), int(text[10:12]), int(text[12:14]), tzinfo=UTC)
    except ValueError:
        raise FlawError(Fault.TIME_WRONG, name) from None


def _is_time(text: str) -> bool:
    return len(text) == _INSTANT_DIGITS and text.isdecimal()


def _sent_at(found: Frame) -> datetime:
    text = found.words[_SEND_TIME]
    if not _is_time(text):
        raise FlawError(Fault.TIME_WRONG, "time of sending")
    return _instant(text, "time of sending")


def _voltage(word: str) -> Iterator[Body]:
    voltage_v = _figure(word, "voltage")
    if voltage_v:
        yield Battery(voltage_v=voltage_v)


def _low(words: Sequence[str]) -> Iterator[Body]:
    yield from _voltage(words[3])


def _jamming(words: Sequence[str]) -> Iterator[Body]:
    grade = {"1": Grade.NONE, "2": Grade.CERTAIN}.get(words[3])
    if grade is not None:
        yield Interference(kind=InterferenceKind.CELL_JAM, grade=grade)


def _inventory(words: Sequence[str]) -> Iterator[Body]:
    """Read `INF`: external power and the battery's voltage stand at the same places in every model."""
    if len(words) <= _INVENTORY_VOLTAGE:
        return
    external = words[_INVENTORY_EXTERNAL]
    if external in {"0", "1", "11"}:
        yield Power(external=external != "0")
    yield from _voltage(words[_INVENTORY_VOLTAGE])


_WORDS: dict[str, Callable[[Sequence[str]], Iterator[Body]]] = {
    "SOS": lambda _words: iter((Panic(),)),
    "BPL": _low,
    "MPN": lambda _words: iter((Power(external=True),)),
    "MPF": lambda _words: iter((Power(external=False),)),
    "BTC": lambda _words: iter((Power(external=True),)),
    "STC": lambda _words: iter((Power(external=False),)),
    "PFA": lambda _words: iter((Farewell(reason=FarewellReason.SWITCHED_OFF),)),
    "JDR": lambda _words: iter((Interference(kind=InterferenceKind.CELL_JAM, grade=Grade.CERTAIN),)),
    "JDS": _jamming,
    "INF": _inventory,
}
"""What the kind of a message says by itself."""


def _said(found: Frame) -> Iterator[Body]:
    reader = _WORDS.get(found.kind)
    return reader(found.words) if reader else iter(())


def _battery(found: Frame, text: str, place_ends: int) -> Iterator[Body]:
    """Read the level of the battery where the model's layout has it (spec Q5); 0 in a vehicle may mean none."""
    if found.kind not in _LEVELLED:
        return
    family = found.words[0][:2]
    if family in _LEVEL_BEHIND_CELL:
        behind = text[place_ends:].split(",")[1:] if place_ends else []
        word = behind[_LEVEL_BEHIND_TIME] if len(behind) > _LEVEL_BEHIND_TIME else ""
    elif family in _WORN:
        word = found.words[_SEND_TIME - 1]
    else:
        word = _before_state(text[place_ends:].split(",") if place_ends else found.words).lstrip("0")
    if word.isdecimal() and int(word) <= _HUNDRED:
        yield Battery(level_percent=float(word))


def _before_state(words: Sequence[str]) -> str:
    """Give the word before the state of a device that stands in a vehicle: its own battery."""
    for before, word in pairwise(words):
        if len(word) in _STATE_DIGITS and before.isdecimal() and len(before) <= 3 and _is_state(word):  # noqa: PLR2004
            return before
    return ""


def _is_state(word: str) -> bool:
    """Say whether a word begins like a state: two digits that tell of motion and power."""
    return word[:2] in {"11", "12", "16", "1A", "21", "22", "41", "42"}
