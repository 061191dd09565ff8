"""A restriction that is written once and bound to many people: each binding is a proposal like any other."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import OrderId, PersonId, RestrictionId
from baqylau.domain.people import Person
from baqylau.domain.rights import Bounds, Role
from baqylau.storage.registers.registers import Registers
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, DANA, MARKET
from tests.unit.workstation.office import Browser, Office

FAR = PersonId("p-9")
WHEN = "2026-11-22T00:00:00Z"


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    town = invented.TOWN
    people = (*(replace(one, district="north") for one in town.people), Person(id=FAR, name="Far", district="south"))
    orders = tuple(
        replace(town.orders[0], id=OrderId(f"o-{number}"), person_id=whose)
        for number, whose in enumerate((AYAN, DANA, FAR), 1)
    )
    Registers(office.engine, office.clock).save(replace(town, people=people, orders=orders), by="installation")
    office.employ(role=Role.INSPECTOR, bounds=Bounds(districts=("north",)))
    office.employ("bolat", role=Role.INSPECTOR)
    with office.browser() as browser:
        browser.sign_in()
        yield browser


def make(browser: Browser, name: str = "Markets") -> Any:
    return browser.change("POST", "/api/templates", {"name": name, "person_id": AYAN, "restriction_id": MARKET})


def bind(browser: Browser, number: int, *people: str, propose: bool) -> dict[str, Any]:
    body = {"people": people, "from_at": WHEN, "clause": "not to visit markets", "grounds": "a", "propose": propose}
    answer = browser.change("POST", f"/api/templates/{number}/binding", body)
    assert answer.status_code == 200, answer.text
    return {one["person_id"]: one for one in answer.json()["rows"]}


def test_a_template_names_nobody_and_waits_for_a_second_person_at_each_whom_it_is_bound_to(browser: Browser) -> None:
    (template,) = make(browser).json()["templates"]
    assert (template["body"]["id"], template["body"]["order_id"], template["body"]["clause"]) == ("", "", "")
    looked = bind(browser, template["number"], AYAN, DANA, FAR, "p-nobody", propose=False)
    assert looked[DANA]["stricter"]
    assert (looked[DANA]["act"], looked[DANA]["proposal"]) == ("1-26", None)
    for beyond in (FAR, "p-nobody"):
        assert looked[beyond]["refusal"]["key"] == "duty.refused.act"
        assert looked[beyond]["person_name"] == ""
    assert browser.get("/api/proposals").json()["rows"] == []

    bound = bind(browser, template["number"], AYAN, DANA, FAR, propose=True)
    assert {one["state"] for one in bound.values()} == {"waiting", None}
    waits = browser.get("/api/proposals").json()["rows"]
    assert {one["person_id"] for one in waits} == {AYAN, DANA}
    first = browser.get("/api/proposals?limit=1").json()
    second = browser.get(f"/api/proposals?limit=1&after={first['next']}").json()
    assert ([*first["rows"], *second["rows"]], first["waiting"], second["next"]) == (waits, 2, None)
    browser.sign_in("bolat")
    number = bound[DANA]["proposal"]
    agreed = browser.change("POST", f"/api/proposals/{number}/answer", {"approve": True, "grounds": "compared"})
    assert agreed.json()["state"] == "applied"
    case = browser.get(f"/api/people/{DANA}/case").json()
    ((restriction,),) = [one["restrictions"] for one in case["orders"]]
    assert restriction["restriction"]["clause"] == "not to visit markets"
    assert restriction["restriction"]["zone"]["name"] == "Market"


def test_a_name_is_taken_once_and_a_retired_template_is_bound_to_nobody(browser: Browser) -> None:
    (template,) = make(browser).json()["templates"]
    assert make(browser).json()["faults"][0]["key"] == "case.fault.name_taken"
    assert make(browser, " ").json()["faults"][0]["key"] == "case.fault.empty"
    assert browser.change("DELETE", f"/api/templates/{template['number']}").json()["templates"] == []
    body = {"people": [AYAN], "from_at": WHEN, "clause": "a", "grounds": "a", "propose": True}
    assert browser.change("POST", f"/api/templates/{template['number']}/binding", body).status_code == 404
    assert len(make(browser).json()["templates"]) == 1


def test_a_restriction_of_nobody_is_no_template(browser: Browser) -> None:
    asked = {"name": "a", "person_id": AYAN, "restriction_id": RestrictionId("r-none")}
    assert browser.change("POST", "/api/templates", asked).status_code == 404


def test_whoever_binds_a_template_is_told_at_whom_it_takes_their_home(browser: Browser) -> None:
    (template,) = make(browser).json()["templates"]
    home = {"type": "circle", "name": "Market street 1", "center": [43.252, 76.95], "radius_m": 30}
    fact = {"type": "life_place", "kind": "home", "zone": home}
    browser.change("POST", f"/api/people/{DANA}/case/facts", {"fact": fact})
    looked = bind(browser, template["number"], AYAN, DANA, propose=False)
    told = {whose: [one["key"] for one in row["warnings"]] for whose, row in looked.items()}
    assert told == {AYAN: [], DANA: ["case.warning.covers_own_home"]}
