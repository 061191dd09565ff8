"""Joins the tracker's core, ring and link to a board: reads, steps, does what the core says. It decides nothing.

Runs in MicroPython.
"""

from baqylau.devices.beacon_sender import Beacon
from baqylau.devices.tracker import core
from baqylau.devices.tracker.inputs import Heard, Located, Network, Pressed, Tick
from baqylau.devices.tracker.link import BATCHES, POLL, Link
from baqylau.devices.tracker.nmea import NmeaReader
from baqylau.devices.tracker.outputs import Keep, Message, Receiver, Restart, Upload, Warn, Write
from baqylau.devices.tracker.ring import Ring
from baqylau.protocols.beacon.keys import root_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from baqylau.devices.strap import Sample
    from baqylau.devices.tracker.ring import Disk

    class Board(Protocol):
        """What a board offers. Counts are its own milliseconds since power came."""

        disk: Disk

        def aes(self, key: bytes) -> "Callable[[bytes], bytes]":
            """Give the block cipher under a key."""

        def identity(self) -> "tuple[str, bytes]":
            """Give the device's id and its secret, as a bench gave them; nothing before."""

        def count_ms(self) -> int:
            """Give the count."""

        def rest(self, milliseconds: int) -> None:
            """Sleep lightly, until then or until a pin, the receiver or the modem wakes the board."""

        def sample(self, at_ms: int) -> "Sample":
            """Read all sensors."""

        def pressed(self) -> bool:
            """Tell whether the button for help was held since it was last asked."""

        def receiver(self, *, on: bool) -> None:
            """Switch the satellite receiver."""

        def sentence(self) -> "str | None":
            """Give a line that the receiver said, or None."""

        def beacon(self) -> "tuple[bytes, float] | None":
            """Give a frame that the radio heard and its strength, or None."""

        def advertise(self, frame: bytes) -> None:
            """Send a beacon once."""

        def on_network(self) -> bool:
            """Tell whether the modem is on the mobile network."""

        def post(self, path: str, body: bytes) -> "bytes | None":
            """Give the server's answer to a request, or None."""

        def message(self, content: bytes) -> None:
            """Send an SMS of bytes, as soon as the modem can."""

        def warn(self, *, aloud: bool) -> None:
            """Let the wearer feel it, and hear it."""

        def random(self) -> float:
            """Draw a number from 0 to 1."""

        def restart(self) -> None:
            """Start anew."""

        def bench(self) -> None:
            """Answer a bench that says something."""


SAMPLE_EVERY_MS = core.SAMPLE_EVERY_MS
POLL_EVERY_MS = 120_000
"""How often it asks for commands when there is nothing to send: a place that is asked for comes within three minutes,
also of somebody who sleeps."""


class Runner:
    """One run."""

    def __init__(self, board: "Board") -> None:
        """Go on with what is on the board's disk."""
        device_id, secret = board.identity()
        self._board, self._reader = board, NmeaReader()
        self._link = Link(device_id, secret, Ring(board.disk), board.disk)
        now_ms = board.count_ms()
        kept, says = board.disk.read("kept"), self._link.configuration
        self.state = core.begin(board.aes, now_ms, device_id, kept, says, root_of(secret))
        self._sampled_ms = self._try_ms = now_ms
        self._poll_ms = now_ms
        self._wanted = False
        self._quiet_ms = now_ms
        self._there = False

    def turn(self) -> None:
        """Do everything that is due, and rest until the next."""
        board = self._board
        now_ms = board.count_ms()
        if self.state.wake_at_ms <= now_ms:
            self._give(Tick(now_ms))
        if now_ms - self._sampled_ms >= SAMPLE_EVERY_MS:
            self._sampled_ms = now_ms
            self._give(board.sample(now_ms))
        if board.pressed():
            self._give(Pressed(now_ms))
        self._listen(now_ms)
        self._speak(now_ms)
        now_ms = board.count_ms()
        board.rest(max(min(self.state.wake_at_ms, self._sampled_ms + SAMPLE_EVERY_MS) - now_ms, 0))

    def _listen(self, now_ms: int) -> None:
        """Take what receiver and radio said."""
        line = self._board.sentence()
        while line is not None:
            self._quiet_ms = now_ms
            epoch = self._reader.take(line)
            if epoch is not None:
                self._give(Located(now_ms, epoch))
            line = self._board.sentence()
        heard = self._board.beacon()
        while heard is not None:
            self._give(Heard(now_ms, heard[0], heard[1]))
            heard = self._board.beacon()
        there = self._board.on_network()
        if there != self._there:
            self._there = there
            self._give(Network(now_ms, there=there))

    def _speak(self, now_ms: int) -> None:
        """Send what waits, and ask what there is."""
        if not self._there or now_ms < self._try_ms:
            return
        body = self._link.request() if self._wanted else None
        path = BATCHES
        if body is None:
            self._wanted = False
            if now_ms < self._poll_ms:
                return
            path, body = POLL, self._link.poll(self.state.clock.utc_ms(now_ms), 0)
        answer = self._board.post(path, body)
        try:
            given = self._link.answered(answer or b"", self._board.count_ms())
        except ValueError:
            self._try_ms = now_ms + self._link.failed_ms(self._board.random())[self._wanted is False]
            return
        self._poll_ms = now_ms + POLL_EVERY_MS
        for one in given:
            self._give(one)

    def _give(self, given: object) -> None:
        """Take one step and do what it says, in its order."""
        self.state, outputs = core.step(self.state, given)  # type: ignore[arg-type]  # whatever the board gave
        for output in outputs:
            self._do(output)

    def _do(self, output: object) -> None:
        board = self._board
        if isinstance(output, Write):
            self._link.ring.write(output.content, urgent=output.urgent)
        elif isinstance(output, Keep):
            board.disk.write("kept", output.kept)
        elif isinstance(output, Beacon):
            board.advertise(output.frame())
        elif isinstance(output, Upload):
            self._wanted = True
            if output.urgent:
                self._try_ms = min(self._try_ms, board.count_ms())
        elif isinstance(output, Receiver):
            board.receiver(on=output.on)
        else:
            self._rare(output)

    def _rare(self, output: object) -> None:
        if isinstance(output, Warn):
            self._board.warn(aloud=output.urgent)
        elif isinstance(output, Message):
            self._board.message(output.said.sealed(self._link.secret))
        elif isinstance(output, Restart):
            self._board.restart()


def run(board: "Board") -> None:
    """Run for ever; until a bench said who it is, only the bench is answered."""
    while not board.identity()[0]:
        board.bench()
        board.rest(SAMPLE_EVERY_MS)
    runner = Runner(board)
    while True:
        runner.turn()
