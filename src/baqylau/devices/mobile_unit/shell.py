"""What makes a unit's program (`linux_unit.shell`) the mobile control device: its receivers and keys."""

from baqylau.devices.linux_unit import shell
from baqylau.devices.linux_unit.inputs import UnitInput
from baqylau.devices.linux_unit.shell import Kind
from baqylau.devices.mobile_unit.core import MobileUnit
from baqylau.devices.mobile_unit.inputs import CallPressed, PanicPressed, SkySeen
from baqylau.devices.mobile_unit.state import State, begin
from baqylau.links.radio.words import Said, Sensor, Sky


def understood(name: str, said: Said) -> UnitInput | None:
    """Give what a source's word is to the mobile unit's core."""
    at, ms = said.stamp.at, said.stamp.monotonic_ms
    match said.word:
        case Sky(epoch=epoch):
            return SkySeen(at=at, monotonic_ms=ms, epoch=epoch)
        case Sensor(name="panic", value=value) if value > 0:
            return PanicPressed(at=at, monotonic_ms=ms)
        case Sensor(name="call", value=value) if value > 0:
            return CallPressed(at=at, monotonic_ms=ms)
        case _:
            return shell.understood(name, said)


MOBILE_UNIT = Kind(core=MobileUnit, begin=begin, state=State, understood=understood)
