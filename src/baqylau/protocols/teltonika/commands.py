"""Orders as text in codec 12, and what devices answer (spec T8)."""

from baqylau.domain.commands import (
    ForOwnDevices,
    LocateMode,
    Order,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
)
from baqylau.protocols.teltonika.packets import packet
from baqylau.protocols.teltonika.records import Codec

ASK, ANSWER = 5, 6
DETAIL_MAX = 200
_HEAD_BYTES = 7
"""Codec, count, kind, and four bytes of length."""
_AT_REST, _MOVING, _SEND = (10_000, 10_100, 10_200), (10_050, 10_150, 10_250), 5
"""The maker's numbers of parameters: least pause between two places, at rest and moving; at home, roaming, unknown."""


def words(order: Order) -> str | None:
    """Give the text that orders it, None when there is none."""
    if isinstance(order, ForOwnDevices):
        return None
    match order:
        case ReportNow():
            return "getrecord"
        case Restart():
            return "cpureset"
        case SetRate(fix_every_s=every_s, for_s=0):
            both = ((rest, moving) for rest, moving in zip(_AT_REST, _MOVING, strict=True))
            numbers = [number for pair in both for number in (*pair, pair[0] + _SEND, pair[1] + _SEND)]
            return "setparam " + ";".join(f"{number}:{every_s}" for number in numbers)
        case TellPerson() | SetRate() | LocateMode():
            return None


def asked(text: str) -> bytes:
    """Give the packet that carries an order to a device."""
    return _told(ASK, text)


def answered(text: str) -> bytes:
    """Give the packet that carries a device's answer."""
    return _told(ANSWER, text)


def answer_in(content: bytes) -> str | None:
    """Give what a device answers, as text that may be shown; None when the packet is no answer."""
    return _text(content, ANSWER)


def order_in(content: bytes) -> str | None:
    """Give what a device is ordered; None when the packet is no order."""
    return _text(content, ASK)


def _told(kind: int, text: str) -> bytes:
    told = text.encode()
    return packet(bytes([Codec.COMMAND, 1, kind]) + len(told).to_bytes(4, "big") + told + bytes([1]))


def _text(content: bytes, kind: int) -> str | None:
    length = int.from_bytes(content[3:_HEAD_BYTES], "big")
    end = _HEAD_BYTES + length
    if content[0] != Codec.COMMAND or content[2] != kind or len(content) != end + 1:
        return None
    text = content[_HEAD_BYTES:end].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text[:DETAIL_MAX]).strip()
