"""Additional parameters `name:type:value`: the words that we know and what they tell (spec W6).

A word that is not in the table is not read, not even for its form: devices send hundreds of them.
"""

from collections.abc import Callable
from enum import StrEnum

from baqylau.domain.observations import Battery, Body, Enclosure, Motion, Power, Strap
from baqylau.protocols.session import Fault
from baqylau.protocols.wialon.fields import ABSENT, Flaw, figure


class Meaning(StrEnum):
    """What a word tells."""

    STRAP_OPEN = "strap_open"
    CASE_OPEN = "case_open"
    LEVEL_PERCENT = "level_percent"
    VOLTAGE_V = "voltage_v"
    EXTERNAL_POWER = "external_power"
    MOVING = "moving"
    ACCURACY_M = "accuracy_m"
    FIX_VALID = "fix_valid"


Told = dict[Meaning, float]
_Reader = Callable[[bytes, float], tuple[Meaning, float] | None]

_INTEGER = b"1"
_CELL_MAX_V = 5.0
_BATTERY_MAX_V = 60.0
_MILLIVOLTS = (1_000.0, 60_000.0)
_SUPPLIED_V = 1.0
_ACCURACY_MAX_M = 1_000_000.0
_TAMPERS = (Meaning.STRAP_OPEN, Meaning.CASE_OPEN)
_SWITCHES = {b"true": 1.0, b"on": 1.0, b"false": 0.0, b"off": 0.0}


def _switch(meaning: Meaning) -> _Reader:
    """Read 0 or 1."""
    return lambda _, value: (meaning, value) if value in (0.0, 1.0) else None


def _level(_: bytes, value: float) -> tuple[Meaning, float] | None:
    """Read per cent."""
    return (Meaning.LEVEL_PERCENT, value) if 0 <= value <= 100 else None  # noqa: PLR2004 - per cent


def _voltage(_: bytes, value: float) -> tuple[Meaning, float] | None:
    """Read volts, or millivolts where no battery could have as many volts."""
    if 0 <= value <= _BATTERY_MAX_V:
        return Meaning.VOLTAGE_V, value
    return (Meaning.VOLTAGE_V, value / 1000) if _MILLIVOLTS[0] <= value <= _MILLIVOLTS[1] else None


def _charge(kind: bytes, value: float) -> tuple[Meaning, float] | None:
    """Read a word that some use for per cent and some for volts: a fraction not above one cell's voltage is volts."""
    if kind != _INTEGER and value <= _CELL_MAX_V:
        return _voltage(kind, value)
    return _level(kind, value) or _voltage(kind, value)


def _supply(_: bytes, value: float) -> tuple[Meaning, float] | None:
    """Read the voltage of an external supply: there, or not there."""
    return (Meaning.EXTERNAL_POWER, float(value >= _SUPPLIED_V)) if value >= 0 else None


def _accuracy(_: bytes, value: float) -> tuple[Meaning, float] | None:
    """Read metres. 0 is how some say that they do not know."""
    return (Meaning.ACCURACY_M, value) if 0 <= value <= _ACCURACY_MAX_M else None


def _accuracy_or_ignition(kind: bytes, value: float) -> tuple[Meaning, float] | None:
    """Read a word by which vehicles mean their ignition, 0 or 1: never taken for an accuracy of 1 m."""
    return (Meaning.ACCURACY_M, 0.0) if value in (0.0, 1.0) else _accuracy(kind, value)


_READERS: tuple[tuple[_Reader, str], ...] = (
    (_switch(Meaning.STRAP_OPEN), "strap strap_open strap_cut strap_tamper tamper bracelet_open"),
    (_switch(Meaning.CASE_OPEN), "case case_open case_tamper cover cover_open box_open"),
    (_level, "bat_level batt_level battery_level bat_percent battery_percent bat_charge battery_charge d_battr b"),
    (_charge, "battery batt bat Батарея батарея"),
    (_voltage, "pwr_int bat_v batt_v battery_v bat_voltage battery_voltage vbat"),
    (_supply, "pwr_ext"),
    (_switch(Meaning.EXTERNAL_POWER), "charging charger charge ext_power usb"),
    (_switch(Meaning.MOVING), "motion moving movement"),
    (_accuracy, "accuracy a"),
    (_accuracy_or_ignition, "acc"),
    (_switch(Meaning.FIX_VALID), "valid gps_valid"),
)
WORDS: dict[bytes, _Reader] = {name.encode(): reader for reader, names in _READERS for name in names.split()}


def _value(text: bytes) -> float | None:
    """Give the number of a value; `on`, `off`, `true`, `false` and a per cent sign are understood."""
    text = text.strip(b" %")
    value = figure(text)
    return _SWITCHES.get(text) if value is None else value


def _tell(told: Told, meaning: Meaning, value: float) -> None:
    """Note what a word told. An open strap is not taken back by another word; else the first word counts."""
    told[meaning] = max(told.get(meaning, 0.0), value) if meaning in _TAMPERS else told.get(meaning, value)


def told_by(params: bytes, flaws: list[Flaw]) -> Told:
    """Give what the known words of the parameters tell, with a note in `flaws` for each that could not be read.

    Capital letters make no difference.
    """
    told: Told = {}
    for param in params.lower().split(b","):
        name, _, rest = param.partition(b":")
        reader = WORDS.get(name.strip())
        if reader is None:
            continue
        kind, _, text = rest.partition(b":")
        if rest and text in ABSENT:
            continue
        value = _value(text)
        meant = None if value is None else reader(kind, value)
        if meant is not None:
            _tell(told, *meant)
        elif (flaw := Flaw(Fault.FIELD_WRONG, f"params: {name.strip().decode(errors='replace')}")) not in flaws:
            flaws.append(flaw)
    return told


def tampers_of(told: Told) -> tuple[Body, ...]:
    """Give what was told of strap and case."""
    bodies: list[Body] = []
    if Meaning.STRAP_OPEN in told:
        bodies.append(Strap(open=told[Meaning.STRAP_OPEN] > 0))
    if Meaning.CASE_OPEN in told:
        bodies.append(Enclosure(open=told[Meaning.CASE_OPEN] > 0))
    return tuple(bodies)


def states_of(told: Told) -> tuple[Body, ...]:
    """Give what was told of battery, power and motion."""
    bodies: list[Body] = []
    if Meaning.LEVEL_PERCENT in told or Meaning.VOLTAGE_V in told:
        level, voltage = told.get(Meaning.LEVEL_PERCENT), told.get(Meaning.VOLTAGE_V)
        bodies.append(Battery(level_percent=level, voltage_v=voltage))
    if Meaning.EXTERNAL_POWER in told:
        bodies.append(Power(external=told[Meaning.EXTERNAL_POWER] > 0))
    if Meaning.MOVING in told:
        bodies.append(Motion(moving=told[Meaning.MOVING] > 0))
    return tuple(bodies)
