"""The satellite pipeline: an epoch goes in, and what is to be thought of it comes out beside it. Runs in MicroPython.

In their order: the time (repaired where the receiver counts its weeks wrongly), validity, R95, jumps, drift, and the
evidence of jamming, deception and shielding. The epoch itself is never changed, and nothing is thrown away.
"""

from baqylau.rules.gnss import evidence, jump, standstill, validity
from baqylau.rules.gnss.accuracy import r95_m
from baqylau.rules.gnss.evidence import Memory
from baqylau.rules.gnss.figures import ERA_S
from baqylau.rules.gnss.plane import Place, distance_m
from baqylau.rules.gnss.rollover import eras_off
from baqylau.rules.gnss.standstill import Rest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.rules.gnss.epoch import Epoch
    from baqylau.rules.gnss.signs import Sign
    from baqylau.rules.gnss.surroundings import Surroundings


class Judgement:
    """What is to be thought of one epoch."""

    __slots__ = ("at_s", "claims", "eras", "faults", "held", "moved", "place", "signs", "static")

    def __init__(self) -> None:
        """Begin with nothing thought."""
        self.at_s: float | None = None
        """Its time in the right era; None where it cannot be right in any, or where none was told."""
        self.eras = 0
        """How many eras of 1 024 weeks had to be added."""
        self.faults: tuple[str, ...] = ()
        """Why its position is not to be relied on (`validity`, `jump`); empty where it is."""
        self.place: Place | None = None
        """The position as it was told, with R95, where it is believed."""
        self.static = False
        """Somebody is at rest, and what the position does is drift."""
        self.held: Place | None = None
        """Where somebody at rest is held to be, for display only."""
        self.moved = False
        """This epoch shows that somebody went elsewhere."""
        self.signs: tuple[Sign, ...] = ()
        """Every indicator that says something, with its raw figure."""
        self.claims: dict[str, int] = {}
        """What is claimed, with its grade: two independent indicators at least."""


class State:
    """What the pipeline remembers. Nothing changes it: a step gives another."""

    __slots__ = ("before_s", "memory", "rest", "track")

    def __init__(self, before_s: "float | None", track: "jump.Track", rest: Rest, memory: Memory) -> None:
        """Take the last time, the track, the drift and the evidence."""
        self.before_s = before_s
        self.track = track
        self.rest = rest
        self.memory = memory


def begin() -> State:
    """Give the state before any epoch."""
    return State(None, jump.Track(), Rest(), Memory())


def step(state: State, epoch: "Epoch", around: "Surroundings") -> "tuple[State, Judgement]":
    """Take an epoch and what else is known at that instant."""
    judged = Judgement()
    judged.at_s, judged.eras = _time(epoch, around)
    judged.faults = validity.faults(epoch, judged.at_s, state.before_s)
    now = State(judged.at_s if epoch.measured() else state.before_s, state.track, state.rest, state.memory)
    at_s = around.clock_s if around.clock_s is not None else judged.at_s
    if not judged.faults and judged.at_s is not None:
        _located(now, judged, _place(epoch, judged.at_s), around)
    if at_s is not None:
        before = state.track.believed
        if now.track.moved_over and before is not None and judged.place is not None:
            now.memory = evidence.jumped(now.memory, at_s, distance_m(before, judged.place))
        now.memory, judged.signs = evidence.step(now.memory, epoch, at_s, judged.place, around)
    judged.claims = evidence.claims(now.memory)
    return now, judged


def _located(now: State, judged: Judgement, place: Place, around: "Surroundings") -> None:
    """Take a valid position: whether it follows from the one before, and whether it is drift."""
    now.track, why = jump.step(now.track, place)
    if why:
        judged.faults = (why,)
        return
    judged.place = place
    now.rest = standstill.step(now.rest, place, moving=around.moving)
    judged.static, judged.moved = now.rest.static, now.rest.moved
    judged.held = now.rest.anchor if now.rest.static else None


def _time(epoch: "Epoch", around: "Surroundings") -> "tuple[float | None, int]":
    """Give the epoch's time in the right era, and how many eras it was off. Without a clock it is taken as told."""
    if epoch.at_s is None or around.clock_s is None:
        return epoch.at_s, 0
    eras = eras_off(epoch.at_s, around.clock_s)
    return (None, 0) if eras is None else (epoch.at_s + eras * ERA_S, eras)


def _place(epoch: "Epoch", at_s: float) -> Place:
    return Place(
        at_s,
        epoch.latitude_deg or 0.0,
        epoch.longitude_deg or 0.0,
        r95_m(epoch.stated_m, epoch.hdop),
        (epoch.speed_m_s, epoch.course_deg),
    )
