"""The catalogue of events: what each code means for the people who work with it.

One row an event. Meaning and steps are texts of the catalogues (`alarm.<code>.title`, `alarm.<code>.steps.<n>`);
priorities and timers are here. Source: notes on the domain, section 6; the codes are ours.
"""

from msgspec import Struct

from baqylau.domain.findings import Code


class Event(Struct, frozen=True, kw_only=True):
    """How an event is treated."""

    code: Code
    priority: int
    """1 act now, 2 within 15 min, 3 within 4 h, 4 for the record only: no alarm."""
    steps: int = 0
    """How many reaction steps the catalogues hold."""
    tell_wearer_first: bool = False
    clears: tuple[Code, ...] = ()
    """Codes whose condition this event ends. A tamper is never among them: it stays open until a person closes it."""


TAKE_WITHIN_S = {1: 180, 2: 900, 3: 14_400}
"""How soon somebody has to take an alarm, by priority."""

EVENTS: dict[Code, Event] = {
    event.code: event
    for event in (
        Event(code=Code.STRAP_OPEN, priority=1, steps=4),
        Event(code=Code.STRAP_RESTORED, priority=3, steps=1),
        Event(code=Code.CASE_OPEN, priority=1, steps=4),
        Event(code=Code.NOT_AT_HOME, priority=1, steps=4),
        Event(code=Code.LATE_RETURN, priority=2, steps=3, tell_wearer_first=True),
        Event(code=Code.LEFT_EARLY, priority=1, steps=4),
        Event(code=Code.RETURNED, priority=4, clears=(Code.NOT_AT_HOME, Code.LATE_RETURN, Code.LEFT_EARLY)),
        Event(code=Code.BATTERY_LOW, priority=3, steps=2, tell_wearer_first=True),
        Event(code=Code.BATTERY_CRITICAL, priority=2, steps=2, tell_wearer_first=True),
        Event(code=Code.NO_FIX, priority=3, steps=2, tell_wearer_first=True),
        Event(code=Code.FIX_RESTORED, priority=4, clears=(Code.NO_FIX,)),
        Event(code=Code.JUMP, priority=2, steps=3),
        Event(code=Code.NO_COMMS, priority=2, steps=3),
        Event(code=Code.COMMS_RESTORED, priority=4, clears=(Code.NO_COMMS,)),
        Event(code=Code.CLOCK_SKEW, priority=3, steps=2),
        Event(code=Code.EXCLUSION_ENTRY, priority=1, steps=4, tell_wearer_first=True),
        Event(code=Code.PLACE_LEFT, priority=1, steps=4),
        Event(code=Code.PLACE_NOT_ENTERED, priority=2, steps=3),
        Event(code=Code.TERRITORY_LEFT, priority=1, steps=4),
        Event(
            code=Code.ZONE_CLEARED,
            priority=4,
            clears=(Code.EXCLUSION_ENTRY, Code.PLACE_LEFT, Code.PLACE_NOT_ENTERED, Code.TERRITORY_LEFT),
        ),
        Event(code=Code.JUDGING_FAILED, priority=2, steps=2),
    )
}
