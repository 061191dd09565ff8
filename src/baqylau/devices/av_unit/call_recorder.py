"""What is kept of a call that its order has recorded: segments with the picture of the person and both voices.

It is made for such a call and for no other. What it gives is kept, signed and brought as recordings of checks are.
"""

from collections.abc import Callable
from threading import Lock

import numpy as np

from baqylau.links.camera import Pixels
from baqylau.links.clips import Clip, ClipWriter
from baqylau.links.microphone import RATE_HZ, Samples

_BEHIND_MAX = RATE_HZ
"""So much of the duty room's voice waits for the microphone's; the oldest goes first."""
_LOUDEST = np.iinfo(np.int16)


class CallRecorder:
    """Records one call (`links.calls.Witness`). May be used by several threads."""

    def __init__(self, clock_ms: Callable[[], int], keep: Callable[[Clip], None], *, microphone: bool) -> None:
        """`keep` takes segments, `OSError` from it goes to whoever brought the picture. `microphone`: there is one."""
        self._clock_ms, self._began_ms = clock_ms, clock_ms()
        self._writer, self._microphone = ClipWriter(keep), microphone
        self._theirs, self._lock = np.zeros(0, dtype=np.int16), Lock()

    def see(self, pixels: Pixels) -> None:
        """Take a picture of the camera."""
        self._writer.see(pixels, self._passed_ms())
        if not self._microphone:
            self._write(self._taken(_BEHIND_MAX))

    def hear(self, sound: Samples) -> None:
        """Take sound of the microphone; what the duty room said meanwhile is laid over it."""
        theirs = self._taken(len(sound))
        both = sound.astype(np.int32)
        both[: len(theirs)] += theirs
        self._write(np.clip(both, _LOUDEST.min, _LOUDEST.max).astype(np.int16))

    def sounded(self, sound: Samples) -> None:
        """Take what the duty room says. Never waits for the disk."""
        with self._lock:
            self._theirs = np.concatenate((self._theirs, sound))[-_BEHIND_MAX:]

    def close(self) -> None:
        """End the last segment."""
        self._writer.close(self._passed_ms())

    def _taken(self, most: int) -> Samples:
        with self._lock:
            taken, self._theirs = self._theirs[:most], self._theirs[most:]
        return taken

    def _write(self, sound: Samples) -> None:
        self._writer.hear(sound, self._passed_ms() - 1000 * len(sound) // RATE_HZ)

    def _passed_ms(self) -> int:
        return self._clock_ms() - self._began_ms
