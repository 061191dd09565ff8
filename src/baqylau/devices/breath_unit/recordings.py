"""Recordings of checks on the unit's disk: measurements as they come, photographs, and what names and signs them all.

What is signed and brought to the server is in `linux_unit.media_spool`. Beside it the board's own lines of a test that
goes on are in a file, so that after a cut of power everything but a torn last line is there.
"""

import os
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.acts import Photograph, Sign
from baqylau.devices.breath_unit.trace import cut_trace
from baqylau.devices.linux_unit.media_spool import BegunRecording, MediaSpool
from baqylau.domain.ids import CheckId, DeviceId
from baqylau.links.breath_lines import RATE_HZ, Row, read, written
from baqylau.protocols.media.manifest import MediaKind

LOOSE_ROWS = round(RATE_HZ / 2)
"""Rows that may be on their way to the disk."""


class SignedTest(Struct, frozen=True, kw_only=True):
    """What was signed of a check."""

    items: int
    manifest: bytes
    trace: bytes


class Recordings:
    """Recordings of one unit. Not for several threads at once."""

    def __init__(self, folder: Path, device_id: DeviceId, signer: Signer) -> None:
        """Take the unit's folder, and who signs."""
        self.spool = MediaSpool(folder, signer, device_id)
        self._loose = 0
        self._folder = folder / "rows"
        self._folder.mkdir(exist_ok=True, mode=0o700)

    def close(self) -> None:
        """Close it; what was recorded stays."""
        self.spool.close()

    def begin(self, begun: BegunRecording) -> None:
        """Begin to keep what belongs to a check."""
        self.spool.begin(begun)

    def keep(self, check_id: CheckId, rows: tuple[Row, ...]) -> None:
        """Put measurements behind those there are; a cut of power takes no more than the last half second."""
        self._loose += len(rows)
        with self._rows_of(check_id).open("ab") as file:
            file.write(b"".join(written(row) for row in rows))
            file.flush()
            if self._loose >= LOOSE_ROWS:
                os.fdatasync(file.fileno())
                self._loose = 0

    def photograph(self, of: Photograph, picture: bytes) -> None:
        """Keep a photograph."""
        self.spool.add(of.check_id, picture, kind=MediaKind.PHOTO, content_type="image/jpeg", from_ms=of.from_ms)

    def sign(self, what: Sign) -> SignedTest:
        """Sign everything of a check; what was signed already stays as it is."""
        if what.check_id in self.spool.unsealed():
            self.spool.add(
                what.check_id,
                what.trace or cut_trace(self._rows(what.check_id)),
                kind=MediaKind.TRACE,
                content_type="application/cbor",
                from_ms=0,
                duration_ms=max(round((what.ended_at - what.began_at).total_seconds() * 1000), 0),
            )
        sealed = self.spool.seal(what.check_id, what.ended_at, what.how, what.marks)
        self._rows_of(what.check_id).unlink(missing_ok=True)
        traces = [one.sha256 for one in sealed.items if one.kind is MediaKind.TRACE]
        return SignedTest(items=len(sealed.items), manifest=sealed.digest, trace=traces[-1] if traces else b"")

    def _rows_of(self, check_id: CheckId) -> Path:
        """Give the file of a check; its name says nothing of what somebody may have put into the id."""
        return self._folder / sha256(check_id.encode()).hexdigest()

    def _rows(self, check_id: CheckId) -> list[Row]:
        path = self._rows_of(check_id)
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        return [row for row in map(read, lines) if isinstance(row, Row)]
