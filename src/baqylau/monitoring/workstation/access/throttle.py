"""How long somebody who guesses has to wait. Pure: the counts are kept by the accounts."""

from datetime import datetime, timedelta

from msgspec import Struct

FORGET_AFTER = timedelta(hours=24)


class Brake(Struct, frozen=True, kw_only=True):
    """Attempts that cost nothing, and the longest wait after more of them."""

    free: int
    longest_s: int


BY_LOGIN = Brake(free=4, longest_s=300)
"""Short at its longest: who guesses must not be able to keep an operator out of the shift."""
BY_PEER = Brake(free=20, longest_s=3_600)
"""Many people may sit behind one address."""


def wait_s(failures: int, brake: Brake) -> int:
    """Give the wait after so many failures in a row: nothing while they are free, then 1, 2, 4 ... seconds."""
    over = failures - brake.free
    return 0 if over < 0 else min(2 ** min(over, 20), brake.longest_s)


def remaining_s(failures: int, last_at: datetime | None, now: datetime, brake: Brake) -> int:
    """Give whole seconds, rounded up, until the next attempt is looked at; 0 when it may come now."""
    if last_at is None or now - last_at >= FORGET_AFTER:
        return 0
    until = last_at + timedelta(seconds=wait_s(failures, brake))
    return max(0, -((now - until) // timedelta(seconds=1)))
