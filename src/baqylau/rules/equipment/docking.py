"""Hours of charging: a carried unit is not put on its charger in the hours that were agreed for it.

State machine, for one mobile unit that has hours of charging and has ever told of its charger:

    hours begin --half an hour without the charger--> not docked (M04)
    hours begin --on the charger, at any time until then--> nothing more is asked in these hours

M04 ends by the next charge, however short (T04, `rules.conditions.power`): how long it lasts is the matter of
`charging_duty`. Time in which we ourselves did not listen does not count. Source: catalogue M04 (notes on the domain,
section 6); the figure is a setting.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import ObservationId
from baqylau.domain.people import DeviceKind
from baqylau.domain.schedules import Schedule
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.schedule import stretch
from baqylau.rules.settings import DOCKED_WITHIN_S

NAME = "docking"
VERSION = "2"
DEVICES = frozenset({DeviceKind.MOBILE_UNIT})

_WITHIN = timedelta(seconds=DOCKED_WITHIN_S)
_LOOK_AHEAD = timedelta(days=7)
"""Hours farther away are asked for again then; hours without an end are taken week by week."""


class Docking(Struct, frozen=True, array_like=True):
    """State of the rule for one device: the hours that are on or come next, and what the charger last said."""

    from_at: datetime
    until_at: datetime
    due_at: datetime
    because: ObservationId
    external: bool


def step(schedule: Schedule, state: Docking | None, at: datetime, because: ObservationId, *, external: bool) -> Docking:
    """Take what the device says of its charger."""
    was_on = state is not None and state.external
    known = _ahead(schedule, at, because, external=external) if state is None else state
    now = replace(known, because=because, external=external)
    return _after(schedule, now) if at >= now.from_at and (external or was_on) else now


def tick(author: Author, schedule: Schedule, state: Docking, at: datetime) -> tuple[Docking, tuple[Finding, ...]]:
    """Take the passing of time."""
    if at < state.due_at:
        return state, ()
    after = _after(schedule, state)
    if state.external or at > state.until_at or not _agreed(schedule, state):
        return after, ()
    finding = author.finds(
        Code.NOT_DOCKED,
        state.from_at.isoformat(),
        at=at,
        because=(state.because,),
        since=state.from_at,
        thresholds={"docked_within_s": DOCKED_WITHIN_S},
        checks=(Check.WE_LISTENED,),
    )
    return after, (finding,)


def _agreed(schedule: Schedule, state: Docking) -> bool:
    """Whether the hours are still those of the schedule, which may have changed since."""
    now = _ahead(schedule, state.from_at, state.because, external=state.external)
    return (now.from_at, now.until_at) == (state.from_at, state.until_at)


def _after(schedule: Schedule, state: Docking) -> Docking:
    return _ahead(schedule, state.until_at, state.because, external=state.external)


def _ahead(schedule: Schedule, at: datetime, because: ObservationId, *, external: bool) -> Docking:
    """Give the state for the hours that an instant lies in, or for those that come next."""
    hours = stretch(schedule, at, floor_at=at, ceiling_at=at + _LOOK_AHEAD)
    if not hours.on:
        begin = hours.until_at
        hours = stretch(schedule, begin, floor_at=begin, ceiling_at=begin + _LOOK_AHEAD)
    until_at = hours.until_at if hours.on else hours.from_at
    return Docking(hours.from_at, until_at, min(hours.from_at + _WITHIN, hours.until_at), because, external)


def blinded(state: Docking, gap: timedelta) -> Docking:
    """Take it that we did not listen for `gap` more."""
    return replace(state, due_at=state.due_at + gap)


def explain(author: Author, state: Docking | None, at: datetime) -> Account:
    """Say what is found next, and what it still lacks."""
    if state is None:
        return author.account(Code.NOT_DOCKED, Need(key="charger_told", met=False))
    off = Need(key="off_charger", met=not state.external)
    return author.account(Code.NOT_DOCKED, off, Need(key="docking_missed", met=at >= state.due_at, at=state.due_at))
