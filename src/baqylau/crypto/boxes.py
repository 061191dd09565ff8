"""Boxes: what only the holders of one or of several keys together can open (X25519, HKDF-SHA256, AES-256-GCM).

A box is the public key of a pair that is made for this box alone, and the sealed bytes. Its key comes from the secrets
that this pair has in common with each of the recipients: all of them are needed to open it.
"""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from baqylau.crypto.sealing import KEY_BYTES, NONCE_BYTES, Seal, SealBrokenError

_NONCE = bytes(NONCE_BYTES)
"""Each box has a key of its own, so that no nonce is ever used twice with one."""


class BoxKey:
    """Who can open boxes."""

    def __init__(self, seed: bytes) -> None:
        """Take a seed of 32 bytes."""
        self._key = X25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that anybody may know."""
        return self._key.public_key().public_bytes_raw()

    def agreed(self, public_key: bytes) -> bytes:
        """Give what both have in common; `SealBrokenError` for a key that is none."""
        try:
            return self._key.exchange(X25519PublicKey.from_public_bytes(public_key))
        except ValueError as broken:
            raise SealBrokenError from broken


def derived(secret: bytes, purpose: bytes, salt: bytes = b"") -> bytes:
    """Give another 32 bytes for another purpose."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose).derive(secret)


def boxed(plain: bytes, recipients: Sequence[bytes], *, seed: bytes, context: bytes) -> bytes:
    """Give a box for the holders of all these public keys together; `seed`: 32 fresh random bytes."""
    own = BoxKey(seed)
    secret = b"".join(own.agreed(one) for one in recipients)
    key = derived(secret, context, own.public_key + b"".join(recipients))
    return own.public_key + Seal(key).close(plain, nonce=_NONCE, context=context)


def unboxed(raw: bytes, keys: Sequence[BoxKey], *, context: bytes) -> bytes:
    """Give what is in a box, with the keys in the order in which it was made for them; else `SealBrokenError`."""
    sender, sealed = raw[:KEY_BYTES], raw[KEY_BYTES:]
    if len(sender) < KEY_BYTES or len(sealed) < NONCE_BYTES:
        raise SealBrokenError
    secret = b"".join(one.agreed(sender) for one in keys)
    key = derived(secret, context, sender + b"".join(one.public_key for one in keys))
    return Seal(key).open(sealed, context=context)
