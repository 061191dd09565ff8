"""Recordings of a check in a test: a unit's signed manifest over bytes that look like nothing."""

from datetime import timedelta
from hashlib import sha256

from msgspec.structs import replace

from baqylau.crypto.signing import Signer
from baqylau.domain.checks import Ending
from baqylau.domain.ids import CheckId, DeviceId
from baqylau.domain.recordings import Occasion
from baqylau.protocols.media.envelope import SignedManifest, manifest_digest, sealed_manifest
from baqylau.protocols.media.manifest import PIECE_BYTES, Item, Manifest, MediaKind, Piece
from tests.unit.storage.kept import AIGUL, NOON

UNIT = DeviceId("av-1")
KEY = Signer(bytes(range(32)))
NONCE = bytes(16)


def noise(size: int) -> bytes:
    """Give bytes that look like a recording."""
    blocks = (sha256(block.to_bytes(4, "big")).digest() for block in range(size // 32 + 1))
    return b"".join(blocks)[:size]


CLIP = noise(PIECE_BYTES + 5_000)
PHOTO = noise(3_000)


def item(index: int, content: bytes, kind: MediaKind = MediaKind.CLIP) -> Item:
    """Name a recording."""
    return Item(
        index=index,
        kind=kind,
        content_type="video/webm",
        from_ms=1_000 * index,
        duration_ms=4_000,
        size=len(content),
        sha256=sha256(content).digest(),
    )


MANIFEST = Manifest(
    check_id=CheckId("c-1"),
    kind=Occasion.IDENTITY,
    person_id=AIGUL,
    nonce=NONCE,
    device_id=UNIT,
    counter=1,
    previous=bytes(32),
    began_at=NOON,
    ended_at=NOON + timedelta(seconds=30),
    how=Ending.BROKEN_OFF,
    items=(item(1, CLIP), item(2, PHOTO, MediaKind.PHOTO)),
)


def signed(manifest: Manifest = MANIFEST, **changes: object) -> tuple[SignedManifest, bytes]:
    """Sign a manifest as its unit would."""
    said = replace(manifest, **changes)
    raw = sealed_manifest(said, KEY)
    return SignedManifest(manifest=said, digest=manifest_digest(raw)), raw


def pieces(manifest: bytes, index: int, content: bytes) -> list[Piece]:
    """Cut a recording."""
    return [
        Piece(manifest=manifest, index=index, offset=at, content=content[at : at + PIECE_BYTES])
        for at in range(0, len(content), PIECE_BYTES)
    ]
