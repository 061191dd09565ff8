"""How long recordings are kept, by what they are of and what they show; longer where somebody forbids their end."""

from datetime import datetime, timedelta

from baqylau.domain.checks import Likely
from baqylau.domain.recordings import Occasion

ROUTINE, DOUBTED, CALL = "routine", "doubted", "call"
ROUTINE_KEPT = timedelta(days=30)
"""How long recordings are kept that show nothing doubtful. Others stay until the person's file is closed. [D]"""
CALL_KEPT = timedelta(days=30)
"""How long recordings of calls are kept. [D]"""

Keeping = tuple[str, datetime | None]
"""The class, and until when; None: until the person's file is closed."""


def keeping_of(kind: Occasion, now: datetime) -> Keeping:
    """Give how long recordings that came in now are kept; those of a check as long as nobody compared them."""
    return (CALL, now + CALL_KEPT) if kind is Occasion.CALL else (DOUBTED, None)


def keeping_after(outcome: Likely, now: datetime) -> Keeping:
    """Give how long they are kept once they were compared."""
    return (ROUTINE, now + ROUTINE_KEPT) if outcome is Likely.MATCH else (DOUBTED, None)
