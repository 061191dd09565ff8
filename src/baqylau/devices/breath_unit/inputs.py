"""What reaches the breath unit's core besides what reaches every unit."""

from baqylau.devices.breath_unit.calibration_file import CalibrationFile
from baqylau.devices.breath_unit.metrology.calibration import Lock
from baqylau.devices.linux_unit.inputs import Input, UnitInput
from baqylau.domain.ids import CheckId
from baqylau.links.breath_lines import Board, Row, Switched


class RowsCame(UnitInput, frozen=True, kw_only=True):
    """The board measured."""

    rows: tuple[Row, ...]
    garbled: int = 0


class BoardSaid(UnitInput, frozen=True, kw_only=True):
    """Which board it is, or how a switch of it stands."""

    what: Board | Switched


class PhotoTaken(UnitInput, frozen=True, kw_only=True):
    """What became of a photograph that was wanted."""

    check_id: CheckId
    photo: int
    kept: bool


class Signed(UnitInput, frozen=True, kw_only=True):
    """Recordings of a check are signed and on disk; empty digests when the disk would not have them."""

    check_id: CheckId
    items: int = 0
    manifest: bytes = b""
    trace: bytes = b""


class CalibrationRead(UnitInput, frozen=True, kw_only=True):
    """What the file of the workshop says; `why` where it is not believed."""

    file: CalibrationFile | None
    why: Lock | None = None


BreathInput = Input | RowsCame | BoardSaid | PhotoTaken | Signed | CalibrationRead
