"""The lines between the breath unit and its measuring board (`protocols/spec/breath-board.md`): read strictly.

A value that is not there is nan, one beyond the converter's range is infinite: neither is ever taken for a measurement.
"""

from enum import StrEnum
from math import inf, isfinite, isinf, isnan, nan
from typing import assert_never

from msgspec import Struct

from baqylau.protocols.crc16 import crc16

LINE_BYTES_MAX = 160
RATE_HZ = 50.0
SOUND_A_ROW = 20
SOUND_RATE_HZ = RATE_HZ * SOUND_A_ROW
SEQ_ROUND = 65_536
_CRC_START = 0xFFFF
_MISSING, _OVER = "-", "+"
_SAMPLED, _PUMPING = 1, 2


class Row(Struct, frozen=True, kw_only=True, gc=False):
    """Everything that the board measured within 20 ms."""

    seq: int
    """Counts rows, from 65 535 on to 0; what is left out was lost on the line."""
    current_ua: float
    pressure_pa: float
    """In the mouthpiece above the room's air."""
    flow_l_s: float
    """Below zero: somebody draws air in."""
    breath_c: float
    room_c: float
    cell_c: float
    ambient_hpa: float
    dioxide_percent: float
    """nan where no such sensor is fitted."""
    sampled: bool = False
    """The valve took its sample in this row."""
    pumping: bool = False
    sound: bytes = b""
    """Twenty values of the microphone in the mouthpiece, 0 to 255 about 128."""


class Rows(Struct, frozen=True, gc=False):
    """Rows that came together."""

    rows: tuple[Row, ...]
    garbled: int = 0
    """Lines that could not be read since those before."""


class Board(Struct, frozen=True, kw_only=True, gc=False):
    """Which board, with which cell."""

    serial: str
    cell: str
    full_scale_ua: float
    dioxide: bool = False
    """Whether it measures carbon dioxide."""


class Switch(StrEnum):
    """What is open, shut or pressed."""

    CASE = "case"
    """Of the unit; 1: open."""
    INTAKE = "intake"
    """Tube between mouthpiece and sensors; 1: taken off."""
    MAINS = "mains"
    BUTTON = "button"


class Switched(Struct, frozen=True, kw_only=True, gc=False):
    """A switch stands so."""

    switch: Switch
    on: bool


class Wrong(Struct, frozen=True, gc=False):
    """The board says that it does not work."""

    word: str


Word = Row | Board | Switched | Wrong


class Identify(Struct, frozen=True, gc=False):
    """Say which board it is, and how the switches stand."""


class Stream(Struct, frozen=True, kw_only=True, gc=False):
    """Say rows, or stop."""

    on: bool


class TakeSample(Struct, frozen=True, gc=False):
    """Draw the volume of the valve into the cell now."""


class Pump(Struct, frozen=True, gc=False):
    """Draw the room's air through the intake."""

    ms: int


class Heat(Struct, frozen=True, gc=False):
    """Hold the cell at a temperature; None: let it cool."""

    cell_c: float | None


Order = Identify | Stream | TakeSample | Pump | Heat


def ordered(order: Order) -> bytes:
    """Give the line of an order."""
    match order:
        case Identify():
            content = "Q"
        case Stream(on=on):
            content = f"R {on:d}"
        case TakeSample():
            content = "V"
        case Pump(ms=ms):
            content = f"P {ms}"
        case Heat(cell_c=cell_c):
            content = "H -" if cell_c is None else f"H {round(100 * cell_c)}"
        case _:
            assert_never(order)
    return _line(content)


def understood(line: bytes) -> Order | None:
    """Give the order of a line, as the board reads it; None for what is garbled."""
    match _fields(line):
        case ["Q"]:
            return Identify()
        case ["R", "0" | "1" as on]:
            return Stream(on=on == "1")
        case ["V"]:
            return TakeSample()
        case ["P", ms] if ms.isdecimal():
            return Pump(int(ms))
        case ["H", "-"]:
            return Heat(None)
        case ["H", cell] if cell.isdecimal():
            return Heat(int(cell) / 100)
        case _:
            return None


