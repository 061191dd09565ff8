"""Passwords: argon2id (RFC 9106, second recommended option by the library's default)."""

from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

_HASHER = PasswordHasher()


def _stored(salt: bytes, digest: bytes) -> str:
    salted, digested = (b64encode(one).decode().rstrip("=") for one in (salt, digest))
    costs = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salted}${digested}"


NOBODYS = _stored(bytes(_HASHER.salt_len), bytes(_HASHER.hash_len))
"""Stored for nobody: no password is known that gives it, and to compare one with it takes as long as with any other."""


def hashed(password: str) -> str:
    """Give the text to store for a password; the salt is the library's own randomness."""
    return _HASHER.hash(password)


def matches(stored: str, password: str) -> bool:
    """Tell whether the password is the stored one. A damaged stored text matches nothing."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def stretched(password: str, salt: bytes) -> bytes:
    """Give 32 bytes that only this password gives with this salt, at the cost of one argon2id."""
    own = _HASHER
    return hash_secret_raw(
        password.encode(),
        salt,
        time_cost=own.time_cost,
        memory_cost=own.memory_cost,
        parallelism=own.parallelism,
        hash_len=32,
        type=Type.ID,
    )
