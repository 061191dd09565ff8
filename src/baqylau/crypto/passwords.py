"""Passwords: argon2id (RFC 9106, second recommended option by the library's default)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

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
