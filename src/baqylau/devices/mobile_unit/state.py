"""What the mobile unit remembers besides what every unit does."""

from datetime import datetime

from msgspec import Struct, field

from baqylau.devices.linux_unit.state import UnitState
from baqylau.devices.linux_unit.turn import Turn
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Fix, Grade


class Seen(Struct, frozen=True, kw_only=True):
    """The last word of the satellite receiver."""

    ms: int
    fix: Fix | None
    used: int | None
    heard: int | None
    """Satellites that are heard, used or not; None where the receiver does not say."""
    cn0_dbhz: float | None


class Places(Struct, frozen=True, kw_only=True):
    """What is known of the place, and how often it is written down."""

    seen: Seen | None = None
    written_ms: int | None = None
    """When there was last a record of it; None: the next word is written at once."""
    fixed: bool = False
    """That record had a position."""
    ordered_every_ms: int = 0
    ordered_until_ms: int = 0
    """How often by order of the server, and until when."""
    grades: dict[str, Grade] = {}
    """What the signs of jamming and deception come to, as last told."""
    since_ms: int = 0
    """When the receiver last said something, or the program began."""
    failed: bool = False


class Motion(Struct, frozen=True, kw_only=True):
    """What the motion sensor said; `moving` is None where there is none."""

    moving: bool | None = None
    told: bool | None = None
    """What there is a record of."""
    still_ms: int = 0
    """Since when it is still."""


class State(UnitState, frozen=True, kw_only=True):
    """One mobile unit."""

    places: Places = Places()
    motion: Motion = Motion()
    reminded: dict[str, datetime] = field(default_factory=dict)
    """For which hours at a place the person was reminded, by restriction: when they begin."""


MobileTurn = Turn[State]


def begin(device_id: DeviceId) -> State:
    """Give the state of a unit that never ran."""
    return State(device_id=device_id)
