"""The weights of the voice model, read from its file without the library that wrote it.

The file is a row of pickles and raw numbers. A pickle can name any function to be called on reading: of all names just
the three are let in that such a file needs, and they stand for values of ours.
"""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from baqylau.monitoring.av_server.recording import Reals

_HEADERS = 3
"""Pickles before the weights: magic number, version, sizes of the writer's machine."""
_COUNT = struct.Struct("<q")
_NUMBERS_MAX = 10_000_000


class WeightsRefusedError(Exception):
    """The file is no list of weights, or wants to do more than be one."""


class _Slot:
    """A tensor before its numbers were read: which storage, where in it, which shape."""

    def __init__(self, storage: str, offset: int, shape: tuple[int, ...]) -> None:
        self.storage, self.offset, self.shape = storage, offset, shape


def _slot(storage: str, offset: int, shape: tuple[int, ...], *_: object) -> _Slot:
    return _Slot(storage, offset, shape)


_NAMES: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _slot,
    ("torch", "FloatStorage"): "float32",
}


class _Reader(pickle.Unpickler):
    """Lets three names in and calls nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Give what the name stands for, or raise `WeightsRefusedError`."""
        if (module, name) not in _NAMES:
            msg = f"the file names {module}.{name}"
            raise WeightsRefusedError(msg)
        return _NAMES[module, name]

    def persistent_load(self, pid: Any) -> str:
        """Give the key of a storage."""
        if not isinstance(pid, tuple) or pid[:2] != ("storage", "float32"):
            msg = "the file holds other numbers than 32-bit floats"
            raise WeightsRefusedError(msg)
        return str(pid[2])


def read_weights(path: Path) -> dict[str, Reals]:
    """Give each layer's weights by name, or raise `WeightsRefusedError`."""
    with path.open("rb") as stream:
        try:
            for _ in range(_HEADERS):
                _Reader(stream).load()
            state = _Reader(stream).load()["model_state"]
            numbers = {str(key): _numbers(stream) for key in _Reader(stream).load()}
            return {name: _tensor(slot, numbers) for name, slot in state.items()}
        except (
            pickle.UnpicklingError,
            EOFError,
            struct.error,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
        ) as wrong:
            msg = f"{path.name} is no list of weights"
            raise WeightsRefusedError(msg) from wrong


def _numbers(stream: Any) -> Reals:
    (count,) = _COUNT.unpack(stream.read(_COUNT.size))
    if not 0 <= count <= _NUMBERS_MAX:
        msg = f"{count} numbers in one layer"
        raise ValueError(msg)
    return np.frombuffer(stream.read(count * 4), dtype="<f4", count=count)


def _tensor(slot: _Slot, numbers: dict[str, Reals]) -> Reals:
    size = int(np.prod(slot.shape, dtype=np.int64))
    return np.asarray(numbers[slot.storage][slot.offset : slot.offset + size].reshape(slot.shape))
