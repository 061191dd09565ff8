"""What makes a unit's program (`linux_unit.shell`) the stationary audio-visual unit."""

from datetime import datetime
from functools import partial

from baqylau.devices.av_unit.core import AvUnit
from baqylau.devices.av_unit.hands import CallSigned, Failed, Seen, SignDone
from baqylau.devices.av_unit.inputs import CallGone, CallKept, CallOpened, CaptureFailed, Looked, RefusePressed, Signed
from baqylau.devices.av_unit.phone_line import Gone, Reached
from baqylau.devices.av_unit.state import State, begin
from baqylau.devices.linux_unit import shell
from baqylau.devices.linux_unit.inputs import UnitInput
from baqylau.devices.linux_unit.shell import Kind
from baqylau.links.radio.words import Particular, Said, Sensor


def understood(name: str, said: Said) -> UnitInput | None:
    """Give what a source's word is to the audio-visual unit's core."""
    at, ms = said.stamp.at, said.stamp.monotonic_ms
    match said.word:
        case Particular(what=Seen(check_id=check_id, look=look)):
            return Looked(at=at, monotonic_ms=ms, check_id=check_id, look=look)
        case Particular(what=Failed(check_id=check_id, part=part)):
            return CaptureFailed(at=at, monotonic_ms=ms, check_id=check_id, part=part)
        case Particular(what=SignDone(check_id=check_id, sealed=None)):
            return Signed(at=at, monotonic_ms=ms, check_id=check_id)
        case Particular(what=SignDone(check_id=check_id, sealed=sealed)) if sealed is not None:
            return Signed(at=at, monotonic_ms=ms, check_id=check_id, items=len(sealed.items), manifest=sealed.digest)
        case Particular(what=(Reached() | Gone() | CallSigned()) as of_call):
            return _called(at, ms, of_call)
        case Sensor(name="refuse", value=value) if value > 0:
            return RefusePressed(at=at, monotonic_ms=ms)
        case _:
            return shell.understood(name, said)


def _called(at: datetime, ms: int, said: Reached | Gone | CallSigned) -> UnitInput:
    match said:
        case Reached(call_id=call_id, description=description):
            return CallOpened(at=at, monotonic_ms=ms, call_id=call_id, description=description)
        case Gone(call_id=call_id, how=how):
            return CallGone(at=at, monotonic_ms=ms, call_id=call_id, how=how)
        case CallSigned(call_id=call_id, sealed=sealed):
            items, manifest = len(sealed.items), sealed.digest
            return CallKept(at=at, monotonic_ms=ms, call_id=call_id, items=items, manifest=manifest)


def av_unit(*, lamp: bool, calls: bool) -> Kind[State]:
    """Give the kind of unit; `lamp`: its screen can light the face in colours; `calls`: it takes live calls."""
    return Kind(core=partial(AvUnit, lamp=lamp, calls=calls), begin=begin, state=State, understood=understood)
