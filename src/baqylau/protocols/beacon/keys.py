"""The keys of a beacon, derived from the device's root, and the time they belong to (`spec/beacon.md`, B3 and B4).

Time is whole seconds on the system's own scale, common to all devices. Runs in MicroPython.
"""

from baqylau.protocols.beacon.modes import cmac, hkdf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Block

SALT = b"OEM1"
ROOT_BYTES = 32
KEY_BYTES = 16
EID_BYTES = 8
EPOCH_S = 1024
"""How long a device goes by one identity."""
EPOCHS_A_PERIOD = 84
"""How many epochs one period key serves: 86 016 s."""


def epoch_of(at_s: int) -> int:
    """Give the epoch of an instant."""
    return at_s // EPOCH_S


def period_of(epoch: int) -> int:
    """Give the key period of an epoch."""
    return epoch // EPOCHS_A_PERIOD


def root_of(secret: bytes) -> bytes:
    """Give the root of a device that shares a secret with the server: it needs no other."""
    return hkdf(secret, SALT, b"root", ROOT_BYTES)


def period_key(root: bytes, period: int) -> bytes:
    """Give the 32 bytes from which a receiver derives everything of one period, and nothing of another."""
    return hkdf(root, SALT, b"period" + period.to_bytes(4, "big"), ROOT_BYTES)


def identity_key(of_period: bytes) -> bytes:
    """Give the key of the rotating identities of a period."""
    return hkdf(of_period, SALT, b"eid", KEY_BYTES)


def status_key(of_period: bytes) -> bytes:
    """Give the key that seals the status in a period."""
    return hkdf(of_period, SALT, b"aead", KEY_BYTES)


def identity(block: "Block", epoch: int) -> bytes:
    """Give the 8 bytes that the device goes by in an epoch; `block` holds `identity_key`."""
    return cmac(block, b"\x01" + epoch.to_bytes(4, "big"))[:EID_BYTES]
