"""What is compared: the pictures and the sound of one check, decoded, and what was asked for when.

Times are seconds from the beginning of the check. Pictures are RGB, sound is mono at 16 kHz between -1 and 1.
"""

from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from baqylau.domain.challenge import Step

Pixels: TypeAlias = npt.NDArray[np.uint8]
Reals: TypeAlias = npt.NDArray[np.floating[Any]]

SAMPLE_HZ = 16_000


class Damage(StrEnum):
    """What is wrong with a recording, in the catalogues' words (`recording.<damage>`)."""

    UNREADABLE = "unreadable"
    """No video and no sound that we know how to read."""
    CUT_SHORT = "cut_short"
    NO_PICTURE = "no_picture"
    NO_SOUND = "no_sound"
    TOO_LONG = "too_long"
    """Longer than any check: what came after was not looked at."""
    TOO_LARGE = "too_large"
    """Pictures larger than any camera of ours makes."""
    BLACK = "black"
    SILENT = "silent"


class Frame(Struct, frozen=True):
    """One picture. Its longer side is 640 px at the most."""

    at_s: float
    pixels: Pixels


class Recording(Struct, frozen=True, kw_only=True):
    """What a check left behind, decoded."""

    frames: tuple[Frame, ...] = ()
    """Five in a second."""
    motion: tuple[Frame, ...] = ()
    """Grey and small, as many as there are up to fifteen in a second: for the lips."""
    sound: Reals
    sound_from_s: float = 0.0
    moving: bool = True
    """False for single photographs: between them nobody has to be seen."""
    damage: tuple[Damage, ...] = ()


class Prompted(Struct, frozen=True):
    """A step, and when the person was to do it: from after it was said aloud until the next began."""

    step: Step
    from_s: float
    until_s: float
