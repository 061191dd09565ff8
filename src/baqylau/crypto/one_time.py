"""One-time codes of an authenticator (RFC 6238: HMAC-SHA-1, 30 seconds, six digits, as every application has them)."""

import hmac
from base64 import b32encode
from datetime import datetime

SECRET_BYTES = 20
STEP_S = 30
_DIGITS = 6
_TOLERATED = 1
"""Steps by which the clocks may differ, either way."""


def step_at(at: datetime) -> int:
    """Give the step of an instant."""
    return int(at.timestamp()) // STEP_S


def code_of(secret: bytes, step: int) -> str:
    """Give the six digits of a step."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def matched(secret: bytes, code: str, at: datetime, *, after_step: int) -> int | None:
    """Give the step that a code belongs to, None where it fits none. What was used once fits no more."""
    now = step_at(at)
    steps = range(max(now - _TOLERATED, after_step + 1), now + _TOLERATED + 1)
    fitting = [step for step in steps if hmac.compare_digest(code_of(secret, step).encode(), code.encode())]
    return fitting[0] if fitting else None


def written(secret: bytes) -> str:
    """Give the secret as people type it into an application."""
    return b32encode(secret).decode().rstrip("=")
