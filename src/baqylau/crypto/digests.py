"""Digests: names for content, and the chain that makes a change visible."""

from hashlib import sha256

from baqylau.domain.ids import FindingId, ObservationId

CHAIN_START = bytes(32)


def _digest(parts: tuple[bytes, ...]) -> bytes:
    """Hash parts with their lengths, so that no two lists of parts run together."""
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(4, "big"))
        whole.update(part)
    return whole.digest()


def observation_id(*parts: bytes) -> ObservationId:
    """Give the id of an observation with this content: 32 hex digits."""
    return ObservationId(_digest(parts)[:16].hex())


def link(previous: bytes, *parts: bytes) -> bytes:
    """Give the next link of a hash chain: 32 bytes over the previous link and this entry's parts."""
    return _digest((previous, *parts))


def finding_id(*parts: str) -> FindingId:
    """Give the id of a finding with this rule, subject and cause: 32 hex digits."""
    return FindingId(_digest(tuple(part.encode() for part in parts))[:16].hex())
