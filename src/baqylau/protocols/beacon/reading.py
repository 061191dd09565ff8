"""What a beacon's status means to the rules: from bits to observations (`spec/beacon.md`, B6)."""

from baqylau.domain.observations import Battery, Body, Enclosure, Motion, SelfTest, Skin, Strap, Surroundings
from baqylau.protocols.beacon.status import UNKNOWN_TEMPERATURE, Status


def bodies_of(status: Status, before: Status | None) -> tuple[Body, ...]:
    """Give what a device says in a beacon. `before` is the status of its last beacon that was heard.

    What it latched since then happened even when it is over: a strap that was cut and closed again between two
    receptions is first open and then closed. Of what it latched before that, we were told.
    """
    fresh = status.latched if before is None else _since(before, status)
    over = fresh - status.now
    return (
        *((Strap(open=True),) if "strap" in over else ()),
        Strap(open="strap" in status.now),
        *((Enclosure(open=True),) if "case" in over else ()),
        Enclosure(open="case" in status.now),
        Skin(contact="off_body" not in status.now),
        Motion(moving="moving" in status.now),
        Battery(level_percent=status.battery_percent),
        *_conditions(status, fresh),
    )


def _since(before: Status, status: Status) -> frozenset[str]:
    """Give what was latched anew: words that were not there, and all of them after an event that was not heard."""
    return status.latched if status.events != before.events else status.latched - before.latched


def _conditions(status: Status, fresh: frozenset[str]) -> tuple[Body, ...]:
    """Give the self test and the surroundings."""
    temperature_c = None if status.temperature_c == UNKNOWN_TEMPERATURE else float(status.temperature_c)
    broken = "self_test_failed" in status.now or "radio_fault" in fresh
    return (
        SelfTest(passed=not broken, part="radio" if "radio_fault" in fresh else ""),
        Surroundings(temperature_c=temperature_c),
    )
