"""Clock: a record tells of a time that cannot be right.

State machine, for one device while it is on the person and an order is in force:

    right --a record from the future, or older than any spool--> wrong (C05)
    wrong --a record with a possible time--> right

The record is kept and judged at the instant of receipt; it decides about no zone. A time that is right but for whole
eras of the GPS week count is a possible one. A sign of life carries our own time
and says nothing of the device's. Source: catalogue C05; notes on radio and GNSS, 4.3, step 1.
"""

from datetime import datetime

from baqylau.domain.findings import Code, Finding
from baqylau.domain.observations import Observation
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import CLOCK_AHEAD_S, CLOCK_BEHIND_S

NAME = "clock_skew"
VERSION = "2"


def step(
    author: Author,
    at: datetime,
    observation: Observation,
    *,
    wrong: bool,
    plausible: bool,
) -> tuple[bool, tuple[Finding, ...]]:
    """Take a record with the device's own time. `wrong` is the state: whether the clock was wrong before."""
    if plausible or wrong:
        return not plausible, ()
    finding = author.finds(
        Code.CLOCK_SKEW,
        observation.id,
        at=at,
        because=(observation.id,),
        since=at,
        thresholds={
            "clock_ahead_s": CLOCK_AHEAD_S,
            "clock_behind_s": CLOCK_BEHIND_S,
            "clock_off_s": (observation.observed_at - observation.received_at).total_seconds(),
        },
    )
    return True, (finding,)


def explain(author: Author, *, wrong: bool) -> Account:
    """Say what is found next, and what it still lacks."""
    return author.account(Code.CLOCK_SKEW, Need(key="clock_right" if wrong else "clock_wrong", met=False))
