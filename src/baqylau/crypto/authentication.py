"""Codes by which a receiver knows that a message comes from who shares a secret with it: HMAC-SHA256 (RFC 2104)."""

import hmac


def code(secret: bytes, message: bytes) -> str:
    """Give the code of a message, 64 hex digits."""
    return hmac.new(secret, message, "sha256").hexdigest()
