"""Orders in the protocol's words (spec B8)."""

from baqylau.domain.commands import Order, ReportNow, Restart, SetRate

_DAY_S = 86_400


def words(order: Order, number: int) -> str | None:
    """Give the words that order it, None when there are none."""
    match order:
        case ReportNow():
            return f"D1,{token(number)},1,1"
        case Restart():
            return f"R1,{token(number)}"
        case SetRate(fix_every_s=every_s, for_s=0):
            return f"S17,{token(number)},{every_s}"
        case _:
            return None


def token(number: int) -> str:
    """Give the time of day that an order carries and its answer repeats: our number for it, written as a time."""
    second = number % _DAY_S
    return f"{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}"
