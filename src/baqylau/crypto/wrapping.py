"""Secrets under a passphrase, for copies that leave the machine: argon2id (RFC 9106), then AES-256-GCM."""

from argon2.low_level import Type, hash_secret_raw

from baqylau.crypto.sealing import KEY_BYTES, NONCE_BYTES, Seal

SALT_BYTES = 16
RANDOM_BYTES = SALT_BYTES + NONCE_BYTES
_PASSES, _MEMORY_KIB, _LANES = 3, 65_536, 4
"""The second recommended option of RFC 9106, 4."""


def wrapped(secret: bytes, passphrase: str, name: str, random: bytes) -> bytes:
    """Give a secret that only the passphrase opens, and only as what it is named; `random` is fresh, `RANDOM_BYTES`."""
    salt = random[:SALT_BYTES]
    return salt + _seal(passphrase, salt).close(secret, nonce=random[SALT_BYTES:], context=name.encode())


def unwrapped(sealed: bytes, passphrase: str, name: str) -> bytes:
    """Give the secret, or raise `crypto.sealing.SealBrokenError`."""
    return _seal(passphrase, sealed[:SALT_BYTES]).open(sealed[SALT_BYTES:], context=name.encode())


def _seal(passphrase: str, salt: bytes) -> Seal:
    key = hash_secret_raw(
        passphrase.encode(),
        salt.ljust(SALT_BYTES, b"\0"),
        time_cost=_PASSES,
        memory_cost=_MEMORY_KIB,
        parallelism=_LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return Seal(key)
