"""A live call between the unit's side and a caller, over real sockets: what goes out, what comes in, what closes."""

import asyncio
import wave
from collections.abc import Callable, Coroutine, Iterator
from functools import wraps
from pathlib import Path
from time import sleep
from typing import ParamSpec

import numpy as np
import pytest

pytest.importorskip("aiortc")

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from av import AudioFrame, VideoFrame

from baqylau.domain.calls import CallEnding, IceServer
from baqylau.links import webrtc
from baqylau.links.calls import CallDevices, installed
from baqylau.links.camera import CameraError, Pixels
from baqylau.links.loudspeaker import FileLoudspeaker
from baqylau.links.microphone import Samples
from baqylau.links.webrtc import LiveCall

WITHIN_S = 60
TONE_HZ = 440


P = ParamSpec("P")


def in_a_loop(story: Callable[P, Coroutine[None, None, None]]) -> Callable[P, None]:
    """Run a story on a loop of its own."""

    @wraps(story)
    def run(*given: P.args, **named: P.kwargs) -> None:
        asyncio.run(story(*given, **named))

    return run


class Camera:
    """Red pictures, as long as it is open."""

    def __init__(self) -> None:
        self.open = 0

    def pictures(self, going: Callable[[], bool]) -> Iterator[Pixels]:
        self.open += 1
        red = np.zeros((120, 160, 3), dtype=np.uint8)
        red[:, :, 0] = 200
        try:
            while going():
                yield red
                sleep(0.05)
        finally:
            self.open -= 1


class Broken:
    def pictures(self, going: Callable[[], bool]) -> Iterator[Pixels]:
        raise CameraError(str(going()))


class Microphone:
    """A tone."""

    def sounds(self, going: Callable[[], bool]) -> Iterator[Samples]:
        tone = (8_000 * np.sin(2 * np.pi * TONE_HZ * np.arange(4_800) / 48_000)).astype(np.int16)
        while going():
            yield tone
            sleep(0.1)


class Tape:
    """Whoever records: it remembers of what there was any."""

    def __init__(self) -> None:
        self.kept = set[str]()

    def see(self, pixels: Pixels) -> None:
        if pixels.max() > 0:
            self.kept.add("picture")

    def hear(self, sound: Samples) -> None:
        if np.abs(sound).max() > 1_000:
            self.kept.add("microphone")

    def sounded(self, sound: Samples) -> None:
        if np.abs(sound).max() > 1_000:
            self.kept.add("duty room")


class FullDisk(Tape):
    def see(self, pixels: Pixels) -> None:
        raise OSError(pixels.shape)


class Hum(AudioStreamTrack):
    """The caller's voice."""

    async def recv(self) -> AudioFrame:
        frame = await super().recv()
        assert isinstance(frame, AudioFrame)
        square = np.where(np.arange(frame.samples) % 20 < 10, 9_000, -9_000).astype(np.int16)
        frame.planes[0].update(square.tobytes())
        return frame


class Caller:
    """The duty room's side."""

    def __init__(self) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.tracks: dict[str, MediaStreamTrack] = {}
        self.peer.on("track", lambda track: self.tracks.update({track.kind: track}))

    async def offer(self) -> str:
        self.peer.addTransceiver("video", direction="recvonly")
        self.peer.addTrack(Hum())
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def take(self, answer: bytes) -> None:
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp=answer.decode(), type="answer"))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not true():  # noqa: ASYNC110 - asked of threads and files too
            await asyncio.sleep(0.02)


