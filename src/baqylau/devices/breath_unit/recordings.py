"""Recordings of checks on the unit's disk: measurements as they come, photographs, the manifest that names them all.

A folder a check. `rows` holds the board's own lines, so that after a cut of power everything but a torn last line is
there. `manifest.cose` appears last and at once: with it the check is whole, signed, and never signed anew.
"""

import os
import shutil
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.acts import Photo, Sign
from baqylau.devices.breath_unit.trace import cut_trace
from baqylau.domain.checks import CheckKind
from baqylau.domain.ids import CheckId, DeviceId
from baqylau.links.breath_lines import Row, read, written
from baqylau.protocols.media.envelope import manifest_digest, sealed_manifest
from baqylau.protocols.media.manifest import DIGEST_BYTES, Item, Manifest, MediaKind

MANIFEST, TRACE, ROWS = "manifest.cose", "trace", "rows"


class _Chain(Struct, frozen=True):
    """What the next manifest follows."""

    counter: int = 0
    digest: bytes = bytes(DIGEST_BYTES)


class Sealed(Struct, frozen=True, kw_only=True):
    """What was signed of a check."""

    items: int
    manifest: bytes
    trace: bytes


class Recordings:
    """The folder of all checks of one unit. Not for several threads at once."""

    def __init__(self, folder: Path, device_id: DeviceId, signer: Signer) -> None:
        """Take the folder, and who signs."""
        self._folder, self._device_id, self._signer = folder / "checks", device_id, signer
        self._folder.mkdir(exist_ok=True, mode=0o700)
        self._chain = self._folder / "chain"

    def keep(self, check_id: CheckId, rows: tuple[Row, ...]) -> None:
        """Put measurements behind those there are, on disk when this returns."""
        with (self._of(check_id) / ROWS).open("ab") as file:
            file.write(b"".join(written(row) for row in rows))
            file.flush()
            os.fdatasync(file.fileno())

    def photograph(self, check_id: CheckId, number: int, picture: bytes) -> None:
        """Keep a photograph."""
        _on_disk(self._of(check_id) / f"photo-{number}", picture)

    def sign(self, what: Sign) -> Sealed:
        """Sign everything of a check; what was signed already stays as it is."""
        folder = self._of(what.check_id)
        done = folder / "sealed"
        if done.exists():
            return msgspec.msgpack.decode(done.read_bytes(), type=Sealed)
        trace = what.trace or cut_trace(self._rows(folder))
        _on_disk(folder / TRACE, trace)
        duration_ms = round((what.ended_at - what.began_at).total_seconds() * 1000)
        items = [_item(1, MediaKind.TRACE, trace, 0, duration_ms)]
        for photo in self._photos(folder, what.photos):
            raw = (folder / f"photo-{photo.number}").read_bytes()
            items.append(_item(len(items) + 1, MediaKind.PHOTO, raw, photo.from_ms, 0))
            _on_disk(folder / f"item-{len(items)}", raw)
        _on_disk(folder / "item-1", trace)
        chain = self._last()
        raw = sealed_manifest(self._manifest(what, tuple(items), chain), self._signer)
        sealed = Sealed(items=len(items), manifest=manifest_digest(raw), trace=sha256(trace).digest())
        _on_disk(self._chain, msgspec.msgpack.encode(_Chain(chain.counter + 1, sealed.manifest)))
        _on_disk(folder / MANIFEST, raw)
        _on_disk(done, msgspec.msgpack.encode(sealed))
        return sealed

    def whole(self) -> list[Path]:
        """Give the folders of checks that are signed, the oldest first."""
        signed = [one.parent for one in self._folder.glob(f"*/{MANIFEST}")]
        return sorted(signed, key=lambda one: (one / MANIFEST).stat().st_mtime)

    def forget(self, folder: Path) -> None:
        """Delete recordings that the server has."""
        shutil.rmtree(folder)

    def _of(self, check_id: CheckId) -> Path:
        """Give the folder of a check; its name says nothing of what somebody else may have put into the id."""
        folder = self._folder / sha256(check_id.encode()).hexdigest()[:32]
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder

    def _rows(self, folder: Path) -> list[Row]:
        path = folder / ROWS
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        return [row for row in map(read, lines) if isinstance(row, Row)]

    def _photos(self, folder: Path, photos: tuple[Photo, ...]) -> list[Photo]:
        return [one for one in photos if (folder / f"photo-{one.number}").exists()]

    def _last(self) -> _Chain:
        if not self._chain.exists():
            return _Chain()
        return msgspec.msgpack.decode(self._chain.read_bytes(), type=_Chain)

    def _manifest(self, what: Sign, items: tuple[Item, ...], chain: _Chain) -> Manifest:
        return Manifest(
            check_id=what.check_id,
            kind=CheckKind.BREATH,
            person_id=what.person_id,
            nonce=what.nonce,
            device_id=self._device_id,
            counter=chain.counter + 1,
            previous=chain.digest,
            began_at=what.began_at,
            ended_at=what.ended_at,
            how=what.how,
            marks=what.marks,
            items=items,
        )


def _item(index: int, kind: MediaKind, raw: bytes, from_ms: int, duration_ms: int) -> Item:
    return Item(
        index=index,
        kind=kind,
        content_type="application/cbor" if kind is MediaKind.TRACE else "image/jpeg",
        from_ms=from_ms,
        duration_ms=duration_ms,
        size=len(raw),
        sha256=sha256(raw).digest(),
    )


def _on_disk(path: Path, raw: bytes) -> None:
    """Put a file there whole or not at all."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
