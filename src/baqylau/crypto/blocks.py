"""The AES block cipher alone (FIPS 197), for modes that are written out where a device runs them too."""

from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.modes import ECB


def aes(key: bytes) -> Callable[[bytes], bytes]:
    """Give the function that encrypts one block of 16 bytes under a key of 16 or 32 bytes."""
    return Cipher(algorithms.AES(key), ECB()).encryptor().update  # noqa: S305 - one block at a time, inside CMAC and CCM
