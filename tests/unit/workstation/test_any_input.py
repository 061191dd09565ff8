"""Whatever is sent to a door, the server answers as its own description says, and never by a fault of its own.

A few inputs for each door; `FUZZ=200` tries as many of each, as `make quality` does.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error, response_schema_conformance, status_code_conformance
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from sqlalchemy import func, select

from baqylau.domain.rights import Action, Role, may
from baqylau.locales import LANGUAGES, catalogue
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.monitoring.workstation.app import api
from baqylau.monitoring.workstation.openapi import document, doors_of
from baqylau.monitoring.workstation.settings import Settings
from baqylau.storage.columns import metadata
from baqylau.storage.database import transaction
from tests.unit.workstation.invented import AYAN, INSTALLATION, TRACKER
from tests.unit.workstation.office import Office

EXAMPLES = int(os.environ.get("FUZZ", "2"))
CSRF = "a token of the test"
NOT_ASKED = {
    "/api/feed": "never ends",
    "/api/session": "signs out, and hashes passwords for a second each",
    "/api/session/lock": "covers the page",
    "/api/session/unlock": "hashes passwords",
    "/api/session/passkey": "is counted like a sign-in",
    "/api/session/passkey/options": "is counted like a sign-in",
    "/api/invitation": "hashes passwords",
    "/api/account/password": "hashes passwords",
    "/api/account/totp/removal": "hashes passwords",
    "/api/account/sessions/{id}": "ends the session",
}
"""Doors that would end the story; each has tests of its own."""
SCHEMA = schemathesis.openapi.from_dict(document(doors_of(api(Settings(installation=INSTALLATION)))))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
NOT_COUNTED = {"audit", "audit_head", "beat", "sign_in_failure"}
"""Looks are on record whatever came of them, programs give signs of life, and wrong words are counted."""
TABLES = [table for name, table in metadata.tables.items() if name not in NOT_COUNTED]
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


class Asker:
    """Somebody of each role, signed in, and the things that there are."""

    def __init__(self, office: Office, address: str) -> None:
        self.address, self._engine = address, office.engine
        self._known = {"id": [AYAN, TRACKER], "number": ["1", "2026-000001"], "login": ["nobody"], "index": ["1"]}
        for role in Role:
            office.employ(role.value, role)
            office.stores.sessions.open(digest(role.value), role.value, CSRF, office.clock() + timedelta(hours=9))

    def ask(self, case: Any, action: str, real: int) -> None:
        role = next(role for role in (Role.ADMINISTRATOR, *Role) if may(role, Action(action)))
        headers = {"Origin": self.address, "X-CSRF-Token": CSRF, "Cookie": f"baqylau={role.value}"}
        for name in case.path_parameters or {}:
            known = self._known.get(name, [])
            if real < len(known):
                case.path_parameters[name] = known[real]
        changes = case.operation.method.upper() not in {"GET", "HEAD"}
        before = self._kept() if changes else {}
        answer = case.call(base_url=self.address, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            assert _sentence(answer.json()), f"{case.operation.label}: {answer.text} says nothing to whoever typed it"
            assert not changes or self._kept() == before, f"{case.operation.label}: refused, and kept in part"

    def _kept(self) -> dict[str, int]:
        """Give how many rows each table has, of those in which a refused form leaves nothing."""
        counts = (select(func.count()).select_from(one).scalar_subquery().label(one.name) for one in TABLES)
        with transaction(self._engine) as connection:
            return dict(connection.execute(select(*counts)).mappings().one())


def _sentence(refusal: dict[str, Any]) -> bool:
    """Tell whether a refusal is a sentence in every language, and so is each fault that it names."""
    keys = [refusal["key"], *(fault["key"] for fault in refusal.get("faults", ()))]
    return all(key in catalogue(language) for key in keys for language in LANGUAGES)


@pytest.fixture
def asker(office: Office) -> Iterator[Asker]:
    office.populate()
    office.alarm()
    with office.open() as address:
        yield Asker(office, address)


def faults_of(operation: Any, asker: Asker) -> Iterator[str]:
    """Try inputs at one door and give what it did otherwise than it says."""
    action = operation.definition.raw["x-action"]

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.integers(0, 2))
    def one_door(case: Any, real: int) -> None:
        asker.ask(case, action, real)

    try:
        one_door()
    except (FailureGroup, BaseExceptionGroup) as found:
        yield "\n".join(f"{operation.label}: {one}" for one in found.exceptions)


def test_every_door_answers_any_input_as_it_says(asker: Asker) -> None:
    asked = [operation for operation in OPERATIONS if operation.path not in NOT_ASKED]
    assert [fault for operation in asked for fault in faults_of(operation, asker)] == []
