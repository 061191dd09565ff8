"""What a tracker remembers, and one step under way. Runs in MicroPython."""

from baqylau.devices.strap import NOTHING_LEARNED
from baqylau.devices.tracker.anchors import Anchors
from baqylau.devices.tracker.clock import Clock, resumed
from baqylau.devices.tracker.doubt import Air
from baqylau.devices.tracker.duty import Duty
from baqylau.devices.tracker.outputs import Keep, Upload, Write
from baqylau.devices.tracker.plan import Plan
from baqylau.devices.tracker.worn import Worn
from baqylau.protocols.batch.on_device import record_bytes
from baqylau.protocols.batch.small_cbor import SmallCborError, read, written
from baqylau.rules.gnss import pipeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from baqylau.devices.beacon_sender import Sender
    from baqylau.devices.tracker.said import Said
    from baqylau.protocols.beacon.modes import Cipher
    from baqylau.rules.gnss.epoch import Epoch

_FORM = 1
"""Of what is kept."""
KEEP_EVERY_MS = 600_000


class State:
    """Everything. A step copies it and changes the copy."""

    FIELDS = (
        "device_id",
        "clock",
        "track",
        "version",
        "number",
        "asked",
        "network",
        "network_dbm",
        "candidate",
        "satellites",
        "claims",
        "summed_ms",
        "spoke_ms",
        "kept_ms",
        "unkept",
        "wake_at_ms",
        "voice",
        "root",
        "spent",
    )
    PARTS = ("worn", "plan", "anchors", "duty", "air")

    def __init__(self, cipher: "Cipher", device_id: str) -> None:
        """Begin with nothing known."""
        self.cipher = cipher
        self.device_id = device_id
        self.clock: Clock = resumed(0, 0)
        self.worn = Worn()
        self.plan = Plan()
        self.anchors = Anchors()
        self.duty = Duty()
        self.air = Air()
        self.track = pipeline.begin()
        self.version = 0
        """Of the configuration."""
        self.number = 0
        """Of the last command that was carried out."""
        self.asked: tuple[int, ...] = ()
        """Commands that wait for a place."""
        self.network: bool | None = None
        self.network_dbm: float | None = None
        self.candidate: Epoch | None = None
        """The last place that was measured but is not good, while a better one is looked for."""
        self.satellites: int | None = None
        """Of the last epoch without a place."""
        self.claims: dict[str, int] = {}
        self.summed_ms = 0
        """When what was heard of a relay was last summed up."""
        self.spoke_ms = 0
        """When anything was last written down."""
        self.kept_ms = 0
        self.unkept = False
        self.wake_at_ms = 0
        self.voice: Sender | None = None
        """What sends its own beacons, where there is a radio."""
        self.root = b""
        self.spent = b""
        """What the voice has spent of its numbers, as it was last written down."""

    def copy(self) -> "State":
        """Give another one that is the same."""
        other = State(self.cipher, self.device_id)
        for name in State.FIELDS:
            setattr(other, name, getattr(self, name))
        for name in State.PARTS:
            setattr(other, name, getattr(self, name).copy())
        return other

    def kept(self, at_ms: int) -> bytes:
        """Give what must outlive a loss of power."""
        clocks = {relay: list(clock) for relay, clock in self.anchors.clocks.items()}
        worn = [self.worn.kept(), self.worn.learned]
        return written([_FORM, self.clock.utc_ms(at_ms), self.number, worn, clocks, self.spent])

    def resume(self, kept: bytes, at_ms: int) -> None:
        """Go on with what was kept. What cannot be read is as if it had never been."""
        try:
            values: Any = read(kept)
            form, utc_ms, number, worn, clocks = values[:5]
        except (SmallCborError, ValueError, TypeError):
            return
        if form != _FORM:
            return
        self.clock, self.number = resumed(utc_ms, at_ms), number
        self.worn.resume(worn[0], worn[1] or NOTHING_LEARNED)
        self.anchors.clocks = {relay: tuple(clock) for relay, clock in clocks.items()}
        self.spent = b"".join(values[5:6])


class Turn:
    """One step under way: the state that it changes, and what comes out."""

    def __init__(self, state: State, at_ms: int) -> None:
        """Take the copy of the state."""
        self.state = state
        self.at_ms = at_ms
        self.outputs: list[object] = []

    def utc_ms(self) -> int:
        """Give UTC now, as far as it is known."""
        return self.state.clock.utc_ms(self.at_ms)

    def write(self, said: "Said", *, urgent: bool = False, utc_ms: "int | None" = None) -> None:
        """Write a record of now, or of the instant it tells of."""
        state = self.state
        at_ms = self.utc_ms() if utc_ms is None else utc_ms
        content = record_bytes(max(at_ms, 0), self.at_ms, state.clock.quality(self.at_ms), said, urgent=urgent)
        self.outputs.append(Write(content, urgent=urgent))
        state.spoke_ms = self.at_ms
        if urgent:
            self.outputs.append(Upload(urgent=True))

    def do(self, output: object) -> None:
        """Ask for something else."""
        self.outputs.append(output)

    def done(self) -> "tuple[State, list[object]]":
        """Give what came out; what must be kept comes first."""
        state = self.state
        if state.unkept or self.at_ms - state.kept_ms >= KEEP_EVERY_MS:
            state.unkept, state.kept_ms = False, self.at_ms
            self.outputs.insert(0, Keep(state.kept(self.at_ms)))
        return state, self.outputs
