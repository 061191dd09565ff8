"""Numbers that are drawn, the same each time."""

import numpy as np

from baqylau.monitoring.av_server.recording import Reals


def drawn(seed: int, *shape: int) -> Reals:
    """Give normal numbers of a shape."""
    return np.random.default_rng(seed).normal(size=shape)
