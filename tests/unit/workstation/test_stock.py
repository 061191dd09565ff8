"""The store of equipment: what comes new, goes out, breaks, is lost and comes back, each as a signed act."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from baqylau.domain.ids import DeviceId, FittingId
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.rights import Role
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.papers.pdf_text import text_of
from tests.unit.workstation.invented import NOW, SPARE, TOWN, TRACKER
from tests.unit.workstation.office import Browser, Office

IN = {"type": "taken_in", "at": NOW.isoformat(), "place": "shelf 4", "batch": "B-17", "warranty_until": "2027-03-01"}


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    office.populate()
    office.employ("serik", role=Role.TECHNICIAN)
    with office.browser() as browser:
        browser.sign_in("serik")
        yield browser


def act(browser: Browser, device: str, **act: Any) -> Any:
    return browser.change("POST", f"/api/stock/{device}/acts", {"act": act})


def states(browser: Browser, query: str = "") -> dict[str, str]:
    return {one["id"]: one["now"]["state"] for one in browser.get(f"/api/stock?{query}").json()["rows"]}


def test_a_device_goes_from_the_shelf_to_an_officer_into_repair_and_back_and_each_act_is_signed(
    office: Office, browser: Browser
) -> None:
    assert states(browser) == {TRACKER: "fitted", SPARE: "not_recorded"}
    later = [(NOW + timedelta(minutes=number)).isoformat() for number in range(4)]
    act(browser, SPARE, **IN)
    act(browser, SPARE, type="issued", at=later[1], to="Dana Officer")
    page = act(browser, SPARE, type="repair", at=later[2], workshop="Bench", fault="strap does not close").json()
    assert (page["row"]["now"]["state"], page["row"]["now"]["place"]) == ("in_repair", "Bench")
    assert page["possible"] == ["lost", "taken_in", "written_off"]
    refused = act(browser, SPARE, type="issued", at=later[3], to="Dana Officer")
    assert (refused.status_code, refused.json()["key"]) == (409, "stock.refused.in_repair")
    number = page["deeds"][0]["number"]
    back = act(browser, SPARE, type="withdrawn", act=number, why="another device").json()
    assert [(one["act"]["type"], one["counts"], one["holds"]) for one in back["deeds"]] == [
        ("withdrawn", False, True),
        ("repair", False, True),
        ("issued", True, True),
        ("taken_in", True, True),
    ]
    assert (back["row"]["now"]["state"], back["row"]["now"]["batch"]) == ("issued", "B-17")
    assert act(browser, SPARE, type="withdrawn", act=number, why="again").json()["key"] == "stock.refused.no_act"
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE stock_act SET act = jsonb_set(act, '{to}', '\"Somebody\"') WHERE number = 2"))
    assert [one["holds"] for one in browser.get(f"/api/stock/{SPARE}").json()["deeds"]] == [True, True, False, True]
    assert [one.what for one in office.stores.audit.latest(9) if one.what.startswith("stock.")][:2] == [
        "stock.withdrawn",
        "stock.repair",
    ]


def test_what_is_on_a_person_can_only_be_lost_and_what_is_not_usable_is_not_offered_to_be_fitted(
    office: Office, browser: Browser
) -> None:
    assert act(browser, TRACKER, **IN).json()["key"] == "stock.refused.fitted"
    gone = {"type": "lost", "at": NOW.isoformat(), "text": "left in a taxi"}
    assert act(browser, TRACKER, **gone).json()["row"]["now"]["state"] == "lost"
    act(browser, SPARE, type="written_off", at=NOW.isoformat(), grounds="crushed")
    office.employ()
    browser.sign_in()
    assert browser.get("/api/devices/free").json()["devices"] == []
    fitting = {"id": "", "device_id": SPARE, "person_id": "", "from_at": NOW.isoformat()}
    wanted = {"change": {"type": "fit", "fitting": fitting}, "version": 99, "grounds": "a"}
    refused = browser.change("POST", "/api/people/p-1/case/proposals", wanted)
    assert [one["key"] for one in refused.json()["faults"]] == ["case.fault.not_usable"]


def test_what_a_file_fits_moves_in_the_store_with_its_source_and_against_an_act_it_is_said(
    office: Office, browser: Browser
) -> None:
    act(browser, SPARE, type="written_off", at=NOW.isoformat(), grounds="crushed")
    office.clock.pass_(minutes=10)
    fitting = replace(TOWN.fittings[0], id=FittingId("f-9"), device_id=SPARE, from_at=office.clock(), until_at=None)
    Registers(office.engine, office.clock).save(Registry(fittings=(fitting,)), by="import/people.yaml")
    page = browser.get(f"/api/stock/{SPARE}").json()
    assert (page["row"]["now"]["state"], page["row"]["now"]["against"]) == ("fitted", "written_off")
    assert [(one["by"], one["until_at"]) for one in page["worn"]] == [("import/people.yaml", None)]
    assert browser.get("/api/stock?state=fitted").json()["rows"][1]["now"]["against"] == "written_off"
    off = replace(fitting, until_at=office.clock() + timedelta(minutes=1))
    Registers(office.engine, office.clock).save(Registry(fittings=(off,)), by="dana")
    office.clock.pass_(minutes=2)
    assert states(browser)[SPARE] == "returned"
    office.employ()
    browser.sign_in()
    assert browser.get("/api/devices/free").json()["devices"] == [], "written off is written off until an act says else"
    assert [one["by"] for one in browser.get(f"/api/stock/{SPARE}").json()["worn"]] == ["import/people.yaml"]


def test_a_batch_is_registered_as_a_whole_or_not_at_all(browser: Browser) -> None:
    batch = {"kind": "bracelet", "protocol": "beacon", "numbers": ["77", "78"], "act": IN}
    assert len(browser.change("POST", "/api/stock", batch).json()["rows"]) == 2
    assert set(states(browser, "words=b-17&state=in_stock").values()) == {"in_stock"}
    taken_in = states(browser)
    again = browser.change("POST", "/api/stock", {**batch, "numbers": ["79", "78"]})
    assert [(one["field"], one["params"]) for one in again.json()["faults"]] == [("numbers", {"numbers": "78"})]
    twice = browser.change("POST", "/api/stock", {**batch, "numbers": ["80", "80"], "protocol": "none"})
    assert [one["key"] for one in twice.json()["faults"]] == ["stock.fault.protocol", "stock.fault.twice"]
    assert states(browser) == taken_in


@pytest.mark.parametrize(
    ("act_", "field", "key"),
    [
        ({**IN, "place": " "}, "act.place", "case.fault.empty"),
        ({**IN, "at": "2099-01-01T00:00:00Z"}, "act.at", "case.fault.later"),
        ({**IN, "at": "1999-01-01T00:00:00Z"}, "act.at", "case.fault.year"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(browser: Browser, act_: dict[str, Any], field: str, key: str) -> None:
    refused = act(browser, SPARE, **act_)
    assert [(one["field"], one["key"]) for one in refused.json()["faults"]] == [(field, key)]
    assert browser.get(f"/api/stock/{SPARE}").json()["deeds"] == []


def test_a_long_list_is_paged_by_name_and_a_rare_state_is_found_in_it(office: Office, browser: Browser) -> None:
    many = tuple(
        Device(id=DeviceId(f"t-{number:05}"), kind=DeviceKind.TRACKER, protocol="wialon", number=f"2{number:014}")
        for number in range(600)
    )
    Registers(office.engine, office.clock).save(Registry(devices=many), by="installation")
    act(browser, "t-00590", type="lost", at=NOW.isoformat(), text="a")
    assert states(browser, "state=lost") == {"t-00590": "lost"}
    seen, after = list[str](), cast("str | None", "")
    while after is not None:
        page = browser.get(f"/api/stock?state=not_recorded&words=t-&limit=500&after={after}").json()
        seen += [one["id"] for one in page["rows"]]
        after = page["next"]
    assert seen == [one.id for one in many if one.id != "t-00590"]
    free = browser.get("/api/devices/free?limit=2&words=t-0058").json()
    assert ([one["id"] for one in free["devices"]], free["next"]) == (["t-00580", "t-00581"], "t-00581")
    rest = browser.get(f"/api/devices/free?words=t-0058&after={free['next']}").json()
    assert ([one["id"] for one in rest["devices"]][-1], rest["next"]) == ("t-00589", None)


def test_an_act_is_a_numbered_paper(browser: Browser) -> None:
    number = act(browser, SPARE, **IN).json()["deeds"][0]["number"]
    made = browser.change("POST", f"/api/stock/{SPARE}/acts/{number}/paper", {"language": "kk"})
    assert made.status_code == 200, made.text
    said = "".join(text_of(made.content).split())
    assert all(one in said for one in ("Қоймағақабылдауактісі", "B-17", "shelf4", "Serik"))
    assert made.headers["Baqylau-Paper"] == "2026-000001"
    other = browser.change("POST", f"/api/stock/{TRACKER}/acts/{number}/paper", {"language": "kk"})
    assert other.status_code == 404
