"""Orders as text, and what devices answer (spec S7)."""

from baqylau.domain.commands import (
    ForOwnDevices,
    LocateMode,
    Order,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
)
from baqylau.protocols.galileosky.packets import packet
from baqylau.protocols.galileosky.tags import Tag

DETAIL_MAX = 200
NUMBER_DIGITS = 15


def words(order: Order) -> str | None:
    """Give the text that orders it, None when there is none."""
    if isinstance(order, ForOwnDevices):
        return None
    match order:
        case ReportNow():
            return "Status"
        case Restart():
            return "Reset"
        case SetRate(fix_every_s=every_s, for_s=0):
            return f"WrPeriod {every_s},{every_s}"
        case TellPerson() | SetRate() | LocateMode():
            return None


def carried(number: str, own_id: bytes, command: int, text: str) -> bytes:
    """Give the packet that carries an order to a device, or its answer back: the two look alike."""
    told = text.encode("ascii", "replace")
    return packet(
        bytes([Tag.NUMBER])
        + number.rjust(NUMBER_DIGITS, "0").encode()
        + bytes([Tag.OWN_ID])
        + own_id
        + bytes([Tag.COMMAND])
        + command.to_bytes(4, "little")
        + bytes([Tag.TEXT, len(told)])
        + told
    )


def shown(text: bytes) -> str:
    """Give a device's own words as text that may be shown."""
    told = text[:DETAIL_MAX].decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in told).strip()
