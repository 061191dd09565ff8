"""What a beacon's status means to the rules: from bits to observations (`spec/beacon.md`, B6)."""

from baqylau.domain.observations import (
    Battery,
    Body,
    Displaced,
    Enclosure,
    Motion,
    Power,
    SelfTest,
    Skin,
    Strap,
    Surroundings,
)
from baqylau.protocols.beacon.frame import BRACELET, HOME_UNIT, RELAY
from baqylau.protocols.beacon.status import UNKNOWN_TEMPERATURE, Status

LASTING = frozenset(("strap", "case", "off_body"))
"""What begins and ends: both are counted as events. Everything else that is latched is counted once."""
COUNTS = 0x10000
"""Where the count of events begins anew."""


def bodies_of(status: Status, before: Status | None, kind: int = BRACELET) -> tuple[Body, ...]:
    """Give what a device of this kind says in a beacon. `before` is the status of its last beacon that was heard.

    What it latched since then happened even when it is over: a strap that was cut and closed again between two
    receptions is first open and then closed. Of what it latched before that, we were told.
    """
    fresh = status.latched if before is None else _since(before, status)
    over = fresh - status.now
    return (
        *(_standing(status) if kind in (RELAY, HOME_UNIT) else _worn(status, over)),
        *((Enclosure(open=True),) if "case" in over else ()),
        Enclosure(open="case" in status.now),
        Battery(level_percent=status.battery_percent),
        *_conditions(status, fresh),
    )


def _worn(status: Status, over: frozenset[str]) -> tuple[Body, ...]:
    """Give what only a device on a body says."""
    return (
        *((Strap(open=True),) if "strap" in over else ()),
        Strap(open="strap" in status.now),
        Skin(contact="off_body" not in status.now),
        Motion(moving="moving" in status.now),
    )


def _standing(status: Status) -> tuple[Body, ...]:
    """Give what only a device that stands somewhere says: whether it still does, and whether it has mains."""
    return (Displaced(moved="off_body" in status.now), Power(external="charging" in status.now))


def _since(before: Status, status: Status) -> frozenset[str]:
    """Give what was latched anew: words that were not there, and all of them when an event was not heard.

    None was missed when the count went on by just what is seen to have begun, ended or happened.
    """
    fresh = status.latched - before.latched
    seen = len((status.now ^ before.now) & LASTING) + len(fresh - LASTING)
    return fresh if (status.events - before.events) % COUNTS == seen else status.latched


def _conditions(status: Status, fresh: frozenset[str]) -> tuple[Body, ...]:
    """Give the self test and the surroundings."""
    temperature_c = None if status.temperature_c == UNKNOWN_TEMPERATURE else float(status.temperature_c)
    broken = "self_test_failed" in status.now or "radio_fault" in fresh
    return (
        SelfTest(passed=not broken, part="radio" if "radio_fault" in fresh else ""),
        Surroundings(temperature_c=temperature_c),
    )
