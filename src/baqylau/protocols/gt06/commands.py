"""Orders as text in frames of kind 80, and what devices answer (spec G9)."""

from baqylau.domain.commands import (
    ForOwnDevices,
    LocateMode,
    Order,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
)

ASK, ANSWER, ANSWER_LONG = 0x80, 0x15, 0x21
ANSWERS = frozenset({ANSWER, ANSWER_LONG})
DETAIL_MAX = 200
_NUMBER_BYTES, _LANGUAGE = 4, b"\x00\x02"
_UTF_16 = 2


def words(order: Order) -> str | None:
    """Give the text that orders it, None when there is none."""
    if isinstance(order, ForOwnDevices):
        return None
    match order:
        case ReportNow():
            return "WHERE#"
        case Restart():
            return "RESET#"
        case SetRate(fix_every_s=every_s, for_s=0):
            return f"TIMER,{every_s},{every_s}#"
        case TellPerson() | SetRate() | LocateMode():
            return None


def asked(number: int, text: str) -> bytes:
    """Give the content of the frame that carries an order; the device gives the number back."""
    told = (number & 0xFFFF_FFFF).to_bytes(_NUMBER_BYTES, "big") + text.encode("ascii")
    return bytes([len(told)]) + told + _LANGUAGE


def answered(kind: int, content: bytes) -> tuple[int, str] | None:
    """Give of which number an answer speaks and what it says, as text that may be shown; None when it is none."""
    if kind == ANSWER_LONG:
        number, coding, text = content[:_NUMBER_BYTES], content[_NUMBER_BYTES:5], content[5:]
    else:
        length = content[0] if content else 0
        number, coding, text = content[1:5], b"\x01", content[5 : 1 + length]
    if len(number) < _NUMBER_BYTES:
        return None
    said = text.decode("utf-16-be" if coding == bytes([_UTF_16]) else "utf-8", "replace")[:DETAIL_MAX]
    shown = "".join(letter if letter.isprintable() else " " for letter in said).strip()
    return int.from_bytes(number, "big"), shown
