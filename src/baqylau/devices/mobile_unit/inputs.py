"""What reaches the mobile unit's core besides what every unit hears."""

from baqylau.devices.linux_unit import inputs
from baqylau.devices.linux_unit.inputs import UnitInput
from baqylau.rules.gnss.epoch import Epoch


class SkySeen(UnitInput, frozen=True, kw_only=True):
    """A satellite receiver said something, with a position or without."""

    epoch: Epoch


class PanicPressed(UnitInput, frozen=True, kw_only=True):
    """The person held the button for help."""


class CallPressed(UnitInput, frozen=True, kw_only=True):
    """The person asks to be called."""


Input = inputs.Input | SkySeen | PanicPressed | CallPressed
