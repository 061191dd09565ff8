"""Whether the mouth moves when the voice is heard: the two go together, within what a line may delay."""

import numpy as np

from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Frame, Reals

RATE_HZ = 15.0
LAG_MAX_S = 0.4
SECONDS_LEAST = 4.0
AGREE_LEAST = 0.0
"""Deviations above chance; below this, lips and voice do not go together, and a person has to look.

Unproven on recordings of people: it never decides alone."""


def agreement(mouth: Reals, voice: Reals, rate_hz: float = RATE_HZ) -> float | None:
    """Give how far the two go together, in deviations from the same voice shifted anywhere else; None if too short.

    `mouth`: how much the mouth moved; `voice`: how loud the voice was; both `rate_hz` times in a second.
    """
    count = min(len(mouth), len(voice))
    if count < SECONDS_LEAST * rate_hz or np.std(mouth[:count]) <= 0 or np.std(voice[:count]) <= 0:
        return None
    one, other = (_standard(values[:count]) for values in (mouth, voice))
    lag = round(LAG_MAX_S * rate_hz)
    # All shifts at once: the correlation of two rings.
    every = np.fft.irfft(np.fft.rfft(one).conj() * np.fft.rfft(other), count) / count
    reach = np.array([every[np.arange(shift - lag, shift + lag + 1) % count].max() for shift in range(count)])
    chance = reach[3 * lag : count - 3 * lag] if count > 8 * lag else reach[2 * lag : count - 2 * lag]
    return float((reach[0] - chance.mean()) / max(float(chance.std()), 1e-6))


def envelope(sound: Reals, from_s: float, until_s: float, rate_hz: float = RATE_HZ) -> Reals:
    """Give how loud a stretch is, `rate_hz` times in a second, as the ear would say: logarithmically."""
    hop = int(SAMPLE_HZ / rate_hz)
    part = sound[max(0, int(from_s * SAMPLE_HZ)) : max(0, int(until_s * SAMPLE_HZ))]
    count = len(part) // hop
    loud = np.sqrt(np.mean(np.square(part[: count * hop].reshape(count, hop)), axis=1)) if count else np.zeros(0)
    return np.asarray(np.log10(loud + 1e-4))


def movement(frames: list[Frame], boxes: list[tuple[float, float, float, float]], rate_hz: float = RATE_HZ) -> Reals:
    """Give how much the mouth moved, `rate_hz` times in a second, less what the whole face did.

    `boxes`: the face in each frame as shares of its width and height. The mouth is the lower third of it.
    """
    instants, moved = [], []
    for before, after, box in zip(frames, frames[1:], boxes[1:], strict=False):
        mouth, above = (_part(before, after, box, part) for part in ((0.62, 0.98), (0.1, 0.5)))
        instants.append(after.at_s)
        moved.append(np.log10(mouth + 0.5) - np.log10(above + 0.5))
    if len(instants) < 2:  # noqa: PLR2004 - nothing to draw a line through
        return np.zeros(0)
    even = np.arange(frames[0].at_s, frames[-1].at_s, 1 / rate_hz)
    return np.asarray(np.interp(even, instants, moved))


def _part(before: Frame, after: Frame, box: tuple[float, float, float, float], rows: tuple[float, float]) -> float:
    height, width = after.pixels.shape[:2]
    left, top, wide, high = box
    lines = slice(max(0, int((top + rows[0] * high) * height)), max(1, int((top + rows[1] * high) * height)))
    columns = slice(max(0, int((left + 0.2 * wide) * width)), max(1, int((left + 0.8 * wide) * width)))
    one, other = before.pixels[lines, columns], after.pixels[lines, columns]
    if one.shape != other.shape or not one.size:
        return 0.0
    return float(np.abs(other.astype(np.float64) - one).mean())


def _standard(values: Reals) -> Reals:
    smooth = np.convolve(values, np.ones(3) / 3, mode="same")
    return np.asarray((smooth - smooth.mean()) / max(float(smooth.std()), 1e-9))
