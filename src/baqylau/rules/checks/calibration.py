"""Calibration of a breath unit: its end comes near, has come, or the unit has locked its sensor.

State machine, for one unit while it is on the person and an order is in force:

    valid --14 days before its end--> E11, due
    valid or due --its end, or the unit's lock--> E14, expired
    any   --the unit tells of a later end, and no lock--> valid

Nothing of it is held against the person. Source: decree, clause 1.7; catalogue E11, E14 (notes on the domain, section
6).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.checks import Calibrated
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author
from baqylau.rules.settings import CALIBRATION_DUE_S

NAME: Final = "calibration"
VERSION: Final = "1"
_DUE: Final = timedelta(seconds=CALIBRATION_DUE_S)


class Sensor(Struct, frozen=True, array_like=True):
    """What a unit last said of its calibration, and what was found of it."""

    until_at: datetime
    locked: bool
    told_by: ObservationId
    due: FindingId | None = None
    expired: FindingId | None = None


def told(state: Sensor | None, told_by: ObservationId, body: Calibrated) -> Sensor:
    """Take what the unit says of its calibration."""
    if state is not None and (state.until_at, state.locked) == (body.until_at, body.locked):
        return state
    return Sensor(body.until_at, body.locked, told_by)


def found(author: Author, state: Sensor, at: datetime) -> tuple[Sensor, tuple[Finding, ...]]:
    """Give what the time, or the lock, comes to."""
    if state.expired is None and (state.locked or state.until_at <= at):
        finding = _finding(author, state, Code.CALIBRATION_EXPIRED, at)
        return replace(state, expired=finding.id), (finding,)
    if state.expired is None and state.due is None and state.until_at - _DUE <= at:
        finding = _finding(author, state, Code.CALIBRATION_DUE, at)
        return replace(state, due=finding.id), (finding,)
    return state, ()


def _finding(author: Author, state: Sensor, code: Code, at: datetime) -> Finding:
    onset, since = state.until_at.isoformat(), min(state.until_at, at)
    return author.finds(code, onset, at=at, because=(state.told_by,), since=since)


def wakes(state: Sensor) -> Iterator[datetime]:
    """Give the instants at which time alone finds something."""
    if state.expired is None:
        yield state.until_at
        if state.due is None:
            yield state.until_at - _DUE


def explain(author: Author, state: Sensor | None) -> Account:
    """Say what is found next, and what it still lacks."""
    if state is None:
        return author.account(Code.CALIBRATION_EXPIRED, Need(key="calibration_told", met=False))
    over = Need(key="calibration_over", met=state.expired is not None, at=state.until_at)
    return author.account(Code.CALIBRATION_EXPIRED, over, finding=state.expired)
