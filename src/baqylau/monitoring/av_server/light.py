"""Whether the colours of the unit's lamp or screen were seen on the face: a recording shows another's, or none."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from baqylau.domain.challenge import Light, ShowLight
from baqylau.monitoring.av_server.recording import Pixels, Prompted, Reals

SEEN_SHARE = 0.75
_LEAST_SHIFT = 0.006
"""Change of a colour's share that is more than the camera's own wandering."""
_LEAST_RISE = 0.02
_COLOURS = {Light.RED: 0, Light.GREEN: 1, Light.BLUE: 2}


class Lit(Struct, frozen=True):
    """How many lights there were, and how many were seen."""

    shown: int
    seen: int

    @property
    def enough(self) -> bool:
        """Tell whether that is an answer."""
        return self.seen >= self.shown * SEEN_SHARE


def skin(pixels: Pixels, box: tuple[int, int, int, int]) -> Reals:
    """Give the mean red, green and blue of the middle of a face."""
    left, top, width, height = box
    rows = slice(max(0, top + height // 4), max(1, top + 3 * height // 4))
    columns = slice(max(0, left + width // 4), max(1, left + 3 * width // 4))
    inside = pixels[rows, columns].reshape(-1, 3)
    return np.asarray(inside.mean(axis=0)) if len(inside) else np.zeros(3)


def lit(skins: Sequence[tuple[float, Reals]], prompted: Sequence[Prompted]) -> Lit | None:
    """Tell which lights were seen, from the skin's colour at instants; None where none was to be shown."""
    shown = [step for step in prompted if isinstance(step.step, ShowLight)]
    if not shown:
        return None
    calm = [colour for at_s, colour in skins if not any(step.from_s <= at_s < step.until_s for step in shown)]
    if not calm:
        return Lit(len(shown), 0)
    usual = np.median(np.asarray(calm), axis=0)
    seen = sum(
        _seen(step.step.colour, [colour for at_s, colour in skins if step.from_s <= at_s < step.until_s], usual)
        for step in shown
        if isinstance(step.step, ShowLight)
    )
    return Lit(len(shown), seen)


def _seen(colour: Light, within: list[Reals], usual: Reals) -> bool:
    if not within:
        return False
    now = np.median(np.asarray(within), axis=0)
    if colour is Light.WHITE:
        return float(now.sum()) > float(usual.sum()) * (1 + _LEAST_RISE)
    shift = now / max(float(now.sum()), 1.0) - usual / max(float(usual.sum()), 1.0)
    index = _COLOURS[colour]
    return bool(shift[index] >= _LEAST_SHIFT and int(shift.argmax()) == index)
