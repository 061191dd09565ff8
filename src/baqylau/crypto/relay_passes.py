"""Passes for a TURN server that shares a secret with us: a name that ends at an instant, and its password.

The way that coturn calls `use-auth-secret`: the name is the instant in seconds and a word, the password its HMAC-SHA-1.
"""

import hmac
from base64 import b64encode
from datetime import datetime


def relay_pass(secret: str, until_at: datetime, word: str) -> tuple[str, str]:
    """Give name and password that hold until an instant."""
    name = f"{int(until_at.timestamp())}:{word}"
    return name, b64encode(hmac.digest(secret.encode(), name.encode(), "sha1")).decode()
