"""What a technician's bench says to a device over its contacts, line by line, and what the device answers.

    PROVISION <serial> <root, 64 hex digits> <seconds since 2020-01-01T00:00:00Z>
    STATUS | SELFTEST | SHIP | ORDER <34 hex digits>

Every line is answered by one line, `OK ...` or `NO <reason>`. No line gives the root back. A device that is at work
takes no new root and is not put to sleep by a bench: for both it needs an order of whoever holds its root. Runs in
MicroPython.
"""

from binascii import unhexlify

from baqylau.devices.beacon_clock import LAST_S
from baqylau.protocols.beacon.keys import ROOT_BYTES
from baqylau.protocols.beacon.orders import FITTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.devices.beacon_sender import Sender

_SERIAL_MAX = 32
_VALUES = 3
"""Of `PROVISION`."""


def answered(sender: "Sender", line: str, at_ms: int) -> "tuple[str, bool]":
    """Do what a line asks for; give the answer, and whether the device was told that it was put on just now."""
    words = (line + " -").split()
    if words[0] == "PROVISION":
        return _provision(sender, words[1:-1], at_ms), False
    if words[0] == "STATUS":
        return _status(sender, at_ms), False
    if words[0] == "SELFTEST":
        return ("NO " + ",".join(sender.failing) if sender.failing else "OK"), False
    if words[0] == "SHIP":
        return ("OK" if sender.asleep else "NO provisioned"), False
    if words[0] == "ORDER":
        kind = sender.obey(_bytes_of(words[1]), at_ms)
        return (f"OK {kind}" if kind else "NO order"), kind == FITTED
    return "NO unknown", False


def _provision(sender: "Sender", values: "list[str]", at_ms: int) -> str:
    serial, digits, told = values if len(values) == _VALUES else ("", "", "")
    root, at_s = _bytes_of(digits), _second_of(told)
    if len(serial) > _SERIAL_MAX or len(root) != ROOT_BYTES or not 0 <= at_s <= LAST_S:
        return "NO value"
    if not sender.asleep:
        return "NO provisioned"
    sender.provide(serial, root, at_s, at_ms)
    return f"OK {serial}"


def _status(sender: "Sender", at_ms: int) -> str:
    state = "asleep" if sender.asleep else "working"
    clock = "told" if sender.clock.told else "unset"
    words = ",".join(sorted(sender.now)) or "-"
    latched = ",".join(sorted(sender.latched)) or "-"
    seconds = sender.clock.system_ms(at_ms) // 1000
    return (
        f"OK {sender.serial or '-'} {state} clock={clock} at={seconds} now={words} latched={latched} "
        f"events={sender.events} orders={sender.number} battery={sender.battery_percent:.1f}"
    )


def _bytes_of(digits: str) -> bytes:
    """Give the bytes, none for what is not hexadecimal."""
    try:
        return unhexlify(digits)
    except ValueError:
        return b""


def _second_of(digits: str) -> int:
    """Give the second, a negative one for what is not a number."""
    try:
        return int(digits)
    except ValueError:
        return -1
