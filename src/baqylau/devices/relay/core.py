"""The stationary relay (1.5): an anchor whose beacon gives a tracker its place indoors. Pure; runs in MicroPython.

Like the bracelet's core, with the sensors of a thing that stands: whether it was moved or opened, and whether it has
mains. In its beacons `off_body` says that it does not stand where it was put up, and `charging` that it has mains.
Figures without another source are design values.
"""

from baqylau.devices.beacon_inputs import Line, Order, RadioFault, Tick, taken
from baqylau.devices.beacon_sender import Sender
from baqylau.devices.condition import implausible, is_extreme, is_low, is_open, measure, words
from baqylau.devices.settling import Settling
from baqylau.protocols.beacon.frame import RELAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Cipher

    Gravity = tuple[int, int, int]

EVERY_S = 1
"""Notes on radio and GNSS, section 6."""
SAMPLE_EVERY_MS = 1000
CONFIGURATION = 1
CARRIED_MS = 3000
"""Motion for so long is not a door that slams."""
NEVER_ENDS_MS = 1 << 60
"""That it was moved is over when somebody who may do so puts it up again."""
TILT_MG = 350
"""So far from the gravity it felt when it was put up it leans by 20 degrees."""
_AXIS_BYTES = 2
_NOWHERE = bytes(1 + 3 * _AXIS_BYTES)
"""Moved or not; gravity when it was put up, or zeros."""


class Sample:
    """What the sensors show; None for a sensor that does not answer."""

    def __init__(
        self,
        at_ms: int,
        case: "tuple[bool | None, float | None]",
        motion: "tuple[bool | None, Gravity | None]",
        temperature_c: "float | None",
        power: "tuple[int | None, bool]",
    ) -> None:
        """Take switch and light in lux of the case, motion since the last sample and gravity in thousandths of g on
        three axes, battery in mV and whether there is mains.
        """
        self.at_ms = at_ms
        self.case = case
        self.moves, self.gravity = motion
        self.temperature_c = temperature_c
        self.battery_mv, self.mains = power


class State:
    """What a relay remembers."""

    def __init__(self, sender: Sender) -> None:
        """Begin with nothing seen."""
        self.sender = sender
        self.moved = Settling(CARRIED_MS, NEVER_ENDS_MS)
        self.seen: frozenset[str] = frozenset()
        self.sudden: frozenset[str] = frozenset()
        self.gravity: Gravity = (0, 0, 0)
        self.extreme = False
        self.wake_at_ms = 0

    def copy(self) -> "State":
        """Give another one that is the same."""
        other = State(self.sender.copy())
        other.moved, other.gravity = self.moved, self.gravity
        other.seen, other.sudden, other.extreme = self.seen, self.sudden, self.extreme
        return other


def begin(cipher: "Cipher", at_ms: int, serial: str = "", root: bytes = b"", record: bytes = b"") -> State:
    """Give the state after power came: with what was kept, or asleep when there is no root.

    Raises ValueError when there is a root and no record of what it has spent.
    """
    sender = Sender(RELAY, EVERY_S, cipher)
    sender.configuration, sender.extra = CONFIGURATION, _NOWHERE
    state = State(sender)
    if root:
        sender.resume(serial, root, record, at_ms)
        state.moved = Settling(CARRIED_MS, NEVER_ENDS_MS, held=bool(sender.extra[0]))
        sender.now = words(("off_body", state.moved.held), ("case", "case" in sender.now))
        state.seen = sender.now & {"case"}
        sender.tell(sender.now, frozenset(("reboot",)), at_ms)
    sender.repack()
    state.wake_at_ms = sender.wake_at_ms(at_ms)
    return state


def step(state: State, given: "Tick | Sample | Line | Order | RadioFault") -> "tuple[State, list[object]]":
    """Take one input; give the state after it and what is to be done, in its order."""
    state, at_ms = state.copy(), given.at_ms
    sender = state.sender
    answers: list[object] = []
    state.moved = state.moved.at(at_ms)
    if isinstance(given, Sample):
        _look(state, given)
    else:
        sender.count_motion(at_ms, moves=False)
        answers, fitted = taken(sender, given)
        if fitted:
            _put_up(state)
    _judge(state, at_ms)
    outputs = sender.outputs(at_ms) + answers
    state.wake_at_ms = min(sender.wake_at_ms(at_ms), state.moved.wake_at_ms())
    return state, outputs


def _look(state: State, sample: Sample) -> None:
    """Take what the sensors show."""
    sender, at_ms = state.sender, sample.at_ms
    if sample.mains and sender.asleep:
        sender.wake(at_ms)
    sender.count_motion(at_ms, moves=bool(sample.moves))
    sender.failing = _failing(sample)
    measure(sender, sample.battery_mv, sample.temperature_c)
    state.gravity = sample.gravity or state.gravity
    if not state.moved.held:
        leans = _leans(state.gravity, sender.extra)
        state.moved = state.moved.after(at_ms, says=bool(sample.moves) or leans)
    state.seen = words(
        ("case", is_open(sample.case)),
        ("moving", sample.moves),
        ("battery_low", is_low(sender)),
        ("charging", sample.mains),
    )
    extreme = is_extreme(sample.temperature_c)
    state.sudden = words(("temperature", extreme and not state.extreme))
    state.extreme = extreme


def _judge(state: State, at_ms: int) -> None:
    """Say what is so now, and keep that it was moved."""
    sender = state.sender
    if state.moved.held and not sender.extra[0]:
        sender.extra = b"\x01" + sender.extra[1:]
    sender.tell(state.seen | words(("off_body", state.moved.held)), state.sudden, at_ms)
    state.sudden = frozenset()
    sender.repack()


def _put_up(state: State) -> None:
    """It stands where it shall stand: learn how."""
    state.moved = Settling(CARRIED_MS, NEVER_ENDS_MS)
    axes = [axis & 0xFFFF for axis in state.gravity]
    state.sender.extra = b"\x00" + b"".join([axis.to_bytes(_AXIS_BYTES, "big") for axis in axes])


def _leans(gravity: "Gravity", extra: bytes) -> bool:
    """Tell whether it leans otherwise than when it was put up."""
    if extra[1:] == _NOWHERE[1:]:
        return False
    apart = 0
    for axis in range(3):
        learned = int.from_bytes(extra[1 + 2 * axis : 3 + 2 * axis], "big")
        apart += (gravity[axis] - (learned - 0x10000 if learned & 0x8000 else learned)) ** 2
    return apart > TILT_MG**2


def _failing(sample: Sample) -> "tuple[str, ...]":
    """Test the sensors by what they show."""
    return implausible(
        ("case_switch", sample.case[0], 0, 1),
        ("case_light", sample.case[1], 0, 200_000),
        ("motion", sample.moves, 0, 1),
        ("gravity", sample.gravity and max(sample.gravity), -4000, 4000),
        ("temperature", sample.temperature_c, -60, 120),
        ("battery", sample.battery_mv, 2000, 4500),
    )
