"""The unit's side of a live call, by aiortc: what camera and microphone give goes out, what comes in sounds.

Devices are open from `answer` until `close`, and never before or after. It takes one offer and gives one answer that
holds every address: nothing else has to be told. An installation without servers of its own uses nobody's: both sides
then have to reach each other directly. Import it only where a call begins: it needs the extra `av`.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import numpy as np
import structlog
from aiortc import MediaStreamTrack, RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame
from av.audio.resampler import AudioResampler
from av.frame import Frame

from baqylau.domain.calls import CallEnding, IceServer
from baqylau.links.calls import CallDevices, Witness
from baqylau.links.camera import CameraError, Pixels
from baqylau.links.loudspeaker import LoudspeakerError, Sounding
from baqylau.links.microphone import RATE_HZ, MicrophoneError, Samples
from baqylau.links.wall_clock import monotonic_s

log = structlog.get_logger()

CONNECTS_WITHIN_S = 20.0
"""Who answered and is not put through within this time is let go."""
JOIN_S = 5.0
_VIDEO_HZ = 90_000
_PACKET = RATE_HZ // 50
"""20 ms of sound."""
_WAITING_MAX = 10
"""Pictures or packets that wait to be sent; the oldest go first."""


class _Track(MediaStreamTrack):
    """What a thread puts in, the line takes out."""

    def __init__(self) -> None:
        super().__init__()
        self._where = asyncio.get_running_loop()
        self._frames: asyncio.Queue[Frame] = asyncio.Queue(_WAITING_MAX)

    async def recv(self) -> Frame:
        """Give what is to be sent next."""
        if self.readyState != "live":
            raise MediaStreamError
        return await self._frames.get()

    def _put(self, frame: Frame) -> None:
        """Take a frame from any thread."""
        if not self._where.is_closed():
            self._where.call_soon_threadsafe(self._taken, frame)

    def _taken(self, frame: Frame) -> None:
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(frame)


class _Pictures(_Track):
    kind = "video"

    def put(self, pixels: Pixels) -> None:
        frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = round(monotonic_s() * _VIDEO_HZ), Fraction(1, _VIDEO_HZ)
        self._put(frame)


class _Sounds(_Track):
    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._unsent, self._given = np.zeros(0, dtype=np.int16), 0

    def put(self, sound: Samples) -> None:
        self._unsent = np.concatenate((self._unsent, sound))
        while len(self._unsent) >= _PACKET:
            part, self._unsent = self._unsent[:_PACKET], self._unsent[_PACKET:]
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(part[None, :]), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._given, Fraction(1, RATE_HZ)
            self._given += _PACKET
            self._put(frame)


class LiveCall:
    """One call. Lives on one event loop."""

    def __init__(
        self,
        devices: CallDevices,
        servers: Sequence[IceServer],
        gone: Callable[[CallEnding], None],
        witness: Witness | None = None,
    ) -> None:
        """`gone` is told on the loop when the call breaks off by itself. Nothing is open yet.

        `witness`: who records it; None: nothing of it is kept.
        """
        self._devices, self._tell, self._witness = devices, gone, witness
        self._loop = asyncio.get_running_loop()
        self._going = True
        self._threads: list[threading.Thread] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._sounding: Sounding | None = None
        # None would mean the servers of somebody else.
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[_server(one) for one in servers]))

    async def answer(self, offer: str) -> bytes:
        """Open the devices, and give the answer to an offer. `ValueError` for what is none, `LoudspeakerError`."""
        self._peer.on("connectionstatechange", self._changed)
        voices: list[MediaStreamTrack] = []
        self._peer.on("track", lambda track: voices.append(track) if track.kind == "audio" else None)
        await self._peer.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
        if self._devices.loudspeaker is not None:
            self._sounding = await asyncio.to_thread(self._devices.loudspeaker.open)
            self._tasks += [asyncio.create_task(self._sound(one, self._sounding)) for one in voices]
        for track in self._tracks():
            self._peer.addTrack(track)
        await self._peer.setLocalDescription(await self._peer.createAnswer())
        self._tasks.append(asyncio.create_task(self._put_through()))
        return self._peer.localDescription.sdp.encode()

    async def close(self) -> None:
        """Close the line and the devices."""
        self._going = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._peer.close()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, JOIN_S)
        if self._sounding is not None:
            await asyncio.to_thread(self._sounding.close)

    def _tracks(self) -> Iterable[MediaStreamTrack]:
        pictures = _Pictures()
        self._open("camera", lambda: self._see(pictures))
        yield pictures
        if self._devices.microphone is not None:
            sounds = _Sounds()
            self._open("microphone", lambda: self._hear(sounds))
            yield sounds

    def _open(self, part: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=part, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _see(self, pictures: _Pictures) -> None:
        try:
            for pixels in self._devices.camera.pictures(lambda: self._going):
                pictures.put(pixels)
                if self._witness is not None:
                    self._witness.see(pixels)
        except CameraError as wrong:
            self._failed("camera", wrong)
        except OSError as wrong:
            self._failed("disk", wrong)

    def _hear(self, sounds: _Sounds) -> None:
        try:
            for sound in self._devices.microphone.sounds(lambda: self._going) if self._devices.microphone else ():
                sounds.put(sound)
                if self._witness is not None:
                    self._witness.hear(sound)
        except MicrophoneError as wrong:
            self._failed("microphone", wrong)
        except OSError as wrong:
            self._failed("disk", wrong)

    def _failed(self, part: str, wrong: Exception) -> None:
        log.warning("call_device_failed", part=part, why=str(wrong))
        self._loop.call_soon_threadsafe(self._broke, CallEnding.UNIT_FAULT)

    def _broke(self, how: CallEnding) -> None:
        if self._going:
            self._going = False
            self._tell(how)

    def _changed(self) -> None:
        if self._peer.connectionState in {"failed", "closed"}:
            self._broke(CallEnding.LOST)

    async def _put_through(self) -> None:
        """Let go of whoever is not put through in time."""
        await asyncio.sleep(CONNECTS_WITHIN_S)
        if self._peer.connectionState != "connected":
            self._broke(CallEnding.LOST)

    async def _sound(self, track: MediaStreamTrack, sounding: Sounding) -> None:
        even = AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        try:
            while True:
                frame = await track.recv()
                for part in even.resample(frame) if isinstance(frame, AudioFrame) else ():
                    sound = part.to_ndarray()[0]
                    if self._witness is not None:
                        self._witness.sounded(sound)
                    await asyncio.to_thread(sounding.play, sound)
        except MediaStreamError:
            return
        except LoudspeakerError as wrong:
            self._failed("loudspeaker", wrong)


def _server(one: IceServer) -> RTCIceServer:
    return RTCIceServer(urls=one.url, username=one.username or None, credential=one.credential or None)
