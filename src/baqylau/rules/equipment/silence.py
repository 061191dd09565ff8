"""Silence of a device: nothing heard of it for longer than its limit.

State machine, for one device while it is on the person and an order is in force:

    heard --silence limit passes--> silent
    silent --any record or sign of life--> heard, which ends it

    carried units      C01, C02; T03 in place of C01 when the last charge told was critical
    home units         S05, S06
    relays             L08, S06
    breath units       E10 after a day, C02

A bracelet does not speak to us by itself: that it is not heard is judged by the rules about presence.

The clock runs on the instants at which the device spoke, not on those at which we received it: a backlog fills a gap.
It starts when the device is put on the person. Time in which we ourselves did not listen does not count: the deadline
moves by it. A lost link (C01) is found at its instant and left to the wearer for a while (`equipment.patience`), unless
the device's last words were suspicious. Source: catalogue C01, C02, T03, S05, S06, L08, E10 (notes on the domain,
sections 4 and 6); design, section 0, promise 2.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import ASKED_AFTER, Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.people import Device, DeviceKind
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import BREATH_UNIT_SILENT_S
from baqylau.rules.spans import ALWAYS

NAME = "silence"
VERSION = "3"


class Terms(Struct, frozen=True):
    """What silence means for one device."""

    limit: timedelta | None
    """None: it does not speak by itself, and silence says nothing."""
    begins: Code
    ends: Code


_CODES = {
    DeviceKind.HOME_UNIT: (Code.UNIT_SILENT, Code.UNIT_RESTORED),
    DeviceKind.RELAY: (Code.RELAY_FAULT, Code.UNIT_RESTORED),
    DeviceKind.BREATH_UNIT: (Code.BREATH_UNIT_SILENT, Code.COMMS_RESTORED),
}


def terms(device: Device, *, protected: bool = False) -> Terms:
    """Give what silence means for a device. `protected`: it is on a protected person."""
    limit: timedelta | None = timedelta(seconds=device.silence_limit_s)
    if device.kind is DeviceKind.BRACELET:
        limit = None
    elif device.kind is DeviceKind.BREATH_UNIT:
        limit = timedelta(seconds=BREATH_UNIT_SILENT_S)
    if protected:
        return Terms(limit, Code.PROTECTED_DEVICE_LOST, Code.COMMS_RESTORED)
    return Terms(limit, *_CODES.get(device.kind, (Code.NO_COMMS, Code.COMMS_RESTORED)))


class Last(Struct, frozen=True, kw_only=True):
    """What was known of the device when it last spoke."""

    area: str
    """Where its signals came from."""
    emptied: bool
    """Its battery was about to be empty, and it was not in a known dead spot."""
    dead_spot: bool
    """It was where signals are known to be lost."""
    doubted: bool
    """It told of a tamper, of interference or of a farewell, or somebody spoke in its name."""


_AT_ONCE = timedelta()


class Silence(Struct, frozen=True, array_like=True):
    """State of the rule for one device."""

    deadline: datetime
    heard_at: datetime
    """When the device last spoke, or when its time on the person began."""
    heard_id: ObservationId | None = None
    finding: FindingId | None = None


def begun(at: datetime, terms: Terms, blind_until: datetime | None) -> Silence:
    """Begin when the device is put on the person."""
    return Silence(_deadline(at, terms.limit, blind_until), at)


def _deadline(at: datetime, limit: timedelta | None, blind_until: datetime | None) -> datetime:
    if limit is None:
        return ALWAYS
    return (at if blind_until is None or blind_until < at else blind_until) + limit


def heard(
    author: Author,
    state: Silence,
    at: datetime,
    observation_id: ObservationId,
    terms: Terms,
    blind_until: datetime | None,
) -> tuple[Silence, tuple[Finding, ...]]:
    """Take any observation of the device."""
    now = Silence(_deadline(at, terms.limit, blind_until), at, observation_id)
    if state.finding is None:
        return now, ()
    restored = author.finds(
        terms.ends,
        state.finding,
        at=at,
        because=(observation_id,),
        since=state.heard_at,
        ends=state.finding,
    )
    return now, (restored,)


def blinded(state: Silence, gap: timedelta) -> Silence:
    """Take it that we did not listen for `gap` more."""
    return state if state.deadline == ALWAYS else replace(state, deadline=state.deadline + gap)


def tick(
    author: Author,
    state: Silence,
    at: datetime,
    terms: Terms,
    *,
    last: Last,
    patience: Callable[[datetime], timedelta],
) -> tuple[Silence, tuple[Finding, ...]]:
    """Take the passing of time. `patience`: how long a link lost at an instant is left to the wearer."""
    if terms.limit is None or state.finding is not None or at < state.deadline:
        return state, ()
    code = Code.BATTERY_EMPTY if last.emptied and terms.begins is Code.NO_COMMS else terms.begins
    left = patience(at) if code is Code.NO_COMMS and not last.doubted else _AT_ONCE
    asked_after = {ASKED_AFTER: left.total_seconds()} if left > _AT_ONCE else {}
    finding = author.finds(
        code,
        state.heard_id or state.heard_at.isoformat(),
        at=at,
        because=(state.heard_id,) if state.heard_id is not None else (),
        since=state.heard_at,
        thresholds={"silence_limit_s": terms.limit.total_seconds()} | asked_after,
        checks=(Check.WE_LISTENED,) if last.dead_spot else (Check.WE_LISTENED, Check.NO_DEAD_SPOT),
        area=last.area,
    )
    return replace(state, finding=finding.id), (finding,)


def speaks_by_itself(state: Silence) -> bool:
    """Whether silence says anything of the device at all."""
    return state.deadline != ALWAYS


def again(state: Silence, since: datetime) -> Silence:
    """Let what was found from `since` on be found once more: maintenance has ended."""
    return replace(state, finding=None) if state.deadline >= since else state


def wake_at(state: Silence) -> datetime | None:
    """Give when silence would become a finding."""
    return state.deadline if state.finding is None else None


def explain(author: Author, state: Silence, at: datetime, terms: Terms) -> Account:
    """Say what is found next, and what it still lacks."""
    if state.finding is not None:
        return author.account(terms.ends, Need(key="word_heard", met=False), finding=state.finding)
    limit_s = terms.limit.total_seconds() if terms.limit is not None else 0.0
    figures = {"silence_limit_s": limit_s, "silent_s": (at - state.heard_at).total_seconds()}
    over = Need(key="silence_limit", met=at >= state.deadline, at=state.deadline, figures=figures)
    return author.account(terms.begins, over)
