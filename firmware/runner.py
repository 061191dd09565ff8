"""Joins a core to a board: reads, steps, does what the core says, rests. It decides nothing. Runs in MicroPython."""

from baqylau.devices.beacon_inputs import Line, RadioFault, Tick
from baqylau.devices.beacon_sender import Beacon, Keep, KeepRoot, Say, Sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any, Protocol

    class Board(Protocol):
        """What a board offers. Counts are its own milliseconds since power came."""

        def aes(self, key: bytes) -> "Callable[[bytes], bytes]":
            """Give the block cipher under a key."""

        def count_ms(self) -> int:
            """Give the count."""

        def rest(self, milliseconds: int) -> None:
            """Sleep lightly, until then or until a pin or the bench wakes the board."""

        def sleep(self) -> None:
            """Sleep deeply until the charger wakes the board; then it starts anew."""

        def advertise(self, frame: bytes) -> None:
            """Send 27 bytes once on each channel. Raises OSError when the radio refuses."""

        def line(self) -> "str | None":
            """Give a whole line that the bench said, or None."""

        def say(self, line: str) -> None:
            """Answer the bench."""

        def kept(self, name: str) -> bytes:
            """Give what was kept under a name; nothing when there is nothing."""

        def keep(self, name: str, value: bytes) -> None:
            """Keep it surely before returning."""


def started(core: "ModuleType", board: "Board") -> "Any":
    """Give the core's state with what the board kept. A root without its record is not used: a bench must give one."""
    serial, root, record = board.kept("serial"), board.kept("root"), board.kept("record")
    if not record:
        root = b""
    return core.begin(board.aes, board.count_ms(), serial.decode(), root, record)


def turn(core: "ModuleType", board: "Board", sample: "Callable[[int], Any]", state: "Any") -> "Any":
    """Do everything that is due, what goes out first, and rest until the next."""
    state = stepped(core, board, state, Tick(board.count_ms()))
    line = board.line()
    if line is not None:
        state = stepped(core, board, state, Line(board.count_ms(), line))
    state = stepped(core, board, state, sample(board.count_ms()))
    now_ms = board.count_ms()
    board.rest(max(min(state.wake_at_ms, now_ms + core.SAMPLE_EVERY_MS) - now_ms, 0))
    return state


def stepped(core: "ModuleType", board: "Board", state: "Any", given: "Any") -> "Any":
    """Take one step and do what it says, in its order."""
    state, outputs = core.step(state, given)
    for output in outputs:
        if isinstance(output, Keep):
            board.keep("record", output.record)
        elif isinstance(output, KeepRoot):
            board.keep("serial", output.serial.encode())
            board.keep("root", output.root)
        elif isinstance(output, Say):
            board.say(output.line)
        elif isinstance(output, Sleep):
            board.sleep()
        elif isinstance(output, Beacon):
            state = sent(core, board, state, output)
    return state


def sent(core: "ModuleType", board: "Board", state: "Any", beacon: Beacon) -> "Any":
    """Send a beacon; tell the core when the radio refuses."""
    try:
        board.advertise(beacon.frame())
    except OSError:
        return stepped(core, board, state, RadioFault(board.count_ms()))
    return state


def run(core: "ModuleType", board: "Board", sample: "Callable[[int], Any]") -> None:
    """Run for ever."""
    state = started(core, board)
    while True:
        state = turn(core, board, sample, state)
