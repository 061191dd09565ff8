"""What the breath unit remembers besides what every unit does."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.devices.breath_unit.acts import Photo
from baqylau.devices.breath_unit.calibration_file import CalibrationFile
from baqylau.devices.breath_unit.metrology.blow import Breath
from baqylau.devices.breath_unit.metrology.calibration import Lock
from baqylau.devices.breath_unit.metrology.result import Result
from baqylau.devices.breath_unit.metrology.transient import Transient
from baqylau.devices.breath_unit.metrology.trigger import Passed
from baqylau.devices.linux_unit.asking import AskingState
from baqylau.devices.linux_unit.turn import Turn
from baqylau.domain.checks import Ending
from baqylau.domain.commands import BeginCheck
from baqylau.domain.ids import DeviceId
from baqylau.links.breath_lines import Board, Row
from baqylau.protocols.media.manifest import Mark


class Phase(StrEnum):
    """Where a test stands."""

    READY = "ready"
    """The cell is heated and the unit tests itself."""
    BEFORE = "before"
    BLANK = "blank"
    BLOW = "blow"
    HUM = "hum"
    DWELL = "dwell"
    """The cell works; nothing for the person to do."""
    WAIT = "wait"
    """For alcohol of the mouth to pass."""
    AFTER = "after"
    SIGN = "sign"


class Recorded(Struct, frozen=True, kw_only=True):
    """Rows of a blank or of a breath, and what stands where in them."""

    rows: tuple[Row, ...] = ()
    from_ms: int = 0
    """When the first row came, from the beginning of the check."""
    passed: Passed = Passed()
    first: int | None = None
    """Row in which the breath begins."""
    over: int | None = None
    """Row in which it is over."""
    asked: bool = False
    """The valve was told to take the sample."""
    sample: int | None = None
    """Row in which it took it."""
    hum: int | None = None
    """Row from which a hum was asked for."""
    hummed: int | None = None
    """Row up to which it was given."""
    repaired: int = 0
    """Rows that were lost on the line and filled."""


class Blown(Struct, frozen=True, kw_only=True):
    """One breath, evaluated."""

    attempt: int
    recorded: Recorded
    blank: Recorded
    breath: Breath
    transient: Transient | None
    result: Result
    room_mg_l: float | None = None
    """What the air before it seemed to hold."""


class Session(Struct, frozen=True, kw_only=True):
    """A check that goes on."""

    number: int
    order: BeginCheck
    began_at: datetime
    began_ms: int
    phase: Phase
    phase_ms: int
    attempt: int = 1
    blanks: int = 0
    """Taken in a row that were not empty."""
    recorded: Recorded = Recorded()
    blank: Recorded = Recorded()
    blown: tuple[Blown, ...] = ()
    """Of all attempts."""
    photos: tuple[Photo, ...] = ()
    marks: tuple[Mark, ...] = ()
    result: Result | None = None
    how: Ending = Ending.DONE
    wait_ms: int = 0
    rows_ms: int = 0
    """When rows last came."""


class State(AskingState, frozen=True, kw_only=True):
    """One breath unit."""

    board: Board | None = None
    board_lost: bool = False
    lost_ms: int = 0
    """Since when it is there, or lost."""
    lost_told: bool = False
    """The server was told that it is lost."""
    calibration: CalibrationFile | None = None
    refused: Lock | None = None
    """Why the workshop's file is not believed."""
    newest: int = 0
    """The latest version of a calibration that it ever ran by."""
    told: str = ""
    """How the calibration stood when that was last told."""
    told_ms: int = 0
    session: Session | None = None
    intake_off: bool = False


BreathTurn = Turn[State]


def begin(device_id: DeviceId) -> State:
    """Give the state of a unit that never ran."""
    return State(device_id=device_id)
