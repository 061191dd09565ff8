"""An alarm about weak equipment that was over before anybody took it settles by a named rule, and stays on record.

Most alarms of electronic monitoring are lost links and lost satellites that come back by themselves (notes on the
domain, section 4). Where nobody has taken such an alarm yet and its condition is over, or data that came late took it
away, there is nothing left to ask anybody. Where the wearer is told first, that they were told changes nothing of it.
What may hide something on purpose never settles: no tamper, no jamming, no shielding, no entry, no absence, nothing of
priority 1.
"""

from datetime import datetime, timedelta

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code

SETTLING = "rule/settling"
"""How this rule signs its acts."""
SETTLED_AFTER = timedelta(minutes=2)
"""The condition has to stay over for so long [K]."""

_SETTLES = frozenset(
    {
        Code.NO_COMMS,
        Code.UNIT_SILENT,
        Code.MAINS_LOST,
        Code.NO_FIX,
        Code.NO_FIX_PERSISTS,
        Code.RECEIVER_FAULT,
        Code.BATTERY_LOW,
        Code.NOT_DOCKED,
        Code.NO_CHARGE_DAY,
        Code.GAPS_FREQUENT,
    }
)


def settles(code: Code) -> bool:
    """Whether an alarm of this code may end so."""
    return code in _SETTLES


def told_first(code: Code) -> bool:
    """Whether it may end so though the wearer was spoken to: that comes first, and is nobody's taking it."""
    return settles(code) and EVENTS[code].tell_wearer_first


def settled(alarm: Alarm, now: datetime) -> bool:
    """Whether nobody has to look at the alarm any more: open, never taken, and over for a while."""
    over = [at for at in (alarm.cleared_at, alarm.superseded_at) if at is not None]
    if not over or not settles(alarm.code) or alarm.reopened_at is not None:
        return False
    untouched = alarm.contacted_at is None or told_first(alarm.code)
    waits = alarm.state is AlarmState.OPEN and alarm.taken_at is None
    return waits and untouched and min(over) + SETTLED_AFTER <= now
