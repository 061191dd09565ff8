"""Every role at every route, with people inside and outside its districts: the table of rights as the server keeps it.

The cases are made from the table and from the routes themselves. A route that is new needs a line in `EXAMPLES`.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from msgspec import Struct
from msgspec.structs import replace
from starlette.routing import Mount

from baqylau.domain.commands import RingCall
from baqylau.domain.ids import CallId, DeviceId, FittingId, OrderId, PersonId
from baqylau.domain.observations import Fix
from baqylau.domain.people import Language
from baqylau.domain.proposals import ChangeOrder
from baqylau.domain.rights import PERSONAL, STRANGER, Action, Bounds, Role, may
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.monitoring.workstation.app import create_app
from baqylau.monitoring.workstation.door import Door, action_of
from baqylau.storage.registers.proposals import Asked
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.workstation import invented
from tests.unit.workstation.asked import asked_of
from tests.unit.workstation.case_routes import case_routes
from tests.unit.workstation.enrolment_routes import of_enrolment
from tests.unit.workstation.invented import AYAN, DANA, SPARE, TRACKER
from tests.unit.workstation.office import Office, visitor
from tests.unit.workstation.staff_routes import OF_THE_STAFF, Example

NORTH, SOUTH = "Солтүстік", "Оңтүстік"
CSRF = "a token of the test"
PURPOSE = "asked by the court, letter 17 of today"


PAPER = {
    "kind": "memo",
    "language": "kk",
    "purpose": "a",
    "from_at": "2026-11-21T16:00:00Z",
    "until_at": "2026-11-21T17:00:00Z",
}


def of_a_person(of: "Things") -> dict[tuple[str, str], Example]:
    return {
        ("GET", "/people"): Example("/people"),
        ("GET", "/find"): Example("/find?query=a"),
        ("GET", "/people/{id}"): Example(f"/people/{of.person}"),
        ("GET", "/people/{id}/minute"): Example(f"/people/{of.person}/minute?at=2026-11-21T16:59:00Z"),
        ("GET", "/people/{id}/kept"): Example(f"/people/{of.person}/kept"),
        ("GET", "/people/{id}/replay"): Example(
            f"/people/{of.person}/replay?from=2026-11-21T16:00:00Z&until=2026-11-21T16:59:00Z"
        ),
        ("GET", "/people/{id}/patterns"): Example(f"/people/{of.person}/patterns"),
        ("POST", "/people/{id}/evidence"): Example(
            f"/people/{of.person}/evidence", {"alarm": of.alarm, "purpose": "a", "basis": "b", "recipient": "c"}
        ),
        ("GET", "/people/{id}/field"): Example(f"/people/{of.person}/field"),
        ("GET", "/field/refused"): Example("/field/refused"),
        ("GET", "/people/{id}/photo"): Example(f"/people/{of.person}/photo"),
        ("PUT", "/people/{id}/photo"): Example(f"/people/{of.person}/photo", {"content": ""}, 422),
        ("DELETE", "/people/{id}/photo"): Example(f"/people/{of.person}/photo", status=204),
        ("GET", "/people/{id}/own-page"): Example(f"/people/{of.person}/own-page"),
        ("POST", "/people/{id}/own-page/access"): Example(f"/people/{of.person}/own-page/access"),
        ("DELETE", "/people/{id}/own-page/access"): Example(f"/people/{of.person}/own-page/access", status=204),
        ("POST", "/people/{id}/own-page/messages"): Example(f"/people/{of.person}/own-page/messages", {"text": "a"}),
        ("GET", "/people/{id}/own-page/files/{number}"): Example(f"/people/{of.person}/own-page/files/1", status=404),
        ("POST", "/people/{id}/papers"): Example(f"/people/{of.person}/papers", PAPER),
        ("POST", "/alarms/{number}/paper"): Example(f"/alarms/{of.alarm}/paper", {"language": "ru", "purpose": "a"}),
        ("POST", "/people/{id}/tables"): Example(
            f"/people/{of.person}/tables", {**PAPER, "kind": "track", "format": "gpx"}
        ),
        **of_checks_and_calls(of),
    }


def of_checks_and_calls(of: "Things") -> dict[tuple[str, str], Example]:
    return {
        ("GET", "/people/{id}/checks"): Example(f"/people/{of.person}/checks"),
        ("POST", "/people/{id}/checks"): Example(
            f"/people/{of.person}/checks", {"kind": "identity", "reason": "a"}, 409
        ),
        **of_enrolment(f"/people/{of.person}/enrolment"),
        ("GET", "/people/{id}/enrolment/{number}"): Example(f"/people/{of.person}/enrolment/1", status=404),
        ("GET", "/people/{id}/calls"): Example(f"/people/{of.person}/calls"),
        ("POST", "/people/{id}/calls"): Example(
            f"/people/{of.person}/calls", {"purpose": "a", "description": "v=0"}, 409
        ),
        ("GET", "/calls/{id}"): Example(f"/calls/{of.call}", status=404),
        ("POST", "/calls/{id}/end"): Example(f"/calls/{of.call}/end", status=404),
        ("GET", "/calls/{id}/recording"): Example(f"/calls/{of.call}/recording"),
        ("GET", "/calls/{id}/media/{index}"): Example(f"/calls/{of.call}/media/1", status=404),
        ("POST", "/calls/{id}/hold"): Example(f"/calls/{of.call}/hold", {"reason": "a"}, 404),
        ("POST", "/calls/{id}/release"): Example(f"/calls/{of.call}/release", {"reason": "a"}, 404),
        ("POST", "/checks/{id}/hold"): Example(f"/checks/{of.check}/hold", {"reason": "a"}, 404),
        ("POST", "/checks/{id}/release"): Example(f"/checks/{of.check}/release", {"reason": "a"}, 404),
        ("GET", "/checks/{id}"): Example(f"/checks/{of.check}"),
        ("POST", "/checks/{id}/withdrawal"): Example(f"/checks/{of.check}/withdrawal", {"reason": "a"}),
        ("POST", "/checks/{id}/decision"): Example(
            f"/checks/{of.check}/decision", {"outcome": "match", "grounds": "a"}, 409
        ),
        ("GET", "/checks/{id}/media/{index}"): Example(f"/checks/{of.check}/media/1", status=404),
    }


def examples(of: "Things") -> dict[tuple[str, str], Example]:
    return {
        **{key: Example(*one) for key, one in case_routes(of.person, of.proposal).items()},
        ("GET", "/session"): Example("/session"),
        ("PUT", "/session/language"): Example("/session/language", {"language": "kk"}, 204),
        ("GET", "/live"): Example("/live"),
        ("GET", "/live/view"): Example("/live/view?west=70&south=40&east=80&north=50&zoom=8"),
        ("GET", "/feed"): Example("/feed"),
        ("GET", "/alarms"): Example("/alarms"),
        ("GET", "/alarms/{number}"): Example(f"/alarms/{of.alarm}"),
        ("POST", "/alarms/acts"): Example(
            "/alarms/acts", {"numbers": [of.alarm], "act": {"type": "note", "text": "a"}}
        ),
        ("POST", "/alarms/{number}/acts"): Example(f"/alarms/{of.alarm}/acts", {"type": "note", "text": "a"}),
        ("GET", "/colleagues"): Example("/colleagues"),
        ("POST", "/purposes"): Example("/purposes", {"about": "person/nobody", "purpose": PURPOSE}, 404),
        **of_a_person(of),
        ("GET", "/strangers"): Example("/strangers"),
        ("GET", "/devices/{id}"): Example(f"/devices/{of.device}"),
        ("POST", "/devices/{id}/commands"): Example(f"/devices/{of.device}/commands", {"type": "report"}, 409),
        ("GET", "/observations/{id}"): Example(f"/observations/{of.observation}"),
        ("GET", "/health"): Example("/health"),
        ("GET", "/health/way"): Example("/health/way"),
        ("GET", "/openapi.json"): Example("/openapi.json"),
        ("GET", "/load"): Example("/load"),
        ("GET", "/basemap"): Example("/basemap/none", status=404),
        ("POST", "/session/unlock"): Example("/session/unlock", {}, 422),
        **OF_THE_STAFF,
    }


ENDS_THE_SESSION = {("DELETE", "/session"), ("POST", "/session/lock")}
ACTS_ON_PEOPLE = {
    Action.ACT_ON_ALARM,
    Action.ORDER_DEVICE,
    Action.ORDER_CHECK,
    Action.DECIDE_CHECK,
    Action.HOLD_RECORDING,
    Action.CALL_PERSON,
    Action.ENROL_PERSON,
    Action.PROPOSE_CHANGE,
    Action.ANSWER_PROPOSAL,
    Action.RECORD_FACT,
    Action.GIVE_OWN_PAGE,
    Action.WRITE_TO_PERSON,
    Action.KEEP_PHOTO,
}
SAYS_NO_NAME = {Action.LOOK_DEVICE}
"""Looks that give no identity to a role that reads none: the bounds alone count."""


class Things(Struct, frozen=True):
    """What there is of one person."""

    person: str
    device: str
    alarm: int
    observation: str
    check: str
    call: CallId
    proposal: int


class Town:
    """One server, somebody in the north and somebody in the south, and everybody who may sign in."""

    def __init__(self, office: Office, address: str) -> None:
        self.office = office
        self.client = visitor(address, timeout_s=30)
        self.origin = address
        self.north, self.south = self._things(AYAN, TRACKER, 1), self._things(DANA, SPARE, 2)

    def _things(self, person: PersonId, device: str, number: int) -> Things:
        heard = self.office.hear(DeviceId(device), Fix(latitude_deg=43.2, longitude_deg=76.9), person_id=person)
        found = replace(invented.finding(number), person_id=person)
        alarm, check = self.office.find(found)[0], asked_of(self.office, person, DeviceId(device), number).id
        return Things(
            person=person,
            device=device,
            alarm=alarm,
            observation=heard.id,
            check=check,
            call=self._call(person, DeviceId(device), number),
            proposal=self._proposal(person),
        )

    def _call(self, person: PersonId, device: DeviceId, number: int) -> CallId:
        """Give a call of somebody else's."""
        order = RingCall(call_id=CallId(f"{number:032x}"), person_id=person, description="v=0", language=Language.KK)
        self.office.stores.calls.ask(device, order, "somebody", "a")
        return order.call_id

    def _proposal(self, person: PersonId) -> int:
        """Give the number of a stricter change that waits."""
        order = self.office.stores.directory.book().supervision(person).orders[0]
        longer = ChangeOrder(order=replace(order, until_at=order.until_at + timedelta(days=1)))
        district = NORTH if person == AYAN else SOUTH
        asked = Asked(person_id=person, district=district, change=longer, base=99, grounds="a")
        return self.office.stores.proposals.propose(asked, "somebody").number

    def employ(self, role: Role, bounds: Bounds) -> str:
        """Give the token of somebody who is signed in; no password is hashed for it."""
        login = f"{role}-{len(bounds.districts or 'everybody')}-{len(bounds.people)}"
        self.office.employ(login, role, bounds)
        self.office.stores.sessions.open(digest(login), login, CSRF, self.office.clock() + timedelta(hours=9))
        return login

    def ask(self, token: str, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Origin": self.origin, "X-CSRF-Token": CSRF, "Cookie": f"baqylau={token}"}
        method = "HEAD" if path == "/feed" else method
        return self.client.request(method, f"/api{path}", json=body, headers=headers)


@pytest.fixture
def town(office: Office) -> Iterator[Town]:
    people = tuple(replace(one, district=NORTH if one.id == AYAN else SOUTH) for one in invented.TOWN.people)
    order = replace(invented.TOWN.orders[0], id=OrderId("o-2"), person_id=DANA)
    fitting = replace(invented.TOWN.fittings[0], id=FittingId("f-2"), person_id=DANA, device_id=SPARE)
    registry: Registry = replace(
        invented.TOWN,
        people=people,
        orders=(*invented.TOWN.orders, order),
        fittings=(*invented.TOWN.fittings, fitting),
    )
    Registers(office.engine, office.clock).save(registry, by="installation")
    with office.open() as address:
        town = Town(office, address)
        with town.client:
            yield town


def routes(office: Office) -> dict[tuple[str, str], Action]:
    served = create_app(office.settings, office.engine, office.vault, office.clock, os.urandom)
    api = next(one for one in served.routes if isinstance(one, Mount) and one.path == "/api")
    named = {}
    for route in api.routes:
        action = action_of(route)
        assert action is not None
        method = next(iter((route.methods or set()) - {"HEAD"})) if isinstance(route, Door) else "GET"
        assert isinstance(route, Door | Mount)
        named[method, route.path] = action
    return named


def _key(answer: httpx.Response) -> str:
    return str(answer.json()["key"]) if answer.content else ""


def _hold(answer: httpx.Response, expected: int | str, why: object) -> None:
    if isinstance(expected, int):
        assert answer.status_code == expected, (why, answer.text)
    else:
        assert (answer.status_code, _key(answer) or expected) == (403, expected), (why, answer.text)


def _beyond(role: Role) -> str:
    return "duty.refused.purpose" if may(role, Action.LOOK_OUTSIDE_DUTY) else "duty.refused.outside"


def _expected(role: Role, action: Action, example: Example, *, within: bool) -> int | str:
    """Say from the table alone what a role gets."""
    if not may(role, action):
        return "request.refused.role"
    if action in PERSONAL and not (within and (may(role, Action.LOOK_IDENTITY) or action in SAYS_NO_NAME)):
        return _beyond(role)
    if action in ACTS_ON_PEOPLE and not within:
        return "duty.refused.act"
    return example.status


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_the_table_says_in_its_district_and_nothing_beyond(town: Town, role: Role) -> None:
    token = town.employ(role, Bounds(districts=(NORTH,)))
    named = routes(town.office)
    inside, outside = examples(town.north), examples(town.south)
    assert {key for key, action in named.items() if action not in STRANGER} <= set(inside) | ENDS_THE_SESSION
    for key, example in inside.items():
        method, action = key[0], named[key]
        if action in STRANGER:
            continue
        answer = town.ask(token, method, example.path, example.body)
        _hold(answer, _expected(role, action, example, within=True), (role, key, "inside"))
        there = outside[key]
        if there == example:
            continue
        answer = town.ask(token, method, there.path, there.body)
        expected = _expected(role, action, there, within=False)
        if key == ("POST", "/alarms/acts") and may(role, action):
            assert [one["refusal"]["key"] for one in answer.json()] == ["duty.refused.act"]
        else:
            _hold(answer, expected, (role, key, "outside"))
        missing = {("GET", "/people/{id}"): "/people/nobody", ("GET", "/devices/{id}"): "/devices/nothing"}.get(key)
        if missing and may(role, action):
            assert town.ask(token, "GET", missing).json() == town.ask(token, "GET", f"{missing}-2").json()
            _hold(town.ask(token, "GET", missing), _beyond(role), (role, key, "what does not exist looks the same"))
    assert town.ask(token, "DELETE", "/session").status_code == 204


def test_a_list_and_the_live_screen_show_those_of_the_district_and_the_caseload_alone(town: Town) -> None:
    north, caseload = (
        town.employ(Role.OPERATOR, Bounds(districts=(NORTH,))),
        town.employ(Role.INSPECTOR, Bounds(districts=(), people=(DANA,))),
    )
    everybody, nobody = town.employ(Role.SENIOR, Bounds()), town.employ(Role.OPERATOR, Bounds(districts=()))
    for token, people in ((north, {AYAN}), (caseload, {DANA}), (everybody, {AYAN, DANA}), (nobody, set())):
        live = town.ask(token, "GET", "/live").json()
        assert {one["id"] for one in live["people"]} == people
        assert {one["alarm"]["person_id"] for one in live["alarms"]} == people
        assert {one["person_id"] for one in live["zones"]} <= people
        assert {one["id"] for one in town.ask(token, "GET", "/people").json()["people"]} == people
        view = town.ask(token, "GET", "/live/view?west=70&south=40&east=80&north=50&zoom=8").json()
        assert ({one["id"] for one in view["people"]}, view["counts"]["people"]) == (people, len(people))
        assert {one["alarm"]["person_id"] for one in town.ask(token, "GET", "/alarms").json()} == people


def test_the_feed_tells_nothing_of_those_beyond(town: Town) -> None:
    token = town.employ(Role.OPERATOR, Bounds(districts=(NORTH,)))
    with town.client.stream("GET", "/api/feed", headers={"Cookie": f"baqylau={token}"}) as stream:
        town.office.find(replace(invented.finding(8), person_id=DANA), replace(invented.finding(9), person_id=AYAN))
        told = ""
        for piece in stream.iter_text():
            told += piece
            if f"{9:032x}" in told:
                break
    assert DANA not in told
    assert f"{8:032x}" not in told


def test_an_auditor_reads_numbers_without_names_until_a_purpose_is_stated(town: Town) -> None:
    token = town.employ(Role.AUDITOR, Bounds())
    people = town.ask(token, "GET", "/people").json()["people"]
    assert {one["id"] for one in people} == {AYAN, DANA}
    assert {(one["name"], one["address"], one["phone"], one["last_fix"]) for one in people} == {("", "", "", None)}
    assert {one["person_name"] for one in town.ask(token, "GET", "/alarms").json()} == {""}
    assert town.ask(token, "GET", f"/devices/{TRACKER}").json()["person_name"] == ""
    assert _key(town.ask(token, "GET", f"/people/{AYAN}")) == "duty.refused.purpose"

    stated = town.ask(token, "POST", "/purposes", {"about": f"alarm/{town.north.alarm}", "purpose": PURPOSE})
    assert stated.status_code == 200
    assert town.ask(token, "GET", f"/people/{AYAN}").json()["person"]["name"] == "Ayan Sample"
    assert town.ask(token, "GET", f"/devices/{TRACKER}").json()["person_name"] == "Ayan Sample"
    assert _key(town.ask(token, "GET", f"/people/{DANA}")) == "duty.refused.purpose"
    town.office.clock.pass_(minutes=61)
    town.office.stores.sessions.open(digest("later"), token, CSRF, town.office.clock() + timedelta(hours=1))
    assert _key(town.ask("later", "GET", f"/people/{AYAN}")) == "duty.refused.purpose"

    entries = town.office.stores.audit.latest(20)
    assert {one.purpose for one in entries if one.what == "look.person"} == {PURPOSE}
    assert [one.object for one in entries if one.what == "purpose.state"] == [f"person/{AYAN}"]


@pytest.mark.parametrize("about", ["person/p-2", "alarm/2", "device/d-2", "observation/"])
def test_a_senior_looks_beyond_the_district_with_a_purpose_and_still_does_not_act(town: Town, about: str) -> None:
    token = town.employ(Role.SENIOR, Bounds(districts=(NORTH,)))
    about = about + town.south.observation if about.endswith("/") else about.replace("/2", f"/{town.south.alarm}")
    assert _key(town.ask(token, "GET", f"/alarms/{town.south.alarm}")) == "duty.refused.purpose"
    assert town.ask(token, "POST", "/purposes", {"about": about, "purpose": "short"}).status_code == 422
    assert town.ask(token, "POST", "/purposes", {"about": about, "purpose": PURPOSE}).status_code == 200
    assert town.ask(token, "GET", f"/alarms/{town.south.alarm}").status_code == 200
    act = town.ask(token, "POST", f"/alarms/{town.south.alarm}/acts", {"type": "take"})
    assert _key(act) == "duty.refused.act"


def test_an_alarm_is_not_handed_to_somebody_who_could_do_nothing_about_it(town: Town) -> None:
    token = town.employ(Role.SENIOR, Bounds())
    for login in (town.employ(Role.OPERATOR, Bounds(districts=(NORTH,))), town.employ(Role.AUDITOR, Bounds())):
        handed = {"type": "assign", "to": login, "text": ""}
        refused = town.ask(token, "POST", f"/alarms/{town.south.alarm}/acts", handed)
        assert (refused.status_code, _key(refused)) == (409, "alarm.refused.not_their_duty")


def test_every_look_at_a_person_leaves_its_row_in_the_audit(town: Town) -> None:
    token = town.employ(Role.ADMINISTRATOR, Bounds())
    named = routes(town.office)
    shown = PERSONAL - {Action.PLAY_RECORDING}  # There is no recording here; what is played is written by the media.
    looked = {key: one for key, one in examples(town.north).items() if named[key] in shown}
    assert {named[key] for key in looked} == set(named.values()) & shown
    for key, example in looked.items():
        before = town.office.stores.audit.latest(1)[0].id
        assert town.ask(token, key[0], example.path, example.body).status_code == example.status
        last = town.office.stores.audit.latest(1)[0]
        assert last.id > before, key
        assert (last.who, last.object) == (token, f"person/{AYAN}")
        assert last.what.startswith(("look.", "evidence.", "paper.", "table.")), key
    assert town.office.stores.audit.verify() == []
