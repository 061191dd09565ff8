"""The breath unit's hands: its board, its camera, and the disk that recordings of checks are kept on.

What is to be done is done in its order by one task, so measurements are on disk before what is made of them. Nothing
else than the core's order lets the camera look.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Protocol, assert_never

import structlog
from msgspec import Struct

from baqylau.devices.breath_unit.acts import Act, KeepRows, Open, Photograph, Sign, ToBoard
from baqylau.devices.breath_unit.calibration_file import CalibrationFile, opened_file
from baqylau.devices.breath_unit.metrology.calibration import Lock
from baqylau.devices.breath_unit.recordings import Recordings, SignedTest
from baqylau.devices.linux_unit.media_upload import MediaUpload
from baqylau.domain.ids import CheckId
from baqylau.links.breath_lines import Order
from baqylau.links.radio.words import Clock, Particular, Said

log = structlog.get_logger()

CALIBRATION_FILE = "calibration.cose"
LOOKED_AT_S = 30.0
"""How often the workshop's file is looked at."""


class Camera(Protocol):
    """Whatever takes a photograph."""

    async def photo(self) -> bytes:
        """Give a photograph, JPEG; `OSError` when there is none to be had."""


class Measures(Protocol):
    """The board, as far as orders go."""

    async def order(self, order: Order) -> None:
        """Order something; `OSError` when it is not there."""


class PhotoDone(Struct, frozen=True):
    """What became of a photograph."""

    check_id: CheckId
    photo: int
    kept: bool


class SignDone(Struct, frozen=True):
    """What became of a signature; None when the disk would not have it."""

    check_id: CheckId
    signed: SignedTest | None


class FileRead(Struct, frozen=True):
    """What the workshop's file says."""

    file: CalibrationFile | None
    why: Lock | None


Done = PhotoDone | SignDone | FileRead


class Hands:
    """Does what the core wants, and says what came of it as a source of words."""

    name = "hands"

    def __init__(
        self,
        folder: Path,
        recordings: Recordings,
        board: Measures,
        camera: Camera,
        clock: Clock,
        workshops: Mapping[str, bytes],
        upload: MediaUpload | None = None,
    ) -> None:
        """Take the unit's folder, its equipment, what stamps, the workshops that are believed, and who brings it."""
        self._file, self._recordings = folder / CALIBRATION_FILE, recordings
        self._board, self._camera, self._clock, self._workshops = board, camera, clock, workshops
        self._upload = upload
        self._acts: asyncio.Queue[Act] = asyncio.Queue()
        self._seen: tuple[int, int] | None = None

    async def __call__(self, act: Struct) -> None:
        """Take something to do; the board is told at once."""
        match act:
            case ToBoard(order=order):
                await self._tell_board(order)
            case Open() | KeepRows() | Photograph() | Sign():
                self._acts.put_nowait(act)
            case _:
                raise TypeError(act)

    async def words(self) -> AsyncIterator[Said]:
        """Do what there is to do, and look at the workshop's file."""
        yield self._said(self._read())
        while True:
            try:
                async with asyncio.timeout(LOOKED_AT_S):
                    act = await self._acts.get()
            except TimeoutError:
                if self._changed():
                    yield self._said(self._read())
                continue
            done = await self._done(act)
            if done is not None:
                yield self._said(done)

    @property
    def idle(self) -> bool:
        """Whether everything that was wanted is done."""
        return self._acts.empty()

    def _said(self, what: Done) -> Said:
        return Said(self._clock(), Particular(what))

    async def _tell_board(self, order: Order) -> None:
        try:
            await self._board.order(order)
        except OSError as wrong:
            log.warning("board_not_told", why=str(wrong))

    async def _done(self, act: Act) -> Done | None:
        match act:
            case KeepRows(check_id=check_id, rows=rows):
                try:
                    await asyncio.to_thread(self._recordings.keep, check_id, rows)
                except OSError as wrong:
                    log.warning("rows_not_kept", why=str(wrong))
                return None
            case Open(begun=begun):
                await asyncio.to_thread(self._recordings.begin, begun)
                return None
            case Photograph():
                return await self._photographed(act)
            case Sign():
                return await self._signed(act)
            case ToBoard():
                raise TypeError(act)
            case _:
                assert_never(act)

    async def _photographed(self, act: Photograph) -> PhotoDone:
        try:
            picture = await self._camera.photo()
            await asyncio.to_thread(self._recordings.photograph, act, picture)
        except OSError as wrong:
            log.warning("no_photograph", why=str(wrong))
            return PhotoDone(act.check_id, act.photo, kept=False)
        return PhotoDone(act.check_id, act.photo, kept=True)

    async def _signed(self, act: Sign) -> SignDone:
        try:
            signed = await asyncio.to_thread(self._recordings.sign, act)
        except OSError as wrong:
            log.warning("recordings_not_kept", why=str(wrong))
            return SignDone(act.check_id, None)
        self._bring()
        return SignDone(act.check_id, signed)

    def _bring(self) -> None:
        if self._upload is not None:
            self._upload.wanted.set()

    def _changed(self) -> bool:
        return self._stamp() != self._seen

    def _stamp(self) -> tuple[int, int] | None:
        try:
            seen = self._file.stat()
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_size

    def _read(self) -> FileRead:
        self._seen = self._stamp()
        try:
            raw = self._file.read_bytes()
        except OSError:
            return FileRead(None, Lock.NOT_CALIBRATED)
        opened = opened_file(raw, self._workshops)
        return FileRead(None, opened) if isinstance(opened, Lock) else FileRead(opened, None)


class Carrier:
    """Brings what is signed to the audio-visual server, as long as the program runs; it says nothing."""

    name = "media"

    def __init__(self, upload: MediaUpload) -> None:
        """Take who brings it."""
        self._upload = upload

    async def words(self) -> AsyncIterator[Said]:
        """Bring what waits until it is cancelled."""
        await self._upload.run()
        nothing: tuple[Said, ...] = ()
        for said in nothing:
            yield said