def written(word: Word) -> bytes:
    """Give the line of a word, as the board writes it."""
    match word:
        case Row():
            content = _row(word)
        case Board():
            content = f"I {word.serial} {word.cell} {round(1000 * word.full_scale_ua)} {word.dioxide:d}"
        case Switched(switch=switch, on=on):
            content = f"S {switch} {on:d}"
        case Wrong(word=why):
            content = f"E {why}"
        case _:
            assert_never(word)
    return _line(content)


def _row(row: Row) -> str:
    measured = (
        (row.current_ua, 1000),
        (row.pressure_pa, 1),
        (row.flow_l_s, 1000),
        (row.breath_c, 100),
        (row.room_c, 100),
        (row.cell_c, 100),
        (row.ambient_hpa, 10),
        (row.dioxide_percent, 100),
    )
    values = " ".join(_written(value, scale) for value, scale in measured)
    flags = _SAMPLED * row.sampled + _PUMPING * row.pumping
    return f"D {row.seq} {flags:x} {values} {row.sound.hex() or _MISSING}"


def _written(value: float, scale: int) -> str:
    if isnan(value):
        return _MISSING
    return _OVER if isinf(value) else str(round(scale * value))


def read(line: bytes) -> Word | None:
    """Give what a line says; None for one that is garbled, or says nothing that we know."""
    fields = _fields(line)
    try:
        match fields:
            case ["D", seq, flags, *values, sound] if len(values) == len(_SCALES):
                return _read_row(int(seq), int(flags, 16), [_value(one) for one in values], sound)
            case ["I", serial, cell, full_scale, "0" | "1" as dioxide]:
                scale_ua = int(full_scale) / 1000
                return Board(serial=serial, cell=cell, full_scale_ua=scale_ua, dioxide=dioxide == "1")
            case ["S", switch, "0" | "1" as on]:
                return Switched(switch=Switch(switch), on=on == "1")
            case ["E", word]:
                return Wrong(word)
            case _:
                return None
    except ValueError:
        return None


_SCALES = (1000, 1, 1000, 100, 100, 100, 10, 100)


def _read_row(seq: int, flags: int, values: list[float], sound: str) -> Row | None:
    heard = b"" if sound == _MISSING else bytes.fromhex(sound)
    if not 0 <= seq < SEQ_ROUND or len(heard) not in {0, SOUND_A_ROW}:
        return None
    current, pressure, flow, breath, room, cell, ambient, dioxide = (
        value / scale for value, scale in zip(values, _SCALES, strict=True)
    )
    return Row(
        seq=seq,
        current_ua=current,
        pressure_pa=pressure,
        flow_l_s=flow,
        breath_c=breath,
        room_c=room,
        cell_c=cell,
        ambient_hpa=ambient,
        dioxide_percent=dioxide,
        sampled=bool(flags & _SAMPLED),
        pumping=bool(flags & _PUMPING),
        sound=heard,
    )


def _value(text: str) -> float:
    if text in {_MISSING, _OVER}:
        return nan if text == _MISSING else inf
    return int(text)


def _line(content: str) -> bytes:
    raw = content.encode("ascii")
    return raw + b"*%04X\r\n" % crc16(raw, _CRC_START)


def _fields(line: bytes) -> list[str]:
    """Give the fields of a line whose check is right; none of any other."""
    content, star, told = line.strip().rpartition(b"*")
    if not star or len(line) > LINE_BYTES_MAX or told != b"%04X" % crc16(content, _CRC_START) or not content.isascii():
        return []
    return content.decode("ascii").split(" ")


def finite(row: Row) -> bool:
    """Tell whether everything that a breath needs is there; carbon dioxide need not be."""
    needed = (row.current_ua, row.pressure_pa, row.flow_l_s, row.breath_c, row.room_c, row.cell_c, row.ambient_hpa)
    return all(isfinite(one) for one in needed)
