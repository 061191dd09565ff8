"""Attacks on a check, each as good as it is cheap: what is not under attack passes, so that one sign alone decides.

A photograph and a wrong face come with the person's own digits, cut together; a recorded voice comes with the person's
own face. Attacks on the recording itself (`bench`) need nobody before the camera.
"""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from baqylau.sim.sitting.cast import Cast, Person
from baqylau.sim.sitting.portrait import HEIGHT_PX, WIDTH_PX, Pixels
from baqylau.sim.sitting.sitter import TURN, Prompt, Sitter, Somebody
from baqylau.sim.sitting.voice import Samples

_MIDDLE = WIDTH_PX / 2
_TILT, _BENT = 0.35, 30.0
"""By how much a held picture is narrowed and bent, to look as if it turned."""
_BEZEL_PX = 40
_SECOND_SHARE = 0.62


class Photo(Somebody):
    """A printed picture that is tilted and bent where the head is to be turned."""

    def picture(self, at_s: float) -> Pixels:
        """Give the picture as it is held."""
        turn = self.turn(at_s) / TURN
        columns = np.arange(WIDTH_PX) - _MIDDLE
        bent = turn * _BENT * (columns / (WIDTH_PX / 3)) ** 2
        seen_at = _MIDDLE + columns / (1 - _TILT * abs(turn)) + bent
        chosen = np.clip(np.round(seen_at), 0, WIDTH_PX - 1).astype(np.int64)
        paper = self.face.picture()[:, chosen] * 0.85 + 30 + 12 * np.linspace(-1, 1, WIDTH_PX)[None, :, None]
        return self.seen(np.clip(paper, 0, 255).astype(np.uint8), at_s)


class Replay:
    """An earlier check of the person, fed in behind the camera: its answers are those of its own number."""

    def __init__(self, earlier: Somebody, prompts: Sequence[Prompt]) -> None:
        """Take who sat then, and what the screen showed then."""
        self._earlier = earlier
        for prompt in prompts:
            earlier.told(prompt)

    def told(self, prompt: Prompt) -> None:
        """Nobody looks at the screen."""

    def picture(self, at_s: float) -> Pixels:
        """Give the earlier picture."""
        return self._earlier.picture(at_s)

    def heard(self, from_s: float, until_s: float) -> Samples:
        """Give the earlier sound."""
        return self._earlier.heard(from_s, until_s)


class Screen(Replay):
    """The same, played on a screen before the camera: a dark frame around it, and the lines of its grid."""

    def picture(self, at_s: float) -> Pixels:
        """Give the screen as the camera sees it."""
        shown = super().picture(at_s)
        rows, columns = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
        grid = 1 + 0.06 * np.sin(columns * 2.1 + 0.05 * rows) * np.sin(rows * 1.9)
        lit: Pixels = np.clip((shown * grid[..., None]) * 0.95 + 10, 0, 255).astype(np.uint8)
        lit[:, :_BEZEL_PX] = lit[:, -_BEZEL_PX:] = 8
        lit[:_BEZEL_PX] = lit[-_BEZEL_PX:] = 8
        return lit


class Two(Somebody):
    """The person, with somebody else beside."""

    def __init__(self, person: Person, beside: Person, cast: Cast, draw: np.random.Generator) -> None:
        """Take both."""
        super().__init__(person.face, cast.voice(person.speaker), draw)
        high, wide = round(HEIGHT_PX * _SECOND_SHARE), round(WIDTH_PX * _SECOND_SHARE)
        rows = (np.arange(high) / _SECOND_SHARE).astype(np.int64)
        columns = (np.arange(wide) / _SECOND_SHARE).astype(np.int64)
        small = beside.face.picture()[rows][:, columns]
        self._beside = small[:, wide // 2 - 85 : wide // 2 + 85]

    def picture(self, at_s: float) -> Pixels:
        """Give both."""
        both = self.face.picture(self.turn(at_s), self.mouth(at_s)).copy()
        high, wide = self._beside.shape[:2]
        both[-high:, -wide:] = self._beside
        return self.seen(both, at_s)


Made = Callable[[Cast, Person, Person, np.random.Generator], Sitter]
Prompts = Sequence[Prompt]


class Species(Struct, frozen=True, kw_only=True):
    """One kind of attack."""

    name: str
    """In words, as the tables have it."""
    made: Made
    """From the cast, the person, another, and chance."""


def species(earlier: Callable[[Person], Prompts]) -> tuple[Species, ...]:
    """Give the attacks before the camera. `earlier`: what the screen showed at a check of the person before."""

    def old(cast: Cast, person: Person, draw: np.random.Generator) -> tuple[Somebody, Prompts]:
        return live(cast, person, person, draw), earlier(person)

    def recorded_voice(cast: Cast, person: Person, _: Person, draw: np.random.Generator) -> Sitter:
        return Dubbed(live(cast, person, person, draw), Replay(*old(cast, person, draw)))

    return (
        Species(name="printed photo", made=lambda c, p, _, d: Photo(p.face, c.voice(p.speaker), d)),
        Species(name="screen replay", made=lambda c, p, _, d: Screen(*old(c, p, d))),
        Species(name="recorded voice", made=recorded_voice),
        Species(name="spliced digits", made=lambda c, p, o, d: Somebody(o.face, c.voice(p.speaker), d)),
        Species(name="wrong person", made=lambda c, _, o, d: live(c, o, o, d)),
        Species(name="another voice", made=live),
        Species(name="two faces", made=lambda c, p, o, d: Two(p, o, c, d)),
        Species(name="injected stream", made=lambda c, p, _, d: Replay(*old(c, p, d))),
    )


def live(cast: Cast, face: Person, voice: Person, draw: np.random.Generator) -> Somebody:
    """Give somebody with the face of the one and the voice of the other, who does as asked."""
    return Somebody(face.face, cast.voice(voice.speaker), draw)


class Dubbed:
    """The picture of one, the sound of another."""

    def __init__(self, seen: Sitter, heard: Sitter) -> None:
        """Take both."""
        self._seen, self._heard = seen, heard

    def told(self, prompt: Prompt) -> None:
        """Let both know."""
        self._seen.told(prompt)
        self._heard.told(prompt)

    def picture(self, at_s: float) -> Pixels:
        """Give the one's picture."""
        return self._seen.picture(at_s)

    def heard(self, from_s: float, until_s: float) -> Samples:
        """Give the other's sound."""
        return self._heard.heard(from_s, until_s)
