"""Presence of a bracelet at receivers: what was heard of it, and what its silence is worth.

State of one bracelet at the receivers of one place, worked out at an instant from what each receiver is known by:

    heard within 5 min                                            present; weak after 2 min, or below a strength
    not heard for 5 min, or for longer without a fresh proof      absence suspected
    5 min and the grace over, a receiver proved to listen then    absence confirmed; 5 min more after it lay still
    no receiver known to listen, or not for long enough           unknown

- Receivers of one place count together: one that hears is enough, and the silence counts from the last reception.
- Silence counts only while a receiver listens: it said so within 10 min, does not say that it is faulty, and its band
  is not jammed. The receiver that heard the bracelet last has to be one of them: it may hear where others do not.
- Time in which we ourselves did not listen moves every deadline. Unknown never becomes absence.

Source: catalogue P01-P06, S05, S07, S09; notes on radio and GNSS, 3.3; notes on the domain, section 4.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Body, Grade, Heard, Interference, InterferenceKind, ReceiverHealth
from baqylau.domain.verdicts import Blindness
from baqylau.rules.explanation import Need
from baqylau.rules.settings import (
    GONE_AFTER_S,
    RECEIVER_FRESH_S,
    RECEIVER_HOLDS_S,
    RETURN_FRAMES,
    RETURN_HEARD_WITHIN_S,
    STILL_GRACE_S,
    STILL_MARGIN_DB,
    WEAK_AFTER_S,
    WEAK_REARM_DB,
    WEAK_RSSI_DBM,
)

GONE_AFTER = timedelta(seconds=GONE_AFTER_S)
WEAK_AFTER = timedelta(seconds=WEAK_AFTER_S)
FRESH = timedelta(seconds=RECEIVER_FRESH_S)
_HOLDS = timedelta(seconds=RECEIVER_HOLDS_S)
_PAIR = timedelta(seconds=RETURN_HEARD_WITHIN_S)
_STILL = timedelta(seconds=STILL_GRACE_S)


class Presence(StrEnum):
    """Where a bracelet stands to the receivers of a place."""

    PRESENT = "present"
    WEAK = "weak"
    ABSENT_SUSPECTED = "absent_suspected"
    ABSENT_CONFIRMED = "absent_confirmed"
    UNKNOWN = "unknown"


HERE = frozenset({Presence.PRESENT, Presence.WEAK})
GONE = frozenset({Presence.ABSENT_SUSPECTED, Presence.ABSENT_CONFIRMED})


class Reception(Struct, frozen=True, array_like=True, gc=False):
    """The last time that a receiver heard the bracelet."""

    at: datetime
    id: ObservationId
    weak: bool
    lone: bool
    """One frame, and none before it within a minute: not enough to say that somebody is back."""
    from_at: datetime
    """First reception of this spell, without a break of 5 min."""
    still: bool = False
    """Heard well, and the bracelet said that it does not move: whoever wears it was not on the way out."""


class Receiver(Struct, frozen=True, array_like=True):
    """What one receiver is known by."""

    quiet_from: datetime
    """From here on it counts that it hears nothing: its last reception, or when it began to listen."""
    listens_until: datetime
    """How long it is taken to listen when nothing more is heard of it."""
    proved_at: datetime
    """When it last showed that it listens."""
    proved_id: ObservationId
    last: Reception | None = None
    faulty: bool = False
    jammed: bool = False

    def listens(self, at: datetime) -> bool:
        """Whether its silence means anything."""
        return at < self.listens_until and not self.faulty and not self.jammed


class Word(Struct, frozen=True, kw_only=True):
    """What the receivers of a place say of the bracelet at an instant."""

    presence: Presence
    since: datetime | None = None
    """First reception of the spell, or from when on the silence counts: the last reception, where that is it."""
    because: tuple[ObservationId, ...] = ()
    lone: bool = False
    """Heard, but not enough to say that somebody is back."""
    proved_at: datetime | None = None
    """When a receiver last showed that it listens."""
    why: Blindness | None = None
    """Why it is unknown."""
    zone: int = 0
    """Which of the places of the restriction it speaks of."""
    grace: timedelta = timedelta()
    """How long after the five minutes it is sure that the bracelet is gone."""


def heard(
    state: Receiver | None,
    at: datetime,
    id_: ObservationId,
    body: Heard,
    from_at: datetime,
    *,
    still: bool = False,
) -> Receiver:
    """Take a reception of the bracelet. `from_at`: later than `at` while we ourselves do not listen."""
    last = state.last if state is not None else None
    near = last is not None and at - last.at <= _PAIR
    limit_dbm = WEAK_RSSI_DBM + (WEAK_REARM_DB if last is not None and last.weak else 0.0)
    spell = last is not None and at - last.at < GONE_AFTER
    reception = Reception(
        at,
        id_,
        weak=body.rssi_dbm < limit_dbm,
        lone=body.frames < RETURN_FRAMES and not near,
        from_at=last.from_at if last is not None and spell else at,
        still=still and body.rssi_dbm >= WEAK_RSSI_DBM + STILL_MARGIN_DB,
    )
    jammed = state is not None and state.jammed
    return Receiver(max(at, from_at), max(at, from_at) + _HOLDS, at, id_, reception, jammed=jammed)


def proved(state: Receiver | None, at: datetime, id_: ObservationId, from_at: datetime) -> Receiver:
    """Take it that the receiver listens: it says so, or heard something else."""
    begun_at = max(at, from_at)
    if state is None:
        return Receiver(begun_at, begun_at + _HOLDS, at, id_)
    again = state.faulty or at >= state.listens_until
    return replace(
        state,
        quiet_from=begun_at if again else state.quiet_from,
        listens_until=begun_at + _HOLDS,
        proved_at=at,
        proved_id=id_,
        faulty=False,
    )


def told(
    state: Receiver | None, at: datetime, id_: ObservationId, body: Body, from_at: datetime, *, anchored: bool
) -> Receiver | None:
    """Take what the receiver says of itself. One that has an anchor hears it, or is deaf without knowing."""
    match body:
        case ReceiverHealth(working=True, frames=frames):
            return proved(state, at, id_, from_at) if frames > 0 or not anchored else state
        case ReceiverHealth():
            return replace(state or proved(None, at, id_, from_at), faulty=True)
        case Interference(kind=InterferenceKind.RADIO_JAM, grade=grade):
            return _jammed(state or proved(None, at, id_, from_at), max(at, from_at), jammed=grade is not Grade.NONE)
        case _:
            return state


def _jammed(state: Receiver, at: datetime, *, jammed: bool) -> Receiver:
    if state.jammed == jammed:
        return state
    return replace(state, jammed=jammed, quiet_from=state.quiet_from if jammed else max(at, state.quiet_from))


def doubted(state: Receiver) -> Receiver:
    """Take it that bytes in the bracelet's name were not believed: what it said of lying still excuses nothing now."""
    return replace(state, last=replace(state.last, still=False)) if state.last is not None else state


