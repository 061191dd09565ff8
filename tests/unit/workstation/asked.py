"""Checks that were asked for, and what their units and we say of them."""

from datetime import timedelta

from baqylau.domain.checks import CheckKind, CheckWhy
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.people import Language
from baqylau.storage.checks.checks import Request
from tests.unit.workstation.office import Office


def asked_of(
    office: Office, person_id: PersonId, device_id: DeviceId, number: int, kind: CheckKind = CheckKind.IDENTITY
) -> Request:
    """Ask for a check now."""
    at = office.clock()
    request = Request(
        id=CheckId(f"{number:032x}"),
        person_id=person_id,
        device_id=device_id,
        kind=kind,
        why=CheckWhy.RANDOM,
        due_at=at,
        remind_at=at + timedelta(minutes=5),
        expires_at=at + timedelta(minutes=15),
        language=Language.KK,
        limit_mg_l=0.16 if kind is CheckKind.BREATH else None,
    )
    assert office.stores.checks.ask(request, "rule/checks")
    return request
