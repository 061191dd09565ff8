"""Permissions that a supervised person asks for on their own page, until they are answered."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from baqylau.domain.rights import Role
from tests.unit.workstation.invented import AYAN
from tests.unit.workstation.office import Office
from tests.unit.workstation.test_own_page import Service


@pytest.fixture
def service(office: Office) -> Iterator[Service]:
    """A person under an order, an inspector, and a phone."""
    office.populate()
    office.employ(role=Role.INSPECTOR)
    with office.browser() as browser:
        browser.sign_in()
        made = Service(office, browser)
        with made.phone.client:
            yield made


def wish(service: Service, days: int = 1, **changes: Any) -> dict[str, Any]:
    """Give what somebody asks leave for, from so many days ahead for ten weeks, on Saturdays."""
    begin = service.office.clock() + timedelta(days=days)
    weekly = [{"start_min": 18 * 60, "end_min": 21 * 60, "weekdays": [5]}]
    asked = {"from_at": begin.isoformat(), "until_at": (begin + timedelta(weeks=10)).isoformat(), "weekly": weekly}
    return {**asked, "reason": "Ауылға, анама барамын.", **changes}


def grant(service: Service, number: int, **changes: Any) -> httpx.Response:
    case = service.browser.get(f"/api/people/{AYAN}/case").json()
    asked = next(one for one in case["requests"] if one["number"] == number)
    permission = {"id": "", "person_id": AYAN, "restriction_id": None, "granted_by": ""}
    permission |= {name: asked[name] for name in ("from_at", "until_at", "reason")}
    weekly = {"timezone": "Asia/Almaty", "windows": asked["weekly"]}
    change = {"type": "grant_permission", "permission": permission, "weekly": weekly}
    body = {"change": change, "version": case["version"], "grounds": "talked on the phone", "request": number}
    return service.browser.change("POST", f"/api/people/{AYAN}/case/proposals", {**body, **changes})


def test_a_permission_is_asked_for_granted_and_runs_week_after_week(service: Service) -> None:
    phone = service.begin()
    assert phone.send("POST", "/requests", wish(service)).status_code == 204
    (asked,) = phone.page()["asked"]
    assert (asked["state"], asked["reason"]) == ("waiting", "Ауылға, анама барамын.")
    assert "18:00" in asked["hours"]
    assert phone.page()["permissions"] == []
    (waits,) = service.browser.get("/api/requests").json()["rows"]
    assert (waits["person_name"], waits["number"]) == ("Ayan Sample", asked["number"])

    assert grant(service, asked["number"]).json()["state"] == "applied"
    page = phone.page()
    assert page["asked"][0]["state"] == "granted"
    assert len(page["permissions"]) == 2, "the Saturdays of two weeks"
    assert service.browser.get("/api/requests").json()["rows"] == []
    looked = [(one.who, one.what) for one in service.office.stores.audit.latest(20) if one.what.startswith("own.")]
    assert ("aliya", "own.granted") in looked
    assert (f"person/{AYAN}", "own.ask") in looked


def test_a_request_is_refused_with_a_sentence_that_the_person_reads(service: Service) -> None:
    phone = service.begin()
    phone.send("POST", "/requests", wish(service, weekly=None))
    number = phone.page()["asked"][0]["number"]
    door = f"/api/people/{AYAN}/case/requests/{number}/refusal"
    assert service.browser.change("POST", door, {"text": "   "}).status_code == 422
    assert service.browser.change("POST", door, {"text": "Бұл күні тіркеуге келесіз."}).status_code == 204
    asked = phone.page()["asked"][0]
    assert (asked["state"], asked["answer"]) == ("refused", "Бұл күні тіркеуге келесіз.")
    assert service.browser.change("POST", door, {"text": "again"}).json()["key"] == "case.refused.request_ended"


def test_what_the_person_took_back_is_granted_to_nobody(service: Service) -> None:
    phone = service.begin()
    phone.send("POST", "/requests", wish(service))
    number = phone.page()["asked"][0]["number"]
    case = service.browser.get(f"/api/people/{AYAN}/case").json()
    assert phone.send("DELETE", f"/requests/{number}").status_code == 204
    assert phone.send("DELETE", f"/requests/{number}").json()["key"] == "own.refused.asked_ended"
    permission = {"id": "", "person_id": AYAN, "restriction_id": None, "granted_by": ""}
    permission |= {name: case["requests"][0][name] for name in ("from_at", "until_at", "reason")}
    change = {"type": "grant_permission", "permission": permission}
    body = {"change": change, "version": case["version"], "grounds": "a", "request": number}
    refused = service.browser.change("POST", f"/api/people/{AYAN}/case/proposals", body)
    assert (refused.status_code, refused.json()["key"]) == (409, "case.refused.request_ended")
    assert service.browser.get(f"/api/people/{AYAN}/case").json()["permissions"] == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"reason": "  "}, "request.refused.field"),
        ({"weekly": []}, "request.refused.field"),
        ({"weekly": [{"start_min": 1440, "end_min": 0, "weekdays": [1]}]}, "request.refused.field"),
        ({"weekly": [{"start_min": 0, "end_min": 60, "weekdays": []}]}, "request.refused.field"),
        ({"from_at": "2026-11-24T10:00:00"}, "request.refused.field"),
        ({"until_at": "2026-11-20T10:00:00Z"}, "own.refused.asked_time"),
        ({"from_at": "2026-11-26T10:00:00Z", "until_at": "2026-11-25T10:00:00Z"}, "own.refused.asked_time"),
        ({"until_at": "2029-11-25T10:00:00Z"}, "own.refused.asked_long"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_a_sentence(service: Service, changes: dict[str, Any], key: str) -> None:
    phone = service.begin()
    refused = phone.send("POST", "/requests", wish(service, **changes))
    assert (refused.status_code, refused.json()["key"]) == (422, key)
    assert phone.page()["asked"] == []


def test_nobody_fills_the_inspectors_list_with_requests(service: Service) -> None:
    phone = service.begin()
    for _ in range(5):
        assert phone.send("POST", "/requests", wish(service)).status_code == 204
    assert phone.send("POST", "/requests", wish(service)).json()["key"] == "own.refused.asked_enough"