def blinded(state: Receiver, gap: timedelta) -> Receiver:
    """Take it that we did not listen for `gap` more."""
    return replace(state, quiet_from=state.quiet_from + gap, listens_until=state.listens_until + gap)


def grace_of(receivers: Iterable[Receiver], grace: timedelta) -> timedelta:
    """Give how long to wait besides the five minutes: longer where the bracelet lay still when it was heard last."""
    newest = max((one.last for one in receivers if one.last is not None), key=_at, default=None)
    return grace + _STILL if newest is not None and newest.still else grace


def _at(reception: Reception) -> tuple[datetime, ObservationId]:
    return reception.at, reception.id


def word(receivers: Iterable[Receiver], at: datetime, from_at: datetime, grace: timedelta) -> Word:
    """Give what the receivers of one place say. `from_at`: silence counts from here at the earliest."""
    known = sorted(receivers, key=_quiet_from)
    hearing = [one for one in known if one.last is not None and not one.faulty and at < one.quiet_from + GONE_AFTER]
    if hearing:
        return _here(hearing, at)
    listening = [one for one in known if one.listens(at)]
    proved_at = max((one.proved_at for one in known), default=None)
    last = max((one for one in known if one.last is not None), key=_heard_at, default=None)
    if not listening or (last is not None and last not in listening):
        deaf = any(one.faulty or one.jammed for one in known)
        why = Blindness.RECEIVER_FAULT if deaf else Blindness.RECEIVER_SILENT
        return Word(presence=Presence.UNKNOWN, why=why, proved_at=proved_at)
    return _gone(listening, last, at, max(known[-1].quiet_from, from_at), grace)


