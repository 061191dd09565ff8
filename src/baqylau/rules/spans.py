"""What applies at an instant: order in force, restriction in its version, hours, permission.

Everything here follows from the registers alone. An instant belongs to the span that begins at it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, assert_never

from msgspec import Struct

from baqylau.domain.ids import PersonId
from baqylau.domain.orders import (
    Consent,
    ExclusionZone,
    Identification,
    NoContact,
    Order,
    Permission,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Route,
    Sobriety,
    Territory,
    TimedPlace,
)
from baqylau.domain.people import Supervision
from baqylau.domain.schedules import Schedule
from baqylau.rules.schedule import gap, stretch

ALWAYS: Final = datetime.max.replace(tzinfo=UTC)
"""Later than anything that happens."""


_Pairs = tuple[tuple[datetime, datetime], ...]


class Duty(StrEnum):
    """What a restriction in force asks at an instant."""

    FREE = "free"
    EXCUSED = "excused"
    DUE = "due"


class Span(Struct, frozen=True, kw_only=True):
    """One duty from one instant to another."""

    duty: Duty
    from_at: datetime
    until_at: datetime


class Validity(Struct, frozen=True, kw_only=True):
    """From when to when something is in force."""

    from_at: datetime
    until_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the instant lies in it."""
        return self.from_at <= at < self.until_at


def validity_of(restriction: Restriction, orders: Iterable[Order]) -> Validity | None:
    """Give when a restriction applies: within its own version and within its order."""
    for order in orders:
        if order.id == restriction.order_id:
            from_at = max(restriction.from_at, order.from_at)
            until_at = min(restriction.until_at or ALWAYS, order.until_at)
            return Validity(from_at=from_at, until_at=until_at) if from_at < until_at else None
    return None


def fitted(supervision: Supervision, device_id: str) -> tuple[Validity, ...]:
    """Give when a device is on the person while an order or their consent is in force; times that touch are one."""
    grounds: list[Order | Consent] = [*supervision.orders, *consents_of(supervision, supervision.person_id)]
    return joined(
        (max(fitting.from_at, ground.from_at), min(fitting.until_at or ALWAYS, ground.until_at or ALWAYS))
        for fitting in supervision.fittings
        if fitting.device_id == device_id and fitting.person_id == supervision.person_id
        for ground in grounds
    )


def joined(times: Iterable[tuple[datetime, datetime]]) -> tuple[Validity, ...]:
    """Give times as spans in order; those that touch are one, those without length are none."""
    pairs: _Pairs = ()
    for pair in sorted(times):
        pairs = _joined(pairs, pair) if pair[0] < pair[1] else pairs
    return tuple(Validity(from_at=from_at, until_at=until_at) for from_at, until_at in pairs)


def consents_of(supervision: Supervision, person_id: PersonId) -> tuple[Consent, ...]:
    """Give the consents of one person that a supervision knows of: their own, or a protected person's."""
    return tuple(consent for consent in supervision.consents if consent.person_id == person_id)


def is_protected(supervision: Supervision) -> bool:
    """Whether the person is watched by their own consent alone, for their own protection."""
    return not supervision.orders and bool(consents_of(supervision, supervision.person_id))


def watched(supervision: Supervision, restriction: Restriction, at: datetime) -> bool:
    """Whether a restriction in force is judged: one that protects a person needs that person's consent."""
    if not isinstance(restriction, NoContact) or not restriction.protected:
        return True
    consents = consents_of(supervision, restriction.other_id)
    return any(consent.from_at <= at < (consent.until_at or ALWAYS) for consent in consents)


def _joined(pairs: _Pairs, pair: tuple[datetime, datetime]) -> _Pairs:
    if pairs and pair[0] <= pairs[-1][1]:
        return (*pairs[:-1], (pairs[-1][0], max(pairs[-1][1], pair[1])))
    return (*pairs, pair)


def schedule_of(restriction: Restriction) -> Schedule | None:
    """Give the hours of a restriction; None is always. Checks can be asked for at every hour."""
    match restriction:
        case PresenceRegime() | RequiredPlace() | ExclusionZone() | TimedPlace() | Route():
            return restriction.schedule
        case Territory() | NoContact() | Identification() | Sobriety():
            return None
        case _:
            assert_never(restriction)


def span_at(restriction: Restriction, validity: Validity, permissions: Iterable[Permission], at: datetime) -> Span:
    """Give what the restriction asks at an instant of its validity, and from when to when it asks just that."""
    schedule = schedule_of(restriction)
    from_at, until_at = validity.from_at, validity.until_at
    if schedule is not None:
        due = gap if isinstance(restriction, TimedPlace) else stretch
        hours = due(schedule, at, floor_at=from_at, ceiling_at=until_at)
        if not hours.on:
            return Span(duty=Duty.FREE, from_at=hours.from_at, until_at=hours.until_at)
        from_at, until_at = hours.from_at, hours.until_at
    return _permitted(_of(restriction, permissions), at, from_at, until_at)


def _of(restriction: Restriction, permissions: Iterable[Permission]) -> list[Permission]:
    return [permission for permission in permissions if permission.restriction_id in {None, restriction.id}]


def _permitted(permissions: list[Permission], at: datetime, from_at: datetime, until_at: datetime) -> Span:
    """Cut a stretch of duty by the permissions that apply."""
    ends = [permission.until_at for permission in permissions if permission.from_at <= at < permission.until_at]
    if ends:
        return Span(duty=Duty.EXCUSED, from_at=at, until_at=min(max(ends), until_at))
    begins = [permission.from_at for permission in permissions if at < permission.from_at < permission.until_at]
    last_ends = [permission.until_at for permission in permissions if permission.from_at < permission.until_at <= at]
    return Span(duty=Duty.DUE, from_at=max([from_at, *last_ends]), until_at=min([until_at, *begins]))
