"""Whether recordings may come in, and that they are kept: by whom, of what, in time, and answering what was asked.

What is held is said only after it is on disk and in the database. What is refused in a known unit's name is evidence:
the signed manifest is set aside, and for a repetition or an old number the unit itself is doubted.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from errno import EDQUOT, ENOSPC
from typing import Protocol

import structlog
from msgspec import Struct

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.domain.challenge import Step, challenge
from baqylau.domain.checks import CheckKind, Ending, LikenessReason
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.recordings import Occasion
from baqylau.monitoring.server.link.desk import Outcome, Reply
from baqylau.protocols.batch.envelope import Fault, Refused
from baqylau.protocols.media.envelope import SignedManifest, opened_manifest, opened_piece, sealed_held
from baqylau.protocols.media.manifest import Held, Manifest, NotHeld
from baqylau.storage.checks.media import Media
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.strangers import Item

log = structlog.get_logger()

MEDIA = "media"
CLOCK_OFF = timedelta(minutes=5)
"""A unit's clock may be off by so much. [D]"""
LONGEST = timedelta(minutes=30)
"""No check takes longer; a breath test with its repetition is the longest. [D]"""
FREE_BYTES_MIN = 256 * 2**20
"""With less room than this nothing more is taken: the database on the same disk needs it. [D]"""
WAITING_MAX = 2_000
"""With so many checks waiting to be compared no other begins to come in; units keep theirs. [D]"""


class Sought(Struct, frozen=True, kw_only=True):
    """A check that was asked for, or a call whose order has it recorded."""

    check_id: CheckId
    kind: Occasion
    person_id: PersonId
    device_id: DeviceId
    nonce: bytes
    due_at: datetime
    expires_at: datetime


class Evidence(Protocol):
    """Where goes what is not taken."""

    def set_aside(self, item: Item) -> None:
        """Keep bytes that were not taken."""

    def refused(self, said: Manifest, why: NotHeld, sought: Sought | None, raw: bytes) -> None:
        """Write down that a unit brought what was not asked of it."""


REASONS: Mapping[NotHeld, LikenessReason] = {
    NotHeld.NONCE: LikenessReason.NONCE_WRONG,
    NotHeld.STEPS: LikenessReason.NONCE_WRONG,
    NotHeld.TIME: LikenessReason.TIME_WRONG,
}
"""What refused recordings say about the check that they name."""


