"""Passwords: argon2id (RFC 9106, second recommended option by the library's default)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

_HASHER = PasswordHasher()


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
