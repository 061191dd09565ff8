"""Voices: a vector that tells speakers apart, from a few seconds of speech in any language.

The default is the network of Resemblyzer (three LSTM layers over 40 bands), whose weights are run by onnxruntime in a
graph that is built here.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from baqylau.monitoring.av_server.mel import bands, powers
from baqylau.monitoring.av_server.onnx_sessions import opened
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals
from baqylau.monitoring.av_server.speech import spoken
from baqylau.monitoring.av_server.voice_weights import read_weights

SPEECH_LEAST_S = 1.6
"""Of speech without pauses: less is not compared at all."""
SPEECH_FULL_S = 5.0
"""From here on the score weighs in full."""

_BANDS = 40
_WINDOW = 160
"""Frames of 10 ms that the network looks at."""
_STEP = 77
_COVERED_LEAST = 0.75
"""A last window with less sound in it is left out."""
_LAYERS = 3
_CELLS = 256
_LEVEL = 10 ** (-30 / 20)


class VoiceModel(Protocol):
    """Makes the vector of a voice."""

    mark: str

    def vector(self, speech: Reals) -> Reals:
        """Give the vector of speech, of length one."""
        ...


def cosine(vector: Reals, template: Reals) -> float:
    """Give how alike two voices are; 1 is the same recording."""
    return float(vector @ template / max(float(np.linalg.norm(vector) * np.linalg.norm(template)), 1e-9))


def voice_template(vectors: Sequence[Reals]) -> Reals:
    """Give the one vector that stands for several recordings of a person."""
    mean = np.mean(np.asarray(vectors), axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9))


def net_speech(sound: Reals) -> Reals:
    """Give the speech in a sound, without pauses and at the level the network knows."""
    loudness = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
    louder = sound * (_LEVEL / loudness) if 0 < loudness < _LEVEL else sound
    return spoken(louder)


class Resemblyzer:
    """The network that comes with the package of the same name."""

    def __init__(self, weights: Path, mark: str) -> None:
        """Take the file of the weights, and the name and hash under which its vectors go."""
        self._session = opened(graph(read_weights(weights)))
        self.mark = mark

    def vector(self, speech: Reals) -> Reals:
        """Give the mean over windows of 1.6 s, of length one."""
        heard = windows(speech)
        each = self._session.run(None, {"windows": heard})[0].astype(np.float64)
        return voice_template(each)


def windows(speech: Reals) -> Reals:
    """Give what the network hears: windows of 160 frames by 40 bands, overlapping by half."""
    starts = _starts(len(speech))
    needed = (starts[-1] + _WINDOW) * SAMPLE_HZ // 100
    padded = np.pad(speech, (0, max(0, needed - len(speech))))
    spectra = (powers(padded, fft=400, hop=160) @ bands(_BANDS, 400).T).astype(np.float32)
    return np.stack([spectra[start : start + _WINDOW] for start in starts])


def _starts(samples: int) -> list[int]:
    frames = -(-(samples + 1) * 100 // SAMPLE_HZ)
    starts = list(range(0, max(1, frames - _WINDOW + _STEP + 1), _STEP))
    covered = (samples - starts[-1] * 160) / (_WINDOW * 160)
    return starts[:-1] if covered < _COVERED_LEAST and len(starts) > 1 else starts


def graph(weights: dict[str, Reals]) -> bytes:
    """Write the network as ONNX: LSTM layers, the last state through one layer, made as long as one."""
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 - of the extra: all else must load without it

    nodes: list[Any] = [helper.make_node("Transpose", ["windows"], ["x0"], perm=[1, 0, 2])]
    held: dict[str, Reals] = {"first": np.array([0], dtype=np.int64)}
    for layer in range(_LAYERS):
        held |= _lstm(weights, layer)
        nodes += [
            helper.make_node(
                "LSTM", [f"x{layer}", f"w{layer}", f"r{layer}", f"b{layer}"], [f"y{layer}", f"h{layer}"],
                hidden_size=_CELLS,
            ),
            helper.make_node("Squeeze", [f"y{layer}", "second"], [f"x{layer + 1}"]),
        ]  # fmt: skip
    held |= {
        "second": np.array([1], dtype=np.int64),
        "weight": weights["linear.weight"].T.copy(),
        "bias": weights["linear.bias"],
    }
    nodes += [
        helper.make_node("Squeeze", [f"h{_LAYERS - 1}", "first"], ["last"]),
        helper.make_node("Gemm", ["last", "weight", "bias"], ["raw"]),
        helper.make_node("Relu", ["raw"], ["positive"]),
        helper.make_node("LpNormalization", ["positive"], ["voices"], axis=1, p=2),
    ]
    made = helper.make_graph(
        nodes,
        "voice",
        [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["n", _WINDOW, _BANDS])],
        [helper.make_tensor_value_info("voices", TensorProto.FLOAT, ["n", _CELLS])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in held.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def _lstm(weights: dict[str, Reals], layer: int) -> dict[str, Reals]:
    """Order a layer's gates as ONNX does: input, output, forget, cell; the file has input, forget, cell, output."""

    def ordered(name: str) -> Reals:
        i, f, g, o = np.split(weights[f"lstm.{name}_l{layer}"], 4)
        return np.concatenate([i, o, f, g])

    return {
        f"w{layer}": ordered("weight_ih")[None],
        f"r{layer}": ordered("weight_hh")[None],
        f"b{layer}": np.concatenate([ordered("bias_ih"), ordered("bias_hh")])[None],
    }