def _here(hearing: list[Receiver], at: datetime) -> Word:
    receptions = [(one.quiet_from, one.last) for one in hearing if one.last is not None]
    strong = any(not one.weak and at < quiet_from + WEAK_AFTER for quiet_from, one in receptions)
    newest = receptions[-1][1]
    return Word(
        presence=Presence.PRESENT if strong else Presence.WEAK,
        since=min(one.from_at for _, one in receptions),
        because=(newest.id,),
        lone=all(one.lone for _, one in receptions),
        proved_at=newest.at,
    )


def _gone(
    listening: list[Receiver], last: Receiver | None, at: datetime, quiet_from: datetime, grace: timedelta
) -> Word:
    witness = last if last is not None else max(listening, key=_proved_at)
    if at < quiet_from + GONE_AFTER:
        return Word(presence=Presence.UNKNOWN, why=Blindness.RECEIVER_SILENT, proved_at=witness.proved_at)
    gone_at = quiet_from + GONE_AFTER + grace
    sure = gone_at <= at and witness.proved_at >= gone_at - FRESH
    reception = (last.last.id,) if last is not None and last.last is not None else ()
    return Word(
        presence=Presence.ABSENT_CONFIRMED if sure else Presence.ABSENT_SUSPECTED,
        since=quiet_from,
        because=(*reception, witness.proved_id),
        proved_at=witness.proved_at,
        grace=grace,
    )


def _quiet_from(state: Receiver) -> datetime:
    return state.quiet_from


def _heard_at(state: Receiver) -> datetime:
    return state.last.at if state.last is not None else state.quiet_from


def _proved_at(state: Receiver) -> datetime:
    return state.proved_at


def edges(receivers: Sequence[Receiver], from_at: datetime, grace: timedelta) -> Iterator[datetime]:
    """Give the instants at which time alone may change what is said; a fresh proof is weighed by a tick, too."""
    quiet_from = max([from_at, *(one.quiet_from for one in receivers)])
    yield quiet_from + GONE_AFTER
    yield max([quiet_from + GONE_AFTER + grace, *(one.proved_at for one in receivers)])
    yield from (one.listens_until for one in receivers)


def explain(word: Word, at: datetime) -> tuple[Need, ...]:
    """Give what is there, and what is missing, for saying that the bracelet is gone."""
    if word.presence in HERE:
        return (Need(key="not_heard_here", met=False, at=word.since),)
    if word.presence is Presence.UNKNOWN or word.since is None:
        return (Need(key="receiver_alive", met=False, at=word.proved_at),)
    gone_at = word.since + GONE_AFTER + word.grace
    figures = {"gone_after_s": GONE_AFTER.total_seconds(), "gone_grace_s": word.grace.total_seconds()}
    proved_at = word.proved_at
    fresh = proved_at is not None and proved_at >= gone_at - FRESH and at - proved_at <= FRESH
    return (
        Need(key="gone_long", met=at >= gone_at, at=gone_at, figures=figures),
        Need(key="receiver_alive", met=fresh, at=proved_at),
    )