class Reception(Struct, frozen=True, kw_only=True):
    """Takes manifests and pieces. May be used by several threads."""

    media: Media
    seek: Callable[[CheckId], Sought | None]
    key_of: Callable[[DeviceId], PublicKey | None]
    signer: Signer
    """The server's command key."""
    evidence: Evidence
    now: Callable[[], datetime]

    def manifest(self, raw: bytes, peer: str) -> Reply:
        """Take a manifest, and say what is held of it."""
        opened = opened_manifest(raw, self.key_of)
        if isinstance(opened, Refused):
            return self._disbelieved(opened, raw, peer)
        return self._kept(opened.manifest.device_id, opened.digest, lambda: self._begin(opened, raw))

    def piece(self, raw: bytes, peer: str) -> Reply:
        """Take a piece, and say what is held of its manifest."""
        opened = opened_piece(raw, self.key_of)
        if isinstance(opened, Refused):
            return self._disbelieved(opened, raw, peer)
        device_id, piece = opened
        return self._kept(device_id, piece.manifest, lambda: self.media.add(device_id, piece))

    def _kept(self, device_id: DeviceId, manifest: bytes, work: Callable[[], NotHeld | None]) -> Reply:
        try:
            if self.media.disk.free_bytes() < FREE_BYTES_MIN:
                return Reply(Outcome.FULL, device_id=device_id)
            refused = work()
            held = self.media.held(manifest) if refused not in _NOTHING_HELD else ()
        except _BusyError:
            return Reply(Outcome.TOO_OFTEN, device_id=device_id)
        except StorageUnavailableError:
            return Reply(Outcome.NOT_KEPT, device_id=device_id)
        except OSError as wrong:
            log.exception("recording_not_written")
            full = wrong.errno in {ENOSPC, EDQUOT}
            return Reply(Outcome.FULL if full else Outcome.NOT_KEPT, device_id=device_id)
        said = Held(device_id=device_id, manifest=manifest, bytes_held=held, refused=refused)
        return Reply(Outcome.ANSWERED, sealed_held(said, self.signer), device_id)

    def _begin(self, opened: SignedManifest, raw: bytes) -> NotHeld | None:
        said = opened.manifest
        sought = self.seek(said.check_id)
        refused = NotHeld.NOT_ASKED if sought is None else _mistake(said, sought, self.now())
        if refused is None and not self.media.held(opened.digest) and self.media.waiting() >= WAITING_MAX:
            raise _BusyError
        if refused is None:
            refused = self.media.take(opened, raw)
        if refused is not None and refused is not NotHeld.DESTROYED:
            log.warning("recordings_refused", device=said.device_id, why=refused)
            self.evidence.refused(said, refused, sought, raw)
        return refused

    def _disbelieved(self, refused: Refused, raw: bytes, peer: str) -> Reply:
        number = refused.kid.decode(errors="replace")
        item = Item(protocol=MEDIA, peer=peer, number=number, fault=refused.fault, detail="", raw=raw)
        try:
            self.evidence.set_aside(item)
        except StorageUnavailableError:
            return Reply(Outcome.NOT_KEPT)
        return Reply(_OUTCOMES.get(refused.fault, Outcome.NOT_UNDERSTOOD), device_id=DeviceId(number))


class _BusyError(Exception):
    """Too much waits already."""


_NOTHING_HELD = {NotHeld.NO_MANIFEST, NotHeld.NOT_ASKED, NotHeld.OTHER_DEVICE, NotHeld.OTHER_PERSON}
_OUTCOMES = {
    Fault.UNKNOWN_KEY: Outcome.UNKNOWN_DEVICE,
    Fault.SIGNATURE: Outcome.NOT_BELIEVED,
    Fault.ALGORITHM: Outcome.NOT_BELIEVED,
    Fault.FOREIGN: Outcome.NOT_BELIEVED,
}


def _mistake(said: Manifest, sought: Sought, now: datetime) -> NotHeld | None:
    """Give why recordings are not those that were asked for."""
    if said.device_id != sought.device_id:
        return NotHeld.OTHER_DEVICE
    if said.person_id != sought.person_id:
        return NotHeld.OTHER_PERSON
    if said.nonce != sought.nonce or said.kind is not sought.kind:
        return NotHeld.NONCE
    if not _steps_follow(said):
        return NotHeld.STEPS
    earliest, latest = sought.due_at - CLOCK_OFF, min(sought.expires_at, now) + CLOCK_OFF
    lasted = said.ended_at - said.began_at
    if not (earliest <= said.began_at <= latest and timedelta() <= lasted <= LONGEST):
        return NotHeld.TIME
    return None


def _steps_follow(said: Manifest) -> bool:
    """Whether what was asked of the person is what the number asks for, or its beginning where it was broken off.

    A breath test may be tried again from its beginning.
    """
    if said.kind is Occasion.CALL:
        return not said.marks
    wanted = challenge(CheckKind(said.kind), said.nonce, lamp=said.lamp)
    steps = [mark.step for mark in said.marks]
    if said.kind is Occasion.BREATH:
        return all(step in wanted for step in steps)
    ends = [(mark.from_ms, mark.until_ms) for mark in said.marks]
    in_turn = all(begin <= until for begin, until in ends) and ends == sorted(ends)
    begun: tuple[Step, ...] = wanted[: len(steps)]
    return in_turn and tuple(steps) == begun and (said.how is not Ending.DONE or len(steps) == len(wanted))
