"""Whom somebody's duty concerns, and what a look beyond it takes: a stated purpose, a row in the audit, or a refusal.

Who is bound learns nothing of those outside: what is not there is refused in the same words.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus

from msgspec.structs import replace

from baqylau.domain.ids import PersonId
from baqylau.domain.rights import Action, Role, may
from baqylau.monitoring.workstation.directory import Directory
from baqylau.monitoring.workstation.messages import AlarmRow, LivePerson
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.storage.access.accounts import Account
from baqylau.storage.access.audit import Audit
from baqylau.storage.access.purposes import Purposes


def roles_for(action: Action) -> str:
    """Give the roles that may, as a refusal names them."""
    return ",".join(role for role in Role if may(role, action))


def _beyond(account: Account) -> RefusedError:
    """Give the refusal of a look beyond the duty: it asks for a purpose where one would help."""
    if may(account.role, Action.LOOK_OUTSIDE_DUTY):
        return RefusedError(HTTPStatus.FORBIDDEN, "duty.refused.purpose")
    return RefusedError(HTTPStatus.FORBIDDEN, "duty.refused.outside", roles=roles_for(Action.LOOK_OUTSIDE_DUTY))


def missing(account: Account, key: str) -> RefusedError:
    """Give the refusal for something that does not exist."""
    return not_found(key) if account.bounds.everybody else _beyond(account)


def live_for(account: Account, person: LivePerson) -> LivePerson | None:
    """Give a person as the account's lists show them, None out of bounds."""
    if not account.bounds.hold(person.id, person.district):
        return None
    if may(account.role, Action.LOOK_IDENTITY):
        return person
    return replace(person, name="", address="", phone="", last_fix=None)


def alarm_for(account: Account, row: AlarmRow) -> AlarmRow | None:
    """Give an alarm as the account's lists show it, None out of bounds. One about nobody is everybody's."""
    person_id = row.alarm.person_id
    if person_id and not account.bounds.hold(person_id, row.person_district):
        return None
    if may(account.role, Action.LOOK_IDENTITY):
        return row
    return replace(row, person_name="", person_address="")


def people_for(account: Account, people: Iterable[LivePerson]) -> tuple[LivePerson, ...]:
    """Give those people whom the account's lists show."""
    return tuple(shown for one in people if (shown := live_for(account, one)) is not None)


def alarms_for(account: Account, rows: Iterable[AlarmRow]) -> tuple[AlarmRow, ...]:
    """Give those alarms that the account's lists show."""
    return tuple(shown for one in rows if (shown := alarm_for(account, one)) is not None)


class Duty:
    """Asked before anything of one person is read or done."""

    def __init__(self, directory: Directory, purposes: Purposes, audit: Audit) -> None:
        self._directory = directory
        self._purposes = purposes
        self._audit = audit

    def within(self, account: Account) -> Callable[[PersonId], bool]:
        """Give what tells whether a person is within the account's bounds, as the registers are now."""
        people = self._directory.book().people

        def holds(person_id: PersonId) -> bool:
            known = people.get(person_id)
            return account.bounds.hold(person_id, known.district if known else "")

        return holds

    def identified(self, account: Account, person_id: PersonId) -> bool:
        """Tell whether the account may read who it is: by its role, or for a purpose that it stated."""
        return may(account.role, Action.LOOK_IDENTITY) or self._stated(account, person_id) is not None

    def look(
        self, account: Account, what: str, person_id: PersonId | None, reference: str = "", *, veiled: bool = False
    ) -> None:
        """Write a look into the audit, or refuse it.

        Beyond the bounds, and at anybody for a role that reads no identities, a stated purpose must hold. `veiled`:
        what is given does not say who it is, so that the bounds alone count.
        """
        stated: str | None = ""
        if person_id and not (self.within(account)(person_id) and (veiled or may(account.role, Action.LOOK_IDENTITY))):
            stated = self._stated(account, person_id)
            if stated is None:
                raise _beyond(account)
        purpose = "; ".join(part for part in (reference, stated) if part)
        self._audit.record(account.login, what, f"person/{person_id}" if person_id else reference, purpose)

    def act(self, account: Account, person_id: PersonId) -> None:
        """Refuse an act about somebody beyond the bounds: no purpose opens that."""
        if person_id and not self.within(account)(person_id):
            raise RefusedError(HTTPStatus.FORBIDDEN, "duty.refused.act")

    def _stated(self, account: Account, person_id: PersonId) -> str | None:
        if not may(account.role, Action.LOOK_OUTSIDE_DUTY):
            return None
        return self._purposes.holding(account.login, person_id)
