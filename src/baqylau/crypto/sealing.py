"""Sealing: AES-256-GCM over what is kept about a person (NIST SP 800-38D)."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class SealBrokenError(Exception):
    """The sealed bytes were changed, or the key is not theirs."""


class Seal:
    """Seals and opens with one key. A nonce must never be used twice with it: pass fresh random bytes."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes."""
        self._aead = AESGCM(key)

    def close(self, plain: bytes, *, nonce: bytes, context: bytes) -> bytes:
        """Give nonce and sealed bytes; `context` is not hidden and must be the same at opening."""
        return nonce + self._aead.encrypt(nonce, plain, context)

    def open(self, sealed: bytes, *, context: bytes) -> bytes:
        """Give what was sealed, or raise `SealBrokenError`."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except InvalidTag as broken:
            msg = "sealed bytes do not open with this key"
            raise SealBrokenError(msg) from broken
