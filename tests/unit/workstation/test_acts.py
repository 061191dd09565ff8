"""What people do about alarms through the interface: colleagues, rests, many at once, the wearer's word, a decision."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, PersonId, SubjectId
from baqylau.domain.rights import Role
from tests.unit.workstation import invented
from tests.unit.workstation.office import Browser, Office

CLOSE = {"cause": "network_outage", "action": "engineers_told", "grounds": "The mast had no power"}


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    office.employ("aliya", Role.OPERATOR)
    office.employ("bolat", Role.INSPECTOR)
    office.populate()
    with office.browser() as browser:
        browser.sign_in("aliya")
        yield browser


@pytest.fixture
def inspector(browser: Browser) -> Iterator[Browser]:
    other = Browser(str(browser.client.base_url).rstrip("/"))
    with other.client:
        other.sign_in("bolat")
        yield other


def _key(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["key"]


def _silence(number: int, office: Office) -> Finding:
    """Somebody whom the registers do not know falls silent in one cell with others."""
    return replace(
        invented.finding(number, at=office.clock()),
        id=FindingId(f"{number:032x}"),
        code=Code.NO_COMMS,
        person_id=PersonId(f"q-{number}"),
        subject=SubjectId(f"tracker-{number}"),
        area="cell-7",
    )


def test_an_alarm_is_handed_over_to_a_colleague_who_exists(office: Office, browser: Browser) -> None:
    assert browser.get("/api/session").json()["role"] == "operator"
    colleagues = browser.get("/api/colleagues").json()
    assert [(one["login"], one["role"]) for one in colleagues] == [("aliya", "operator"), ("bolat", "inspector")]
    assert all(set(one) == {"login", "name", "role"} for one in colleagues)

    number = office.alarm()
    handed = browser.act(number, "assign", to="bolat", text="My shift ends").json()["alarm"]
    assert (handed["state"], handed["taken_by"]) == ("taken", "bolat")
    assert _key(browser.act(number, "assign", to="nobody-here")) == (409, "alarm.refused.nobody")


def test_only_an_inspector_decides_and_the_wearer_is_heard(
    office: Office, browser: Browser, inspector: Browser
) -> None:
    number = office.alarm()
    browser.act(number, "explain", text="I was at the hospital")
    browser.act(number, "close", **CLOSE)
    decision = {"decision": "violation", "grounds": "Seen by the patrol"}
    assert _key(browser.act(number, "decide", **decision)) == (403, "alarm.refused.only_inspector")

    decided = inspector.act(number, "decide", **decision).json()["alarm"]
    assert (decided["state"], decided["decision"], decided["decided_by"]) == ("closed", "violation", "bolat")
    office.clock.pass_(minutes=5)
    contested = browser.act(number, "contest", text="It was my brother").json()["alarm"]
    assert contested["contested_at"] > contested["decided_at"]
    assert [one["alarm"]["id"] for one in browser.get("/api/alarms?state=contested").json()] == [number]
    office.clock.pass_(minutes=5)
    again = inspector.act(number, "decide", decision="no_violation", grounds="The hospital confirms it").json()["alarm"]
    assert (again["decision"], again["decided_at"] > again["contested_at"]) == ("no_violation", True)

    told = [(one["by"], one["act"]["type"]) for one in browser.get(f"/api/alarms/{number}").json()["acts"]]
    assert told == [
        ("aliya", "explain"),
        ("aliya", "close"),
        ("bolat", "decide"),
        ("aliya", "contest"),
        ("bolat", "decide"),
    ]


def test_an_urgent_alarm_rests_after_a_call_and_says_until_when(office: Office, browser: Browser) -> None:
    number = office.alarm()
    until = office.clock() + timedelta(minutes=30)
    rest = {"until_at": until.isoformat(), "why": "The patrol is on its way"}
    assert _key(browser.act(number, "suspend", **rest)) == (409, "alarm.refused.not_contacted")
    assert browser.act(number, "contact", whom="wearer", channel="call", reached=False).is_success
    row = browser.act(number, "suspend", **rest).json()
    assert (row["alarm"]["state"], row["take_until"]) == ("suspended", None)
    assert [one["alarm"]["id"] for one in browser.get("/api/live").json()["alarms"]] == [number]
    too_long = {**rest, "until_at": (office.clock() + timedelta(hours=2)).isoformat()}
    answer = browser.act(number, "suspend", **too_long)
    assert answer.json() == {"key": "alarm.refused.too_long", "params": {"hours": 1}}
    without_zone = browser.act(number, "suspend", until_at="2026-11-21T18:00:00", why="x")
    assert without_zone.json() == {"key": "request.refused.field", "params": {"field": "until_at"}}


def test_a_step_is_ticked_off_once_until_the_alarm_is_opened_again(office: Office, browser: Browser) -> None:
    number = office.alarm()
    assert browser.act(number, "step", step="call_person").is_success
    assert _key(browser.act(number, "step", step="call_person")) == (409, "alarm.refused.step_done")
    browser.act(number, "close", **CLOSE)
    office.clock.pass_(minutes=5)
    assert browser.act(number, "reopen", why="The wrong cause").json()["alarm"]["state"] == "open"
    assert browser.act(number, "step", step="call_person").is_success


def test_an_alarm_is_not_opened_again_beside_its_like(office: Office, browser: Browser) -> None:
    first = office.find(invented.finding(1, at=office.clock()))[0]
    browser.act(first, "close", **CLOSE)
    office.clock.pass_(minutes=5)
    again = replace(invented.finding(1, at=office.clock()), id=FindingId("f" * 32))
    second = office.find(again)[0]
    answer = browser.act(first, "reopen", why="The wrong cause")
    assert answer.json() == {"key": "alarm.refused.another_waits", "params": {"number": second}}


def test_one_act_about_many_alarms_is_done_or_refused_for_each(office: Office, browser: Browser) -> None:
    numbers = [office.alarm() for _ in range(3)]
    browser.act(numbers[1], "close", **CLOSE)
    asked: dict[str, Any] = {"numbers": [*numbers, 999, numbers[0]], "act": {"type": "take"}}
    results = browser.change("POST", "/api/alarms/acts", asked).json()
    assert [(one["number"], one["refusal"] and one["refusal"]["key"]) for one in results] == [
        (numbers[0], None),
        (numbers[1], "alarm.refused.closed"),
        (numbers[2], None),
        (999, "alarm.refused.not_found"),
    ]
    assert [one["row"] and one["row"]["alarm"]["taken_by"] for one in results] == ["aliya", None, "aliya", None]
    decide = {"type": "decide", "decision": "undecided", "grounds": "x"}
    [refused] = browser.change("POST", "/api/alarms/acts", {"numbers": [numbers[0]], "act": decide}).json()
    assert refused["refusal"]["key"] == "alarm.refused.only_inspector"
    for wrong in ([], list(range(1, 202)), [2**63]):
        answer = browser.change("POST", "/api/alarms/acts", {**asked, "numbers": wrong})
        assert _key(answer) == (422, "request.refused.field")


def test_of_an_outage_that_holds_very_many_the_page_shows_the_first_and_counts_all(
    office: Office, browser: Browser
) -> None:
    office.find(*(_silence(number, office) for number in range(1, 131)))
    [row] = browser.get("/api/live").json()["alarms"]
    page = browser.get(f"/api/alarms/{row['alarm']['id']}").json()
    assert (len(page["children"]), page["held"]) == (100, {"all": 130, "open": 130})
    assert browser.act(row["alarm"]["id"], "take").is_success


def test_what_only_rules_do_nobody_can_ask_for(office: Office, browser: Browser) -> None:
    number = office.alarm()
    for kind, words in (("escalate", {"level": 2}), ("hold", {"incident_id": 1}), ("free", {})):
        assert _key(browser.act(number, kind, **words)) == (422, "request.refused.field")


def test_an_incident_has_a_page_without_a_person_and_shows_what_it_holds(office: Office, browser: Browser) -> None:
    office.find(*(_silence(number, office) for number in range(1, 7)))
    [row] = browser.get("/api/live").json()["alarms"]
    assert (row["alarm"]["code"], row["person_name"], row["alarm"]["count"]) == ("C07", "", 6)
    number = row["alarm"]["id"]
    page = browser.get(f"/api/alarms/{number}").json()
    assert page["person"] is None
    assert page["restriction"] is None
    assert [one["alarm"]["incident_id"] for one in page["children"]] == [number] * 6
    assert page["held"] == {"all": 6, "open": 6}
    assert page["steps"] == ["check_area", "tell_engineers", "wait_and_look_again"]
    assert [one["alarm"]["id"] for one in browser.get("/api/alarms?state=open").json()] == [number]
    assert len(browser.get("/api/alarms").json()) == 7

    child = page["children"][0]["alarm"]["id"]
    assert browser.get(f"/api/alarms/{child}").json()["held"] == {"all": 0, "open": 0}
    assert browser.get(f"/api/alarms/{child}").json()["row"]["take_until"] is None
    assert browser.act(number, "close", **CLOSE).is_success
    freed = browser.get("/api/live").json()["alarms"]
    assert len(freed) == 6
    assert {one["alarm"]["incident_id"] for one in freed} == {None}
