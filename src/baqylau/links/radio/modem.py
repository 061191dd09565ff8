"""The lines of a receiver's board (`modem.md`): read strictly, because a serial line garbles."""

from math import isfinite
from typing import assert_never

from baqylau.links.radio.words import Frame, Noise, Sensor, Trouble, Word

LINE_BYTES_MAX = 160
SENSORS = frozenset({"mains", "battery", "moved", "opened", "moving", "button", "refuse", "panic", "call"})


def written(word: Frame | Noise | Sensor | Trouble) -> bytes:
    """Give the line of a word."""
    match word:
        case Frame():
            heard_at = "" if word.count_ms is None else f" {word.count_ms}"
            content = f"H {word.rssi_dbm:.1f} {word.raw.hex() or '-'}{heard_at}"
        case Noise():
            content = f"N {word.dbm:.1f}"
        case Sensor():
            content = f"S {word.name} {word.value:g}"
        case Trouble():
            content = f"E {word.word}"
        case _:
            assert_never(word)
    line = content.encode("ascii")
    return line + b"*%02X\r\n" % check(line)


def check(content: bytes) -> int:
    """Give the exclusive or of all bytes."""
    value = 0
    for one in content:
        value ^= one
    return value


def read(line: bytes) -> Word | None:
    """Give what a line says; None for one that is garbled, or says nothing that we know."""
    content, star, told = line.strip().rpartition(b"*")
    if not star or len(line) > LINE_BYTES_MAX or told != b"%02X" % check(content):
        return None
    try:
        return _word(content.decode("ascii").split(" "))
    except ValueError:
        return None


def _word(fields: list[str]) -> Word | None:
    match fields:
        case ["H", rssi_dbm, digits]:
            return _frame(rssi_dbm, digits)
        case ["H", rssi_dbm, digits, count_ms] if count_ms.isdecimal():
            return _frame(rssi_dbm, digits, int(count_ms))
        case ["N", dbm]:
            return Noise(_number(dbm))
        case ["S", name, value] if name in SENSORS:
            return Sensor(name, _number(value))
        case ["E", word]:
            return Trouble(word)
        case _:
            return None


def _frame(rssi_dbm: str, digits: str, count_ms: int | None = None) -> Frame:
    return Frame(b"" if digits == "-" else bytes.fromhex(digits), _number(rssi_dbm), count_ms)


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value
