"""Somebody before a unit that really runs: reads its `screen.json`, and is its camera and microphone through two pipes.

`av-unit --camera file:CAMERA --microphone file:MICROPHONE` opens the pipes as it opens devices; they give pictures and
sound as long as it reads them, in their own time.
"""

import json
import os
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import av
import numpy as np

from baqylau.locales import text
from baqylau.sim.sitting.portrait import HEIGHT_PX, WIDTH_PX
from baqylau.sim.sitting.sitter import Prompt, Sitter
from baqylau.sim.sitting.voice import RATE_HZ as SOUND_HZ

RATE_HZ = 10
_LOOK_S = 0.02
_HUNG_UP = (OSError, av.error.PyAVCallbackError)
"""What writing to a pipe says that nobody reads any more: at a picture, and once more at the end of the film."""
_WORDS = ("look", "ahead", "left", "left_again", "right", "right_again", "digit", "light", "done", "over")


class Streams:
    """Both pipes of one sitter, open for one check."""

    def __init__(self, sitter: Sitter, unit: Path, language: str) -> None:
        """Take who sits there, the unit's folder, and the language of its screen. Makes the pipes."""
        self._sitter, self._screen = sitter, unit / "screen.json"
        self.camera, self.microphone = unit / "camera.nut", unit / "microphone.wav"
        self._keys = {text(language, f"av.say.{word}"): f"av.say.{word}" for word in _WORDS}
        self._began_s: float | None = None
        self._going = True
        for pipe in (self.camera, self.microphone):
            pipe.unlink(missing_ok=True)
            os.mkfifo(pipe)
        works = (self._reads, self._sees, self._speaks)
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Go away. A pipe that nobody reads is left to itself."""
        self._going = False
        for thread in self._threads:
            thread.join(1.0)

    def _now_s(self) -> float:
        if self._began_s is None:
            self._began_s = monotonic()
        return monotonic() - self._began_s

    def _reads(self) -> None:
        last = 0
        while self._going:
            with suppress(OSError, ValueError):
                shown = json.loads(self._screen.read_text(encoding="utf-8"))
                if shown["number"] != last and shown["text"] in self._keys:
                    key, digit, light = self._keys[shown["text"]], shown["digit"], shown["light"]
                    self._sitter.told(Prompt(at_s=self._now_s(), key=key, digit=digit, light=light))
                last = shown["number"]
            sleep(_LOOK_S)

    def _sees(self) -> None:
        with suppress(*_HUNG_UP), self.camera.open("wb", buffering=0) as pipe, av.open(pipe, "w", format="nut") as file:
            stream = file.add_stream("rawvideo", rate=RATE_HZ)
            stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "rgb24"
            began_s, number = self._now_s(), 0
            while self._going:
                at_s = self._now_s()
                frame = av.VideoFrame.from_ndarray(self._sitter.picture(at_s), format="rgb24")
                frame.pts = max(number, round((at_s - began_s) * RATE_HZ))
                number = frame.pts + 1
                file.mux(stream.encode(frame))
                sleep(max(0.0, began_s + number / RATE_HZ - self._now_s()))

    def _speaks(self) -> None:
        with suppress(OSError), self.microphone.open("wb", buffering=0) as pipe:
            pipe.write(_wave_head())
            until_s = self._now_s()
            while self._going:
                sleep(0.05)
                now_s = self._now_s()
                pipe.write(np.ascontiguousarray(self._sitter.heard(until_s, now_s)).tobytes())
                until_s = now_s


def _wave_head() -> bytes:
    """Give the head of a WAVE file whose end nobody knows."""
    endless = b"\xff\xff\xff\xff"
    form = b"fmt " + (16).to_bytes(4, "little") + (1).to_bytes(2, "little") + (1).to_bytes(2, "little")
    rates = SOUND_HZ.to_bytes(4, "little") + (2 * SOUND_HZ).to_bytes(4, "little")
    return b"RIFF" + endless + b"WAVE" + form + rates + (2).to_bytes(2, "little") + (16).to_bytes(2, "little") + (
        b"data" + endless
    )  # fmt: skip
