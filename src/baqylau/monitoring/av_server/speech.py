"""Where somebody speaks: the pauses are taken out before a voice is compared or a digit is heard."""

import numpy as np
import numpy.typing as npt

from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals

FRAME_S = 0.03
_FRAME = int(SAMPLE_HZ * FRAME_S)
_STRICTNESS = 2
_SMOOTH = 8
"""Frames over which the answer is smoothed."""
_GROW = 6
"""Frames by which speech is grown at both ends: its beginnings are soft."""
_GROW_SHORT = 2
"""The same of a single digit, which is to be as short at a check as it was at enrolment."""
_AUDIBLE = 10 ** (-60 / 20)
"""Below this it is the hiss of a quiet room, which the detector takes for speech once it is made loud."""
_QUIET_SHARE, _LOUD_SHARE = 0.05, 0.9
_LEVEL = 10 ** (-26 / 20)
"""To which the sound is brought before it is judged; the detector was made for telephones."""


def speaking(sound: Reals, grow: int = _GROW) -> npt.NDArray[np.bool_]:
    """Tell of each 30 ms whether somebody speaks; speech is grown by so many frames at both ends."""
    import webrtcvad  # noqa: PLC0415 - of the extra: all else must load without it

    count = len(sound) // _FRAME
    if not count:
        return np.zeros(0, dtype=np.bool_)
    loudness = float(np.sqrt(np.mean(np.square(sound)))) or 1.0
    pulses = np.clip(sound[: count * _FRAME] * (_LEVEL / loudness) * 32767, -32768, 32767).astype("<i2")
    detector = webrtcvad.Vad(_STRICTNESS)
    loud = np.sqrt(np.mean(np.square(sound[: count * _FRAME].reshape(count, _FRAME)), axis=1)) >= _AUDIBLE
    frames = zip(pulses.reshape(count, _FRAME), loud.tolist(), strict=True)
    heard = [audible and detector.is_speech(frame.tobytes(), SAMPLE_HZ) for frame, audible in frames]
    smooth = np.convolve(np.asarray(heard, dtype=np.float64), np.ones(_SMOOTH) / _SMOOTH, mode="same") > 0.5  # noqa: PLR2004 - the half
    return np.asarray(np.convolve(smooth, np.ones(2 * grow + 1), mode="same") > 0)


def spoken(sound: Reals) -> Reals:
    """Give what was spoken, without the pauses."""
    mask = np.repeat(speaking(sound), _FRAME)
    return sound[: len(mask)][mask]


def utterance(sound: Reals) -> Reals:
    """Give the loudest stretch of speech: one digit, where one was asked for. Empty where nobody speaks."""
    mask = np.concatenate([[False], speaking(sound, _GROW_SHORT), [False]])
    edges = np.flatnonzero(np.diff(mask.astype(np.int8)))
    stretches = [sound[begin * _FRAME : end * _FRAME] for begin, end in edges.reshape(-1, 2).tolist()]
    return max(stretches, key=lambda stretch: float(np.sum(np.square(stretch))), default=sound[:0])


def signal_to_noise_db(sound: Reals) -> float | None:
    """Give how far the loud parts stand above the quiet ones; None where nobody speaks.

    Not by the detector's pauses: in loud noise it finds none.
    """
    mask = speaking(sound)
    if not mask.any():
        return None
    powers = np.mean(np.square(sound[: len(mask) * _FRAME].reshape(len(mask), _FRAME)), axis=1)
    quiet, loud = np.maximum(np.quantile(powers, [_QUIET_SHARE, _LOUD_SHARE]), 1e-10).tolist()
    return float(10 * np.log10(loud / quiet))
