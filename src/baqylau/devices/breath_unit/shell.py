"""What makes a unit's program (`linux_unit.shell`) the stationary photo-electrochemical unit."""

from datetime import datetime
from typing import TypedDict

from msgspec import Struct

from baqylau.devices.breath_unit.core import BreathUnit
from baqylau.devices.breath_unit.hands import FileRead, PhotoDone, SignDone
from baqylau.devices.breath_unit.inputs import BoardSaid, CalibrationRead, PhotoTaken, RowsCame, Signed
from baqylau.devices.breath_unit.recordings import SignedTest
from baqylau.devices.breath_unit.state import State, begin
from baqylau.devices.linux_unit import shell
from baqylau.devices.linux_unit.inputs import UnitInput
from baqylau.devices.linux_unit.shell import Kind
from baqylau.links.breath_lines import Board, Rows, Switched
from baqylau.links.radio.words import Particular, Said, Stamp


class _Clocks(TypedDict):
    at: datetime
    monotonic_ms: int


def understood(name: str, said: Said) -> UnitInput | None:
    """Give what a source's word is to the breath unit's core."""
    match said.word:
        case Particular(what=what):
            return _own(what, said.stamp)
        case _:
            return shell.understood(name, said)


def _own(what: Struct, stamp: Stamp) -> UnitInput | None:
    clocks = _Clocks(at=stamp.at, monotonic_ms=stamp.monotonic_ms)
    match what:
        case Rows(rows=rows, garbled=garbled):
            return RowsCame(rows=rows, garbled=garbled, **clocks)
        case Board() | Switched():
            return BoardSaid(what=what, **clocks)
        case PhotoDone(check_id=check_id, photo=photo, kept=kept):
            return PhotoTaken(check_id=check_id, photo=photo, kept=kept, **clocks)
        case SignDone(check_id=check_id, signed=told):
            signed = told or SignedTest(items=0, manifest=b"", trace=b"")
            return Signed(check_id=check_id, items=signed.items, manifest=signed.manifest, trace=signed.trace, **clocks)
        case FileRead(file=file, why=why):
            return CalibrationRead(file=file, why=why, **clocks)
        case _:
            return None


BREATH_UNIT = Kind(core=BreathUnit, begin=begin, state=State, understood=understood)
