"""Evidence of jamming, deception and shielding, from one epoch after another. Runs in MicroPython.

What has to be remembered for it is here: what the sky, the gain and the clock usually are, where the track was when the
motion sensor went still, when the network was lost. The signs of an epoch are weighed in `signs`. A claim begins with
grade 2 and ends when its signs have been gone for half a minute. Source: notes on radio and GNSS, 4.4.
"""

from baqylau.rules.gnss import signs
from baqylau.rules.gnss.figures import (
    CARRIED_FAST_M_S,
    CLAIM_FROM,
    CLAIM_HOLDS_S,
    EQUAL_SIGMAS_DB,
    GAIN_FALLS,
    JUMP_COUNTS_S,
    JUMPS_M,
    NARROW,
    NETWORK_LOST_S,
    ONE_SYSTEM_S,
    SKY_FORGOTTEN_S,
    SKY_GONE_DB,
    SKY_OPEN_DBHZ,
    SKY_USUAL_S,
    STILL_TRACK_S,
    STILL_TRACKS_M,
    TIME_STEPS_S,
)
from baqylau.rules.gnss.plane import distance_m
from baqylau.rules.gnss.signs import JAM, SHIELD, SPOOF, Sign, grade_of, steps
from baqylau.rules.gnss.sky import seen, spread_db

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.rules.gnss.epoch import Epoch
    from baqylau.rules.gnss.plane import Place
    from baqylau.rules.gnss.sky import Sky
    from baqylau.rules.gnss.surroundings import Surroundings


class Memory:
    """What is remembered from epoch to epoch. Nothing changes it: a step gives another."""

    FIELDS = (
        "sky",
        "gain",
        "gain_fell_s",
        "offset_s",
        "still_since_s",
        "still_at",
        "speed_m_s",
        "systems",
        "alone_since_s",
        "network",
        "network_lost_s",
        "jumped",
        "claims",
    )

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.sky: Sky | None = None
        self.gain: float | None = None
        """What the input's gain usually is."""
        self.gain_fell_s: float | None = None
        self.offset_s: float | None = None
        """What the satellites' time usually is ahead of our own clock."""
        self.still_since_s: float | None = None
        self.still_at: Place | None = None
        """The first place since the motion sensor is still."""
        self.speed_m_s = 0.0
        """Of the last position."""
        self.systems = 0
        """How many systems were used at once."""
        self.alone_since_s: float | None = None
        """Since when one of them is left."""
        self.network: bool | None = None
        self.network_lost_s: float | None = None
        self.jumped: tuple[float, float] | None = None
        """When the last jump was, and how many metres it went."""
        self.claims: dict[str, tuple[int, float]] = {}
        """By kind: the grade, and when it last held."""

    def copy(self) -> "Memory":
        """Give another one that is the same."""
        other = Memory()
        for name in Memory.FIELDS:
            setattr(other, name, getattr(self, name))
        return other


def step(
    memory: Memory, epoch: "Epoch", at_s: float, place: "Place | None", around: "Surroundings"
) -> "tuple[Memory, tuple[Sign, ...]]":
    """Take an epoch with its time and, where its position is good, that; give the memory and the signs of now.

    `at_s` is an instant of any clock that goes on: the repaired time, or our own.
    """
    now = memory.copy()
    _notice(now, epoch, at_s, place, around)
    found = _of_sky(now) + _of_input(now, epoch, at_s) + _of_still_fall(now, around) + _of_network(now)
    found += _of_strengths(now, epoch, at_s) + _of_verdict(epoch) + _of_time(now, epoch, around)
    found += _of_track(now, at_s, place, around)
    now.claims = _claims(memory.claims, found, at_s)
    return now, found


def jumped(memory: Memory, at_s: float, way_m: float) -> Memory:
    """Take it that the track went on in another place."""
    now = memory.copy()
    now.jumped = at_s, way_m
    return now


def claims(memory: Memory) -> "dict[str, int]":
    """Give the grade of everything that is claimed, by kind."""
    return {kind: grade for kind, (grade, _) in memory.claims.items()}


