"""Signatures of the installation over the heads of its chains: Ed25519 (RFC 8032)."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signer:
    """Signs with the installation's key."""

    def __init__(self, seed: bytes) -> None:
        """Take a seed of 32 bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that anybody may know."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Give a signature of 64 bytes."""
        return self._key.sign(message)


def signed_by(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature over the message was made with this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
