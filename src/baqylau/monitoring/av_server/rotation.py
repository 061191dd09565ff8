"""Rotations of a person's templates: distances stay what they are, and a new version makes templates that are unlike.

This is renewability, no secrecy: whoever has the key can turn them back. Secrecy rests on the seal around them.
"""

from hashlib import shake_256

import numpy as np

from baqylau.crypto.authentication import code
from baqylau.domain.ids import PersonId
from baqylau.monitoring.av_server.recording import Reals


def rotation(key: bytes, person_id: PersonId, model: str, version: int, size: int) -> Reals:
    """Give the rotation of one person, model and version: the same for the same four, now and later."""
    seed = code(key, f"template rotation/{person_id}/{model}/{version}".encode())
    drawn = np.frombuffer(shake_256(seed.encode()).digest(16 * size * size), dtype="<u8").reshape(2, size, size)
    even = (drawn.astype(np.float64) + 0.5) / 2.0**64
    # Normal numbers by Box and Muller: then no direction is more likely than another.
    normal = np.sqrt(-2 * np.log(even[0])) * np.cos(2 * np.pi * even[1])
    basis, upper = np.linalg.qr(normal)
    return np.asarray(basis * np.sign(np.diag(upper)))
