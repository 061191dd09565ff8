"""Camera and microphone open for one check: two threads that write segments, from the first moment to the close.

Devices are opened in `Capture.__init__` and closed by `close`; there is no other place.
"""

import threading
from collections.abc import Callable

import numpy as np
import structlog

from baqylau.devices.av_unit.inputs import Look
from baqylau.devices.av_unit.looking import look, loudness
from baqylau.links.camera import Camera, CameraError, Pixels
from baqylau.links.clips import Clip, ClipWriter
from baqylau.links.face_finder import Finder
from baqylau.links.microphone import RATE_HZ, Microphone, MicrophoneError

log = structlog.get_logger()

LOOK_EVERY_MS = 200
JOIN_S = 5.0
"""A device that does not let go within this time is left behind: its thread ends with the next picture."""


class Capture:
    """One check under way."""

    def __init__(
        self,
        camera: Camera,
        microphone: Microphone | None,
        find: Finder | None,
        clock_ms: Callable[[], int],
        keep: Callable[[Clip], None],
    ) -> None:
        """Open the devices. `keep` takes segments; `OSError` from it ends the capture as failed."""
        self._camera, self._microphone, self._find = camera, microphone, find
        self._clock_ms, self._began_ms = clock_ms, clock_ms()
        self._writer = ClipWriter(keep)
        self._going = True
        self._loud: float | None = None
        self._looked_ms = -LOOK_EVERY_MS
        self.look: Look | None = None
        self.failed = ""
        """Part that failed."""
        self._threads = [threading.Thread(target=self._see, name="camera", daemon=True)]
        if microphone is not None:
            self._threads.append(threading.Thread(target=self._hear, name="microphone", daemon=True))
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Close the devices, and end the last segment."""
        self._going = False
        for thread in self._threads:
            thread.join(JOIN_S)
        try:
            self._writer.close(self._passed_ms())
        except OSError as wrong:
            self._fail("disk", wrong)

    def _passed_ms(self) -> int:
        return self._clock_ms() - self._began_ms

    def _still(self) -> bool:
        return self._going and not self.failed

    def _see(self) -> None:
        try:
            for pixels in self._camera.pictures(self._still):
                self._writer.see(pixels, self._passed_ms())
                self._glance(pixels)
        except CameraError as wrong:
            self._fail("camera", wrong)
        except OSError as wrong:
            self._fail("disk", wrong)

    def _glance(self, pixels: Pixels) -> None:
        if self._passed_ms() - self._looked_ms >= LOOK_EVERY_MS:
            self._looked_ms = self._passed_ms()
            self.look = look(pixels, None if self._find is None else self._find(pixels), self._loud)

    def _hear(self) -> None:
        heard = np.zeros(0, dtype=np.int16)
        try:
            for sound in self._microphone.sounds(self._still) if self._microphone is not None else ():
                self._writer.hear(sound, self._passed_ms() - 1000 * len(sound) // RATE_HZ)
                heard = np.concatenate((heard, sound))[-RATE_HZ:]
                self._loud = loudness(heard)
        except MicrophoneError as wrong:
            self._fail("microphone", wrong)
        except OSError as wrong:
            self._fail("disk", wrong)

    def _fail(self, part: str, wrong: Exception) -> None:
        log.warning("capture_failed", part=part, why=str(wrong))
        self.failed = self.failed or part
