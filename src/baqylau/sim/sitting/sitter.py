"""Somebody before the unit, who does what its screen says: what the camera sees and the microphone hears of it.

Times are seconds from when the camera opened. Attacks are in `attacks`; here is who does as asked.
"""

from typing import Protocol

import numpy as np
from msgspec import Struct

from baqylau.domain.challenge import Light, Side
from baqylau.sim.sitting.portrait import HEIGHT_PX, WIDTH_PX, Pixels, Portrait
from baqylau.sim.sitting.voice import Samples, Track, Voice

SAYS_AFTER_S, TURNS_AFTER_S = (0.3, 0.6), (0.7, 1.8)
"""From the prompt to the beginning of an answer."""
TURNS_S = 2.2
"""There and back."""
TURN = 0.3
NOISE = 2.0
_TINT = 0.10
_UP, _DOWN = 1 + _TINT, 1 - _TINT / 4
_COLOURS = {
    Light.RED: (_UP, _DOWN, _DOWN),
    Light.GREEN: (_DOWN, _UP, _DOWN),
    Light.BLUE: (_DOWN, _DOWN, _UP),
    Light.WHITE: (_UP, _UP, _UP),
}


class Prompt(Struct, frozen=True, kw_only=True):
    """What the screen shows from an instant on."""

    at_s: float
    key: str
    """The catalogue's, as the unit's core has it."""
    digit: str = ""
    light: str = ""


class Sitter(Protocol):
    """Who or what is before the unit."""

    def told(self, prompt: Prompt) -> None:
        """See what the screen shows."""

    def picture(self, at_s: float) -> Pixels:
        """Give what the camera sees."""

    def heard(self, from_s: float, until_s: float) -> Samples:
        """Give what the microphone hears; asked for once, in the order of time."""


class Somebody:
    """Who turns the head and says the digits as asked. Face and voice may be of two people."""

    def __init__(self, face: Portrait, voice: Voice, draw: np.random.Generator) -> None:
        """Take whose face and voice it is, and chance."""
        self.face, self._voice, self.track = face, voice, Track(draw)
        self._draw = draw
        self._turns: list[tuple[float, float]] = []
        self._lights: list[tuple[float, str]] = []
        self._noise = draw.normal(0, NOISE, (HEIGHT_PX, WIDTH_PX, 1)).astype(np.int16)
        self._sway = float(draw.uniform(2.5, 4.5))

    def told(self, prompt: Prompt) -> None:
        """Do it, after the time that people need."""
        word = prompt.key.rpartition(".")[2].removesuffix("_again")
        self._lights.append((prompt.at_s, prompt.light))
        if word in set(Side):
            towards = 1.0 if word == Side.LEFT else -1.0
            self._turns.append((prompt.at_s + float(self._draw.uniform(*TURNS_AFTER_S)), towards))
        elif prompt.digit:
            at_s = prompt.at_s + float(self._draw.uniform(*SAYS_AFTER_S))
            self.track.say(at_s, self._voice.digit(int(prompt.digit)))

    def picture(self, at_s: float) -> Pixels:
        """Give the face as it is held now, as a camera sees it."""
        shown = self.face.picture(self.turn(at_s), self.mouth(at_s))
        return self.seen(shown, at_s)

    def heard(self, from_s: float, until_s: float) -> Samples:
        """Give the voice."""
        return self.track.between(from_s, until_s)

    def turn(self, at_s: float) -> float:
        """Give how far the head is turned."""
        for from_s, towards in self._turns:
            share = (at_s - from_s) / TURNS_S
            if 0 <= share <= 1:
                return towards * TURN * float(min(1.0, 1.6 * np.sin(np.pi * share)))
        return 0.0

    def mouth(self, at_s: float) -> float:
        """Give how far the mouth is open."""
        return self.track.loudness(at_s)

    def light(self, at_s: float) -> str:
        """Give the colour that the screen throws on the face."""
        return next((light for since_s, light in reversed(self._lights) if since_s <= at_s - 0.1), "")

    def seen(self, shown: Pixels, at_s: float) -> Pixels:
        """Give a face as a camera sees it: nobody sits quite still, light falls on it, and sensors are noisy."""
        lit = self.light(at_s)
        across, down = round(2.5 * np.sin(2 * np.pi * at_s / self._sway)), round(1.5 * np.sin(at_s * 1.3))
        coloured = shown if not lit else shown * np.array(_COLOURS[Light(lit)], dtype=np.float32)
        noise = np.roll(self._noise, int(self._draw.integers(0, HEIGHT_PX)), axis=0)
        noisy = np.clip(coloured.astype(np.int16) + noise, 0, 255).astype(np.uint8)
        return np.roll(noisy, (down, across), axis=(0, 1))
