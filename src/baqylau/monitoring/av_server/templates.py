"""What is kept of a person to compare with: rotated as captures are then too, and never compared across models."""

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.recording import Reals


class Template(Struct, frozen=True, kw_only=True):
    """A vector of one model, or the person's digits; `rotation` brings a capture to where the template is."""

    model: str
    """Name and hash of the model that made it; nothing else may be compared with it."""
    version: int
    vectors: tuple[Reals, ...]
    """One mean vector of a face; of a voice one of free speech and one of digits; of digits the takes,
    each of shape (steps, features)."""
    digits: tuple[int, ...] = ()
    """Which digit each take is."""
    rotation: Reals | None = None


class Templates(Struct, frozen=True, kw_only=True):
    """All that is kept of one person for comparing; None where it was not enrolled."""

    face: Template | None = None
    voice: Template | None = None
    digits: Template | None = None


def turned(vectors: Reals, template: Template) -> Reals:
    """Bring vectors of a capture to where the template is; distances stay what they are."""
    return vectors if template.rotation is None else np.asarray(vectors @ template.rotation.T)
