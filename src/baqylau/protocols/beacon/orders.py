"""What a device that only sends may be told, and by whom alone (`spec/beacon.md`, B10). Runs in MicroPython.

An order is 17 bytes: kind, number, figure, tag. Whoever carries it to the device (a charger's contacts, a bench) can
neither make nor change one, and no number is taken twice.
"""

from baqylau.protocols.beacon.keys import KEY_BYTES, SALT
from baqylau.protocols.beacon.modes import TAG_BYTES, cmac, hkdf, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Block

CLOCK, CONFIRM, FITTED, SHIP = 1, 2, 3, 4
"""Set the clock to the figure; take as confirmed what happened up to the count of events in the figure; it was put on
just now, whole: learn how that feels; sleep until the next charger."""
ORDER_BYTES = 17
_CLEAR_BYTES = ORDER_BYTES - TAG_BYTES


def order_key(root: bytes) -> bytes:
    """Give the key of a device's orders. No receiver has it."""
    return hkdf(root, SALT, b"order", KEY_BYTES)


def seal_order(block: "Block", kind: int, number: int, figure: int) -> bytes:
    """Give the bytes of an order; `block` holds `order_key`. Numbers of one device only grow."""
    clear = bytes([kind]) + number.to_bytes(4, "big") + figure.to_bytes(4, "big")
    return clear + cmac(block, clear)[:TAG_BYTES]


def open_order(block: "Block", order: bytes) -> "tuple[int, int, int] | None":
    """Give kind, number and figure, or None when the order was not made with this device's key."""
    clear = order[:_CLEAR_BYTES]
    if len(order) != ORDER_BYTES or not same(cmac(block, clear)[:TAG_BYTES], order[_CLEAR_BYTES:]):
        return None
    return clear[0], int.from_bytes(clear[1:5], "big"), int.from_bytes(clear[5:], "big")
