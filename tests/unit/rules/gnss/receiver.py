"""A receiver and what it says, for tests: somebody stands or walks under an open sky."""

from collections.abc import Iterable, Iterator

from baqylau.rules.gnss.epoch import FULL_FIX, NO_FIX, Epoch
from baqylau.rules.gnss.pipeline import Judgement, begin, step
from baqylau.rules.gnss.plane import DEGREE_M, Place
from baqylau.rules.gnss.surroundings import Surroundings

BEGIN_S = 1_795_000_000.0
OPEN = (46.0, 44.0, 41.0, 38.0, 36.0, 33.0, 29.0, 27.0)
FAINT = (18.0, 14.0)
HOME = (48.6, 66.9)

Told = tuple[Epoch, Surroundings]


def place(into_s: float, north_m: float = 0.0, r95_m: float = 8.0, speed_m_s: float | None = None) -> Place:
    """Give somebody's place so many metres north of home."""
    at_s = BEGIN_S + into_s
    return Place(at_s, HOME[0] + north_m / DEGREE_M, HOME[1], r95_m, (speed_m_s, None if speed_m_s is None else 0.0))


def epoch(into_s: float, north_m: float = 0.0, **said: object) -> Epoch:
    """Give a good fix; what else is said comes by name."""
    fields: dict[str, object] = {
        "at_s": BEGIN_S + into_s,
        "mode": FULL_FIX,
        "latitude_deg": HOME[0] + north_m / DEGREE_M,
        "longitude_deg": HOME[1],
        "satellites": 9,
        "hdop": 0.9,
        "speed_m_s": 0.1,
        "course_deg": 0.0,
        "systems": {"G": 5, "R": 4},
        "cn0_dbhz": OPEN,
    }
    return Epoch(**(fields | said))


def lost(into_s: float, **said: object) -> Epoch:
    """Give an epoch without a fix, with a few faint satellites."""
    return epoch(into_s, 0.0, **({"mode": NO_FIX, "satellites": 0, "cn0_dbhz": FAINT, "systems": {}} | said))


def around(into_s: float, **known: object) -> Surroundings:
    """Give what a device in the open knows: its clock, that it lies still, and the network."""
    return Surroundings(BEGIN_S + into_s, **({"moving": False, "network": True} | known))  # type: ignore[arg-type]


def judged(told: Iterable[Told]) -> Iterator[Judgement]:
    """Put a story through the pipeline."""
    state = begin()
    for said, known in told:
        state, judgement = step(state, said, known)
        yield judgement


def standing(seconds: int) -> list[Told]:
    """Give somebody who stands in the open, a fix a second."""
    return [(epoch(s), around(s)) for s in range(seconds)]
