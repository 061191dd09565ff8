"""Where the wearer is: from what the receiver and the relays say to records of it. Runs in MicroPython.

The fix is written down as the receiver gave it; what is thought of it (`rules/gnss`) decides only which epoch is taken,
whether the clock may be set by it, and what the wearer is warned of.
"""

from baqylau.devices.tracker import doubt, said
from baqylau.devices.tracker.anchors import BROKEN, STALE
from baqylau.devices.tracker.clock import in_our_era
from baqylau.devices.tracker.outputs import Receiver, Upload, Warn
from baqylau.protocols.batch.on_device import GNSS, NETWORK
from baqylau.rules.gnss import pipeline, validity
from baqylau.rules.gnss.plane import Place
from baqylau.rules.gnss.surroundings import Surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.devices.tracker.inputs import Heard, Located
    from baqylau.devices.tracker.state import State, Turn
    from baqylau.rules.gnss.epoch import Epoch
    from baqylau.rules.gnss.pipeline import Judgement

SUMMED_MS = 300_000
"""Indoors the place is told this often: more than twice in the ten minutes after which a place is missed."""
DOUBTED_MS = 600_000
"""Frames of one relay that are not believed are told at most this often."""
_WAITED_FOR = (validity.FEW_SATELLITES, validity.COARSE, validity.UNDATED, validity.BACK_IN_TIME, validity.NOWHERE)
"""With these a better epoch is looked for as long as there is time. A jump is told at once: it may be true."""


def every_ms(state: "State", at_ms: int) -> int:
    """Give how often a place is due now."""
    indoors, resting = bool(state.anchors.indoors), state.worn.resting(at_ms)
    return state.plan.every_ms(at_ms, doubt=doubt.there(state, at_ms), indoors=indoors, resting=resting)


def located(turn: "Turn", given: "Located") -> None:
    """Take an epoch of the receiver."""
    state, epoch = turn.state, given.epoch
    _set_clock(turn, epoch)
    state.track, judged = pipeline.step(state.track, epoch, _around(turn))
    _claim(turn, judged)
    doubt.seen(turn, epoch, judged)
    if not state.plan.is_due(turn.at_ms, every_ms(state, turn.at_ms)):
        return
    if not epoch.measured():
        state.satellites = epoch.satellites
    elif [one for one in judged.faults if one in _WAITED_FOR]:
        state.candidate = epoch
    else:
        _tell(turn, epoch, judged)


def _tell(turn: "Turn", epoch: "Epoch", judged: "Judgement | None") -> None:
    """Write a place down, and warn the wearer where it is one that is believed."""
    bodies = [said.fix(epoch)]
    if epoch.cn0_dbhz is not None:
        bodies.append(said.sky(epoch.cn0_dbhz, epoch.systems))
    _answer(turn, bodies, found=True)
    if judged is not None and judged.place is not None:
        _warn(turn, judged.place)


def _answer(turn: "Turn", bodies: "list[said.Said]", *, found: bool) -> None:
    """Write down what was found, and that the orders which waited for it are done."""
    state = turn.state
    _put(turn, bodies, found=found)
    state.plan.told(turn.at_ms, found=found)
    state.candidate, state.satellites = None, None


def _put(turn: "Turn", bodies: "list[said.Said]", *, found: bool) -> None:
    """Write a place, or that there is none; the orders that waited for it are done."""
    state = turn.state
    turn.write(said.own(bodies + doubt.network(state)), urgent=bool(state.asked))
    if not state.asked:
        turn.do(Upload(urgent=False))
    for number in state.asked:
        turn.write(said.result(number, "done" if found else "failed", "" if found else "no_fix"), urgent=True)
    state.asked = ()


def _warn(turn: "Turn", place: Place) -> None:
    for code in turn.state.duty.judge(place, turn.utc_ms()):
        turn.do(Warn(code, turn.state.duty.language))
        turn.write(said.local(code, told=True), urgent=True)


