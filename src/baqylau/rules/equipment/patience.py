"""How long a lost link is left to the wearer before an operator is asked.

Most links that are lost come back by themselves; the wearer is told at once, and can do more about it than anybody
else. How long they have follows from what is prescribed for them at that instant:

    a distance to a person                                   no time at all
    to be somewhere, now or from some instant in that time   LOST_LINK_GRACE_DUE_S from then on
    anything else                                            LOST_LINK_GRACE_S

The finding stands from its own instant, and what the device tells afterwards is judged as ever: only the question to an
operator comes later. Source: notes on the domain, section 4 (first the wearer, then the operator).
"""

from datetime import datetime, timedelta

from baqylau.domain.orders import PresenceRegime, RequiredPlace
from baqylau.rules.plan import Plan, RestrictionPlan
from baqylau.rules.settings import LOST_LINK_GRACE_DUE_S, LOST_LINK_GRACE_S
from baqylau.rules.spans import ALWAYS, Duty

_LONG = timedelta(seconds=LOST_LINK_GRACE_S)
_SHORT = timedelta(seconds=LOST_LINK_GRACE_DUE_S)
_PRESENCE = (PresenceRegime, RequiredPlace)


def with_lost_link(plan: Plan, at: datetime) -> timedelta:
    """Give how long a link that is found lost at an instant is left to the wearer."""
    if any(contact.validity.holds(at) for contact in plan.contacts):
        return timedelta()
    ends = at + _LONG
    dues = [_due_at(one, at, ends) for one in plan.restrictions if isinstance(one.restriction, _PRESENCE)]
    return min([_LONG, *(due_at - at + _SHORT for due_at in dues)])


def _due_at(plan: RestrictionPlan, at: datetime, until: datetime) -> datetime:
    """Give the first instant from `at` on at which a presence is due, or `ALWAYS`."""
    now = max(at, plan.validity.from_at)
    while now < min(until, plan.validity.until_at):
        span = plan.span(now)
        if span.duty is Duty.DUE:
            return now
        now = span.until_at
    return ALWAYS