def loud(file: Path) -> bool:
    """Whether anything but silence sounded."""
    if not file.exists() or not file.stat().st_size:
        return False
    sound = np.frombuffer(file.read_bytes()[44:][: (file.stat().st_size - 44) // 2 * 2], dtype="<i2")
    return bool(len(sound)) and int(np.abs(sound).max()) > 1_000


@in_a_loop
async def test_a_call_carries_picture_and_sound_out_and_the_voice_in_and_closes_everything(tmp_path: Path) -> None:
    camera, caller, gone = Camera(), Caller(), list[CallEnding]()
    sounded = tmp_path / "sounded.wav"
    tape = Tape()
    devices = CallDevices(camera=camera, microphone=Microphone(), loudspeaker=FileLoudspeaker(sounded))
    call = LiveCall(devices, (), gone.append, tape)
    assert not camera.open
    await caller.take(await call.answer(await caller.offer()))
    await until(lambda: set(caller.tracks) == {"audio", "video"})
    picture = await asyncio.wait_for(caller.tracks["video"].recv(), WITHIN_S)
    assert isinstance(picture, VideoFrame)
    red, green, _ = picture.to_ndarray(format="rgb24")[60, 80]
    assert red > 150 > green

    async def heard() -> None:
        while True:
            frame = await caller.tracks["audio"].recv()
            if isinstance(frame, AudioFrame) and np.abs(frame.to_ndarray()).max() > 1_000:
                return

    await asyncio.wait_for(heard(), WITHIN_S)
    await until(lambda: loud(sounded))
    await until(lambda: tape.kept == {"picture", "microphone", "duty room"})
    await call.close()
    await caller.peer.close()
    assert not camera.open
    assert not gone
    with wave.open(str(sounded)) as kept:
        assert kept.getframerate() == 48_000


@in_a_loop
async def test_a_caller_who_hangs_up_and_a_camera_that_breaks_end_the_call() -> None:
    gone: list[CallEnding] = []
    caller, camera = Caller(), Camera()
    call = LiveCall(CallDevices(camera=camera), (), gone.append)
    await caller.take(await call.answer(await caller.offer()))
    await until(lambda: caller.peer.connectionState == "connected")
    await caller.peer.close()
    await until(lambda: gone == [CallEnding.LOST])
    await call.close()
    assert not camera.open
    broken = LiveCall(CallDevices(camera=Broken()), (), gone.append)
    other = Caller()
    await broken.answer(await other.offer())
    await until(lambda: gone[1:] == [CallEnding.UNIT_FAULT])
    await broken.close()
    await other.peer.close()


@in_a_loop
async def test_a_call_that_cannot_be_recorded_as_it_was_said_does_not_go_on() -> None:
    gone: list[CallEnding] = []
    caller, camera = Caller(), Camera()
    call = LiveCall(CallDevices(camera=camera), (), gone.append, FullDisk())
    await call.answer(await caller.offer())
    await until(lambda: gone == [CallEnding.UNIT_FAULT])
    await call.close()
    await caller.peer.close()
    assert not camera.open


@in_a_loop
async def test_who_is_not_put_through_in_time_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc, "CONNECTS_WITHIN_S", 0.1)
    gone: list[CallEnding] = []
    caller, camera = Caller(), Camera()
    call = LiveCall(CallDevices(camera=camera), (), gone.append)
    await call.answer(await caller.offer())
    await until(lambda: gone == [CallEnding.LOST])
    await call.close()
    await caller.peer.close()
    assert not camera.open


@in_a_loop
async def test_no_server_is_asked_that_the_installation_does_not_name() -> None:
    """The library's own default is a public server."""
    assert installed()
    asked: list[object] = []
    for servers in ((), (IceServer(url="turn:127.0.0.1:1", username="u", credential="c"),)):
        call = LiveCall(CallDevices(camera=Camera()), servers, lambda _: None)
        configuration = call._peer._RTCPeerConnection__configuration  # type: ignore[attr-defined]  # noqa: SLF001 - what it would ask
        asked.append([one.urls for one in configuration.iceServers])
        await call.close()
    assert asked == [[], ["turn:127.0.0.1:1"]]


@in_a_loop
async def test_an_offer_that_is_none_opens_nothing() -> None:
    camera = Camera()
    call = LiveCall(CallDevices(camera=camera), (), lambda _: None)
    with pytest.raises(ValueError, match="not in list"):
        await call.answer("no description")
    await call.close()
    assert not camera.open
