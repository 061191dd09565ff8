"""The personal tracker (1.2): from what it senses to what it says, and when. Pure; runs in MicroPython.

`step` takes a state and an input and gives a state and outputs, to be done in their order. `state.wake_at_ms` says when
the next input is due at the latest (`Tick`); sensors are to be read every `SAMPLE_EVERY_MS` and whenever a pin wakes
the board. What it writes down goes into the ring (`ring`), and from there over the link (`link`).
"""

from baqylau.devices.strap import Sample
from baqylau.devices.tracker import doubt, orders, place, said, voice, worn
from baqylau.devices.tracker.inputs import Configured, Heard, Located, Network, Ordered, Pressed, TimeTold
from baqylau.devices.tracker.outputs import Message, Receiver, Upload
from baqylau.devices.tracker.state import State, Turn
from baqylau.protocols.batch.on_device import NETWORK
from baqylau.protocols.batch.short_message import EMPTY, HELP, STRAP, Short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from baqylau.devices.tracker.inputs import Tick
    from baqylau.protocols.beacon.modes import Cipher

    Given = Tick | Sample | Located | Heard | Configured | Ordered | TimeTold | Network | Pressed

__all__ = ["Sample", "State", "begin", "step"]

SAMPLE_EVERY_MS = 1000
ALIVE_MS = 900_000
"""Whoever has nothing to say says so: half of what silence is taken for."""


def begin(
    cipher: "Cipher",
    at_ms: int,
    device_id: str,
    kept: bytes = b"",
    says: "dict[str, object] | None" = None,
    root: bytes = b"",
) -> State:
    """Give the state after power came, with what was kept and the configuration that was kept.

    With a `root` it sends beacons of its own: give one where there is a radio (`protocols/beacon/keys.root_of`).
    """
    state = State(cipher, device_id)
    state.plan.on_ms = at_ms
    if kept:
        state.resume(kept, at_ms)
    if root:
        voice.begin(state, root, at_ms)
    if says is not None:
        orders.configured(Turn(state, at_ms), Configured(at_ms, says))
    state.worn.moved_ms = state.spoke_ms = state.kept_ms = at_ms
    state.wake_at_ms = at_ms
    return state


def step(state: State, given: "Given") -> "tuple[State, list[object]]":
    """Take one input; give the state after it and what is to be done."""
    turn = Turn(state.copy(), given.at_ms)
    _take(turn, given)
    _settle(turn)
    place.indoors(turn)
    place.hours(turn)
    if not turn.state.worn.gasped:
        place.searched(turn)
    if turn.at_ms - turn.state.spoke_ms >= ALIVE_MS:
        turn.write(said.ALIVE)
        turn.do(Upload(urgent=False))
    voice.speak(turn)
    turn.state.wake_at_ms = _wake_at_ms(turn)
    return turn.done()


def _take(turn: Turn, given: "Given") -> None:
    for kind, take in _TAKES:
        if isinstance(given, kind):
            take(turn, given)


def _located(turn: Turn, given: Located) -> None:
    if turn.state.plan.on:
        place.located(turn, given)


def _sampled(turn: Turn, given: Sample) -> None:
    _sense(turn, *worn.look(turn.state.worn, given))
    _gasp(turn)


def _time_told(turn: Turn, given: TimeTold) -> None:
    turn.state.clock = turn.state.clock.told(given.utc_ms, NETWORK, turn.at_ms)


def _pressed(turn: Turn, _given: Pressed) -> None:
    turn.write(said.own([["panic"]]), urgent=True)
    _short(turn, HELP)


def _settle(turn: Turn) -> None:
    _sense(turn, *worn.settle(turn.state.worn, turn.at_ms))


def _sense(turn: Turn, bodies: "list[said.Said]", urgent: bool) -> None:  # noqa: FBT001 - what `look` gives
    """Write down what the sensors showed."""
    if not bodies:
        return
    turn.state.unkept = turn.state.unkept or urgent
    turn.write(said.own(bodies), urgent=urgent)
    if ["strap", True] in bodies and turn.state.network is False:
        _short(turn, STRAP)


def _gasp(turn: Turn) -> None:
    """Say the last word while there is charge for it."""
    state = turn.state
    if not worn.is_empty(state.worn):
        state.worn.gasped = state.worn.gasped and "charging" not in state.worn.now
        return
    if state.worn.gasped:
        return
    state.worn.gasped, state.plan.on = True, False
    turn.write(said.own([["battery", 0.0], ["farewell", said.BATTERY_EMPTY]]), urgent=True)
    _short(turn, EMPTY)
    turn.do(Receiver(on=False))


def _network(turn: Turn, given: Network) -> None:
    state = turn.state
    if given.there and state.network is False:
        turn.do(Upload(urgent=False))
    fades, state.network_dbm = doubt.fades(state, given.signal_dbm), given.signal_dbm
    if fades or state.network != given.there:
        turn.write(said.own([said.cell(there=given.there, signal_dbm=given.signal_dbm)]))
    if state.network != given.there:
        doubt.network_turned(turn, there=given.there)
    state.network = given.there


def _short(turn: Turn, word: int) -> None:
    """Ask for an SMS that says one word and the last place."""
    state, believed = turn.state, turn.state.track.track.believed
    latitude_deg = longitude_deg = None
    if believed is not None:
        latitude_deg, longitude_deg = believed.latitude_deg, believed.longitude_deg
    turn.do(
        Message(Short(state.device_id, turn.utc_ms(), word, (latitude_deg, longitude_deg), state.worn.battery_percent))
    )


def _wake_at_ms(turn: Turn) -> int:
    state = turn.state
    soon_ms = min(
        state.plan.wake_at_ms(turn.at_ms, place.every_ms(state, turn.at_ms), hopeless=state.air.sky is False),
        state.worn.wake_at_ms(),
        state.spoke_ms + ALIVE_MS,
        voice.wake_at_ms(state, turn.at_ms),
    )
    if state.anchors.indoors:
        soon_ms = min(soon_ms, state.anchors.last_ms + 60_000, state.summed_ms + place.SUMMED_MS)
    return max(soon_ms, turn.at_ms + 1)


_TAKES: "tuple[tuple[Any, Any], ...]" = (
    (Located, _located),
    (Sample, _sampled),
    (Heard, place.heard),
    (TimeTold, _time_told),
    (Network, _network),
    (Configured, orders.configured),
    (Ordered, orders.ordered),
    (Pressed, _pressed),
)
