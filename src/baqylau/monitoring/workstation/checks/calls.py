"""Live calls as the pages see them: asked for with a purpose, followed by the caller alone, ended by either side."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

from starlette.responses import Response

from baqylau.domain.calls import LASTS_S, RING_S, IceServer
from baqylau.domain.checks import CheckKind
from baqylau.domain.commands import RingCall
from baqylau.domain.ids import CallId, CheckId, PersonId
from baqylau.domain.people import Supervision
from baqylau.domain.rights import Action, may
from baqylau.monitoring.server.check_orders import unit_of
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.checks.call_messages import (
    AskCall,
    CallList,
    CallRecording,
    CallRow,
    CallState,
)
from baqylau.monitoring.workstation.checks.holding import Holding, keeping
from baqylau.monitoring.workstation.checks.messages import HoldAsked, MediaGone
from baqylau.monitoring.workstation.checks.playing import played
from baqylau.monitoring.workstation.checks.reading import items_of
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.checks.calls import LiveCall
from baqylau.storage.checks.media_holds import MediaHolds

LATE = timedelta(seconds=30)
"""So long after its time is over the unit's word of it may still be on its way."""


class CallRecords:
    """The pages' side of calls."""

    def __init__(
        self,
        stores: Stores,
        servers: Callable[[datetime], tuple[IceServer, ...]],
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._stores, self._servers, self._clock, self._random = stores, servers, clock, random
        self._holding = Holding(stores, MediaHolds(stores.engine, clock))

    def of_person(self, person_id: PersonId, by: Account) -> CallList:
        """Give the last calls to a person, and whether they can be called now."""
        supervision, now = self._supervision(person_id, by), self._clock()
        self._stores.duty.look(by, "look.calls", person_id)
        recorded_why = _recorded_why(supervision, now)
        may_call = may(by.role, Action.CALL_PERSON) and _order(supervision, now) and _unit(supervision, now)
        return CallList(
            at=now,
            rows=tuple(self._row(one) for one in self._stores.calls.of_person(person_id)),
            may_call=may_call,
            recorded=bool(recorded_why),
            recorded_why=recorded_why,
            may_play=self._stores.media is not None and may(by.role, Action.PLAY_RECORDING),
            servers=self._servers(now) if may_call else (),
        )

    def ask(self, person_id: PersonId, ask: AskCall, by: Account) -> CallRow:
        """Have the person's unit ring."""
        supervision, now = self._supervision(person_id, by), self._clock()
        self._stores.duty.act(by, person_id)
        unit = unit_of(supervision, CheckKind.IDENTITY, now)
        if not _order(supervision, now):
            raise RefusedError(HTTPStatus.CONFLICT, "call.refused.no_order")
        if unit is None:
            raise RefusedError(HTTPStatus.CONFLICT, "call.refused.no_unit")
        if any(self._state(one) in _GOES_ON for one in self._stores.calls.of_person(person_id)):
            raise RefusedError(HTTPStatus.CONFLICT, "call.refused.goes_on")
        order = RingCall(
            call_id=CallId(self._random(16).hex()),
            person_id=person_id,
            description=ask.description,
            language=self._stores.directory.book().people[person_id].language,
            servers=self._servers(now),
            recorded=bool(_recorded_why(supervision, now)),
        )
        self._stores.calls.ask(unit, order, by.login, ask.purpose.strip())
        return self._row(self._stores.calls.get(order.call_id))

    def call(self, call_id: CallId, by: Account) -> CallRow:
        """Give a call to who made it; to anybody else there is none."""
        found = self._own(call_id, by)
        return self._row(found, description=found.description.decode(errors="replace"))

    def end(self, call_id: CallId, by: Account) -> CallRow:
        """Hang up, or take a call back before it is answered. Once it has ended nothing more happens."""
        if self._own(call_id, by).ended_at is None:
            self._stores.calls.end(call_id, by.login)
        return self._row(self._own(call_id, by))

    def recording(self, call_id: CallId, by: Account) -> CallRecording:
        """Give what was recorded of a call; whoever may play recordings, not the caller alone."""
        call = self._found(call_id, by)
        self._stores.duty.look(by, "look.call", call.person_id, f"call/{call_id}")
        media = self._stores.media
        kept = media.of_check(CheckId(call_id)) if media else None
        gone = kept is not None and kept.destroyed_at is not None
        return CallRecording(
            call=self._row(call),
            media=items_of(kept) if kept is not None and not gone else (),
            media_gone=MediaGone.DESTROYED if gone else None,
            keeping=keeping(self._stores, kept, by),
        )

    def hold(self, call_id: CallId, ask: HoldAsked, by: Account) -> CallRecording:
        """Forbid the destruction of the recording."""
        self._holding.hold(self._found(call_id, by).person_id, CheckId(call_id), ask.reason, by)
        return self.recording(call_id, by)

    def release(self, call_id: CallId, ask: HoldAsked, by: Account) -> CallRecording:
        """Allow it again, at the end of its time."""
        self._holding.release(self._found(call_id, by).person_id, CheckId(call_id), ask.reason, by)
        return self.recording(call_id, by)

    def play(self, call_id: CallId, index: int, header: str, by: Account) -> Response:
        """Give a piece of what was recorded, or a part of it; the look is in the audit, once for each playing."""
        return played(self._stores, self._found(call_id, by).person_id, CheckId(call_id), index, header, by)

    def _found(self, call_id: CallId, by: Account) -> LiveCall:
        try:
            return self._stores.calls.get(call_id)
        except KeyError:
            raise missing(by, "call.refused.not_found") from None

    def _own(self, call_id: CallId, by: Account) -> LiveCall:
        found = self._found(call_id, by)
        self._stores.duty.act(by, found.person_id)
        if found.by != by.login:
            raise not_found("call.refused.not_found")
        return found

    def _supervision(self, person_id: PersonId, by: Account) -> Supervision:
        book = self._stores.directory.book()
        if person_id not in book.people:
            raise missing(by, "person.refused.not_found")
        return book.supervision(person_id)

    def _state(self, call: LiveCall) -> CallState:
        if call.ended_at is not None:
            return CallState.ENDED
        ends_at = (call.answered_at or call.rang_at or call.asked_at) + timedelta(
            seconds=RING_S if call.answered_at is None else LASTS_S
        )
        if self._clock() >= ends_at + LATE:
            return CallState.NOT_REACHED
        if call.answered_at is not None:
            return CallState.ANSWERED
        return CallState.ASKED if call.rang_at is None else CallState.RINGS

    def _row(self, call: LiveCall, *, description: str = "") -> CallRow:
        return CallRow(
            id=call.id,
            person_id=call.person_id,
            state=self._state(call),
            how=call.how,
            by=call.by,
            purpose=call.purpose,
            recorded=call.recorded,
            asked_at=call.asked_at,
            rang_at=call.rang_at,
            answered_at=call.answered_at,
            ended_at=call.ended_at,
            description=description,
        )


_GOES_ON = {CallState.ASKED, CallState.RINGS, CallState.ANSWERED}


def _order(supervision: Supervision, now: datetime) -> bool:
    return any(one.from_at <= now < one.until_at for one in supervision.orders)


def _recorded_why(supervision: Supervision, now: datetime) -> str:
    """Give the words of the act by which calls are recorded; empty where no order in force has them."""
    return next((one.calls_recorded.strip() for one in supervision.orders if one.records_calls(now)), "")


def _unit(supervision: Supervision, now: datetime) -> bool:
    return unit_of(supervision, CheckKind.IDENTITY, now) is not None
