"""The radio bracelet (1.1): from what its sensors show to what it says on the air. Pure; runs in MicroPython.

`step` takes a state and an input and gives a state and outputs, to be done in their order. Every input carries the
device's own count of milliseconds, which only grows until power is lost. `state.wake_at_ms` says when the next input is
due at the latest (`Tick`); sensors are to be read every `SAMPLE_EVERY_MS` and whenever a pin wakes the board.
Figures without another source are design values.
"""

from baqylau.devices.beacon_inputs import Line, Order, RadioFault, Tick, taken
from baqylau.devices.beacon_sender import Sender
from baqylau.devices.condition import is_extreme, is_low, is_open, measure, words
from baqylau.devices.settling import Settling
from baqylau.devices.strap import (
    NOTHING_LEARNED,
    OFF_BODY_MS,
    ON_BODY_MS,
    SHOCK_G,
    SKIN_COUNTS,
    STRAINED_MS,
    Sample,
    cut,
    failing,
    learned,
    strained,
)
from baqylau.protocols.beacon.frame import BRACELET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Cipher

EVERY_S = 5
SAMPLE_EVERY_MS = 1000
CONFIGURATION = 1
"""Version of this behaviour, told in every beacon."""


class State:
    """What a bracelet remembers."""

    def __init__(self, sender: Sender) -> None:
        """Begin with nothing seen."""
        self.sender = sender
        self.strained = Settling(STRAINED_MS, STRAINED_MS)
        self.off_body = Settling(OFF_BODY_MS, ON_BODY_MS)
        self.seen: frozenset[str] = frozenset()
        """Words of the last sample that need no time to settle."""
        self.sudden: frozenset[str] = frozenset()
        self.loops: tuple[int, float] = (0, 0.0)
        """What the strap's loops showed last."""
        self.extreme = False
        self.wake_at_ms = 0

    def copy(self) -> "State":
        """Give another one that is the same."""
        other = State(self.sender.copy())
        other.strained, other.off_body = self.strained, self.off_body
        other.seen, other.sudden = self.seen, self.sudden
        other.loops, other.extreme = self.loops, self.extreme
        return other


def begin(cipher: "Cipher", at_ms: int, serial: str = "", root: bytes = b"", record: bytes = b"") -> State:
    """Give the state after power came: with what was kept, or asleep when there is no root.

    Raises ValueError when there is a root and no record of what it has spent.
    """
    sender = Sender(BRACELET, EVERY_S, cipher)
    sender.configuration, sender.extra = CONFIGURATION, NOTHING_LEARNED
    state = State(sender)
    if root:
        sender.resume(serial, root, record, at_ms)
        state.seen = sender.now & {"strap", "case"}
        state.off_body = Settling(OFF_BODY_MS, ON_BODY_MS, held="off_body" in sender.now)
        sender.tell(sender.now, frozenset(("reboot",)), at_ms)
    sender.repack()
    state.wake_at_ms = sender.wake_at_ms(at_ms)
    return state


def step(state: State, given: "Tick | Sample | Line | Order | RadioFault") -> "tuple[State, list[object]]":
    """Take one input; give the state after it and what is to be done, in its order."""
    state, at_ms = state.copy(), given.at_ms
    sender = state.sender
    answers: list[object] = []
    state.off_body, state.strained = state.off_body.at(at_ms), state.strained.at(at_ms)
    if isinstance(given, Sample):
        _look(state, given)
    else:
        sender.count_motion(at_ms, moves=False)
        answers, fitted = taken(sender, given)
        if fitted:
            sender.extra = learned(state.loops)
            sender.unkept = True
    _judge(state, at_ms)
    outputs = sender.outputs(at_ms) + answers
    state.wake_at_ms = min(sender.wake_at_ms(at_ms), state.off_body.wake_at_ms(), state.strained.wake_at_ms())
    return state, outputs


def _look(state: State, sample: Sample) -> None:
    """Take what the sensors show, but for what needs the time that went by."""
    sender, at_ms = state.sender, sample.at_ms
    if sample.charging and sender.asleep:
        sender.wake(at_ms)
    sender.count_motion(at_ms, moves=bool(sample.moves))
    sender.failing = failing(sample)
    measure(sender, sample.battery_mv, sample.temperature_c)
    if sample.loop_ohm is not None and sample.loop_percent is not None:
        state.loops = sample.loop_ohm, sample.loop_percent
    if sample.skin_counts is not None:
        state.off_body = state.off_body.after(at_ms, says=sample.skin_counts < SKIN_COUNTS)
    state.strained = state.strained.after(at_ms, says=strained(state.loops, sender.extra))
    state.seen = words(
        ("strap", cut(sample)),
        ("case", is_open(sample.case)),
        ("moving", sample.moves),
        ("battery_low", is_low(sender)),
        ("charging", sample.charging),
    )
    extreme = is_extreme(sample.temperature_c)
    knocked = (sample.knock_g or 0.0) >= SHOCK_G
    state.sudden = words(("shock", knocked), ("temperature", extreme and not state.extreme))
    state.extreme = extreme


def _judge(state: State, at_ms: int) -> None:
    """Say what is so now, when it is not what was said last."""
    sender, now = state.sender, state.seen
    if state.off_body.held:
        now |= {"off_body"}
    if state.strained.held:
        now |= {"strap"}
    sender.tell(now, state.sudden, at_ms)
    state.sudden = frozenset()
    sender.repack()
