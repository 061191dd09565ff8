"""Where a copy holds what published record shapes of electronic monitoring name, so that another system finds it.

The names on the left are those of the open records of a national service (event, position, contact, visit,
equipment, order); on the right stands a table and column, and behind `#` the field within what the column holds.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RECORD_SHAPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "event.person": "alarm.person_id",
        "event.type": "alarm.code",
        "event.criticality": "alarm.priority",
        "event.start": "alarm.began_at",
        "event.recorded": "alarm.raised_at",
        "event.end": "alarm.cleared_at",
        "event.status": "alarm.state",
        "event.uploaded": "journal.received_at",
        "position.time": "journal.observed_at",
        "position.device": "journal.device_id",
        "position.recorded": "journal.received_at",
        "position.body": "journal.sealed",
        "event.response": "alarm.action",
        "event.outcome": "alarm.cause",
        "event.authorised_absence": "register.body#permission.reason",
        "contact.user": "alarm_act.by",
        "contact.time": "alarm_act.at",
        "contact.outcome": "alarm_act.act",
        "visit.all": "case_fact.fact",
        "visit.recorded": "case_fact.at",
        "activation.person": "register.body#fitting.person_id",
        "activation.device": "register.body#fitting.device_id",
        "activation.fitted": "register.body#fitting.from_at",
        "activation.removed": "register.body#fitting.until_at",
        "order.act": "register.body#order.act_number",
        "order.start": "register.body#order.from_at",
        "order.end": "register.body#order.until_at",
        "order.suspended": "register.body#order.suspensions",
        "order.revoked": "register.body#order.revoked",
        "order.version": "register.version",
        "compliance.state": "verdict.compliance",
        "compliance.no_data": "verdict.blindness",
        "compliance.start": "verdict.from_at",
        "compliance.restriction": "verdict.restriction_id",
    }
)
"""A position's figures lie in its sealed body: the keys of a copy open them, and `baqylau evidence` writes them out."""
