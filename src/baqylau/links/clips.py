"""Pictures and sound on their way into segments: WebM with VP8 and Opus, each by itself a file that plays."""

from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from baqylau.links.camera import Pixels
from baqylau.links.microphone import RATE_HZ as SOUND_HZ
from baqylau.links.microphone import Samples

if TYPE_CHECKING:
    from av.container import OutputContainer

SEGMENT_MS = 4_000
CONTENT_TYPE = 'video/webm; codecs="vp8, opus"'
_OPUS_SAMPLES = 960
"""20 ms, as Opus takes them."""
_BITS_A_SECOND = 700_000


class Clip(Struct, frozen=True, kw_only=True):
    """A segment that is done."""

    from_ms: int
    duration_ms: int
    content: bytes


class _Segment:
    """One file under way. Times inside it begin at its own beginning."""

    def __init__(self, from_ms: int, width: int, height: int) -> None:
        import av  # noqa: PLC0415 - the extra `av` brings it

        self.from_ms = self.last_ms = from_ms
        self._av = av
        self._bytes = BytesIO()
        self._file: OutputContainer = av.open(self._bytes, "w", format="webm")
        self._video = self._file.add_stream("libvpx", rate=15)
        self._video.width, self._video.height = width, height
        self._video.pix_fmt = "yuv420p"
        self._video.bit_rate = _BITS_A_SECOND
        self._video.options = {"deadline": "realtime", "cpu-used": "8"}
        self._video.codec_context.time_base = Fraction(1, 1000)
        self._sound = self._file.add_stream("libopus", rate=SOUND_HZ, layout="mono")
        self._waiting = np.zeros(0, dtype=np.int16)
        self._samples = -1

    def see(self, pixels: Pixels, at_ms: int) -> None:
        frame = self._av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = at_ms - self.from_ms, Fraction(1, 1000)
        self._file.mux(self._video.encode(frame))
        self.last_ms = max(self.last_ms, at_ms)

    def hear(self, sound: Samples, at_ms: int) -> None:
        if self._samples < 0:
            self._samples = max(at_ms - self.from_ms, 0) * SOUND_HZ // 1000
        self._waiting = np.concatenate((self._waiting, sound))
        while len(self._waiting) >= _OPUS_SAMPLES:
            self._encode(self._waiting[:_OPUS_SAMPLES])
            self._waiting = self._waiting[_OPUS_SAMPLES:]

    def _encode(self, sound: Samples) -> None:
        frame = self._av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None, :]), format="s16", layout="mono")
        frame.sample_rate = SOUND_HZ
        frame.pts, frame.time_base = self._samples, Fraction(1, SOUND_HZ)
        self._samples += len(sound)
        self._file.mux(self._sound.encode(frame))

    def done(self, at_ms: int) -> Clip:
        if len(self._waiting):
            self._encode(np.pad(self._waiting, (0, _OPUS_SAMPLES - len(self._waiting))))
        for stream in (self._video, self._sound):
            self._file.mux(stream.encode(None))
        self._file.close()
        return Clip(from_ms=self.from_ms, duration_ms=max(at_ms - self.from_ms, 1), content=self._bytes.getvalue())


class ClipWriter:
    """Makes segments of what is seen and heard; may be used by the threads of camera and microphone at once."""

    def __init__(self, keep: Callable[[Clip], None]) -> None:
        """`keep` is called with each segment that is done, by the thread that ended it."""
        self._keep = keep
        self._segment: _Segment | None = None
        self._lock = Lock()

    def see(self, pixels: Pixels, at_ms: int) -> None:
        """Take a picture, milliseconds from the beginning of the check. Begins a segment where it is time."""
        with self._lock:
            if self._segment is not None and at_ms - self._segment.from_ms >= SEGMENT_MS:
                self._end(at_ms)
            if self._segment is None:
                height, width = pixels.shape[:2]
                self._segment = _Segment(at_ms, width, height)
            if at_ms >= self._segment.last_ms:
                self._segment.see(pixels, at_ms)

    def hear(self, sound: Samples, at_ms: int) -> None:
        """Take sound that began so many milliseconds after the check did; before the first picture it is dropped."""
        with self._lock:
            if self._segment is not None:
                self._segment.hear(sound, at_ms)

    def close(self, at_ms: int) -> None:
        """End the last segment."""
        with self._lock:
            self._end(at_ms)

    def _end(self, at_ms: int) -> None:
        if self._segment is not None:
            self._keep(self._segment.done(at_ms))
            self._segment = None