def _claims(
    before: "dict[str, tuple[int, float]]", found: "tuple[Sign, ...]", at_s: float
) -> "dict[str, tuple[int, float]]":
    after = {}
    for kind in signs.KINDS:
        grade = grade_of(kind, found)
        held = before.get(kind)
        if grade >= CLAIM_FROM:
            after[kind] = grade, at_s
        elif held is not None and 0.0 <= at_s - held[1] <= CLAIM_HOLDS_S:
            after[kind] = held
    return after


def _notice(now: Memory, epoch: "Epoch", at_s: float, place: "Place | None", around: "Surroundings") -> None:
    """Remember what the signs are read from."""
    if epoch.cn0_dbhz is not None:
        now.sky = seen(now.sky, at_s, epoch.cn0_dbhz)
    if around.moving is None or around.moving:
        now.still_since_s = now.still_at = None
    elif now.still_since_s is None:
        now.still_since_s = at_s
    if place is not None:
        now.speed_m_s = place.speed_m_s or 0.0
        now.still_at = now.still_at or (None if now.still_since_s is None else place)
    _notice_network(now, at_s, around)


def _notice_network(now: Memory, at_s: float, around: "Surroundings") -> None:
    if around.network is not None:
        if around.network:
            now.network_lost_s = None
        elif now.network:
            now.network_lost_s = at_s
        now.network = around.network


def _of_sky(now: Memory) -> "tuple[Sign, ...]":
    """Read how the sky fell: within seconds is no building that somebody walks into."""
    if now.sky is None or not now.sky.fall_db():
        return ()
    fall_db = now.sky.fall_db()
    if not now.sky.sudden():
        return (Sign(JAM, "sky_fell_slowly", signs.SIGNAL, 1, fall_db),)
    return (Sign(JAM, "sky_fell", signs.SIGNAL, 3 if fall_db >= SKY_GONE_DB else 2, fall_db),)


def _of_input(now: Memory, epoch: "Epoch", at_s: float) -> "tuple[Sign, ...]":
    """Read the gain, the narrow disturbance and the receiver's verdict, which rest on one thing."""
    found = []
    if epoch.agc is not None:
        share = _gain_share(now, epoch.agc, at_s)
        grade = sum(1 for limit in GAIN_FALLS if share <= limit)
        found.append(Sign(JAM, "gain_fell", signs.INPUT, grade, share))
    if epoch.jam_figure is not None:
        grade = steps(epoch.jam_figure, NARROW)
        found.append(Sign(JAM, "narrow", signs.INPUT, grade, epoch.jam_figure))
    if epoch.receiver_jam is not None and epoch.receiver_jam > 1:
        found.append(Sign(JAM, "receiver_jam", signs.INPUT, epoch.receiver_jam, epoch.receiver_jam))
    return tuple(sign for sign in found if sign.grade)


def _gain_share(now: Memory, gain: int, at_s: float) -> float:
    """Give the gain in terms of the usual one, which follows what has not fallen, and half an hour later what has."""
    usual = now.gain or float(gain)
    if gain > usual * GAIN_FALLS[0]:
        now.gain_fell_s = None
        now.gain = usual + (gain - usual) / SKY_USUAL_S
    elif now.gain_fell_s is None:
        now.gain_fell_s, now.gain = at_s, usual
    elif at_s - now.gain_fell_s > SKY_FORGOTTEN_S:
        now.gain_fell_s, now.gain = None, float(gain)
    return gain / now.gain if now.gain else 1.0


def _of_still_fall(now: Memory, around: "Surroundings") -> "tuple[Sign, ...]":
    """Read a fall within seconds of somebody who did not move, while the network stays: no roof came over him."""
    sky, since_s = now.sky, now.still_since_s
    if sky is None or sky.fell_s is None or since_s is None or not around.network:
        return ()
    if not sky.sudden() or not sky.fall_db():
        return ()
    still_s = sky.fell_s - since_s
    return (Sign(JAM, "still", signs.MOTION, 1, still_s),) if still_s >= STILL_TRACK_S else ()


