"""Permissions that people asked for on their own page, as the service answers them, in a thread."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from baqylau.domain.ids import PersonId
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.cases.request_messages import RequestPage, RequestRow
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.people.own_requests import OwnRequest, RequestEndedError, RequestState


def request_row(one: OwnRequest, name: str) -> RequestRow:
    """Give a request as the service sees it."""
    return RequestRow(
        number=one.id,
        person_id=one.person_id,
        person_name=name,
        at=one.at,
        from_at=one.from_at,
        until_at=one.until_at,
        weekly=one.weekly,
        reason=one.reason,
    )


def ended() -> RefusedError:
    """Give the refusal for a request that somebody answered, or the person took back, meanwhile."""
    return RefusedError(HTTPStatus.CONFLICT, "case.refused.request_ended")


class RequestRecords:
    """The service's side of them. Granting one is a proposal like any other: see `Proposing.request`."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime]) -> None:
        self._stores, self._clock = stores, clock

    def page(self, after: int, limit: int, by: Account) -> RequestPage:
        """Give those that wait, after a number."""
        within, people = self._stores.duty.within(by), self._stores.directory.book().people
        mine = [one for one in self._stores.own_requests.waiting() if one.id > after and within(one.person_id)]
        shown = mine[:limit]
        return RequestPage(
            at=self._clock(),
            rows=tuple(
                request_row(one, people[one.person_id].name if one.person_id in people else "") for one in shown
            ),
            next=str(shown[-1].id) if len(mine) > limit else None,
        )

    def refuse(self, person_id: PersonId, number: int, text: str, by: Account) -> None:
        """Do not grant it, and write to the person why."""
        if person_id not in self._stores.directory.book().people:
            raise missing(by, "person.refused.not_found")
        self._stores.duty.act(by, person_id)
        try:
            self._stores.own_requests.end(person_id, number, RequestState.REFUSED, by.login, text.strip())
        except RequestEndedError:
            raise ended() from None
