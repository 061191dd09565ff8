"""The tracker's own beacon, where it has a radio: the bracelet's frame, so that an officer's console hears it too.

Its root follows from the secret that it shares with the server: nothing more has to be handed over. It sends once the
time is known; while its sky and its network are away it goes on by its own count. Runs in MicroPython.
"""

from baqylau.devices.beacon_sender import Beacon, Keep, Sender
from baqylau.devices.tracker.anchors import BEGIN_S
from baqylau.protocols.beacon.frame import TRACKER
from baqylau.protocols.beacon.status import NOW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.devices.tracker.state import State, Turn
    from baqylau.devices.tracker.worn import Worn

EVERY_S = 5
"""As the bracelet at rest: the console's finder lives by this pace."""
CONFIGURATION = 1
"""Version of this behaviour, told in every beacon."""
OFF_MS = 2000
"""A clock that is wrong by more is set: instants are told in whole seconds."""


def begin(state: "State", root: bytes, at_ms: int) -> None:
    """Give the tracker its voice; with what it has spent when it had one before."""
    sender = Sender(TRACKER, EVERY_S, state.cipher)
    sender.configuration = CONFIGURATION
    if state.spent:
        sender.resume(state.device_id, root, state.spent, at_ms)
        sender.tell(sender.now, frozenset(("reboot",)), at_ms)
    state.voice, state.root = sender, root


def speak(turn: "Turn") -> None:
    """Say how the device stands, when it is time to."""
    state = turn.state
    if state.voice is None or state.worn.gasped:
        return
    sender = state.voice = state.voice.copy()
    _set_clock(turn, sender)
    sender.battery_percent, sender.temperature_c = state.worn.battery_percent, state.worn.temperature_c
    sender.failing = state.worn.failing
    sender.tell(_now(state.worn), frozenset(), turn.at_ms)
    sender.count_motion(turn.at_ms, moves="moving" in state.worn.now)
    sender.repack()
    for output in sender.outputs(turn.at_ms):
        if isinstance(output, Keep):
            state.spent, state.unkept = output.record, True
        elif isinstance(output, Beacon):
            turn.do(output)


def wake_at_ms(state: "State", at_ms: int) -> int:
    """Give the count at which it is to say something next."""
    if state.voice is None or state.worn.gasped:
        return at_ms + 60_000
    return state.voice.wake_at_ms(at_ms)


def _set_clock(turn: "Turn", sender: Sender) -> None:
    state, at_ms = turn.state, turn.at_ms
    if not state.clock.known():
        return
    at_s = turn.utc_ms() // 1000 - BEGIN_S
    if sender.keys is None:
        sender.provide(state.device_id, state.root, at_s, at_ms)
    elif not sender.clock.told or abs(sender.clock.system_ms(at_ms) - at_s * 1000) > OFF_MS:
        sender.clock = sender.clock.set_to(at_s, at_ms)
        sender.unkept = True
        sender.plan(at_ms)


def _now(worn: "Worn") -> "frozenset[str]":
    """Give what is so, in the words that a beacon has: a strap under strain is a strap that is not whole."""
    strained = ["strap"] if "strained" in worn.now else []
    return frozenset([word for word in worn.now if word in NOW] + strained)
