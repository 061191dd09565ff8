"""Separation: the bracelet is away from the unit that the person has to carry.

State machine, for one carried unit while it and a bracelet are on the person and an order is in force:

    together --not heard for 5 min and the grace (longer after it lay still), the unit proved to listen--> apart (M01)
    apart --heard again, two frames within a minute--> together (M02, which ends it)

Heard at home by a home unit is together, too: there the unit may lie where it likes, and the time of the way out is
counted from the last reception at either. A unit that does not listen finds nothing. Source: catalogue M01, M02; notes
on the domain, section 4 and section 7 check 17.
"""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.presence import radio
from baqylau.rules.presence.radio import FRESH, HERE, Presence, Word
from baqylau.rules.settings import GONE_AFTER_S, RETURN_FRAMES, RETURN_HEARD_WITHIN_S

NAME = "separation"
VERSION = "3"


class Apart(Struct, frozen=True, array_like=True):
    """The condition that is open."""

    finding: FindingId
    since: datetime


def step(
    author: Author, state: Apart | None, at: datetime, word: Word, *, ticking: bool
) -> tuple[Apart | None, tuple[Finding, ...]]:
    """Take what the unit, or a home unit, says of the bracelet. Only a tick finds it away."""
    if state is not None:
        return _together(author, state, at, word) if word.presence in HERE and not word.lone else (state, ())
    fresh = word.proved_at is not None and at - word.proved_at <= FRESH
    if not ticking or not fresh or word.since is None or word.presence is not Presence.ABSENT_CONFIRMED:
        return None, ()
    finding = author.finds(
        Code.SEPARATION,
        word.since.isoformat(),
        at=at,
        because=word.because,
        since=word.since,
        thresholds={"gone_after_s": GONE_AFTER_S, "gone_grace_s": word.grace.total_seconds()},
        checks=(Check.RECEIVER_ALIVE, Check.NO_OTHER_RECEIVER, Check.WE_LISTENED),
    )
    return Apart(finding.id, word.since), (finding,)


def _together(author: Author, state: Apart, at: datetime, word: Word) -> tuple[None, tuple[Finding, ...]]:
    finding = author.finds(
        Code.SEPARATION_ENDED,
        state.finding,
        at=at,
        because=word.because,
        since=state.since,
        thresholds={"return_frames": RETURN_FRAMES, "return_within_s": RETURN_HEARD_WITHIN_S},
        ends=state.finding,
    )
    return None, (finding,)


def explain(author: Author, state: Apart | None, at: datetime, word: Word) -> Account:
    """Say what is found next, and what it still lacks."""
    if state is not None:
        return author.account(Code.SEPARATION_ENDED, Need(key="heard_again", met=False), finding=state.finding)
    return author.account(Code.SEPARATION, *radio.explain(word, at))
