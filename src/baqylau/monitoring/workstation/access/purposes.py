"""A look beyond the duty: the purpose is stated first, kept for ever, and holds for an hour."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import AlarmId, DeviceId, ObservationId, PersonId
from baqylau.monitoring.workstation.access.gate import who
from baqylau.monitoring.workstation.access.messages import Stated, Stating
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.speech import speaks
from baqylau.monitoring.workstation.stores import Stores
from baqylau.monitoring.workstation.wire import received, reply

_LONGEST_NUMBER = 18


@speaks(takes=Stating, gives=Stated, refuses=(404,))
async def state(request: Request) -> Response:
    """Keep why, for everybody whom the page is about, and give until when it holds."""
    desk = desk_of(request)
    given = await received(request, Stating)
    if not given.purpose.strip():
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="purpose")
    return reply(await desk.do(_state, desk.stores, given, who(request)))


def _state(stores: Stores, given: Stating, by: str) -> Stated:
    kind, _, key = given.about.partition("/")
    try:
        people = _concerned(stores, kind, key)
    except KeyError:
        people = []
    if not people:
        raise not_found("request.refused.not_found")
    return Stated(until_at=max(stores.purposes.state(by, one, given.purpose.strip()) for one in people))


def _concerned(stores: Stores, kind: str, key: str) -> list[PersonId]:
    """Give whom something is about; `KeyError` where it does not exist."""
    book = stores.directory.book()
    match kind:
        case "person":
            return [book.people[PersonId(key)].id]
        case "alarm" if key.isascii() and key.isdecimal() and len(key) <= _LONGEST_NUMBER:
            person_id: PersonId | None = stores.alarms.get(AlarmId(int(key))).alarm.person_id
        case "observation":
            person_id = stores.journal.entry(ObservationId(key)).person_id
        case "device":
            fitted = [one for one in book.supervisions.values() if any(its.id == key for its in one.devices)]
            return sorted(one.person_id for one in fitted if DeviceId(key) in book.devices)
        case _:
            return []
    return [person_id] if person_id else []
