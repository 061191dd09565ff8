"""Orders as text in NTCB, and what devices answer (spec N7)."""

from baqylau.domain.commands import (
    ForOwnDevices,
    LocateMode,
    Order,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
)

ANSWERS = (b"*@", b"*#")
"""How an answer begins: to a command, to a question."""
DETAIL_MAX = 200


def words(order: Order) -> bytes | None:
    """Give the text that orders it, None when there is none."""
    if isinstance(order, ForOwnDevices):
        return None
    match order:
        case ReportNow():
            return b"*?DATA"
        case Restart():
            return b"*!DEV_RESET"
        case TellPerson() | SetRate() | LocateMode():
            return None


def shown(text: bytes) -> str:
    """Give a device's own words as text that may be shown."""
    told = text[:DETAIL_MAX].decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in told).strip()
