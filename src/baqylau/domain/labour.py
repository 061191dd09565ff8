"""Hours of labour against what the court set, and what they come to by the day it set. Pure.

A forecast describes the hours that were recorded. It says nothing of the person: nobody is measured by it, and nothing
follows from it by itself.
"""

from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from math import ceil, floor

from msgspec import Struct

from baqylau.domain.case_facts import KeptFact, LabourDone, LabourSet, standing

PACE_DAYS = 28
"""A pace is that of four whole weeks: one week is a holiday or a cold."""
_WEEK_DAYS = 7


class Labour(Struct, frozen=True, kw_only=True):
    """Hours done against hours set."""

    set_h: float | None
    """None: no court set any."""
    act: str
    until: date | None
    """The last day for them; None where the act names none."""
    done_h: float

    @property
    def left_h(self) -> float:
        """How many are still to be done."""
        return max(0.0, round((self.set_h or 0.0) - self.done_h, 2))


class Outlook(StrEnum):
    """What can be said of the day by which they are to be done."""

    DONE = "done"
    OVER = "over"
    """The day is over and hours are missing."""
    EARLY = "early"
    """They are recorded since less than four weeks: there is no pace yet."""
    STILL = "still"
    """None was recorded in the last four weeks."""
    SHORT = "short"
    ENOUGH = "enough"


class Forecast(Struct, frozen=True, kw_only=True):
    """Hours of labour, looked at ahead."""

    outlook: Outlook
    until: date
    set_h: float
    left_h: float
    by_then_h: float
    """At the pace of the last four weeks, in whole hours, never more than were set."""
    a_week_h: float
    """What is left, spread over the weeks that are left, in half hours."""


def labour(facts: tuple[KeptFact, ...]) -> Labour:
    """Add up the hours."""
    sets = [one.fact for one in standing(facts) if isinstance(one.fact, LabourSet)]
    last = sets[-1] if sets else None
    return Labour(
        set_h=last.hours if last else None,
        act=last.act if last else "",
        until=last.until if last else None,
        done_h=round(sum(one.hours for one in _done(facts)), 2),
    )


def forecast(facts: tuple[KeptFact, ...], now: datetime, zone: tzinfo) -> Forecast | None:
    """Say what the hours come to by the day that the court set; None where it set no hours or no day."""
    hours = labour(facts)
    if hours.set_h is None or hours.until is None:
        return None
    today = now.astimezone(zone).date()
    lately_h = sum(one.hours for one in _done(facts) if timedelta() <= today - one.day < timedelta(days=PACE_DAYS))
    left_days = (hours.until - today).days
    by_then_h = hours.done_h + lately_h / PACE_DAYS * max(0, left_days)
    if not hours.left_h:
        outlook = Outlook.DONE
    elif left_days < 0:
        outlook = Outlook.OVER
    elif (today - _begun(facts, zone)).days < PACE_DAYS:
        outlook = Outlook.EARLY
    elif not lately_h:
        outlook = Outlook.STILL
    else:
        outlook = Outlook.ENOUGH if by_then_h >= hours.set_h else Outlook.SHORT
    return Forecast(
        outlook=outlook,
        until=hours.until,
        set_h=hours.set_h,
        left_h=hours.left_h,
        by_then_h=floor(min(by_then_h, hours.set_h)),
        a_week_h=ceil(2 * hours.left_h / max(1.0, left_days / _WEEK_DAYS)) / 2,
    )


def _done(facts: tuple[KeptFact, ...]) -> list[LabourDone]:
    return [one.fact for one in standing(facts) if isinstance(one.fact, LabourDone)]


def _begun(facts: tuple[KeptFact, ...], zone: tzinfo) -> date:
    """Give the day since when hours are recorded: the first that was worked, or on which they were set."""
    sets = (one.at.astimezone(zone).date() for one in standing(facts) if isinstance(one.fact, LabourSet))
    return min([*sets, *(one.day for one in _done(facts))])
