"""How heavy the alarms weigh on people, as the page of figures and `baqylau load` show it. Pure.

Nobody else publishes these figures: share of alarms with a real cause, time to the first contact, how many were never
closed. A share or a rate is None where there is nothing that it could be a share of.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.storage.alarms.figures import CodeCount, Load, PriorityCount

DAYS_A_MONTH = 365.25 / 12


class Times(Struct, frozen=True, kw_only=True):
    """How long something took, over the alarms for which it was done."""

    count: int
    p50_s: float | None
    p90_s: float | None


class CodeLoad(Struct, frozen=True, kw_only=True):
    """What one code weighs."""

    code: Code
    priority: int
    alarms: int
    per_person_month: float | None
    closed: int
    real_share: float | None
    """Of the closed ones."""


class PriorityLoad(Struct, frozen=True, kw_only=True):
    """What one priority weighs."""

    priority: int
    alarms: int
    per_person_month: float | None
    take: Times
    close: Times


class OperatorLoad(Struct, frozen=True, kw_only=True):
    """What somebody at a workstation had to do."""

    login: str
    taken: int
    closed: int


class LoadFigures(Struct, frozen=True, kw_only=True):
    """The load of all alarms that were raised in a stretch of time, as it stands now."""

    from_at: datetime
    until_at: datetime
    people: int
    """Under an order for at least a moment of the stretch."""
    person_days: float
    alarms: int
    per_person_month: float | None
    tasks: int
    """Alarms that somebody has to answer one by one: an incident counts once, what it holds or what settled not."""
    tasks_per_person_day: float | None
    take: Times
    contact: Times
    """From raising to the first contact with the person."""
    close: Times
    closed: int
    real_share: float | None
    """Of the closed ones: what somebody did or suffered, not a fault, a weak signal or a missing entry of ours."""
    cleared_before_seen_share: float | None
    """The condition had ended before anybody took the alarm."""
    open_after_day: int
    """Not closed within 24 h."""
    escalated_share: float | None
    after_hours_share: float | None
    """Raised outside Monday to Friday 09:00-18:00 of the installation's civil time."""
    device_faults: int
    device_faults_per_person: float | None
    by_code: tuple[CodeLoad, ...]
    """The most frequent first."""
    by_priority: tuple[PriorityLoad, ...]
    operators: tuple[OperatorLoad, ...]


def figures_of(load: Load, from_at: datetime, until_at: datetime) -> LoadFigures:
    """Give the figures of what was counted."""
    whole = load.whole
    months = load.person_days / DAYS_A_MONTH
    return LoadFigures(
        from_at=from_at,
        until_at=until_at,
        people=load.people,
        person_days=load.person_days,
        alarms=whole.alarms,
        per_person_month=share(whole.alarms, months),
        tasks=whole.tasks,
        tasks_per_person_day=share(whole.tasks, load.person_days),
        take=Times(count=whole.taken, p50_s=whole.take_p50_s, p90_s=whole.take_p90_s),
        contact=Times(count=whole.contacted, p50_s=whole.contact_p50_s, p90_s=whole.contact_p90_s),
        close=Times(count=whole.closed, p50_s=whole.close_p50_s, p90_s=whole.close_p90_s),
        closed=whole.closed,
        real_share=share(whole.real, whole.closed),
        cleared_before_seen_share=share(whole.cleared_before_seen, whole.alarms),
        open_after_day=whole.open_after_day,
        escalated_share=share(whole.escalated, whole.alarms),
        after_hours_share=share(whole.after_hours, whole.alarms),
        device_faults=whole.device_faults,
        device_faults_per_person=share(whole.device_faults, load.people),
        by_code=tuple(_code(one, months) for one in load.by_code),
        by_priority=tuple(_priority(one, months) for one in load.by_priority),
        operators=tuple(OperatorLoad(login=one.login, taken=one.taken, closed=one.closed) for one in load.operators),
    )


def _code(one: CodeCount, months: float) -> CodeLoad:
    return CodeLoad(
        code=one.code,
        priority=one.priority,
        alarms=one.alarms,
        per_person_month=share(one.alarms, months),
        closed=one.closed,
        real_share=share(one.real, one.closed),
    )


def _priority(one: PriorityCount, months: float) -> PriorityLoad:
    return PriorityLoad(
        priority=one.priority,
        alarms=one.alarms,
        per_person_month=share(one.alarms, months),
        take=Times(count=one.taken, p50_s=one.take_p50_s, p90_s=one.take_p90_s),
        close=Times(count=one.closed, p50_s=one.close_p50_s, p90_s=one.close_p90_s),
    )


def share(part: float, whole: float) -> float | None:
    """Give the part for one of the whole, None of nothing."""
    return part / whole if whole else None


def last_month(until_at: datetime) -> datetime:
    """Give where a stretch begins of which only the end was named: thirty days before."""
    return until_at - timedelta(days=30)
