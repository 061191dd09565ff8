"""How recordings lie on a unit: encrypted, each check's with a key of its own, wrapped with one that the unit has.

A recording is sealed piece by piece, so that an upload goes on in the middle without reading all of it. With the row
that holds the wrapped key a check's recordings are gone, whatever a memory card keeps of the files.
"""

import os

import msgspec

from baqylau.crypto.boxes import derived
from baqylau.crypto.sealing import KEY_BYTES, NONCE_BYTES, Seal
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import CheckId
from baqylau.protocols.media.manifest import PIECE_BYTES

_TAG_BYTES = 16
_AT_REST = b"recordings at rest"
SEALED_BYTES = NONCE_BYTES + PIECE_BYTES + _TAG_BYTES
"""A sealed piece on the disk; only a last one is shorter."""


class UnitSeal:
    """Seals what one unit recorded."""

    def __init__(self, signer: Signer) -> None:
        """Take the unit's own key: from its signature over words that it signs nowhere else follows the other one."""
        self._own = Seal(derived(signer.sign(_AT_REST), _AT_REST))

    def new_key(self, check_id: CheckId) -> bytes:
        """Give a fresh key for a check, wrapped."""
        return self._own.close(os.urandom(KEY_BYTES), nonce=os.urandom(NONCE_BYTES), context=check_id.encode())

    def closed(self, wrapped: bytes, check_id: CheckId, name: bytes, content: bytes) -> bytes:
        """Give a recording as it lies on the disk. `name`: its digest."""
        key = self._key(wrapped, check_id)
        pieces = range(0, len(content), PIECE_BYTES)
        return b"".join(
            key.close(content[at : at + PIECE_BYTES], nonce=os.urandom(NONCE_BYTES), context=_place(name, at))
            for at in pieces
        )

    def opened(self, wrapped: bytes, check_id: CheckId, name: bytes, offset: int, sealed: bytes) -> bytes:
        """Give the piece that begins at an offset; `SealBrokenError` when it is not what was closed there."""
        return self._key(wrapped, check_id).open(sealed, context=_place(name, offset))

    def _key(self, wrapped: bytes, check_id: CheckId) -> Seal:
        return Seal(self._own.open(wrapped, context=check_id.encode()))


def _place(name: bytes, offset: int) -> bytes:
    """A sealed piece cannot be put into another's place."""
    return msgspec.msgpack.encode((name, offset))
