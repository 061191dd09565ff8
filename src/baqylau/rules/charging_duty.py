"""Charging duty: a carried unit was not charged for an hour within a day.

State machine, for one tracker or mobile unit that has ever told of its charger, while it is on the person:

    charged --24 h without a charge of an hour--> not charged (T05)
    not charged --a charge of an hour ends--> charged

While it hangs on the charger for an hour or longer it is charged. Time in which we ourselves did not listen does not
count. A shorter charge ends nothing, and T05 stays until a person has looked. Source: catalogue T04, T05 (notes on the
domain, section 6); the figures are settings.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import ObservationId
from baqylau.domain.people import DeviceKind
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import CHARGE_LASTS_S, CHARGE_WITHIN_S

NAME = "charging_duty"
VERSION = "1"
DEVICES = frozenset({DeviceKind.TRACKER, DeviceKind.MOBILE_UNIT})

_LASTS = timedelta(seconds=CHARGE_LASTS_S)
_WITHIN = timedelta(seconds=CHARGE_WITHIN_S)


class Duty(Struct, frozen=True, array_like=True):
    """State of the rule for one device."""

    due_at: datetime
    """When a charge has to have been."""
    since: datetime
    """End of the last one, or the first word of the charger."""
    because: ObservationId
    charging_from: datetime | None = None
    found: bool = False


def step(state: Duty | None, at: datetime, observation_id: ObservationId, *, external: bool) -> Duty:
    """Take what the device says of its charger."""
    now = state or Duty(at + _WITHIN, at, observation_id)
    if external:
        return now if now.charging_from is not None else replace(now, charging_from=at)
    if now.charging_from is not None and at - now.charging_from >= _LASTS:
        return Duty(at + _WITHIN, at, observation_id)
    return now if now.charging_from is None else replace(now, charging_from=None)


def tick(author: Author, state: Duty, at: datetime) -> tuple[Duty, tuple[Finding, ...]]:
    """Take the passing of time."""
    wake = wake_at(state)
    if wake is None or at < wake:
        return state, ()
    finding = author.finds(
        Code.NO_CHARGE_DAY,
        state.since.isoformat(),
        at=at,
        because=(state.because,),
        since=state.since,
        thresholds={"charge_lasts_s": CHARGE_LASTS_S, "charge_within_s": CHARGE_WITHIN_S},
        checks=(Check.WE_LISTENED,),
    )
    return replace(state, found=True), (finding,)


def blinded(state: Duty, gap: timedelta) -> Duty:
    """Take it that we did not listen for `gap` more."""
    return replace(state, due_at=state.due_at + gap)


def wake_at(state: Duty) -> datetime | None:
    """Give when the charge is overdue."""
    charged = state.charging_from is not None and state.charging_from + _LASTS <= state.due_at
    return None if state.found or charged else state.due_at


def explain(author: Author, state: Duty | None, at: datetime) -> Account:
    """Say what is found next, and what it still lacks."""
    if state is None:
        return author.account(Code.NO_CHARGE_DAY, Need(key="charger_told", met=False))
    if state.found:
        return author.account(Code.NO_CHARGE_DAY, Need(key="charged_since", met=False, at=state.since))
    due_at = wake_at(state)
    missed = Need(key="charge_missed", met=due_at is not None and at >= due_at, at=state.due_at)
    return author.account(Code.NO_CHARGE_DAY, missed)
