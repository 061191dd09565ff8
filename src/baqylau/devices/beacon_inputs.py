"""What any device that sends beacons can be given besides what its own sensors show. Runs in MicroPython."""

from baqylau.devices.beacon_sender import Say, Sleep
from baqylau.devices.bench import answered
from baqylau.protocols.beacon.orders import FITTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.devices.beacon_sender import Sender


class Tick:
    """Time went by."""

    def __init__(self, at_ms: int) -> None:
        """Take the device's count."""
        self.at_ms = at_ms


class Line:
    """The bench said something."""

    def __init__(self, at_ms: int, text: str) -> None:
        """Take a line, without its end."""
        self.at_ms = at_ms
        self.text = text


class Order:
    """Somebody brought an order."""

    def __init__(self, at_ms: int, order: bytes) -> None:
        """Take its bytes; who brought it does not matter."""
        self.at_ms = at_ms
        self.order = order


class RadioFault:
    """The radio refused to send."""

    def __init__(self, at_ms: int) -> None:
        """Take the device's count."""
        self.at_ms = at_ms


def taken(sender: "Sender", given: "Tick | Line | Order | RadioFault") -> "tuple[list[object], bool]":
    """Let the sender take an input; give its answers, and whether the device was told that it was put on just now."""
    if isinstance(given, Line):
        answer, fitted = answered(sender, given.text, given.at_ms)
        return [Say(answer)], fitted
    fitted = isinstance(given, Order) and sender.obey(given.order, given.at_ms) == FITTED
    if isinstance(given, RadioFault) and "radio_fault" not in sender.latched:
        sender.tell(sender.now, frozenset(("radio_fault",)), given.at_ms)
    return ([Sleep()] if sender.asleep else []), fitted
