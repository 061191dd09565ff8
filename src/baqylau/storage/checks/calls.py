"""Live calls: who called whom and what for, and what the unit said of it.

The unit's words are facts of the journal; this is what a page reads while a call goes on, written with them.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import assert_never

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, select, update

from baqylau.domain.calls import LASTS_S, RING_S, CallAnswered, CallBody, CallEnded, CallEnding, CallRang, CallRecorded
from baqylau.domain.commands import EndCall, RingCall
from baqylau.domain.ids import CallId, DeviceId, PersonId
from baqylau.storage.access import audit
from baqylau.storage.checks.call_tables import live_call
from baqylau.storage.database import transaction
from baqylau.storage.equipment import commands
from baqylau.storage.journal.appending import Entry


class LiveCall(Struct, frozen=True, kw_only=True):
    """A call as it was asked for, and how far it came."""

    id: CallId
    person_id: PersonId
    device_id: DeviceId
    by: str
    purpose: str
    recorded: bool
    """Its order has it recorded: nothing is taken of any other."""
    asked_at: datetime
    rings_until: datetime
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    description: bytes = b""
    """Where the unit is reached; empty before it was answered and after its end."""
    ended_at: datetime | None = None
    how: CallEnding | None = None


class Calls:
    """Keeps live calls."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def ask(self, device_id: DeviceId, order: RingCall, by: str, purpose: str) -> None:
        """Have a unit ring: row, command and audit at once."""
        at = self._clock()
        until_at = at + timedelta(seconds=RING_S)
        values = {
            "id": order.call_id,
            "person_id": order.person_id,
            "device_id": device_id,
            "by": by,
            "purpose": purpose,
            "recorded": order.recorded,
            "asked_at": at,
            "rings_until": until_at,
            "description": b"",
        }
        with transaction(self._engine) as connection:
            connection.execute(insert(live_call).values(values))
            commands.give(connection, device_id, order, until_at, by, at)
            about = f"person/{order.person_id}"
            audit.record(
                connection, who=by, what="call.ask", about=about, purpose=f"call/{order.call_id}; {purpose}", at=at
            )

    def end(self, call_id: CallId, by: str) -> None:
        """Hang up: the unit closes everything as soon as it hears of it. `KeyError` when there is no such call."""
        at, call = self._clock(), self.get(call_id)
        with transaction(self._engine) as connection:
            order = EndCall(call_id=call_id)
            until_at = at + timedelta(seconds=RING_S + LASTS_S)
            commands.give(connection, call.device_id, order, until_at, by, at)
            about = f"person/{call.person_id}"
            audit.record(connection, who=by, what="call.end", about=about, purpose=f"call/{call_id}", at=at)

    def get(self, call_id: CallId) -> LiveCall:
        """Give one call. `KeyError` when there is none of this name."""
        found = self._rows(live_call.c.id == call_id, 1)
        if not found:
            raise KeyError(call_id)
        return found[0]

    def of_person(self, person_id: PersonId, limit: int = 20) -> list[LiveCall]:
        """Give the last calls to a person, newest first."""
        return self._rows(live_call.c.person_id == person_id, limit)

    def _rows(self, chosen: ColumnElement[bool], limit: int) -> list[LiveCall]:
        wanted = select(live_call).where(chosen).order_by(live_call.c.asked_at.desc(), live_call.c.id).limit(limit)
        with transaction(self._engine) as connection:
            return [_call(row) for row in connection.execute(wanted)]


def note_calls(connection: Connection, entries: Iterable[Entry]) -> None:
    """Take over what units say of calls, in the transaction that keeps their words. What came first stays."""
    for entry in entries:
        for body in entry.observation.bodies:
            if isinstance(body, CallRang | CallAnswered | CallEnded):
                _note(connection, entry.observation.device_id, body, entry.observation.received_at)


def _note(connection: Connection, device_id: DeviceId, body: CallBody, at: datetime) -> None:
    row = live_call.c
    mine = (row.id == body.call_id) & (row.device_id == device_id) & row.ended_at.is_(None)
    match body:
        case CallRecorded():
            return
        case CallRang():
            said: dict[str, object] = {"rang_at": at}
        case CallAnswered(description=description):
            mine &= row.answered_at.is_(None)
            said = {"answered_at": at, "description": description}
        case CallEnded(how=how):
            said = {"ended_at": at, "how": how, "description": b""}
        case _:
            assert_never(body)
    connection.execute(update(live_call).where(mine).values(said))


def _call(row: "Row[tuple[object, ...]]") -> LiveCall:
    known = {name: getattr(row, name) for name in LiveCall.__struct_fields__}
    return LiveCall(**(known | {"how": None if row.how is None else CallEnding(row.how)}))