def _around(turn: "Turn") -> Surroundings:
    """Give what else is known: a clock that satellites did not set, motion, network, the relay that is heard."""
    state = turn.state
    by_network = state.clock.told_by == NETWORK
    place = state.anchors.places.get(state.anchors.indoors)
    places = () if place is None else (Place(turn.utc_ms() // 1000, *place),)
    return Surroundings(
        turn.utc_ms() // 1000 if by_network else None,
        moving=state.worn.moving(),
        network=state.network,
        places=places,
    )


def _set_clock(turn: "Turn", epoch: "Epoch") -> None:
    """Let satellites set the clock, unless the network does or they are doubted."""
    state = turn.state
    if epoch.at_s is None or not epoch.measured() or "spoof" in state.claims:
        return
    if state.clock.quality(turn.at_ms) != NETWORK:
        state.clock = state.clock.told(in_our_era(int(epoch.at_s)) * 1000, GNSS, turn.at_ms)


def _claim(turn: "Turn", judged: "Judgement") -> None:
    """Say what is claimed of jamming and deception, when that changes."""
    state = turn.state
    if judged.claims == state.claims:
        return
    bodies = []
    for kind in sorted(set(judged.claims) | set(state.claims)):
        grade = judged.claims.get(kind, 0)
        if grade != state.claims.get(kind, 0):
            figures = [sign.figure for sign in judged.signs if sign.kind == kind]
            bodies.append(said.claim(kind, grade, figures[0] if figures else None))
    told = [one for one in bodies if one is not None]
    state.claims = judged.claims
    if told:
        turn.write(said.own(told), urgent=True)


def searched(turn: "Turn") -> None:
    """Give up a search that took long enough, and switch the receiver as the plan says."""
    state, at_ms = turn.state, turn.at_ms
    every = every_ms(state, at_ms)
    if state.plan.given_up(at_ms, every, hopeless=state.air.sky is False):
        if state.candidate is not None:
            _tell(turn, state.candidate, None)
        else:
            _answer(turn, [said.no_fix(state.satellites)], found=False)
    on = state.plan.switch(at_ms, every)
    if on is not None:
        turn.do(Receiver(on=on))


def hours(turn: "Turn") -> None:
    """Look where the wearer is when hours begin: at rest the next place may be an hour away."""
    state = turn.state
    if state.duty.begins(turn.utc_ms()) and not state.anchors.indoors:
        state.plan.wanted = True


def heard(turn: "Turn", given: "Heard") -> None:
    """Take a frame from the air: our own relays' alone."""
    state = turn.state
    when = turn.utc_ms(), turn.at_ms, given.rssi_dbm
    relay, verdict = state.anchors.hear(state.cipher, given.frame, when)
    if verdict in (BROKEN, STALE):
        if turn.at_ms - state.anchors.doubted.get(relay, -DOUBTED_MS) >= DOUBTED_MS:
            state.anchors.doubted = dict(state.anchors.doubted)
            state.anchors.doubted[relay] = turn.at_ms
            turn.write(said.doubt(relay, verdict, given.frame))
    elif state.anchors.entered(turn.at_ms):
        state.unkept = True
        sum_up(turn)
        state.plan.told(turn.at_ms, found=True)


def sum_up(turn: "Turn") -> None:
    """Say the relay's place, and the last frame of it that was heard."""
    state = turn.state
    relay, frame, rssi_dbm, frames, first_ms = state.anchors.summed(turn.at_ms)
    state.summed_ms = turn.at_ms
    if frames:
        turn.write(said.reception(relay, frame, rssi_dbm, frames, max(state.clock.utc_ms(first_ms), 0)))
    _put(turn, [said.fix_by_relay(*state.anchors.places[relay])], found=True)


def indoors(turn: "Turn") -> None:
    """Let time pass under a roof: tell the place again, or leave."""
    state = turn.state
    if state.anchors.left(turn.at_ms):
        state.plan.wanted = True
    elif state.anchors.indoors and turn.at_ms - state.summed_ms >= SUMMED_MS:
        sum_up(turn)
