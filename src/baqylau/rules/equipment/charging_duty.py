"""Charging duty: a carried unit was not charged for an hour within a day.

State machine, for one tracker or mobile unit that has ever told of its charger, while it is on the person:

    charged --24 h without a charge of an hour--> not charged (T05)
    not charged --an hour on the charger--> charged (T08, which ends it)

While it hangs on the charger for an hour or longer it is charged. Time in which we ourselves did not listen does not
count. A shorter charge ends nothing. Source: catalogue T04, T05 (notes on the domain, section 6); T08 is ours; the
figures are settings.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.people import DeviceKind
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import CHARGE_LASTS_S, CHARGE_WITHIN_S

NAME = "charging_duty"
VERSION = "2"
DEVICES = frozenset({DeviceKind.TRACKER, DeviceKind.MOBILE_UNIT})

_LASTS = timedelta(seconds=CHARGE_LASTS_S)
_WITHIN = timedelta(seconds=CHARGE_WITHIN_S)
_FIGURES: dict[str, float] = {"charge_lasts_s": CHARGE_LASTS_S, "charge_within_s": CHARGE_WITHIN_S}


class Duty(Struct, frozen=True, array_like=True):
    """State of the rule for one device."""

    due_at: datetime
    """When a charge has to have been."""
    since: datetime
    """End of the last one, or the first word of the charger."""
    because: ObservationId
    charging_from: datetime | None = None
    finding: FindingId | None = None
    """The open one."""
    put_on: ObservationId = ObservationId("")
    """By which the charge began."""


_Step = tuple[Duty, tuple[Finding, ...]]


def step(author: Author, state: Duty | None, at: datetime, observation_id: ObservationId, *, external: bool) -> _Step:
    """Take what the device says of its charger."""
    now = state or Duty(at + _WITHIN, at, observation_id)
    if external:
        begins = replace(now, charging_from=at, put_on=observation_id)
        return (begins if now.charging_from is None else now), ()
    if now.charging_from is not None and at - now.charging_from >= _LASTS:
        return Duty(at + _WITHIN, at, observation_id), _charged(author, now, at)
    return (now if now.charging_from is None else replace(now, charging_from=None)), ()


def tick(author: Author, state: Duty, at: datetime) -> _Step:
    """Take the passing of time."""
    wake = wake_at(state)
    if wake is None or at < wake:
        return state, ()
    if state.finding is not None:
        after = replace(state, due_at=at + _WITHIN, since=at, because=state.put_on, finding=None)
        return after, _charged(author, state, at)
    finding = author.finds(
        Code.NO_CHARGE_DAY,
        state.since.isoformat(),
        at=at,
        because=(state.because,),
        since=state.since,
        thresholds=_FIGURES,
        checks=(Check.WE_LISTENED,),
    )
    return replace(state, finding=finding.id), (finding,)


def _charged(author: Author, state: Duty, at: datetime) -> tuple[Finding, ...]:
    if state.finding is None:
        return ()
    charged = author.finds(
        Code.CHARGED,
        state.put_on,
        at=at,
        because=(state.put_on,),
        since=state.charging_from,
        thresholds=_FIGURES,
        ends=state.finding,
    )
    return (charged,)


def blinded(state: Duty, gap: timedelta) -> Duty:
    """Take it that we did not listen for `gap` more."""
    return replace(state, due_at=state.due_at + gap)


def wake_at(state: Duty) -> datetime | None:
    """Give when the charge is overdue, or when it has lasted long enough after it was."""
    lasted_at = None if state.charging_from is None else state.charging_from + _LASTS
    if state.finding is not None:
        return lasted_at
    return None if lasted_at is not None and lasted_at <= state.due_at else state.due_at


def explain(author: Author, state: Duty | None, at: datetime) -> Account:
    """Say what is found next, and what it still lacks."""
    if state is None:
        return author.account(Code.NO_CHARGE_DAY, Need(key="charger_told", met=False))
    if state.finding is not None:
        charged = Need(key="charged_since", met=False, at=state.since)
        return author.account(Code.CHARGED, charged, finding=state.finding)
    due_at = wake_at(state)
    missed = Need(key="charge_missed", met=due_at is not None and at >= due_at, at=state.due_at)
    return author.account(Code.NO_CHARGE_DAY, missed)
