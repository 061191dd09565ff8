"""The audio-visual unit's hands: camera, microphone, screen, voice, and the disk that recordings are kept on.

Nothing else than the core's order opens the camera, and one check is captured at a time. What came of an order is said
as a source of words; while the camera is open, what it sees is said five times in a second.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial
from typing import assert_never

import structlog
from msgspec import Struct

from baqylau.devices.av_unit.acts import Act, CloseCall, CloseCapture, DropCapture, OpenCall, OpenCapture, Show
from baqylau.devices.av_unit.call_recorder import CallRecorder
from baqylau.devices.av_unit.capture import LOOK_EVERY_MS, Capture
from baqylau.devices.av_unit.inputs import Look
from baqylau.devices.av_unit.phone_line import Gone, PhoneLine, Reached
from baqylau.devices.av_unit.screen import Screen
from baqylau.devices.av_unit.serving import ScreenPage
from baqylau.devices.linux_unit.media_spool import BegunRecording, MediaSpool, Sealed
from baqylau.devices.linux_unit.media_upload import MediaUpload
from baqylau.domain.calls import IceServer
from baqylau.domain.ids import CallId, CheckId
from baqylau.domain.recordings import MediaKind, Occasion
from baqylau.links.calls import CallDevices
from baqylau.links.camera import Camera
from baqylau.links.clips import CONTENT_TYPE, Clip
from baqylau.links.face_finder import Finder
from baqylau.links.loudspeaker import Loudspeaker
from baqylau.links.microphone import Microphone
from baqylau.links.radio.words import Clock, Particular, Said
from baqylau.links.speaker import Speaker
from baqylau.locales import text

log = structlog.get_logger()


class Equipment(Struct, frozen=True, kw_only=True):
    """What the unit has."""

    camera: Camera
    microphone: Microphone | None = None
    find: Finder | None = None
    screen: Screen
    speaker: Speaker
    page: ScreenPage | None = None
    loudspeaker: Loudspeaker | None = None
    servers: Callable[[datetime], tuple[IceServer, ...]] = lambda _: ()
    """The unit's own STUN and TURN servers for a call; none: those that come with the call."""


class Seen(Struct, frozen=True):
    """What the open camera sees."""

    check_id: CheckId
    look: Look | None


class Failed(Struct, frozen=True):
    """The capture broke off."""

    check_id: CheckId
    part: str


class SignDone(Struct, frozen=True):
    """What became of a signature; None when the disk would not have it."""

    check_id: CheckId
    sealed: Sealed | None


class CallSigned(Struct, frozen=True):
    """What was recorded of a call is signed."""

    call_id: CallId
    sealed: Sealed


