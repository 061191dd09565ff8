"""To ask a person for a check: with which unit, until when, in which words; and why it cannot be asked for."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.checks import CheckKind, CheckWhy
from baqylau.domain.ids import CheckId, DeviceId, PersonId, RestrictionId
from baqylau.domain.orders import Checked, Sobriety
from baqylau.domain.people import DeviceKind, Language, Supervision
from baqylau.rules.checks.plan import kind_of, quiet
from baqylau.rules.spans import validity_of
from baqylau.storage.checks.checks import CheckAsked, Checks, Request
from baqylau.storage.registers.registers import Registers

UNITS = {CheckKind.IDENTITY: DeviceKind.AV_UNIT, CheckKind.BREATH: DeviceKind.BREATH_UNIT}
ANSWER_S, REMIND_S = 900, 300
"""Of a check that no restriction asks for: time for an answer, and for a reminder."""


class CheckRefusedError(Exception):
    """A check cannot be asked for. Texts: `check.refused.<key>`."""

    def __init__(self, key: str) -> None:
        """Keep the reason."""
        super().__init__(key)
        self.key = key


class Terms(Struct, frozen=True, kw_only=True):
    """How a person is asked for one kind of check."""

    unit: DeviceId
    restriction: RestrictionId = RestrictionId("")
    answer: timedelta = timedelta(seconds=ANSWER_S)
    remind: timedelta = timedelta(seconds=REMIND_S)
    limit_mg_l: float | None = None
    aloud: bool = True


class Asker:
    """Asks for checks, by plan or by hand."""

    def __init__(self, registers: Registers, checks: Checks, clock: Callable[[], datetime]) -> None:
        self._registers, self._checks, self._clock = registers, checks, clock

    def by_hand(self, person_id: PersonId, kind: CheckKind, check_id: CheckId, by: str, reason: str) -> CheckId:
        """Ask for a check at once; `check_id` is new and random. `CheckRefusedError` says why it cannot be."""
        now = self._clock()
        terms = terms_of(self._registers.supervision(person_id), kind, now)
        self.ask(check_id, person_id, kind, CheckWhy.ORDERED, terms, now, by=by, reason=reason)
        return check_id

    def ask(  # noqa: PLR0913 - what a check is made of
        self,
        check_id: CheckId,
        person_id: PersonId,
        kind: CheckKind,
        why: CheckWhy,
        terms: Terms,
        due_at: datetime,
        *,
        by: str,
        reason: str = "",
        after: CheckAsked | None = None,
        lasts: timedelta | None = None,
    ) -> bool:
        """Ask for a check; False where it was asked for already."""
        person = self._registers.person(person_id)
        expires_at = due_at + (lasts or terms.answer)
        request = Request(
            id=check_id,
            person_id=person_id,
            device_id=terms.unit,
            kind=kind,
            why=why,
            due_at=due_at,
            remind_at=min(due_at + terms.remind, expires_at),
            expires_at=expires_at,
            language=person.language if person is not None else Language.KK,
            aloud=terms.aloud or why is CheckWhy.ORDERED,
            restriction_id=terms.restriction,
            limit_mg_l=terms.limit_mg_l,
            after=after.id if after is not None else CheckId(""),
            reason=reason,
        )
        return self._checks.ask(request, by)


def terms_of(supervision: Supervision, kind: CheckKind, now: datetime, named: RestrictionId | None = None) -> Terms:
    """Give how the person is asked for a check now. `CheckRefusedError` where it cannot be asked for at all."""
    if not any(order.from_at <= now < order.until_at for order in supervision.orders):
        raise CheckRefusedError("no_order")
    unit = unit_of(supervision, kind, now)
    if unit is None:
        raise CheckRefusedError("no_unit")
    asking = [one for one in restrictions(supervision, now) if kind_of(one) is kind and named in {None, one.id}]
    if not asking and kind is CheckKind.BREATH:
        raise CheckRefusedError("no_limit")
    if not asking:
        return Terms(unit=unit)
    one = min(asking, key=lambda it: (it.limit_mg_l if isinstance(it, Sobriety) else 0.0, it.id))
    return Terms(
        unit=unit,
        restriction=one.id,
        answer=timedelta(seconds=one.answer_s),
        remind=timedelta(seconds=one.remind_s),
        limit_mg_l=one.limit_mg_l if isinstance(one, Sobriety) else None,
        aloud=one.urgent or not quiet(one, now),
    )


def restrictions(supervision: Supervision, now: datetime) -> Iterable[Checked]:
    """Give what asks for checks now."""
    for one in supervision.restrictions:
        if isinstance(one, Checked):
            validity = validity_of(one, supervision.orders)
            if validity is not None and validity.holds(now):
                yield one


def unit_of(supervision: Supervision, kind: CheckKind, now: datetime) -> DeviceId | None:
    """Give the unit that takes such checks of the person."""
    kinds = {device.id: device.kind for device in supervision.devices}
    fitted = sorted(
        one.device_id
        for one in supervision.fittings
        if kinds.get(one.device_id) is UNITS[kind]
        and one.from_at <= now
        and (one.until_at is None or now < one.until_at)
    )
    return fitted[0] if fitted else None
