"""The radio bracelet (1.1): from what its sensors show to what it says on the air. Pure; runs in MicroPython.

`step` takes a state and an input and gives a state and outputs, to be done in their order. Every input carries the
device's own count of milliseconds, which only grows until power is lost. `state.wake_at_ms` says when the next input is
due at the latest (`Tick`); sensors are to be read every `SAMPLE_EVERY_MS` and whenever a pin wakes the board.
Figures without another source are design values.
"""

from baqylau.devices.beacon_inputs import Line, Order, RadioFault, Tick, taken
from baqylau.devices.beacon_sender import Sender
from baqylau.devices.condition import implausible, is_extreme, is_low, is_open, measure, words
from baqylau.devices.settling import Settling
from baqylau.protocols.beacon.frame import BRACELET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Cipher

EVERY_S = 5
SAMPLE_EVERY_MS = 1000
CONFIGURATION = 1
"""Version of this behaviour, told in every beacon."""
CUT_OHM = 500_000
"""The conductive loop is cut from here on."""
DARK_PERCENT = 5.0
"""The optical loop is cut when less of its light comes back."""
WINDOW = 0.25
"""By what share either loop may differ from what it was when the strap was put on: else it is strained."""
STRAINED_MS = 2000
OFF_BODY_MS = 30_000
ON_BODY_MS = 5000
SKIN_COUNTS = 400
"""The capacitive sensor feels a body from here on."""
SHOCK_G = 12.0
NOTHING_LEARNED = bytes(6)


class Sample:
    """What the sensors show; None for a sensor that does not answer."""

    def __init__(
        self,
        at_ms: int,
        strap: "tuple[int | None, float | None]",
        case: "tuple[bool | None, float | None]",
        skin_counts: "int | None",
        motion: "tuple[bool | None, float | None]",
        temperature_c: "float | None",
        power: "tuple[int | None, bool]",
    ) -> None:
        """Take resistance in ohm and light in percent of the strap's loops; switch and light in lux of the case;
        the skin sensor; motion since the last sample and the hardest knock in g; battery in mV and whether it charges.
        """
        self.at_ms = at_ms
        self.loop_ohm, self.loop_percent = strap
        self.case = case
        self.skin_counts = skin_counts
        self.moves, self.knock_g = motion
        self.temperature_c = temperature_c
        self.battery_mv, self.charging = power


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
            sender.extra = _learned(state.loops)
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
    sender.failing = _failing(sample)
    measure(sender, sample.battery_mv, sample.temperature_c)
    if sample.loop_ohm is not None and sample.loop_percent is not None:
        state.loops = sample.loop_ohm, sample.loop_percent
    if sample.skin_counts is not None:
        state.off_body = state.off_body.after(at_ms, says=sample.skin_counts < SKIN_COUNTS)
    state.strained = state.strained.after(at_ms, says=_strained(state.loops, sender.extra))
    state.seen = words(
        ("strap", _cut(sample)),
        ("case", is_open(sample.case)),
        ("moving", sample.moves),
        ("battery_low", is_low(sender)),
        ("charging", sample.charging),
    )
    extreme = is_extreme(sample.temperature_c)
    knocked = (sample.knock_g or 0.0) >= SHOCK_G
    state.sudden = words(("shock", knocked), ("temperature", extreme and not state.extreme))
    state.extreme = extreme


def _cut(sample: Sample) -> bool:
    """Tell whether one of the loops carries nothing any more."""
    carries = sample.loop_ohm is None or sample.loop_ohm < CUT_OHM
    shines = sample.loop_percent is None or sample.loop_percent > DARK_PERCENT
    return not (carries and shines)


def _strained(loops: "tuple[int, float]", learned: bytes) -> bool:
    """Tell whether a loop is far from what it was when the strap was put on."""
    ohm, percent = int.from_bytes(learned[:4], "big"), int.from_bytes(learned[4:], "big") / 100
    return learned != NOTHING_LEARNED and (
        abs(loops[0] - ohm) > WINDOW * ohm or abs(loops[1] - percent) > WINDOW * percent
    )


def _learned(loops: "tuple[int, float]") -> bytes:
    return loops[0].to_bytes(4, "big") + round(loops[1] * 100).to_bytes(2, "big")


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


def _failing(sample: Sample) -> "tuple[str, ...]":
    """Test the sensors by what they show."""
    return implausible(
        ("loop_ohm", sample.loop_ohm, 0, 10_000_000),
        ("loop_percent", sample.loop_percent, 0, 200),
        ("case_switch", sample.case[0], 0, 1),
        ("case_light", sample.case[1], 0, 200_000),
        ("skin", sample.skin_counts, 0, 65_535),
        ("motion", sample.moves, 0, 1),
        ("temperature", sample.temperature_c, -60, 120),
        ("battery", sample.battery_mv, 2000, 4500),
    )
