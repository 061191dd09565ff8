"""What an event of the catalogue is made of (the rows are in `domain.catalogue`)."""

from enum import StrEnum

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.reactions import Step


class System(StrEnum):
    """Which part of the system an event comes from: the eleven of the decree, and the protected person's device."""

    BRACELET = "1.1"
    TRACKER = "1.2"
    HOME_UNIT = "1.3"
    MOBILE_UNIT = "1.4"
    RELAY = "1.5"
    AV_UNIT = "1.6"
    BREATH_UNIT = "1.7"
    SERVER = "2.1"
    AV_SERVER = "2.2"
    WORKSTATION = "2.3"
    CONSOLE = "2.4"
    PROTECTED = "protected"


class Event(Struct, frozen=True, kw_only=True):
    """How an event is treated."""

    code: Code
    priority: int
    """1 act now, 2 within 15 min, 3 within 4 h, 4 for the record only: no alarm."""
    sources: tuple[System, ...]
    steps: tuple[Step, ...] = ()
    """What to do, in this order."""
    tell_wearer_first: bool = False
    clears: tuple[Code, ...] = ()
    """Codes whose condition this event ends. A tamper is never among them: it stays open until a person closes it."""
