"""The 27 bytes of a beacon: how they are made and taken apart (`spec/beacon.md`, B1, B2, B5). Runs in MicroPython."""

from baqylau.protocols.beacon.keys import EID_BYTES, EPOCH_S, epoch_of
from baqylau.protocols.beacon.modes import NONCE_BYTES, ccm_open, ccm_seal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Block

FRAME_BYTES = 27
VERSION = 1
BRACELET, TRACKER, RELAY, HOME_UNIT = 1, 2, 3, 4
SUBS_A_SECOND = 64
STATUS_BYTES = 8
_CLEAR_BYTES = 1 + EID_BYTES + 2


def head(kind: int) -> int:
    """Give the first byte: version and kind of device."""
    return VERSION << 5 | kind << 2


def nonce(at_s: int, sub: int) -> bytes:
    """Give the 13 bytes that a device uses once: epoch, time within it, zeros."""
    return epoch_of(at_s).to_bytes(4, "big") + _low(at_s, sub) + bytes(NONCE_BYTES - 6)


def _low(at_s: int, sub: int) -> bytes:
    return (at_s % EPOCH_S << 6 | sub).to_bytes(2, "big")


def seal(block: "Block", eid: bytes, kind: int, at_s: int, sub: int, status: bytes) -> bytes:
    """Give the frame of an instant; `block` holds `status_key`. The same (`at_s`, `sub`) must never be used twice."""
    clear = bytes([head(kind)]) + eid + _low(at_s, sub)
    return clear + ccm_seal(block, nonce(at_s, sub), clear, status)


def kind_of(frame: bytes) -> int:
    """Give the kind of device that a frame tells."""
    return frame[0] >> 2 & 0b111


def eid_of(frame: bytes) -> bytes:
    """Give the identity that a frame goes by."""
    return frame[1 : 1 + EID_BYTES]


def told_time(frame: bytes, epoch: int) -> "tuple[int, int]":
    """Give second and sub-second count that a frame tells, in the epoch that its identity belongs to."""
    low = int.from_bytes(frame[1 + EID_BYTES : _CLEAR_BYTES], "big")
    return epoch * EPOCH_S + (low >> 6), low % SUBS_A_SECOND


def unseal(block: "Block", frame: bytes, at_s: int, sub: int) -> "bytes | None":
    """Give the status of 8 bytes, or None when the frame is not the device's own; `block` holds `status_key`."""
    return ccm_open(block, nonce(at_s, sub), frame[:_CLEAR_BYTES], frame[_CLEAR_BYTES:])
