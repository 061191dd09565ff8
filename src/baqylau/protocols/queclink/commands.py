"""Orders in the maker's own words (spec Q8)."""

from baqylau.domain.commands import Order, ReportNow, Restart

PASSWORDS = {"02": "gl200", "1A": "gl300", "2C": "gl300w", "30": "gl300", "40": "gl500", "DE": "gl500m"}
"""The password that a maker sets, by the first digits of the protocol version. A changed one is not known here."""


def words(order: Order, family: str, number: int) -> bytes | None:
    """Give the words that order it, None when this model has none that we know."""
    password = PASSWORDS.get(family)
    if password is None:
        return None
    match order:
        case ReportNow():
            return _real_time(password, 1, number)
        case Restart():
            return _real_time(password, 3, number)
        case _:
            return None


def serial(number: int) -> str:
    """Give the serial number under which an order travels."""
    return f"{number & 0xFFFF:04X}"


def _real_time(password: str, what: int, number: int) -> bytes:
    return f"AT+GTRTO={password},{what},,,,,,{serial(number)}$".encode()
