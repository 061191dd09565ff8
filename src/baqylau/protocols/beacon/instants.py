"""When within its second a beacon goes out (`spec/beacon.md`, B9). Runs in MicroPython."""

from baqylau.protocols.beacon.modes import cmac

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Block


def delay_ms(block: "Block", at_s: int, sub: int) -> int:
    """Give how long after its second a frame goes out, 0 to 999 ms; `block` holds `identity_key` of its period."""
    drawn = cmac(block, b"\x02" + at_s.to_bytes(4, "big") + bytes([sub]))
    return (drawn[0] << 8 | drawn[1]) * 1000 >> 16
