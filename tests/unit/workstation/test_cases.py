"""Cases at the workstation: two inspectors, one administrator, and what each may do about what is prescribed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from baqylau.domain.observations import Fix
from baqylau.domain.orders import ExclusionZone
from baqylau.domain.public_places import PlaceKind
from baqylau.domain.rights import Bounds, Role
from baqylau.domain.zones import Circle, Point
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.storage.registers.registers import Registers
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, NOW
from tests.unit.workstation.office import EVERYBODY, Office, visitor

CSRF = "a token of the test"
GROUNDS = "court act 17 of today"
CASE = f"/people/{AYAN}/case"
PROPOSALS = f"{CASE}/proposals"


class Colleague:
    """Somebody who is signed in; no password is hashed for it."""

    def __init__(self, office: Office, client: httpx.Client, login: str, role: Role, bounds: Bounds) -> None:
        office.employ(login, role, bounds)
        office.stores.sessions.open(digest(login), login, CSRF, office.clock() + timedelta(hours=9))
        self._headers = {"Origin": str(client.base_url), "X-CSRF-Token": CSRF, "Cookie": f"baqylau={login}"}
        self._client = client

    def get(self, path: str) -> Any:
        answer = self._ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, path: str) -> tuple[int, str]:
        answer = self._ask("GET", path)
        return answer.status_code, answer.json().get("key", "")

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self._ask("POST", path, body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def propose(
        self, change: dict[str, Any], status: int = 200, path: str = PROPOSALS, version: int | None = None
    ) -> Any:
        known = self.get(CASE)["version"] if version is None else version
        return self.post(path, {"change": change, "version": known, "grounds": GROUNDS}, status)

    def answer(self, number: int, status: int = 200, *, approve: bool = True) -> Any:
        return self.post(f"/proposals/{number}/answer", {"approve": approve, "grounds": GROUNDS}, status)

    def _ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self._client.request(method, f"/api{path}", json=body, headers=self._headers)


class Service:
    """A server with two inspectors."""

    def __init__(self, office: Office, client: httpx.Client) -> None:
        self._office, self._client = office, client
        self.aliya = self.employ("aliya")
        self.bolat = self.employ("bolat")

    def employ(self, login: str, role: Role = Role.INSPECTOR, bounds: Bounds = EVERYBODY) -> Colleague:
        return Colleague(self._office, self._client, login, role, bounds)


@contextmanager
def lined(office: Office) -> Iterator[httpx.Client]:
    with office.open() as address, visitor(address, timeout_s=60) as line:
        yield line


@contextmanager
def opened(office: Office) -> Iterator[Service]:
    with lined(office) as client:
        yield Service(office, client)


@pytest.fixture
def service(office: Office) -> Iterator[Service]:
    office.populate()
    with opened(office) as service:
        yield service


def market(**changes: Any) -> dict[str, Any]:
    zone = invented.TOWN.restrictions[0]
    assert isinstance(zone, ExclusionZone)
    body = msgspec.to_builtins(zone) | {"version": 0, "from_at": NOW.isoformat()} | changes
    return {"type": "set_restriction", "restriction": body}


def round_market(radius_m: float) -> dict[str, Any]:
    return {"type": "circle", "name": "Market", "center": [43.25, 76.95], "radius_m": radius_m}


def test_a_narrower_zone_holds_at_once_and_a_wider_one_when_a_colleague_agrees(service: Service) -> None:
    made = service.aliya.propose(market(zone=round_market(100)))
    assert (made["state"], made["stricter"]) == ("applied", [])

    waits = service.aliya.propose(market(zone=round_market(900)))
    assert (waits["state"], waits["may_answer"], waits["may_withdraw"]) == ("waiting", False, True)
    assert [one["key"] for one in waits["stricter"]] == ["case.stricter.zone_larger"]
    assert service.aliya.answer(waits["number"], 403)["params"] == {"others": "Bolat"}

    listed = service.bolat.get("/proposals")
    assert ([one["number"] for one in listed["rows"]], listed["mine"]) == ([waits["number"]], 1)
    page = service.bolat.get(f"/proposals/{waits['number']}")
    assert (page["row"]["may_answer"], page["preview"]["faults"]) == (True, [])
    assert service.bolat.answer(waits["number"])["answered_by_name"] == "Bolat"

    case = service.bolat.get(CASE)
    found = [(one["restriction"]["version"], one["standing"]) for one in case["orders"][0]["restrictions"]]
    assert found == [(3, "in_force"), (2, "replaced"), (1, "replaced")]
    assert [(one["by_name"], one["fields"]) for one in case["history"][:2]] == [
        ("Aliya", ["zone"]),
        ("Aliya", ["from_at", "zone"]),
    ]
    assert (case["proposals"], case["answerers"], case["may_propose"]) == ([], ["Aliya"], True)


def test_two_who_change_the_same_case_at_once_are_told_of_each_other(service: Service) -> None:
    opened_at = service.aliya.get(CASE)["version"]
    service.bolat.propose(market(zone=round_market(150)))
    told = service.aliya.propose(market(zone=round_market(120)), 409, version=opened_at)
    assert told["key"] == "case.refused.changed"
    assert [(one["by_name"], one["now"]["restriction"]["zone"]["radius_m"]) for one in told["changed"]] == [
        ("Bolat", 150)
    ]
    assert service.aliya.propose(market(zone=round_market(120)), version=told["version"])["state"] == "applied"

    waits = service.aliya.propose(market(zone=round_market(900)))["number"]
    service.bolat.propose(market(zone=round_market(110)))
    told = service.bolat.answer(waits, 409)
    assert (told["key"], len(told["changed"])) == ("case.refused.changed", 1)
    assert service.bolat.answer(waits, approve=False)["state"] == "refused"
    told = service.bolat.answer(waits, 409)
    assert (told["key"], told["params"]) == ("case.refused.already.refused", {"by": "Bolat"})
    assert service.aliya.post(f"/proposals/{waits}/withdrawal", status=409)["key"] == "case.refused.already.refused"
    assert service.bolat.answer(999, 404)["key"] == "case.refused.no_proposal"


PERSON = {"id": "", "name": "Invented Newcomer", "district": "North", "language": "kk"}
ORDER = {
    "id": "",
    "person_id": "",
    "court": "Invented court",
    "act_number": "17",
    "act_date": "2026-11-01",
    "from_at": NOW.isoformat(),
    "until_at": (NOW + timedelta(days=200)).isoformat(),
}
NIGHTS = {"timezone": "Asia/Almaty", "windows": [{"start_min": 1320, "end_min": 360}]}
HOME = {
    "type": "presence",
    "id": "",
    "order_id": "",
    "version": 0,
    "clause": "At home from 22:00 to 06:00",
    "from_at": NOW.isoformat(),
    "places": [{"type": "circle", "name": "Home", "center": [43.24, 76.9], "radius_m": 60}],
    "schedule": NIGHTS,
}


def test_a_case_begins_with_two_signatures_and_outlives_a_restart_between_them(office: Office) -> None:
    office.populate()
    begins = {"type": "register_person", "person": PERSON, "order": ORDER, "restrictions": [HOME]}
    with opened(office) as service:
        seen = service.aliya.post("/cases/preview", {"change": begins})
        assert [one["key"] for one in seen["stricter"]] == [
            "case.stricter.order_added",
            "case.stricter.restriction_added",
        ]
        assert [(one["day"], one["from_at"]) for one in seen["windows"]][:2] == [
            ("2026-11-21", "2026-11-21T17:00:00Z"),
            ("2026-11-22", "2026-11-22T17:00:00Z"),
        ]
        assert (seen["timezone"], seen["month"], seen["too_long"]) == ("Asia/Almaty", None, False)
        waits = service.aliya.propose(begins, path="/cases/proposals", version=0)
        assert (waits["state"], waits["person_name"], waits["district"]) == ("waiting", "Invented Newcomer", "North")
        south = service.employ("saule", bounds=Bounds(districts=("South",)))
        assert south.get("/proposals")["rows"] == []
        assert south.answer(waits["number"], 403)["key"] == "duty.refused.act"
        beyond = south.propose(begins, 422, path="/cases/proposals", version=0)
        assert [(one["field"], one["key"]) for one in beyond["faults"]] == [
            ("person.district", "case.fault.beyond_bounds")
        ]
    with lined(office) as client:
        erlan = Colleague(office, client, "erlan", Role.INSPECTOR, Bounds(districts=("North",)))
        page = erlan.get(f"/proposals/{waits['number']}")
        assert (page["case"], page["row"]["may_answer"]) == (None, True)
        person_id = erlan.answer(waits["number"])["person_id"]
        case = erlan.get(f"/people/{person_id}/case")
        assert (case["person"]["name"], case["orders"][0]["standing"]) == ("Invented Newcomer", "in_force")
        assert case["orders"][0]["restrictions"][0]["restriction"]["clause"] == HOME["clause"]
        assert {one["proposal"] for one in case["history"]} == {waits["number"]}
    assert office.stores.audit.verify() == []


def test_every_fault_of_a_form_stands_at_its_field_and_nothing_is_saved(service: Service) -> None:
    wrong: dict[str, Any] = {
        "zone.name": ("case.fault.empty", market(zone=round_market(10) | {"name": " "})),
        "zone": ("zone.refused.radius", market(zone=round_market(-1))),
        "clause": ("case.fault.empty", market(clause="")),
        "from_at": ("import.offset_missing", market(from_at="2026-11-22T00:00:00")),
        "dwell_s": ("import.negative", market(dwell_s=-5)),
        "schedule.timezone": ("import.unknown_timezone", market(schedule={"timezone": "Moon/Crater", "windows": []})),
        "schedule.windows[0]": (
            "import.window_empty",
            market(schedule={"timezone": "Asia/Almaty", "windows": [{"start_min": 60, "end_min": 60}]}),
        ),
        "order_id": ("import.register.unknown", market(order_id="o-none")),
        "until_at": ("import.register.ends_before_it_begins", market(until_at=(NOW - timedelta(days=1)).isoformat())),
    }
    version = service.aliya.get(CASE)["version"]
    for field, (key, change) in wrong.items():
        refused = service.aliya.propose(change, 422)
        assert refused["key"] == "case.refused.fields"
        assert (f"restriction.{field}", key) in [(one["field"], one["key"]) for one in refused["faults"]], refused
        seen = service.aliya.post(f"{CASE}/preview", {"change": change})
        assert (seen["faults"], seen["month"]) == (refused["faults"], None)
    outside = service.aliya.propose(market(from_at=(NOW + timedelta(days=900)).isoformat()), 422)["faults"][0]
    assert (outside["field"], outside["key"]) == ("restriction", "import.register.outside_order")
    assert outside["params"]["field"] == "1-26"
    blank = {"change": market(), "version": version, "grounds": "  "}
    assert service.aliya.post(PROPOSALS, blank, 422)["key"] == "request.refused.field"
    new = {"type": "register_person", "person": PERSON, "order": ORDER, "restrictions": []}
    assert service.aliya.propose(new, 422)["faults"][0]["key"] == "case.fault.other_door"
    assert service.aliya.propose(market(), 422, path="/cases/proposals")["faults"][0]["key"] == "case.fault.other_door"
    assert (service.aliya.get(CASE)["version"], service.aliya.get("/proposals")["rows"]) == (version, [])


def test_who_is_alone_is_told_whom_to_ask_and_there_is_no_way_around(office: Office) -> None:
    office.populate()
    with lined(office) as client:
        alone = Colleague(office, client, "aliya", Role.ADMINISTRATOR, EVERYBODY)
        Colleague(office, client, "olga", Role.OPERATOR, EVERYBODY)
        auditor = Colleague(office, client, "aidar", Role.AUDITOR, EVERYBODY)
        assert alone.get(CASE)["answerers"] == []
        waits = alone.propose(market(zone=round_market(900)))
        assert alone.answer(waits["number"], 403)["key"] == "case.refused.nobody_else"
        assert auditor.look(f"/proposals/{waits['number']}") == (403, "duty.refused.purpose")
        assert auditor.look("/proposals") == (403, "request.refused.role")
        assert alone.post(f"/proposals/{waits['number']}/withdrawal")["state"] == "withdrawn"


def test_a_preview_says_what_the_rule_would_have_found_last_month(office: Office, service: Service) -> None:
    for minute in range(6):
        office.hear(
            invented.TRACKER,
            Fix(latitude_deg=43.2565 + minute / 100_000, longitude_deg=76.95, accuracy_m=8.0),
            observed_at=NOW - timedelta(days=2) + timedelta(minutes=minute),
        )
    seen = service.aliya.post(f"{CASE}/preview", {"change": market(zone=round_market(1500))})
    assert [(one["code"], one["place"]) for one in seen["month"]["gained"]] == [("Z01", "Market")]
    assert (seen["month"]["lost"], seen["month"]["more"], seen["too_long"]) == ([], 0, False)
    since = (NOW - timedelta(days=1)).isoformat()
    seen = service.aliya.post(f"{CASE}/preview", {"change": market(zone=round_market(1500)), "since": since})
    assert seen["month"] is None
    assert service.aliya.get(CASE)["proposals"] == []


def test_zones_are_read_from_what_colleagues_send(service: Service) -> None:
    square = {"type": "Polygon", "coordinates": [[[76.9, 43.2], [76.91, 43.2], [76.91, 43.21], [76.9, 43.2]]]}
    text = msgspec.json.encode({"type": "Feature", "properties": {"name": "Park"}, "geometry": square}).decode()
    read = service.aliya.post("/zones/read", {"text": text})
    assert ([(one["type"], one["name"]) for one in read["zones"]], read["warnings"]) == ([("polygon", "Park")], [])
    far = service.aliya.post("/zones/read", {"text": '{"type":"Point","coordinates":[43.2,76.9]}', "name": "Far"})
    assert [one["key"] for one in far["warnings"]] == ["case.warning.axes_exchanged"]
    refused = service.aliya.post("/zones/read", {"text": "<kml"}, 422)
    assert refused["faults"] == [{"field": "text", "key": "zone.refused.not_readable", "params": {}}]


def test_a_zone_over_a_clinic_that_the_installation_knows_is_told(office: Office, service: Service) -> None:
    clinic = Circle(name="Clinic 5", center=Point(43.2402, 76.9), radius_m=50)
    far = Circle(name="Clinic 6", center=Point(43.9, 76.9), radius_m=50)
    office.stores.public_places.load(PlaceKind.CLINIC, (clinic, far), "dana")
    near = {"type": "circle", "name": "Stadium", "center": [43.24, 76.9], "radius_m": 100}
    seen = service.aliya.post(f"{CASE}/preview", {"change": market(id="", zone=near, warning_m=0)})
    told = [(one["key"], one["params"]) for one in seen["warnings"]]
    assert ("case.warning.covers_clinic", {"zone": "Stadium", "place": "Clinic 5"}) in told
    assert all(params.get("place") != "Clinic 6" for _, params in told)


def test_a_zone_over_a_place_of_duty_is_told_and_what_is_free_can_be_fitted(service: Service) -> None:
    home = HOME | {"order_id": "o-1"}
    waits = service.aliya.propose({"type": "set_restriction", "restriction": home})["number"]
    service.bolat.answer(waits)
    near = {"type": "circle", "name": "Stadium", "center": [43.24, 76.9], "radius_m": 100}
    day = {"timezone": "Asia/Almaty", "windows": [{"start_min": 600, "end_min": 700}]}
    zone = market(id="", zone=near, schedule=day, warning_m=0)
    seen = service.aliya.post(f"{CASE}/preview", {"change": zone})
    covers = {"zone": "Stadium", "place": "Home"}
    assert ("case.warning.covers_place", covers) in [(one["key"], one["params"]) for one in seen["warnings"]]

    assert [one["id"] for one in service.aliya.get("/devices/free")["devices"]] == [invented.SPARE]
    fit = {"id": "", "device_id": invented.SPARE, "person_id": "", "from_at": NOW.isoformat()}
    made = service.aliya.propose({"type": "fit", "fitting": fit})
    assert made["state"] == "applied"
    assert service.aliya.get("/devices/free")["devices"] == []
    assert service.aliya.get(CASE)["fittings"][0]["kind"] == "tracker"


def test_a_case_goes_to_another_district_when_an_inspector_there_takes_it_over(office: Office) -> None:
    people = tuple(replace(one, district="North") for one in invented.TOWN.people)
    Registers(office.engine, office.clock).save(replace(invented.TOWN, people=people), by="installation")
    with opened(office) as service:
        north = service.employ("nurlan", bounds=Bounds(districts=("North",)))
        south = service.employ("saule", bounds=Bounds(districts=("South",)))
        moved = {"type": "change_person", "person": msgspec.to_builtins(replace(people[0], district="South"))}
        refused = north.propose(moved, 422)
        assert [(one["field"], one["key"]) for one in refused["faults"]] == [("person.district", "case.fault.transfer")]
        transfer = {"type": "transfer_person", "district": "South", "address": "New street 9", "act": "letter 5"}
        waits = north.propose(transfer)
        number = waits["number"]
        assert (waits["state"], waits["may_answer"]) == ("waiting", False)
        assert service.aliya.answer(number, 200, approve=False)["state"] == "refused"
        number = north.propose(transfer)["number"]
        assert service.employ("north2", bounds=Bounds(districts=("North",))).answer(number, 403)["key"] == (
            "case.refused.other_district"
        )
        assert [one["number"] for one in south.get("/proposals")["rows"]] == [number]
        page = south.get(f"/proposals/{number}")
        assert (page["case"], page["row"]["may_answer"]) == (None, True)
        assert south.answer(number)["state"] == "applied"
        assert south.get(CASE)["person"]["address"] == "New street 9"
        assert north.look(CASE)[0] == 403


def test_an_order_is_suspended_on_its_page_and_a_wrong_time_stands_at_its_field(service: Service) -> None:
    def spell(from_at: datetime) -> dict[str, Any]:
        suspension = {"from_at": from_at.isoformat(), "until_at": None, "act": "2-26", "reason": "in hospital"}
        return {"type": "suspend_order", "order_id": "o-1", "suspension": suspension}

    assert service.aliya.propose(spell(NOW))["state"] == "applied"
    (order,) = service.aliya.get(CASE)["orders"]
    assert [one["reason"] for one in order["order"]["suspensions"]] == ["in hospital"]
    refused = service.aliya.propose(spell(NOW + timedelta(days=900)), 422)
    assert [(one["field"], one["key"]) for one in refused["faults"]] == [
        ("suspension.from_at", "import.register.not_within_order")
    ]
    resumed = service.aliya.propose({"type": "resume_order", "order_id": "o-1", "at": NOW.isoformat(), "act": "3-26"})
    assert (resumed["state"], [one["key"] for one in resumed["stricter"]]) == (
        "waiting",
        ["case.stricter.permission_cut"],
    )