class Hands:
    """Does what the core wants."""

    name = "hands"

    def __init__(self, equipment: Equipment, spool: MediaSpool, upload: MediaUpload | None, clock: Clock) -> None:
        """Take the equipment, where recordings are kept, who brings them to the server, and what stamps."""
        self._has, self._spool, self._upload, self._clock = equipment, spool, upload, clock
        self._acts: asyncio.Queue[Act | Gone] = asyncio.Queue()
        self._capture: Capture | None = None
        self._line = PhoneLine(
            CallDevices(camera=equipment.camera, microphone=equipment.microphone, loudspeaker=equipment.loudspeaker),
            equipment.screen,
            self._acts.put_nowait,
            self._recorder,
            equipment.servers,
        )
        self._check_id = CheckId("")
        self._told_failed = False

    async def __call__(self, act: Struct) -> None:
        """Take something to do; what is to be shown is shown at once."""
        match act:
            case Show():
                await asyncio.to_thread(self._show, act)
            case OpenCapture() | CloseCapture() | DropCapture() | OpenCall() | CloseCall():
                self._acts.put_nowait(act)
            case _:
                raise TypeError(act)

    async def words(self) -> AsyncIterator[Said]:
        """Do what there is to do, and say what is seen meanwhile."""
        beside = [asyncio.create_task(one.run()) for one in (self._upload, self._has.page) if one is not None]
        try:
            while True:
                act = await self._next()
                done = await self._done(act) if act is not None else self._seen()
                if done is not None:
                    yield Said(self._clock(), Particular(done))
                for task in beside:
                    if task.done():
                        await task
        finally:
            if self._capture is not None:
                self._capture.close()
            await self._line.close()
            self._has.speaker.close()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _next(self) -> Act | Gone | None:
        """Give what is to be done next; None when the open camera is to be looked through meanwhile."""
        within_s = None if self._capture is None else LOOK_EVERY_MS / 1000
        try:
            return await asyncio.wait_for(self._acts.get(), within_s)
        except TimeoutError:
            return None

    def _seen(self) -> Seen | Failed | None:
        capture = self._capture
        if capture is None or self._told_failed:
            return None
        if capture.failed:
            self._told_failed = True
            return Failed(self._check_id, capture.failed)
        return Seen(self._check_id, capture.look)

    async def _done(self, act: Act | Gone) -> Failed | SignDone | CallSigned | Reached | Gone | None:
        match act:
            case OpenCapture():
                return await asyncio.to_thread(self._open, act)
            case CloseCapture():
                return await asyncio.to_thread(self._close, act)
            case DropCapture(check_id=check_id):
                await asyncio.to_thread(self._drop, check_id)
                return None
            case OpenCall():
                return await self._line.open(act)
            case CloseCall():
                await self._line.close()
                return await asyncio.to_thread(self._call_signed, act)
            case Gone():
                return act
            case Show():
                raise TypeError(act)
            case _:
                assert_never(act)

    def _open(self, act: OpenCapture) -> Failed | None:
        self._shut()
        begun = BegunRecording(
            check_id=act.check_id,
            kind=Occasion(act.kind),
            person_id=act.person_id,
            nonce=act.nonce,
            began_at=act.began_at,
            lamp=act.lamp,
        )
        self._spool.begin(begun)
        self._has.screen.capturing(on=True)
        self._check_id, self._told_failed = act.check_id, False
        keep = partial(self._keep, act.check_id)
        self._capture = Capture(self._has.camera, self._has.microphone, self._has.find, self._clock_ms, keep)
        return None

    def _clock_ms(self) -> int:
        return self._clock().monotonic_ms

    def _keep(self, check_id: CheckId, clip: Clip) -> None:
        self._spool.add(
            check_id,
            clip.content,
            kind=MediaKind.CLIP,
            content_type=CONTENT_TYPE,
            from_ms=clip.from_ms,
            duration_ms=clip.duration_ms,
        )

    def _recorder(self, act: OpenCall) -> CallRecorder:
        """Give what records a call. Nothing is begun before there is a first segment."""
        begun = BegunRecording(
            check_id=CheckId(act.order.call_id),
            kind=Occasion.CALL,
            person_id=act.order.person_id,
            nonce=b"",
            began_at=act.began_at,
        )

        def keep(clip: Clip) -> None:
            self._spool.begin(begun)
            self._keep(begun.check_id, clip)

        return CallRecorder(self._clock_ms, keep, microphone=self._has.microphone is not None)

    def _call_signed(self, act: CloseCall) -> CallSigned | None:
        """Sign what was recorded of a call; of one that is not recorded nothing was ever begun."""
        try:
            sealed = self._spool.seal(CheckId(act.call_id), act.ended_at, act.how)
        except KeyError:
            return None
        self._bring()
        return CallSigned(act.call_id, sealed)

    def _bring(self) -> None:
        if self._upload is not None:
            self._upload.wanted.set()

    def _shut(self) -> None:
        if self._capture is not None:
            self._capture.close()
            self._capture = None
        self._has.screen.capturing(on=False)

    def _close(self, act: CloseCapture) -> SignDone:
        self._shut()
        try:
            sealed = self._spool.seal(act.check_id, act.ended_at, act.how, act.marks)
        except (OSError, KeyError) as wrong:
            log.warning("recordings_not_sealed", why=str(wrong))
            return SignDone(act.check_id, None)
        self._bring()
        return SignDone(act.check_id, sealed)

    def _drop(self, check_id: CheckId) -> None:
        self._shut()
        self._spool.discard(check_id)

    def _show(self, act: Show) -> None:
        words = text(act.language, act.key)
        self._has.screen.show(words, act.language, digit=act.digit, light=act.light, left_ms=act.left_ms, call=act.call)
        if act.aloud:
            self._has.speaker.say(words, act.language)
