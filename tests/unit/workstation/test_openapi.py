"""The description of the interface says what the doors do, of every door there is."""

from typing import Any

import msgspec
import pytest

from baqylau.domain.rights import STRANGER, Role, may
from baqylau.monitoring.workstation.app import api
from baqylau.monitoring.workstation.door import Door
from baqylau.monitoring.workstation.openapi import document, doors_of, method_of
from baqylau.monitoring.workstation.settings import Settings
from baqylau.monitoring.workstation.speech import speech_of
from tests.unit.workstation.invented import INSTALLATION
from tests.unit.workstation.office import Office

DOORS = doors_of(api(Settings(installation=INSTALLATION)))
DESCRIBED = document(DOORS)


def operation(door: Door) -> dict[str, Any]:
    found: dict[str, Any] = DESCRIBED["paths"][f"/api{door.path}"][method_of(door).lower()]
    return found


def references(value: Any) -> set[str]:
    match value:
        case {"$ref": str() as name}:
            return {name}
        case dict():
            return set().union(*map(references, value.values()))
        case list():
            return set().union(*map(references, value))
        case _:
            return set()


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{method_of(door)} {door.path}")
def test_every_door_says_what_it_takes_gives_and_refuses(door: Door) -> None:
    speech = speech_of(door.endpoint)
    assert speech is not None, "say it beside the handler: `@speaks(...)`"
    said = operation(door)
    assert said["x-roles"] == [role.value for role in Role if may(role, door.action)]
    assert ("401" in said["responses"]) is (door.action not in STRANGER or 401 in speech.refuses)
    assert said["summary"].endswith(".")


def test_the_description_is_whole_and_comes_from_the_server_for_whoever_is_signed_in(office: Office) -> None:
    defined = {f"#/components/schemas/{name}" for name in DESCRIBED["components"]["schemas"]}
    assert references(DESCRIBED) <= defined
    named = [one["operationId"] for path in DESCRIBED["paths"].values() for one in path.values()]
    assert len(named) == len(set(named)) == len(DOORS)
    office.employ(role=Role.TECHNICIAN)
    with office.browser() as browser:
        assert browser.get("/api/openapi.json").status_code == 401
        browser.sign_in()
        served = browser.get("/api/openapi.json").json()
    assert served == msgspec.json.decode(msgspec.json.encode(DESCRIBED))
    assert served["openapi"] == "3.1.0"
