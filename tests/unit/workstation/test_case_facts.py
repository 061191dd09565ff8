"""Visits, warnings, hours of labour, places of life: recorded by officers, never written over; due visits are told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from urllib.parse import quote

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from baqylau.domain.ids import PermissionId
from baqylau.domain.orders import Permission
from baqylau.domain.rights import Bounds, Role
from baqylau.storage.registers.case_fact_tables import case_fact
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, DANA, NOW
from tests.unit.workstation.office import Browser, Office

VISIT = {"type": "visit_due", "at": (NOW + timedelta(days=2)).isoformat(), "place": "home", "purpose": "talk"}
DONE = {"type": "labour_done", "day": "2026-11-20", "hours": 4, "place": "park", "confirmed_by": "akimat"}

HOME = {
    "type": "life_place",
    "kind": "home",
    "zone": {"type": "circle", "name": "Tal 3", "center": [43.3, 77.05], "radius_m": 50},
}
NEAR_MARKET = {"type": "circle", "name": "Market street 1", "center": [43.252, 76.95], "radius_m": 30}


def record(browser: Browser, **fact: Any) -> Any:
    return browser.change("POST", f"/api/people/{AYAN}/case/facts", {"fact": fact})


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    people = tuple(replace(one, district="north") for one in invented.TOWN.people)
    Registers(office.engine, office.clock).save(replace(invented.TOWN, people=people), by="installation")
    office.employ(role=Role.INSPECTOR)
    office.employ("far", role=Role.INSPECTOR, bounds=Bounds(districts=("south",)))
    with office.browser() as browser:
        browser.sign_in()
        yield browser


def test_a_visit_is_due_overdue_and_then_ended_once(office: Office, browser: Browser) -> None:
    (visit,) = record(browser, **VISIT).json()["visits"]
    assert (visit["overdue"], visit["ended"], visit["recorded"]["by"]) == (False, None, "Aliya")
    assert [one["number"] for one in browser.get("/api/visits").json()["rows"]] == [visit["recorded"]["number"]]
    office.clock.pass_(days=3)
    browser.sign_in()
    page = browser.get("/api/visits").json()
    assert (page["rows"][0]["overdue"], page["overdue"]) == (True, 1)
    assert [one["overdue"] for one in browser.get(f"/api/people/{AYAN}").json()["visits"]] == [True]
    ended = {"type": "visit_ended", "visit": visit["recorded"]["number"], "met": "not_met", "text": "nobody opened"}
    (after,) = record(browser, **ended).json()["visits"]
    assert (after["ended"]["met"], after["overdue"]) == ("not_met", False)
    assert record(browser, **ended).json()["key"] == "case.refused.no_fact"
    page = browser.get("/api/visits").json()
    assert (page["rows"], page["overdue"]) == ([], 0)


def test_a_result_that_is_taken_back_leaves_the_visit_waiting_and_one_that_is_taken_back_itself_waits_for_nobody(
    browser: Browser,
) -> None:
    late = {**VISIT, "at": (NOW - timedelta(days=1)).isoformat()}
    number = record(browser, **late).json()["visits"][0]["recorded"]["number"]
    ended = {"type": "visit_ended", "visit": number, "met": "met", "text": "spoke at the door"}
    record(browser, **ended)
    assert browser.get("/api/visits").json()["overdue"] == 0
    record(browser, type="taken_back", fact=number + 1, why="another person's visit")
    assert [one["number"] for one in browser.get("/api/visits").json()["rows"]] == [number]
    record(browser, type="taken_back", fact=number, why="planned for somebody else")
    assert browser.get("/api/visits").json()["rows"] == []


def test_every_screen_counts_the_overdue_visits_of_its_districts_whatever_page_it_asks_for(
    office: Office, browser: Browser
) -> None:
    for days in (1, 2, 3):
        record(browser, **{**VISIT, "at": (NOW + timedelta(days=days)).isoformat()})
    office.clock.pass_(days=2, hours=12)
    browser.sign_in()
    page = browser.get("/api/visits?limit=1").json()
    assert (len(page["rows"]), page["overdue"]) == (1, 2)
    assert browser.get(f"/api/visits?limit=1&after={quote(page['next'])}").json()["overdue"] == 2
    browser.sign_in("far")
    assert browser.get("/api/visits?limit=1").json()["overdue"] == 0


def test_visits_come_in_pages_and_not_to_the_inspector_of_another_district(browser: Browser) -> None:
    later = {**VISIT, "at": (NOW + timedelta(days=3)).isoformat(), "place": "office"}
    record(browser, **later)
    record(browser, **VISIT)
    first = browser.get("/api/visits?limit=1").json()
    second = browser.get(f"/api/visits?limit=1&after={quote(first['next'])}").json()
    assert [one["due"]["place"] for one in (*first["rows"], *second["rows"])] == ["home", "office"]
    assert second["next"] is None
    browser.sign_in("far")
    assert browser.get("/api/visits").json()["rows"] == []
    assert record(browser, **VISIT).status_code == 403


def test_hours_add_up_against_what_the_court_set_and_a_wrong_entry_is_taken_back_with_its_reason(
    browser: Browser,
) -> None:
    record(browser, type="labour_set", hours=100, act="1-26")
    record(browser, **DONE)
    page = record(browser, **{**DONE, "day": "2026-11-21", "hours": 3.5}).json()
    assert (page["labour_set_h"], page["labour_done_h"]) == (100, 7.5)
    number = page["labour"][1]["recorded"]["number"]
    page = record(browser, type="taken_back", fact=number, why="another person's day").json()
    assert page["labour_done_h"] == 4
    assert page["taken_back"][0]["why"] == "another person's day"
    assert record(browser, type="taken_back", fact=number, why="again").status_code == 409


def test_hours_with_a_last_day_are_foreseen_in_the_case_and_in_the_list_of_what_ends_soon(
    office: Office, browser: Browser
) -> None:
    until = (NOW + timedelta(days=50)).date()
    set_ = {"type": "labour_set", "hours": 100, "act": "1-26", "until": until.isoformat()}
    assert record(browser, **set_).json()["labour_ahead"]["outlook"] == "early"
    for days in (5, 40):
        record(browser, **{**DONE, "day": (NOW - timedelta(days=days)).date().isoformat()})
    found = browser.get(f"/api/people/{AYAN}/case/facts").json()["labour_ahead"]
    assert (found["outlook"], found["by_then_h"], found["set_h"]) == ("short", 15, 100)
    assert (found["until"], found["left_h"], found["a_week_h"]) == (until.isoformat(), 92, 13)
    (row,) = [one for one in browser.get("/api/terms").json()["rows"] if one["kind"] == "labour"]
    assert (row["person_id"], row["said"], row["labour_ahead"]) == (AYAN, "1-26", found)
    office.clock.pass_(days=51)
    browser.sign_in()
    (row,) = [one for one in browser.get("/api/terms").json()["rows"] if one["kind"] == "labour"]
    assert row["labour_ahead"]["outlook"] == "over"


@pytest.mark.parametrize(
    ("fact", "field", "key"),
    [
        ({"type": "labour_set", "hours": 9, "act": "1", "until": "2099-01-01"}, "fact.until", "case.fault.year"),
        ({**VISIT, "place": " "}, "fact.place", "case.fault.empty"),
        ({**VISIT, "at": "2099-01-01T00:00:00Z"}, "fact.at", "case.fault.year"),
        ({**DONE, "day": "2026-11-29"}, "fact.day", "case.fault.later"),
        ({**DONE, "hours": 22}, "fact.hours", "case.fault.day_hours"),
        (
            {"type": "warning_given", "at": NOW.isoformat(), "grounds": "a", "received": "signed", "alarm": 99},
            "fact.alarm",
            "case.fault.no_alarm",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(
    browser: Browser, fact: dict[str, Any], field: str, key: str
) -> None:
    record(browser, **DONE)
    refused = record(browser, **fact)
    assert refused.status_code == 422
    assert [(one["field"], one["key"]) for one in refused.json()["faults"]] == [(field, key)]
    page = browser.get(f"/api/people/{AYAN}/case/facts").json()
    assert (page["visits"], page["warnings"], page["labour_done_h"]) == ([], [], 4)


def test_a_warning_names_who_gave_it_and_how_it_was_taken(browser: Browser) -> None:
    given = {"type": "warning_given", "at": NOW.isoformat(), "grounds": "left home at night", "received": "refused"}
    (warning,) = record(browser, **given).json()["warnings"]
    assert (warning["recorded"]["by"], warning["warning"]["received"]) == ("Aliya", "refused")


def test_what_ends_soon_is_listed_in_pages_for_those_within_the_bounds(office: Office, browser: Browser) -> None:
    order = replace(invented.TOWN.orders[0], until_at=NOW + timedelta(days=9), act_number="17")
    leaves = tuple(
        Permission(
            id=PermissionId(f"x-{number}"),
            person_id=DANA,
            restriction_id=None,
            from_at=NOW,
            until_at=NOW + timedelta(hours=number),
            reason="clinic",
            granted_by="aliya",
        )
        for number in (1, 2)
    )
    Registers(office.engine, office.clock).save(Registry(orders=(order,), permissions=leaves), by="installation")
    seen, after = list[tuple[str, str]](), cast("str | None", "")
    while after is not None:
        page = browser.get(f"/api/terms?limit=1&after={quote(after)}").json()
        seen += [(one["kind"], one["person_name"]) for one in page["rows"]]
        after = page["next"]
    assert seen == [
        ("permission", "Dana Without Order"),
        ("permission", "Dana Without Order"),
        ("order", "Ayan Sample"),
    ]
    office.employ("bolat", Role.INSPECTOR, Bounds(districts=(), people=(AYAN,)))
    browser.sign_in("bolat")
    assert [one["said"] for one in browser.get("/api/terms").json()["rows"]] == [f"{order.court}, 17"]


def test_the_page_of_a_person_shows_visits_permissions_and_papers_to_whoever_may_see_them(office: Office) -> None:
    office.populate()
    office.employ(role=Role.INSPECTOR)
    office.employ("marat", Role.OPERATOR)
    soon = (office.clock() + timedelta(days=2)).isoformat()
    leave = {"id": "", "person_id": "", "restriction_id": None, "from_at": soon, "granted_by": "", "reason": "clinic"}
    leave["until_at"] = (office.clock() + timedelta(days=2, hours=3)).isoformat()
    with office.browser() as browser:
        browser.sign_in()
        visit = {"type": "visit_due", "at": soon, "place": "at home", "purpose": "talk about work"}
        assert browser.change("POST", "/api/people/p-1/case/facts", {"fact": visit}).status_code == 200
        granted = {"change": {"type": "grant_permission", "permission": leave}, "version": 99, "grounds": "a letter"}
        assert browser.change("POST", "/api/people/p-1/case/proposals", granted).status_code == 200
        memo = {"kind": "memo", "language": "kk", "purpose": "read together"}
        memo |= {"from_at": office.clock().isoformat(), "until_at": soon}
        assert browser.change("POST", "/api/people/p-1/papers", memo).status_code == 200
        card = browser.get("/api/people/p-1").json()
        browser.change("DELETE", "/api/session")
        browser.sign_in("marat")
        seen = browser.get("/api/people/p-1").json()
    assert [(one["place"], one["met"]) for one in card["visits"]] == [("at home", None)]
    assert [one["reason"] for one in card["permissions"]] == ["clinic"]
    assert [one["kind"] for one in card["papers"]] == ["memo"]
    assert (seen["papers"], len(seen["visits"]), len(seen["permissions"])) == ([], 1, 1)


def places(page: Any) -> list[tuple[str, str]]:
    return [(one["place"]["kind"], one["place"]["zone"]["name"]) for one in page["places"]]


def test_where_somebody_lives_is_recorded_corrected_and_left_and_every_version_stays(browser: Browser) -> None:
    page = record(browser, **HOME).json()
    assert places(page) == [("home", "Tal 3")]
    assert (page["places"][0]["recorded"]["by"], page["places"][0]["against"]) == ("Aliya", [])
    first = page["places"][0]["recorded"]["number"]
    page = record(browser, **{**HOME, "zone": NEAR_MARKET, "instead_of": first}).json()
    assert places(page) == [("home", "Market street 1")]
    assert [(one["place"]["zone"]["name"], one["left"]) for one in page["earlier_places"]] == [("Tal 3", "")]
    second = page["places"][0]["recorded"]["number"]
    page = record(browser, type="life_place_left", place=second, text="moved to another town").json()
    assert places(page) == []
    assert [(one["place"]["zone"]["name"], one["left"]) for one in page["earlier_places"]] == [
        ("Market street 1", "moved to another town"),
        ("Tal 3", ""),
    ]


def test_a_correction_that_was_wrong_is_taken_back_and_the_place_before_stands_again(browser: Browser) -> None:
    first = record(browser, **HOME).json()["places"][0]["recorded"]["number"]
    page = record(browser, **{**HOME, "zone": NEAR_MARKET, "instead_of": first}).json()
    wrong = page["places"][0]["recorded"]["number"]
    page = record(browser, type="taken_back", fact=wrong, why="another person's address").json()
    assert places(page) == [("home", "Tal 3")]
    assert page["earlier_places"] == []


def test_two_who_correct_the_same_place_are_told_of_each_other(browser: Browser) -> None:
    first = record(browser, **HOME).json()["places"][0]["recorded"]["number"]
    correction = {**HOME, "zone": NEAR_MARKET, "instead_of": first}
    assert record(browser, **correction).status_code == 200
    for late in (correction, {"type": "life_place_left", "place": first, "text": "a"}):
        refused = record(browser, **late)
        assert (refused.status_code, refused.json()["key"]) == (409, "case.refused.no_fact")


@pytest.mark.parametrize(
    ("zone", "field", "key"),
    [
        ({**NEAR_MARKET, "name": " "}, "fact.zone.name", "case.fault.empty"),
        ({**NEAR_MARKET, "radius_m": 0}, "fact.zone", "zone.refused.radius"),
        ({**NEAR_MARKET, "center": [143.2, 76.9]}, "fact.zone", "zone.refused.off_the_globe"),
    ],
)
def test_a_place_without_an_address_or_off_the_map_is_refused_and_nothing_is_kept(
    browser: Browser, zone: dict[str, Any], field: str, key: str
) -> None:
    refused = record(browser, **{**HOME, "zone": zone})
    assert refused.status_code == 422
    assert [(one["field"], one["key"]) for one in refused.json()["faults"]] == [(field, key)]
    assert browser.get(f"/api/people/{AYAN}/case/facts").json()["places"] == []


def test_a_place_in_a_forbidden_zone_is_told_when_it_is_recorded(browser: Browser) -> None:
    (home,) = record(browser, **{**HOME, "zone": NEAR_MARKET}).json()["places"]
    assert [(one["key"], one["params"]) for one in home["against"]] == [
        ("case.warning.covers_own_home", {"zone": "Market", "place": "Market street 1"})
    ]


def test_whoever_draws_a_zone_is_told_which_places_of_the_persons_life_it_takes(browser: Browser) -> None:
    record(browser, **HOME)
    zone = msgspec.to_builtins(invented.TOWN.restrictions[0])
    zone |= {"id": "", "version": 0, "from_at": NOW.isoformat()}
    zone["zone"] = {"type": "circle", "name": "Stadium", "center": [43.3, 77.05], "radius_m": 80}
    asked = {"change": {"type": "set_restriction", "restriction": zone}}
    warnings = browser.change("POST", f"/api/people/{AYAN}/case/preview", asked).json()["warnings"]
    assert [(one["key"], one["params"]) for one in warnings] == [
        ("case.warning.covers_own_home", {"zone": "Stadium", "place": "Tal 3"})
    ]


def test_a_case_with_a_fact_of_a_newer_version_is_shown_with_a_word_about_it(office: Office, browser: Browser) -> None:
    record(browser, **{**VISIT, "at": (NOW - timedelta(days=1)).isoformat()})
    row = {"person_id": AYAN, "by": "aliya", "at": NOW, "fact": {"type": "visit_moved", "visit": 1}}
    with office.engine.begin() as connection:
        connection.execute(insert(case_fact).values(**row))
    page = browser.get(f"/api/people/{AYAN}/case/facts").json()
    assert [one["due"]["place"] for one in page["visits"]] == ["home"]
    assert [(one["by"], one["number"]) for one in page["newer"]] == [
        ("Aliya", page["visits"][0]["recorded"]["number"] + 1)
    ]
    assert browser.get("/api/visits").json()["overdue"] == 1
    assert browser.get(f"/api/people/{AYAN}").status_code == 200
    assert record(browser, **DONE).status_code == 200
