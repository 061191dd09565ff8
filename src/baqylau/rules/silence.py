"""Silence of a device: nothing heard of it for longer than its limit.

State machine, for one device while it is on the person and an order is in force:

    heard --silence limit passes--> silent (C01)
    silent --any record or sign of life--> heard (C02, which ends it)

The clock runs on the instants at which the device spoke, not on those at which we received it: a backlog fills a gap.
It starts when the device is put on the person. Time in which we ourselves did not listen does not count: the deadline
moves by it. Source: catalogue C01, C02 (notes on the domain, section 6); design, section 0, promise 2.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.rules.explanation import Account, Condition
from baqylau.rules.finding import Author

NAME = "silence"
VERSION = "1"


class Silence(Struct, frozen=True, array_like=True):
    """State of the rule for one device."""

    deadline: datetime
    heard_at: datetime
    """When the device last spoke, or when its time on the person began."""
    heard_id: ObservationId | None = None
    finding: FindingId | None = None


def begun(at: datetime, limit: timedelta, blind_until: datetime | None) -> Silence:
    """Begin when the device is put on the person."""
    return Silence(_deadline(at, limit, blind_until), at)


def _deadline(at: datetime, limit: timedelta, blind_until: datetime | None) -> datetime:
    return (at if blind_until is None or blind_until < at else blind_until) + limit


def heard(
    author: Author,
    state: Silence,
    at: datetime,
    observation_id: ObservationId,
    limit: timedelta,
    blind_until: datetime | None,
) -> tuple[Silence, tuple[Finding, ...]]:
    """Take any observation of the device."""
    now = Silence(_deadline(at, limit, blind_until), at, observation_id)
    if state.finding is None:
        return now, ()
    restored = author.finds(
        Code.COMMS_RESTORED,
        state.finding,
        at=at,
        because=(observation_id,),
        since=state.heard_at,
        ends=state.finding,
    )
    return now, (restored,)


def blinded(state: Silence, gap: timedelta) -> Silence:
    """Take it that we did not listen for `gap` more."""
    return replace(state, deadline=state.deadline + gap)


def tick(author: Author, state: Silence, at: datetime, limit: timedelta) -> tuple[Silence, tuple[Finding, ...]]:
    """Take the passing of time."""
    if state.finding is not None or at < state.deadline:
        return state, ()
    finding = author.finds(
        Code.NO_COMMS,
        state.heard_id or state.heard_at.isoformat(),
        at=at,
        because=(state.heard_id,) if state.heard_id is not None else (),
        since=state.heard_at,
        thresholds={"silence_limit_s": limit.total_seconds()},
        checks=(Check.WE_LISTENED,),
    )
    return replace(state, finding=finding.id), (finding,)


def wake_at(state: Silence) -> datetime | None:
    """Give when silence would become a finding."""
    return state.deadline if state.finding is None else None


def explain(author: Author, state: Silence, at: datetime, limit: timedelta) -> Account:
    """Say what is found next, and what it still lacks."""
    if state.finding is not None:
        return author.account(Code.COMMS_RESTORED, Condition(key="word_heard", met=False), finding=state.finding)
    figures = {"silence_limit_s": limit.total_seconds(), "silent_s": (at - state.heard_at).total_seconds()}
    over = Condition(key="silence_limit", met=at >= state.deadline, at=state.deadline, figures=figures)
    return author.account(Code.NO_COMMS, over)
