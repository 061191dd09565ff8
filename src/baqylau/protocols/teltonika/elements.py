"""What the numbered elements of a record say of the device itself (spec T5). Unknown numbers are passed over.

The numbers are those of the maker's public lists. No list knows a strap: which input is the bracelet's is an agreement
of this system, digital input 1 for the strap and 2 for the case, active when open.
"""

from collections.abc import Callable

from baqylau.domain.observations import (
    Battery,
    Body,
    Enclosure,
    Grade,
    Interference,
    InterferenceKind,
    Motion,
    Panic,
    Power,
    Strap,
)

_LEVEL, _BATTERY_MV = 113, 67
_GRADES = {0: Grade.NONE, 1: Grade.SUSPECTED, 2: Grade.CERTAIN}
_MILLIVOLTS = 1_000

_READERS: dict[int, Callable[[int], Body | None]] = {
    1: lambda value: Strap(open=value != 0),
    2: lambda value: Enclosure(open=value != 0),
    116: lambda value: Power(external=value != 0),
    236: lambda value: Panic() if value else None,
    240: lambda value: Motion(moving=value != 0),
    249: lambda value: _interference(InterferenceKind.CELL_JAM, value * 2),
    252: lambda value: Power(external=value == 0),
    318: lambda value: _interference(InterferenceKind.GNSS_JAM, value),
}
"""By number of the element. 252 is the loss of the outside supply."""
_WANTED = frozenset(_READERS)


def _interference(kind: InterferenceKind, value: int) -> Body | None:
    grade = _GRADES.get(value)
    return None if grade is None else Interference(kind=kind, grade=grade, figure=float(value))


def bodies_of(elements: dict[int, int]) -> tuple[Body, ...]:
    """Give what the elements of one record tell."""
    told = [_READERS[number](elements[number]) for number in elements.keys() & _WANTED]
    bodies = [body for body in told if body is not None]
    if _LEVEL in elements or _BATTERY_MV in elements:
        bodies.append(_battery(elements))
    return tuple(sorted(bodies, key=lambda body: type(body).__name__))


def _battery(elements: dict[int, int]) -> Battery:
    level, millivolts = elements.get(_LEVEL), elements.get(_BATTERY_MV)
    return Battery(
        level_percent=float(level) if level is not None and level <= 100 else None,  # noqa: PLR2004 - per cent
        voltage_v=None if millivolts is None else millivolts / _MILLIVOLTS,
    )
