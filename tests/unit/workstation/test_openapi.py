"""The description of the interface says what the doors do, of every door there is."""

from typing import Any

import msgspec
import pytest
from msgspec.inspect import StructType, VarTupleType, type_info

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


ONE_THING = "of one person, alarm, check or device: as long as its own story"
THE_SERVICE = "as many as work in one service"
BOUNDED = {
    "/live": "those of open alarms, and everybody up to the number that a screen is told of each",
    "/live/view": "what one map shows: two thousand people at most, then cells",
    "/strangers": "the store keeps the newest and forgets the rest",
    "/field/refused": "the newest",
    "/health/way": "as many as programs of one installation",
    "/load": "figures, one a code, a priority and an operator",
    "/templates": THE_SERVICE,
    "/colleagues": THE_SERVICE,
    "/accounts": THE_SERVICE,
    "/account": "one's own",
    "/audit/chain": "what is broken; none, as a rule",
}
"""Lists without a cursor, and why no 100 000 can stand in them."""
OF_ONE = ("/people/{id}", "/alarms/{number}", "/checks/{id}", "/devices/{id}", "/calls/{id}", "/stock/{id}")
"""What is below these paths is `ONE_THING`."""


def lists(door: Door) -> bool:
    """Tell whether the answer of a door holds a list at its top."""
    speech = speech_of(door.endpoint)
    given = speech and speech.gives and type_info(speech.gives)
    fields = [one.type for one in given.fields] if isinstance(given, StructType) else [given]
    return any(isinstance(one, VarTupleType) for one in fields)


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


def test_every_list_goes_on_from_a_cursor_or_says_why_it_cannot_grow() -> None:
    for door in DOORS:
        speech = speech_of(door.endpoint)
        if method_of(door) != "GET" or speech is None or not lists(door):
            continue
        goes_on = {"after", "before"} & speech.asks.keys()
        reason = BOUNDED.get(door.path) or (ONE_THING if door.path.startswith(OF_ONE) else "")
        assert goes_on or reason, f"{door.path} gives a list: let it go on `after` a place, or say why it is short"
        assert not (goes_on and door.path in BOUNDED), f"{door.path} goes on: it needs no reason"


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
