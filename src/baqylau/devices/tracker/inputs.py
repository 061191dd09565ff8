"""What a tracker is given, each with its count of milliseconds, which only grows until power is lost.

`strap.Sample` is one more: what its sensors show. Runs in MicroPython.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from baqylau.rules.gnss.epoch import Epoch


class Tick:
    """Time went by."""

    def __init__(self, at_ms: int) -> None:
        """Take the count."""
        self.at_ms = at_ms


class Located:
    """The receiver spoke of an instant."""

    def __init__(self, at_ms: int, epoch: "Epoch") -> None:
        """Take what it said."""
        self.at_ms = at_ms
        self.epoch = epoch


class Heard:
    """The radio heard 27 bytes."""

    def __init__(self, at_ms: int, frame: bytes, rssi_dbm: float) -> None:
        """Take the bytes and their strength."""
        self.at_ms = at_ms
        self.frame = frame
        self.rssi_dbm = rssi_dbm


class Configured:
    """The server's configuration, believed already, as a map by the names of its fields."""

    def __init__(self, at_ms: int, says: "dict[str, Any]") -> None:
        """Take it."""
        self.at_ms = at_ms
        self.says = says


class Ordered:
    """A command, believed already, as a map by the names of its fields; instants in milliseconds."""

    def __init__(self, at_ms: int, command: "dict[str, Any]") -> None:
        """Take it."""
        self.at_ms = at_ms
        self.command = command


class TimeTold:
    """The server, or the network, told the time."""

    def __init__(self, at_ms: int, utc_ms: int) -> None:
        """Take it, in milliseconds since 1970."""
        self.at_ms = at_ms
        self.utc_ms = utc_ms


class Network:
    """The modem is on the mobile network, or is not."""

    def __init__(self, at_ms: int, *, there: bool, signal_dbm: "float | None" = None) -> None:
        """Take which, and how strong it is where the modem says."""
        self.at_ms = at_ms
        self.there = there
        self.signal_dbm = signal_dbm


class Pressed:
    """The button for help was held."""

    def __init__(self, at_ms: int) -> None:
        """Take the count."""
        self.at_ms = at_ms