def _of_network(now: Memory) -> "tuple[Sign, ...]":
    """Read satellites and network that go at once, of somebody who does not drive into a tunnel."""
    sky, lost_s = now.sky, now.network_lost_s
    if sky is None or sky.fell_s is None or lost_s is None or now.speed_m_s >= CARRIED_FAST_M_S:
        return ()
    apart_s = abs(lost_s - sky.fell_s)
    if not sky.sudden(SKY_GONE_DB) or not sky.fall_db() or apart_s > NETWORK_LOST_S:
        return ()
    return (
        Sign(SHIELD, "sky_gone", signs.SIGNAL, 2, sky.fall_db()),
        Sign(SHIELD, "network_gone", signs.NETWORK, 2, apart_s),
    )


def _of_strengths(now: Memory, epoch: "Epoch", at_s: float) -> "tuple[Sign, ...]":
    """Read satellites that are too equal, and systems that are not used any more beside one that is."""
    found = []
    spread = spread_db(epoch.cn0_dbhz or ())
    is_open = now.sky is not None and now.sky.now_dbhz >= SKY_OPEN_DBHZ
    if spread is not None and is_open:
        grade = sum(1 for limit in EQUAL_SIGMAS_DB if spread < limit)
        if grade:
            found.append(Sign(SPOOF, "equal", signs.SIGNAL, grade + 1, spread))
    used = sum(1 for count in epoch.systems.values() if count > 1)
    if used:
        alone = used == 1 and now.systems > 1
        now.systems = max(now.systems, used)
        now.alone_since_s = (at_s if now.alone_since_s is None else now.alone_since_s) if alone else None
    if is_open and now.alone_since_s is not None and at_s - now.alone_since_s >= ONE_SYSTEM_S:
        found.append(Sign(SPOOF, "one_system", signs.SYSTEMS, 1, at_s - now.alone_since_s))
    return tuple(found)


def _of_verdict(epoch: "Epoch") -> "tuple[Sign, ...]":
    if epoch.receiver_spoof is None or epoch.receiver_spoof <= 1:
        return ()
    return (Sign(SPOOF, "receiver_spoof", signs.VERDICT, epoch.receiver_spoof, epoch.receiver_spoof),)


def _of_time(now: Memory, epoch: "Epoch", around: "Surroundings") -> "tuple[Sign, ...]":
    """Read a step of the satellites' time against our own clock; whole eras are the receiver's own fault."""
    if epoch.at_s is None or around.clock_s is None or not epoch.measured():
        return ()
    offset_s = epoch.at_s - around.clock_s
    if now.offset_s is None:
        now.offset_s = offset_s
        return ()
    step_s = abs(offset_s - now.offset_s)
    grade = steps(step_s, TIME_STEPS_S)
    if grade:
        return (Sign(SPOOF, "time_stepped", signs.TIME, grade, step_s),)
    now.offset_s += (offset_s - now.offset_s) / SKY_USUAL_S
    return ()


def _of_track(now: Memory, at_s: float, place: "Place | None", around: "Surroundings") -> "tuple[Sign, ...]":
    """Read the track against the motion sensor, against other places that are known, and by itself."""
    found, since_s = [], now.still_since_s
    if place is not None and now.still_at is not None and since_s is not None and at_s - since_s >= STILL_TRACK_S:
        beyond_m = _beyond_m(now.still_at, place)
        found.append(Sign(SPOOF, "still_track", signs.MOTION, steps(beyond_m, STILL_TRACKS_M), beyond_m))
    if place is not None:
        ways_m = [_beyond_m(other, place) for other in around.places]
        found += [Sign(SPOOF, "elsewhere", signs.PLACE, 2, way_m) for way_m in ways_m if way_m > 0.0]
    if now.jumped is not None and 0.0 <= at_s - now.jumped[0] <= JUMP_COUNTS_S:
        found.append(Sign(SPOOF, "jumped", signs.WAY, steps(now.jumped[1], JUMPS_M), now.jumped[1]))
    return tuple(sign for sign in found if sign.grade)


def _beyond_m(one: "Place", other: "Place") -> float:
    """Give how far two places lie apart beyond what both accuracies explain."""
    return distance_m(one, other) - one.r95_m - other.r95_m
