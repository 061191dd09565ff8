"""What happens to an alarm that nobody answers: it climbs, a rest ends, and nothing expires in silence. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from msgspec import Struct

from baqylau.domain.acts import Act, Escalate, Free, Resume
from baqylau.domain.alarms import Alarm, AlarmState, Level
from baqylau.domain.catalogue import TAKE_WITHIN_S

ESCALATION = "rule/escalation"
"""How this rule signs its acts."""


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


def due(alarm: Alarm, incident: Alarm | None, now: datetime, timers: Timers = TIMERS) -> Act | None:
    """Give what the rule does about an alarm now; `incident` is the one that holds it."""
    if alarm.suspended_until is not None and alarm.suspended_until <= now:
        return Resume()
    if incident is not None and _outlived(alarm, incident, now - timedelta(seconds=timers.outlive_s)):
        return Free()
    at = climbs_at(alarm, timers)
    if at is None or now < at:
        return None
    return Escalate(level=Level(min(alarm.level + 1, Level.DUTY_OFFICER)))


def _outlived(alarm: Alarm, incident: Alarm, since: datetime) -> bool:
    """Its incident is over for long, and it is not."""
    over = incident.cleared_at is not None and incident.cleared_at <= since
    return over and alarm.cleared_at is None and alarm.superseded_at is None and alarm.state is not AlarmState.CLOSED
