"""What ends by itself and has to be seen to before: court acts, their suspensions, permissions, consents, the time for
hours of labour. Pure.

Nobody has to remember a day: what ends soon stands on a list, and somebody is told while there is time to act.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.ids import PersonId
from baqylau.domain.labour import Labour
from baqylau.domain.orders import Consent, Order

Days = Annotated[int, Meta(ge=0, le=366)]


class TermKind(StrEnum):
    """What ends."""

    ORDER = "order"
    SUSPENSION = "suspension"
    PERMISSION = "permission"
    CONSENT = "consent"
    LABOUR = "labour"
    """The time in which hours of labour are to be done, as long as some are left."""


TOLD = frozenset({TermKind.ORDER, TermKind.SUSPENSION, TermKind.CONSENT, TermKind.LABOUR})
"""Ends of which somebody is told. Permissions end every day: those stand on the list alone."""


class Ahead(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days ahead an end counts as soon; 0: never."""

    order: Days = 30
    suspension: Days = 7
    permission: Days = 3
    consent: Days = 14
    labour: Days = 60

    def of(self, kind: TermKind) -> timedelta:
        """Give how long before its end something of a kind counts as ending soon."""
        return timedelta(days=getattr(self, kind.value))

    @property
    def longest(self) -> timedelta:
        """Give how far ahead anything is looked at."""
        return max(map(self.of, TermKind))


class Term(Struct, frozen=True, kw_only=True, order=True):
    """Something that ends."""

    until_at: datetime
    kind: TermKind
    key: str
    """The name of the order, permission or consent; of hours of labour that of the person."""
    person_id: PersonId
    said: str
    """By what people know it: the act of the court or of the suspension, the reason, the paper."""

    def soon(self, now: datetime, ahead: Ahead) -> bool:
        """Whether it ends soon; hours of labour that are left stay in sight as long after their day as before it."""
        near = ahead.of(self.kind)
        since_at = now - near if self.kind is TermKind.LABOUR else now
        return since_at < self.until_at <= now + near


def labour_term(person_id: PersonId, hours: Labour, zone: tzinfo) -> Term | None:
    """Give when the last day for hours of labour is over; None where no day is set, or no hour is left."""
    if hours.until is None or not hours.left_h:
        return None
    over_at = datetime.combine(hours.until + timedelta(days=1), time(0), zone).astimezone(UTC)
    return Term(until_at=over_at, kind=TermKind.LABOUR, key=person_id, person_id=person_id, said=hours.act)


def terms_of(row: Order | Consent) -> Iterator[Term]:
    """Give when a row ends by itself, and the suspensions of an order with it.

    An order that was revoked ends by somebody's decision, and a suspension without an end waits for one.
    """
    match row:
        case Order(revoked=None):
            said = ", ".join(part for part in (row.court, row.act_number) if part)
            yield Term(until_at=row.until_at, kind=TermKind.ORDER, key=row.id, person_id=row.person_id, said=said)
            for one in row.suspensions:
                if one.until_at is not None and one.until_at < row.until_at:
                    yield Term(
                        until_at=one.until_at,
                        kind=TermKind.SUSPENSION,
                        key=row.id,
                        person_id=row.person_id,
                        said=one.act,
                    )
        case Consent(until_at=datetime() as until_at):
            yield Term(until_at=until_at, kind=TermKind.CONSENT, key=row.id, person_id=row.person_id, said=row.form)
        case _:
            return
