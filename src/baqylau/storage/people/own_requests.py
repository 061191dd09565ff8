"""Permissions that a supervised person asks for on their own page, until somebody answers or they take it back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, func, insert, select, update

from baqylau.domain.ids import PersonId
from baqylau.domain.schedules import Window
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.people.own_access import signature
from baqylau.storage.people.own_page_tables import own_request

MOST_WAITING: Final = 5
"""Of one person: who needs more talks to the inspector."""
_LISTED: Final = 30


class RequestState(StrEnum):
    """How far a request has come."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """By the person, before it was answered."""


class Wish(Struct, frozen=True, kw_only=True):
    """What somebody asks leave for."""

    from_at: datetime
    until_at: datetime
    weekly: tuple[Window, ...] | None
    """Within that time in these hours alone, week after week. None: all the time."""
    reason: str


class OwnRequest(Wish, frozen=True, kw_only=True):
    """A wish as it is kept."""

    id: int
    person_id: PersonId
    at: datetime
    state: RequestState
    ended_at: datetime | None
    ended_by: str | None
    answer: str
    """What was written to the person with it."""


class TooManyRequestsError(Exception):
    """As many wait already as may."""


class RequestEndedError(Exception):
    """It was answered or taken back meanwhile, or is no request of this person."""


class OwnRequests:
    """Keeps them."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def ask(self, person_id: PersonId, wish: Wish) -> OwnRequest:
        """Keep a wish. `TooManyRequestsError`."""
        at, theirs = self._clock(), own_request.c.person_id == person_id
        row = {**msgspec.to_builtins(wish, builtin_types=(datetime,)), "person_id": person_id, "at": at}
        with transaction(self._engine) as connection:
            waits = select(func.count()).where(theirs, own_request.c.state == RequestState.WAITING)
            if (connection.scalar(waits) or 0) >= MOST_WAITING:
                raise TooManyRequestsError
            made = insert(own_request).values(**row, state=RequestState.WAITING, answer="").returning(own_request)
            kept = _request(connection.execute(made).one())
            self._note(connection, kept, signature(person_id), "own.ask")
        return kept

    def of(self, person_id: PersonId) -> Sequence[OwnRequest]:
        """Give the last requests of a person, the newest first."""
        wanted = select(own_request).where(own_request.c.person_id == person_id)
        with transaction(self._engine) as connection:
            rows = connection.execute(wanted.order_by(own_request.c.id.desc()).limit(_LISTED))
            return [_request(row) for row in rows]

    def waiting(self) -> Sequence[OwnRequest]:
        """Give all that wait, the oldest first."""
        wanted = select(own_request).where(own_request.c.state == RequestState.WAITING)
        with transaction(self._engine) as connection:
            return [_request(row) for row in connection.execute(wanted.order_by(own_request.c.id))]

    def waits(self, person_id: PersonId, number: int) -> bool:
        """Tell whether this is a request of the person that nobody answered yet."""
        return any(one.id == number and one.state is RequestState.WAITING for one in self.of(person_id))

    def end(self, person_id: PersonId, number: int, state: RequestState, by: str, answer: str = "") -> OwnRequest:
        """Answer it, or take it back. `RequestEndedError` when somebody was earlier."""
        theirs = (own_request.c.id == number, own_request.c.person_id == person_id)
        ended = {"state": state, "ended_at": self._clock(), "ended_by": by, "answer": answer}
        change = update(own_request).where(*theirs, own_request.c.state == RequestState.WAITING).values(**ended)
        with transaction(self._engine) as connection:
            row = connection.execute(change.returning(own_request)).first()
            if row is None:
                raise RequestEndedError
            kept = _request(row)
            self._note(connection, kept, by, f"own.{state}")
        return kept

    def _note(self, connection: Connection, one: OwnRequest, by: str, what: str) -> None:
        about, purpose = f"person/{one.person_id}", f"request/{one.id}"
        audit.record(connection, who=by, what=what, about=about, purpose=purpose, at=self._clock())


def _request(row: Any) -> OwnRequest:
    return msgspec.convert(row, OwnRequest, from_attributes=True)
