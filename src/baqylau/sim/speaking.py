"""Which protocols the simulator speaks, by their names."""

from collections.abc import Callable

from baqylau.protocols.egts import EgtsDevice
from baqylau.protocols.session import DeviceSide
from baqylau.protocols.wialon import WialonDevice

PROTOCOLS = ("wialon", "egts")


class UnknownProtocolError(Exception):
    """The simulator does not speak this protocol."""


def speaker(protocol: str, number: str, password: str = "") -> Callable[[], DeviceSide]:
    """Give what begins a conversation of the device. Raises ValueError for a number that the protocol cannot carry.

    EGTS has no place for a password in a device's sign-in: it is not sent there.
    """
    match protocol:
        case "wialon":
            return lambda: WialonDevice(number, password)
        case "egts":
            EgtsDevice(number)
            return lambda: EgtsDevice(number)
        case _:
            raise UnknownProtocolError(protocol)
