"""Who said it: manifests and pieces signed by the unit, what is held by the server (`spec/media.md`, V1).

Opening never raises, whatever the bytes: it gives what was said, or a named refusal.
"""

from collections.abc import Callable, Collection
from hashlib import sha256

from baqylau.crypto.cose import (
    Message,
    PublicKey,
    sealed,
)
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.domain.recordings import SignedManifest
from baqylau.protocols.batch.envelope import Fault, Refused, believed, key_id
from baqylau.protocols.media.manifest import (
    MANIFEST_BYTES_MAX,
    PIECE_BYTES,
    Held,
    Manifest,
    MediaWrongError,
    Piece,
    media_bytes,
    media_of,
)

MANIFEST, PIECE, HELD = b"baqylau media manifest 1", b"baqylau media piece 1", b"baqylau media held 1"
"""Authenticated with every message and not sent: one kind of message never passes for another."""
MESSAGE_BYTES_MAX = PIECE_BYTES + (1 << 12)
"""No message is longer."""

__all__ = [
    "SignedManifest",
    "manifest_digest",
    "opened_held",
    "opened_manifest",
    "opened_piece",
    "sealed_held",
    "sealed_manifest",
    "sealed_piece",
]
PublicKeys = Callable[[DeviceId], PublicKey | None]


def sealed_manifest(manifest: Manifest, key: Signer) -> bytes:
    """Give the bytes of a manifest; `ValueError` for one that is longer than the server takes."""
    raw = sealed(media_bytes(manifest), kid=manifest.device_id.encode(), key=key, aad=MANIFEST)
    if len(raw) > MANIFEST_BYTES_MAX:
        msg = "a manifest is longer than the server takes"
        raise ValueError(msg)
    return raw


def opened_manifest(raw: bytes, key_of: PublicKeys) -> SignedManifest | Refused:
    """Take a manifest from anybody. Whether it was asked for is for whoever knows the checks."""
    message = _opened(raw, key_of, MANIFEST, MANIFEST_BYTES_MAX)
    if isinstance(message, Refused):
        return message
    try:
        said = media_of(Manifest, message.payload)
    except MediaWrongError:
        return Refused(fault=Fault.CONTENT, kid=message.kid)
    if said.device_id.encode() != message.kid:
        return Refused(fault=Fault.FOREIGN, kid=message.kid)
    return SignedManifest(manifest=said, digest=manifest_digest(raw))


def manifest_digest(raw: bytes) -> bytes:
    """Give the name of a signed manifest: SHA-256 of all its bytes."""
    return sha256(raw).digest()


def sealed_piece(device_id: DeviceId, piece: Piece, key: Signer) -> bytes:
    """Give the bytes of a piece."""
    return sealed(media_bytes(piece), kid=device_id.encode(), key=key, aad=PIECE)


def opened_piece(raw: bytes, key_of: PublicKeys) -> tuple[DeviceId, Piece] | Refused:
    """Take a piece from anybody, with whose it is."""
    message = _opened(raw, key_of, PIECE, MESSAGE_BYTES_MAX)
    if isinstance(message, Refused):
        return message
    try:
        return DeviceId(message.kid.decode()), media_of(Piece, message.payload)
    except MediaWrongError:
        return Refused(fault=Fault.CONTENT, kid=message.kid)


def sealed_held(held: Held, key: Signer) -> bytes:
    """Give the bytes of what is held, proven by the server."""
    return sealed(media_bytes(held), kid=key_id(key.public_key), key=key, aad=HELD)


def opened_held(raw: bytes, trusted: Collection[bytes], device_id: DeviceId) -> Held | Refused:
    """Take what the server says that it holds, on the unit that it must be meant for."""
    keys = {key_id(one): PublicKey(one) for one in trusted}
    message = believed(raw, keys.get, HELD, MANIFEST_BYTES_MAX)
    if isinstance(message, Refused):
        return message
    try:
        said = media_of(Held, message.payload)
    except MediaWrongError:
        return Refused(fault=Fault.CONTENT, kid=message.kid)
    return said if said.device_id == device_id else Refused(fault=Fault.FOREIGN, kid=message.kid)


def _opened(raw: bytes, key_of: PublicKeys, aad: bytes, bytes_max: int) -> Message | Refused:
    def named(kid: bytes) -> PublicKey | None:
        try:
            return key_of(DeviceId(kid.decode()))
        except UnicodeDecodeError:
            return None

    return believed(raw, named, aad, bytes_max)
