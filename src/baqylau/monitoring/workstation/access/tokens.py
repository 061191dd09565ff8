"""Bearer secrets: what the browser holds is random, what the database holds is its digest."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256

_BYTES = 32


def fresh(random: Callable[[int], bytes]) -> str:
    """Give a new secret of 43 letters that fit into an address and a cookie."""
    return urlsafe_b64encode(random(_BYTES)).rstrip(b"=").decode()


def digest(token: str) -> bytes:
    """Give the 32 bytes under which a secret is stored and found."""
    return sha256(token.encode()).digest()
