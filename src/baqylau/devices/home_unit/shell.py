"""What makes a unit's program (`linux_unit.shell`) the stationary control device."""

from baqylau.devices.home_unit.core import HomeUnit
from baqylau.devices.home_unit.state import State, begin
from baqylau.devices.linux_unit.shell import Kind, understood

HOME_UNIT = Kind(core=HomeUnit, begin=begin, state=State, understood=understood)
