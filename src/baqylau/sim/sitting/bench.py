"""The bench of attacks: each species again and again through the unit and the server, and how often it is a match.

*Challenge and response*, measured on two faces and four voices: no test of presentation attacks as ISO/IEC 30107-3 has
it. APCER is the share of attacks that end as a match, BPCER that of genuine checks that do not.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.checks import Likely
from baqylau.sim.sitting.attacks import Photo, live, species
from baqylau.sim.sitting.cast import Cast, Person
from baqylau.sim.sitting.flat import Asked, Server, Unit
from baqylau.sim.sitting.portrait import HEIGHT_PX, WIDTH_PX, Pixels
from baqylau.sim.sitting.sitter import Prompt, Sitter
from baqylau.sim.sitting.voice import RATE_HZ, Samples

GENUINE = "genuine"
OLD_NUMBER, SHIFTED_CLOCK = "injected, old number", "shifted clock"
CUT_OFF = "photo, then a cut of power"
_CUT_AT = 2
"""The first turn is asked for: until then a picture is as good as a person."""
REFUSED = "refused"
_NONCE_BYTES = 16
_SHIFTS = (timedelta(hours=-1), timedelta(hours=1))


class Tried(Struct, frozen=True, kw_only=True):
    """One clip."""

    species: str
    person: str
    outcome: str
    """Of `Likely`, or that the recordings were refused before any comparison."""
    reasons: tuple[str, ...] = ()
    cpu_s: float = 0.0


class Tally(Struct, frozen=True, kw_only=True):
    """What became of a species."""

    species: str
    tries: int
    outcomes: tuple[tuple[str, int], ...]

    @property
    def matches(self) -> int:
        """Give how many were taken for the person."""
        return dict(self.outcomes).get(Likely.MATCH, 0)


class Bench:
    """One unit, and people who are enrolled when their turn comes."""

    def __init__(self, cast: Cast, server: Server, unit: Unit, seed: int = 1) -> None:
        """Take the cast, both halves, and what chance begins with."""
        self._cast, self._server, self._unit = cast, server, unit
        self._random = random.Random(seed)  # noqa: S311 - attacks that can be run again
        self._earlier: dict[str, list[Prompt]] = {}

    def _enrol(self, person: Person) -> None:
        enrolment = self._cast.enrolled(person)
        if not enrolment.complete:
            raise LookupError(person.id)
        self._server.enrol(person.id, enrolment.made)

    def round(self, number: int) -> Iterator[Tried]:
        """Try everything once, with another person each round; a genuine check goes before the attacks on it.

        `LookupError` when the gates of enrolment refuse the person.
        """
        person = self._cast.people[number * 5 % len(self._cast.people)]
        if person.id not in self._earlier:
            self._enrol(person)
        other = self._random.choice(self._cast.others(person))
        draw = np.random.default_rng(number)
        watched = Watched(live(self._cast, person, person, draw))
        yield self._judged(GENUINE, person, watched, lamp=bool(number % 2))
        self._earlier[person.id] = watched.prompts
        for one in species(lambda whose: self._earlier[whose.id]):
            yield self._judged(one.name, person, one.made(self._cast, person, other, draw), lamp=bool(number % 2))
        yield self.cut_off(person, draw)
        yield from self.signed(number)

    def signed(self, number: int) -> Iterator[Tried]:
        """Try what is signed by the unit's own key and still not what was asked for; nobody has to be enrolled."""
        person = self._cast.people[number * 5 % len(self._cast.people)]
        yield self.old_number(person)
        yield self.shifted_clock(person, _SHIFTS[number % 2])

    def cut_off(self, person: Person, draw: np.random.Generator) -> Tried:
        """Hold a picture before the camera until it would have to turn, and pull the plug."""
        held = Photo(person.face, self._cast.voice(person.speaker), draw)
        self._unit.sit(self._asked(person), held, cut_at=_CUT_AT)
        return self._outcome(CUT_OFF, person)

    def old_number(self, person: Person) -> Tried:
        """Sign, with the unit's own key, a recording that answers another number."""
        asked = self._asked(person)
        return self._brought(OLD_NUMBER, person, replace(asked, nonce=self._random.randbytes(_NONCE_BYTES)))

    def shifted_clock(self, person: Person, shift: timedelta) -> Tried:
        """Sign a recording by a clock that is wrong."""
        asked = self._asked(person)
        now = self._server.now
        self._server.now = now + shift
        self._unit.sit(replace(asked, at=now + shift), Nobody())
        self._server.now = max(now, self._server.now - shift)
        return self._outcome(SHIFTED_CLOCK, person)

    def _asked(self, person: Person) -> Asked:
        self._server.now += timedelta(minutes=30)
        return self._server.ask(person.id, self._random.randbytes(_NONCE_BYTES))

    def _brought(self, name: str, person: Person, asked: Asked) -> Tried:
        self._unit.sit(asked, Nobody())
        return self._outcome(name, person)

    def _judged(self, name: str, person: Person, sitter: Sitter, *, lamp: bool) -> Tried:
        self._unit.sit(self._asked(person), sitter, lamp=lamp)
        return self._outcome(name, person)

    def _outcome(self, name: str, person: Person) -> Tried:
        self._unit.bring()
        judged = self._server.compared()
        if judged is None:
            return Tried(species=name, person=person.id, outcome=REFUSED)
        return Tried(
            species=name,
            person=person.id,
            outcome=judged.likeness.outcome,
            reasons=tuple(judged.likeness.reasons),
            cpu_s=judged.report.cpu_s,
        )


class Watched:
    """A sitter, with what the screen showed written down."""

    def __init__(self, sitter: Sitter) -> None:
        """Take who sits there."""
        self._sitter = sitter
        self.prompts: list[Prompt] = []

    def told(self, prompt: Prompt) -> None:
        """Write it down, and let the sitter know."""
        self.prompts.append(prompt)
        self._sitter.told(prompt)

    def picture(self, at_s: float) -> Pixels:
        """Give the sitter's picture."""
        return self._sitter.picture(at_s)

    def heard(self, from_s: float, until_s: float) -> Samples:
        """Give the sitter's sound."""
        return self._sitter.heard(from_s, until_s)


class Nobody:
    """An empty room: what is attacked is the signature's content, not the camera."""

    def __init__(self) -> None:
        """Furnish it."""
        self._room = np.random.default_rng(5).integers(60, 190, (HEIGHT_PX // 4, WIDTH_PX // 4, 3), dtype=np.uint8)

    def told(self, prompt: Prompt) -> None:
        """Nobody is there."""

    def picture(self, at_s: float) -> Pixels:
        """Give the room."""
        del at_s
        return self._room

    def heard(self, from_s: float, until_s: float) -> Samples:
        """Give silence."""
        return np.zeros(round((until_s - from_s) * RATE_HZ), dtype=np.int16)


def tallied(tried: Sequence[Tried]) -> tuple[Tally, ...]:
    """Count what became of each species, in the order in which they came."""
    names = dict.fromkeys(one.species for one in tried)
    counts = {name: Counter(one.outcome for one in tried if one.species == name) for name in names}
    return tuple(
        Tally(species=name, tries=counted.total(), outcomes=tuple(sorted(counted.items())))
        for name, counted in counts.items()
    )
