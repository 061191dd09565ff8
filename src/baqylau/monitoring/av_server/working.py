"""Compares what came in, one check after another, and writes the outcome into the journal.

Fact, report and mark are one transaction, and the fact's name comes from the manifest: after a kill at any moment the
check is compared again and nothing is said twice. A check whose comparison kills its process three times is given up,
with the reason said.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from baqylau.crypto.sealing import SealBrokenError
from baqylau.domain.checks import CheckKind, Ending, Likely, Likeness, LikenessReason
from baqylau.domain.ids import CheckId, PersonId
from baqylau.monitoring.av_server.evidence import fact
from baqylau.monitoring.av_server.report import Judged, Report
from baqylau.protocols.media.manifest import Mark, MediaKind
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_disk import PieceLostError
from baqylau.storage.checks.media_rows import Recordings
from baqylau.storage.journal.journal import Journal
from baqylau.storage.vault import KeyDestroyedError

log = structlog.get_logger()

OURSELVES = "av-server"
"""As whom the comparison looks at recordings."""
ATTEMPTS_MAX = 3


class JudgingFailedError(Exception):
    """The comparison's process died or took too long; the text says which."""


class Material(Struct, frozen=True, kw_only=True):
    """What one comparison needs, besides the models."""

    check_id: CheckId
    kind: CheckKind
    person_id: PersonId
    marks: tuple[Mark, ...]
    how: Ending = Ending.DONE
    clips: tuple[tuple[int, bytes], ...]
    """Each with milliseconds from the beginning of the check."""
    photos: tuple[tuple[int, bytes], ...]


class Judging(Protocol):
    """Who compares."""

    def judged(self, material: Material) -> Judged:
        """Compare; `JudgingFailedError` when that came to no end."""


class Worker(Struct, frozen=True, kw_only=True):
    """One worker. There may be only one at a time."""

    media: Media
    journal: Journal
    judging: Judging
    now: Callable[[], datetime]

    def once(self) -> bool:
        """Compare what waits longest; give whether there was anything."""
        waits = self.media.next()
        if waits is None:
            return False
        judged = self._judged(waits)
        if judged is not None:
            self._write(waits, judged)
        return True

    def _judged(self, waits: Recordings) -> Judged | None:
        """Give the outcome; None when it is to be tried again."""
        if waits.attempts >= ATTEMPTS_MAX:
            log.error("comparison_given_up", check=waits.check_id)
            return unjudged(waits.check_id, LikenessReason.RECORDING_DAMAGED)
        try:
            material = self._material(waits)
        except (PieceLostError, SealBrokenError):
            log.exception("recording_damaged", check=waits.check_id)
            return unjudged(waits.check_id, LikenessReason.RECORDING_DAMAGED)
        except KeyDestroyedError:
            return None
        if not material.clips and not material.photos:
            return unjudged(waits.check_id, LikenessReason.TOO_POOR)
        try:
            judged = self.judging.judged(material)
        except JudgingFailedError as failed:
            log.warning("comparison_failed", check=waits.check_id, why=str(failed), attempt=waits.attempts + 1)
            return None
        return judged if material.how is Ending.DONE else unended(judged)

    def _material(self, waits: Recordings) -> Material:
        said = self.media.said(waits.check_id)
        return Material(
            check_id=waits.check_id,
            kind=CheckKind(waits.kind),
            person_id=waits.person_id,
            marks=said.marks,
            how=said.how,
            clips=self._read(waits, MediaKind.CLIP),
            photos=self._read(waits, MediaKind.PHOTO),
        )

    def _read(self, waits: Recordings, kind: MediaKind) -> tuple[tuple[int, bytes], ...]:
        return tuple(
            (one.from_ms, self.media.read(waits.check_id, one.index, who=OURSELVES, purpose="comparison"))
            for one in waits.items
            if one.kind is kind
        )

    def _write(self, waits: Recordings, judged: Judged) -> None:
        entry = fact(waits.person_id, waits.device_id, (judged.likeness,), self.now(), b"likeness", waits.manifest)
        written = self.media.judged(waits.check_id, judged.likeness.outcome, msgspec.json.encode(judged.report))
        self.journal.append([entry], (written,))
        log.info("check_compared", check=waits.check_id, outcome=judged.likeness.outcome)


def unended(judged: Judged) -> Judged:
    """Give the outcome of a check that was broken off: not all was asked, so it shows nobody to be there now."""
    likeness = judged.likeness
    outcome = Likely.NOT_JUDGED if likeness.outcome is Likely.MATCH else likeness.outcome
    alive = None if likeness.alive else likeness.alive
    reasons = (LikenessReason.NOT_ENDED, *likeness.reasons)
    return replace(judged, likeness=replace(likeness, outcome=outcome, alive=alive, reasons=reasons))


def unjudged(check_id: CheckId, reason: LikenessReason) -> Judged:
    """Say that nothing could be compared, and why."""
    likeness = Likeness(check_id=check_id, outcome=Likely.NOT_JUDGED, reasons=(reason,))
    return Judged(likeness=likeness, report=Report())
