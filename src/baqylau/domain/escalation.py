"""What happens to an alarm that nobody answers: it climbs, a rest ends, and nothing expires in silence. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from msgspec import Struct

from baqylau.domain.acts import Act, Close, Escalate, Free, Resume
from baqylau.domain.alarms import Action, Alarm, AlarmState, Cause, Level
from baqylau.domain.catalogue import TAKE_WITHIN_S
from baqylau.domain.correlation import CORRELATION
from baqylau.domain.settling import SETTLING, settled

ESCALATION = "rule/escalation"
SUSPENSION = "rule/suspension"
"""How these rules sign their acts."""
SETTLED = Close(
    cause=Cause.OVER_BY_ITSELF, action=Action.ONLY_WATCHED, grounds="The condition was over before anybody took it."
)
"""What is written down about an alarm that settled."""


class Timers(Struct, frozen=True, kw_only=True):
    """How long an alarm waits for people, by priority. Seconds."""

    take_s: Mapping[int, float] = MappingProxyType(TAKE_WITHIN_S)
    """Not taken for so long, it climbs; as long again, it climbs once more. Notes on the domain, section 6."""
    work_s: Mapping[int, float] = MappingProxyType({1: 900, 2: 3_600, 3: 86_400})
    """Taken, and nothing done about it for so long, it goes back to the queue one place up [K]."""
    outlive_s: float = 900
    """How long after its incident an alarm is still explained by it, though its condition goes on [K]."""


TIMERS = Timers()


def climbs_at(alarm: Alarm, timers: Timers = TIMERS) -> datetime | None:
    """Tell when an alarm climbs unless somebody does something; None when nobody is asked about it now."""
    if alarm.incident_id is not None:
        return None
    match alarm.state:
        case AlarmState.OPEN if alarm.level < Level.DUTY_OFFICER:
            return alarm.waits_since + timedelta(seconds=timers.take_s[alarm.priority])
        case AlarmState.TAKEN:
            return alarm.waits_since + timedelta(seconds=timers.work_s[alarm.priority])
        case _:
            return None


class Ruled(Struct, frozen=True):
    """What a named rule does about an alarm."""

    rule: str
    act: Act


def due(alarm: Alarm, incident: Alarm | None, now: datetime, timers: Timers = TIMERS) -> Ruled | None:
    """Give what the rules do about an alarm now; `incident` is the one that holds it."""
    if alarm.suspended_until is not None and alarm.suspended_until <= now:
        return Ruled(SUSPENSION, Resume())
    if settled(alarm, now):
        return Ruled(SETTLING, SETTLED)
    if incident is not None and _outlived(alarm, incident, now - timedelta(seconds=timers.outlive_s)):
        return Ruled(CORRELATION, Free())
    at = climbs_at(alarm, timers)
    if at is None or now < at:
        return None
    return Ruled(ESCALATION, Escalate(level=Level(min(alarm.level + 1, Level.DUTY_OFFICER))))


def _outlived(alarm: Alarm, incident: Alarm, since: datetime) -> bool:
    """Its incident is over for long, and it is not."""
    over = incident.cleared_at is not None and incident.cleared_at <= since
    return over and alarm.cleared_at is None and alarm.superseded_at is None and alarm.state is not AlarmState.CLOSED
