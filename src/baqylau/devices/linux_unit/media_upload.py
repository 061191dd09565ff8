"""Brings recordings to the audio-visual server (`spec/media.md`): manifest, then what is not held yet, piece by piece.

Whatever goes wrong on the way, the recordings stay and the upload goes on from what the server holds: after a failure
the unit waits a time drawn at random, longer after each, so that thousands of units do not come back at one instant.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from random import Random

import structlog

from baqylau.devices.linux_unit.link import WAIT_FIRST_S, WAIT_MAX_S, Identity, Line
from baqylau.devices.linux_unit.media_spool import MediaSpool, PieceBrokenError, Sealed
from baqylau.links.device_line import LineError
from baqylau.protocols.media.envelope import opened_held, sealed_piece
from baqylau.protocols.media.manifest import Held, NotHeld, Piece
from baqylau.protocols.media.paths import MANIFESTS, PIECES

log = structlog.get_logger()

LOOK_S = 5.0
"""How soon a sealed check is brought, where nobody says that there is one."""
BROKEN = "broken"
"""What the disk gave back is not what was recorded: it stays where it is, and what comes after it goes on."""
_COMES_AGAIN = {NotHeld.ORDER, NotHeld.DIGEST, NotHeld.NO_MANIFEST}
"""Refusals after which the same recordings are brought again, from what is held."""


class MediaUpload:
    """One task that runs until it is cancelled."""

    def __init__(
        self, identity: Identity, line: Line, spool: MediaSpool, now: Callable[[], datetime], random: Random
    ) -> None:
        """Take who we are, the line to the audio-visual server, the recordings, UTC, and chance."""
        self._identity, self._line, self._spool, self._now, self._random = identity, line, spool, now, random
        self.wanted = asyncio.Event()

    async def run(self) -> None:
        """Bring what waits, as soon as there is something."""
        failures = 0
        while True:
            try:
                if not await self.once():
                    await self._rest()
                failures = 0
            except LineError as wrong:
                failures += 1
                log.info("not_brought", why=str(wrong), failures=failures)
                longest_s = min(WAIT_FIRST_S * 2 ** min(failures - 1, 10), WAIT_MAX_S)
                await asyncio.sleep(self._random.uniform(0.0, longest_s))

    async def _rest(self) -> None:
        self.wanted.clear()
        try:
            await asyncio.wait_for(self.wanted.wait(), LOOK_S)
        except TimeoutError:
            return

    async def once(self) -> bool:
        """Bring one check; give whether there was any. `LineError` when it came to no end."""
        sealed = await asyncio.to_thread(self._spool.waiting)
        if sealed is None:
            return False
        try:
            refused = await self._brought(sealed)
        except PieceBrokenError:
            log.exception("recordings_broken")
            await asyncio.to_thread(self._spool.refused, sealed.check_id, BROKEN, self._now())
            return True
        if refused in _COMES_AGAIN:
            raise LineError(refused)
        if refused is None or refused is NotHeld.DESTROYED:
            await asyncio.to_thread(self._spool.done, sealed.check_id)
        else:
            log.warning("recordings_refused", why=refused)
            await asyncio.to_thread(self._spool.refused, sealed.check_id, refused, self._now())
        return True

    async def _brought(self, sealed: Sealed) -> NotHeld | None:
        """Bring what is not held yet; give why the server wants none of it."""
        held = await self._told(MANIFESTS, sealed.raw, len(sealed.items))
        for at, item in enumerate(sealed.items):
            while held.refused is None and held.bytes_held[at] < item.size:
                held = await self._piece(sealed, at, held.bytes_held[at])
        return held.refused

    async def _piece(self, sealed: Sealed, at: int, offset: int) -> Held:
        item = sealed.items[at]
        content = await asyncio.to_thread(self._spool.piece, sealed.check_id, item, offset)
        piece = Piece(manifest=sealed.digest, index=item.index, offset=offset, content=content)
        raw = sealed_piece(self._identity.device_id, piece, self._identity.signer)
        return await self._told(PIECES, raw, len(sealed.items))

    async def _told(self, path: str, raw: bytes, items: int) -> Held:
        identity = self._identity
        opened = opened_held(await self._line.post(path, raw), identity.trusted, identity.device_id)
        if not isinstance(opened, Held):
            raise LineError(opened.fault)
        if opened.refused is None and len(opened.bytes_held) != items:
            raise LineError("not_all_told")
        return opened
