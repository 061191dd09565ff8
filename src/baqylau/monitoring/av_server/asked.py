"""What recordings may come in at all: of checks that were asked for, and of calls that their order has recorded."""

from baqylau.domain.ids import CallId, CheckId
from baqylau.domain.recordings import Occasion
from baqylau.monitoring.av_server.reception import Sought
from baqylau.storage.checks.calls import Calls
from baqylau.storage.checks.checks import Checks


def sought(checks: Checks, calls: Calls, check_id: CheckId) -> Sought | None:
    """Give a check as it was asked for, or a call of this name that is to be recorded; None where there is neither."""
    try:
        asked = checks.get(check_id)
    except KeyError:
        return _call(calls, CallId(check_id))
    return Sought(
        check_id=asked.id,
        kind=Occasion(asked.kind),
        person_id=asked.person_id,
        device_id=asked.device_id,
        nonce=asked.nonce,
        due_at=asked.due_at,
        expires_at=asked.expires_at,
    )


def _call(calls: Calls, call_id: CallId) -> Sought | None:
    """Give a call that its order has recorded; of any other nothing is taken, whatever a unit brings."""
    try:
        asked = calls.get(call_id)
    except KeyError:
        return None
    if not asked.recorded:
        return None
    return Sought(
        check_id=CheckId(asked.id),
        kind=Occasion.CALL,
        person_id=asked.person_id,
        device_id=asked.device_id,
        nonce=b"",
        due_at=asked.asked_at,
        expires_at=asked.rings_until,
    )
