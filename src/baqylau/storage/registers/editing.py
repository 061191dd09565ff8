"""What acts of ours leave in the record of everybody concerned: who changed the registers, who gave something out.

The record (W04 for an order, W05 for what is judged by) is part of the saving's own transaction: no change is without
it, and none has it twice. It is about the registers, not about observations: no fold gives it, and none takes it away.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from baqylau.crypto.digests import finding_id
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import PersonId, SubjectId
from baqylau.domain.orders import Fitting, Order
from baqylau.domain.people import Device, Maintenance, Person
from baqylau.storage.database import driver
from baqylau.storage.judging.telling import tell
from baqylau.storage.registers.register_rows import Value

EDITING: Final = "registers"
DISCLOSING: Final = "disclosure"
REMINDING: Final = "reminding"
NOT_JUDGED: Final = (EDITING, DISCLOSING, REMINDING)
"""What no rule found: what one of us did, and what the registers themselves remind of."""
VERSION: Final = "1"


def record_edits(
    connection: Connection,
    changed: Iterable[tuple[PersonId, Code]],
    *,
    version: int,
    by: str,
    at: datetime,
) -> None:
    """Record that a version of the registers changed what holds for these people."""
    found = [_edit(person_id, code, version, by, at) for person_id, code in dict.fromkeys(changed)]
    with driver(connection).cursor() as cursor:
        tell(cursor, found, (), at)


def record_of(value: Value) -> Code | None:
    """Give the event that changing this row is; None for what is no prescription, or has a record of its own."""
    match value:
        case Order():
            return Code.ORDER_CHANGED
        case Person() | Device() | Fitting() | Maintenance():
            return None
        case _:
            return Code.RULE_CHANGED


def _edit(person_id: PersonId, code: Code, version: int, by: str, at: datetime) -> Finding:
    return Finding(
        id=finding_id(EDITING, code.value, person_id, str(version)),
        rule=EDITING,
        rule_version=VERSION,
        code=code,
        person_id=person_id,
        subject=SubjectId(f"registers/{version}"),
        at=at,
        because=(),
        by=by,
    )


def record_disclosure(connection: Connection, person_id: PersonId, bundle: str, by: str, at: datetime) -> None:
    """Record that what is known about a person was given out (W06); `bundle` names what was made."""
    given = Finding(
        id=finding_id(DISCLOSING, person_id, bundle),
        rule=DISCLOSING,
        rule_version=VERSION,
        code=Code.DISCLOSURE,
        person_id=person_id,
        subject=SubjectId(f"evidence/{bundle}"),
        at=at,
        because=(),
        by=by,
    )
    with driver(connection).cursor() as cursor:
        tell(cursor, [given], (), at)
