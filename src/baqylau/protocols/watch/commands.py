"""Orders to a watch, and by which word it answers them (spec H7)."""

from baqylau.domain.commands import (
    ForOwnDevices,
    LocateMode,
    Order,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
)

LOCATES_S = 180
"""For so long a watch that is asked where it is tells it every 20 s."""
TEXT_MAX = 95
"""Characters of a message that watches of all makers show."""


def words(order: Order) -> str | None:
    """Give the words that order it, None when there are none. The watch answers with the first of them."""
    if isinstance(order, ForOwnDevices):
        return None
    match order:
        case ReportNow():
            return "CR"
        case LocateMode(for_s=for_s) if for_s <= LOCATES_S:
            return "CR"
        case Restart():
            return "RESET"
        case SetRate(fix_every_s=every_s, for_s=0):
            return f"UPLOAD,{every_s}"
        case TellPerson(text=text) if len(text) <= TEXT_MAX:
            return f"MESSAGE,{text.encode('utf-16-be').hex().upper()}"
        case TellPerson() | SetRate() | LocateMode():
            return None
