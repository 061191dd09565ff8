"""Battery: the charge falls below a limit.

State machine, for one device while it is on the person and an order is in force:

    fine --below 25 %--> low (T01, B06, S02) --below 10 %--> critical (T02, B07)
    low --30 % or more--> fine;  critical --15 % or more--> low

Carried equipment has T01 and T02, bracelets B06 and B07, home units and relays S02 once. Straight from fine to
critical only the graver one is found. A device that tells a voltage is read by a table for one lithium-ion cell; any
other voltage (a car's, a pack's) says nothing of the charge. Source: catalogue T01, T02, B06, B07, S02.
"""

from datetime import datetime
from enum import IntEnum
from itertools import pairwise

from msgspec import Struct

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Battery
from baqylau.domain.people import DeviceKind
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import (
    BATTERY_CRITICAL_PERCENT,
    BATTERY_LOW_PERCENT,
    BATTERY_REARM_PERCENT,
    CELL_VOLTAGE_V,
    LI_ION_PERCENT_BY_VOLTAGE_V,
)

NAME = "battery"
VERSION = "2"


class Level(IntEnum):
    """How grave it is."""

    FINE = 0
    LOW = 1
    CRITICAL = 2


class Charge(Struct, frozen=True, array_like=True):
    """State of the rule for one device."""

    percent: float | None = None
    level: Level = Level.FINE


_LIMITS = {
    Level.LOW: ("battery_low_percent", BATTERY_LOW_PERCENT),
    Level.CRITICAL: ("battery_critical_percent", BATTERY_CRITICAL_PERCENT),
}
Codes = dict[Level, Code]
_CARRIED = {Level.LOW: Code.BATTERY_LOW, Level.CRITICAL: Code.BATTERY_CRITICAL}
_FIXED = {Level.LOW: Code.UNIT_BATTERY_LOW, Level.CRITICAL: Code.UNIT_BATTERY_LOW}
_CODES: dict[DeviceKind, Codes] = {
    DeviceKind.BRACELET: {Level.LOW: Code.BRACELET_BATTERY_LOW, Level.CRITICAL: Code.BRACELET_BATTERY_CRITICAL},
    DeviceKind.HOME_UNIT: _FIXED,
    DeviceKind.RELAY: _FIXED,
}


def codes(device: DeviceKind) -> Codes:
    """Give what the levels of such a device are called."""
    return _CODES.get(device, _CARRIED)


def percent(battery: Battery) -> float | None:
    """Give the charge in per cent, or None where the device's figures do not tell it."""
    if battery.level_percent is not None:
        return min(max(battery.level_percent, 0.0), 100.0)
    voltage_v = battery.voltage_v
    if voltage_v is None or not CELL_VOLTAGE_V[0] <= voltage_v <= CELL_VOLTAGE_V[1]:
        return None
    table = LI_ION_PERCENT_BY_VOLTAGE_V
    for (low_v, low), (high_v, high) in pairwise(table):
        if low_v <= voltage_v < high_v:
            return low + (high - low) * (voltage_v - low_v) / (high_v - low_v)
    return table[0][1] if voltage_v < table[0][0] else table[-1][1]


def _level(charge: float, before: Level) -> Level:
    """Give the level, which a charge only leaves upwards with some to spare."""
    for level in (Level.CRITICAL, Level.LOW):
        limit = _LIMITS[level][1] + (BATTERY_REARM_PERCENT if before >= level else 0.0)
        if charge < limit:
            return level
    return Level.FINE


def step(
    author: Author, state: Charge, at: datetime, observation_id: ObservationId, codes: Codes, battery: Battery
) -> tuple[Charge, tuple[Finding, ...]]:
    """Take what the device says of its battery."""
    charge = percent(battery)
    if charge is None or charge == state.percent:
        return state, ()
    level = _level(charge, state.level)
    if level <= state.level or codes[level] is codes.get(state.level):
        return Charge(charge, level), ()
    name, limit = _LIMITS[level]
    thresholds = {name: limit, "battery_percent": charge}
    finding = author.finds(
        codes[level], observation_id, at=at, because=(observation_id,), since=at, thresholds=thresholds
    )
    return Charge(charge, level), (finding,)


def explain(author: Author, state: Charge, codes: Codes) -> Account:
    """Say what is found next, and what it still lacks."""
    level = Level.LOW if state.level is Level.FINE else Level.CRITICAL
    name, limit = _LIMITS[level]
    figures = {name: limit} | ({} if state.percent is None else {"battery_percent": state.percent})
    key = "charge_told" if state.percent is None else "charge_below"
    if state.level is Level.CRITICAL:
        key, figures["battery_rearm_percent"] = "charge_rearmed", limit + BATTERY_REARM_PERCENT
    return author.account(codes[level], Need(key=key, met=False, figures=figures))
