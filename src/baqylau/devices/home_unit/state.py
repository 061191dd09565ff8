"""What the home unit remembers besides what every unit does."""

from baqylau.devices.linux_unit.state import UnitState
from baqylau.devices.linux_unit.turn import Turn
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.walking import Walk


class State(UnitState, frozen=True, kw_only=True):
    """One home unit."""

    walk: Walk | None = None


HomeTurn = Turn[State]


def begin(device_id: DeviceId) -> State:
    """Give the state of a unit that never ran."""
    return State(device_id=device_id)
