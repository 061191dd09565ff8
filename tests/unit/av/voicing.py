"""An invented voice, nobody's: pulses of a throat through the hollows of a mouth."""

import numpy as np

from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals

LASTS_S = 0.6


def digit(number: int, *, take: int = 0, pitch_hz: float = 120.0, lasts_s: float = LASTS_S) -> Reals:
    """Say a digit: each has hollows of its own, that wander; each take has a speed and a pitch of its own."""
    draw = np.random.default_rng([number, take])
    path = np.random.default_rng(number).uniform((280, 900), (800, 2600), size=(4, 2))
    count = int(SAMPLE_HZ * lasts_s * draw.uniform(0.85, 1.15))
    share = np.linspace(0, 1, count)
    hollows = np.stack([np.interp(share, np.linspace(0, 1, 4), path[:, which]) for which in (0, 1)], axis=1)
    phase = np.cumsum(pitch_hz * draw.uniform(0.95, 1.05) * (1 + 0.1 * np.sin(6 * share)) / SAMPLE_HZ)
    voice = np.zeros(count)
    for harmonic in range(1, 30):
        strength = sum(1 / (1 + ((harmonic * pitch_hz - hollows[:, which]) / 90) ** 2) for which in (0, 1))
        voice += (strength + 0.02) / harmonic**0.3 * np.sin(2 * np.pi * harmonic * phase)
    shape = np.minimum(1, np.minimum(share, 1 - share) * 12)
    return np.asarray(0.12 * voice * shape, dtype=np.float32)


def within(sound: Reals, seconds: float, at_s: float, noise: float = 3e-4) -> Reals:
    """Put a sound into quiet of so many seconds."""
    quiet = np.random.default_rng(7).normal(0, noise, int(seconds * SAMPLE_HZ)).astype(np.float32)
    begin = int(at_s * SAMPLE_HZ)
    quiet[begin : begin + len(sound)] += sound
    return quiet
