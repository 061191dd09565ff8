"""Orders as text in NTCB, and what devices answer (spec N7)."""

from baqylau.domain.commands import (
    BeginCheck,
    ClearLatches,
    EndCall,
    LocateMode,
    Order,
    ReportNow,
    Restart,
    RingCall,
    SetRate,
    TellPerson,
    WalkNow,
    WithdrawCheck,
)

ANSWERS = (b"*@", b"*#")
"""How an answer begins: to a command, to a question."""
DETAIL_MAX = 200


def words(order: Order) -> bytes | None:
    """Give the text that orders it, None when there is none."""
    match order:
        case ReportNow():
            return b"*?DATA"
        case Restart():
            return b"*!DEV_RESET"
        case (
            TellPerson()
            | WalkNow()
            | ClearLatches()
            | SetRate()
            | LocateMode()
            | BeginCheck()
            | WithdrawCheck()
            | RingCall()
            | EndCall()
        ):
            return None


def shown(text: bytes) -> str:
    """Give a device's own words as text that may be shown."""
    told = text[:DETAIL_MAX].decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in told).strip()
