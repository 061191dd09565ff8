"""The life of an alarm through the interface, and what its page says."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest
from sqlalchemy import select

from baqylau.domain.observations import Blind, Fix, Strap
from baqylau.domain.verdicts import Compliance
from baqylau.rules.fold import LastFix, PersonStanding
from baqylau.storage.schema import audit
from tests.unit.workstation import invented
from tests.unit.workstation.office import Browser, Office

GROUNDS = {"cause": "device_tampered", "action": "visited", "grounds": "Strap cut, seen on site"}


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    office.employ("aliya")
    office.employ("bolat")
    office.populate()
    with office.browser() as browser:
        browser.sign_in("aliya")
        yield browser


def _key(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["key"]


def _looks(office: Office) -> list[tuple[str, str, str, str]]:
    looked = select(audit.c.who, audit.c.what, audit.c.object, audit.c.purpose).where(audit.c.what.like("look.%"))
    with office.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(looked.order_by(audit.c.id))]


def test_an_alarm_is_taken_noted_and_closed_with_grounds(office: Office, browser: Browser) -> None:
    number = office.alarm()
    taken = browser.act(number, "take").json()
    assert (taken["alarm"]["state"], taken["alarm"]["taken_by"]) == ("taken", "aliya")
    assert taken["person_name"] == "Ayan Sample"
    assert _key(browser.act(number, "take")) == (409, "alarm.refused.already_yours")

    assert browser.act(number, "note", text="Called, no answer").status_code == 200
    assert _key(browser.act(number, "note", text=" ")) == (409, "alarm.refused.empty_note")

    assert _key(browser.act(number, "close", **{**GROUNDS, "grounds": " "})) == (409, "alarm.refused.empty_grounds")
    unknown = browser.act(number, "close", **{**GROUNDS, "cause": "violation"})
    assert unknown.json() == {"key": "request.refused.field", "params": {"field": "cause"}}
    closed = browser.act(number, "close", **GROUNDS).json()
    assert (closed["alarm"]["state"], closed["alarm"]["closed_by"]) == ("closed", "aliya")
    assert _key(browser.act(number, "take")) == (409, "alarm.refused.closed")

    acts = browser.get(f"/api/alarms/{number}").json()["acts"]
    assert [(one["by"], one["act"]) for one in acts] == [
        ("aliya", {"type": "take"}),
        ("aliya", {"type": "note", "text": "Called, no answer"}),
        ("aliya", {"type": "close", **GROUNDS}),
    ]


def test_of_two_people_who_take_it_at_once_one_has_it_and_the_other_is_told(office: Office, browser: Browser) -> None:
    number = office.alarm()
    other = Browser(str(browser.client.base_url).rstrip("/"))
    with other.client, ThreadPoolExecutor(2) as pool:
        other.sign_in("bolat")
        answers = list(pool.map(lambda who: who.act(number, "take"), (browser, other)))
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert lost.json()["key"] == "alarm.refused.taken_by_another"
    page = browser.get(f"/api/alarms/{number}").json()
    assert [act["by"] for act in page["acts"]] == [page["row"]["alarm"]["taken_by"]]


def test_the_list_is_read_page_by_page(office: Office, browser: Browser) -> None:
    numbers = [office.alarm() for _ in range(5)]
    browser.act(numbers[0], "close", **GROUNDS)

    def listed(query: str) -> list[int]:
        return [row["alarm"]["id"] for row in browser.get(f"/api/alarms?{query}").json()]

    assert listed("limit=2") == [numbers[4], numbers[3]]
    assert listed(f"limit=2&before={numbers[3]}") == [numbers[2], numbers[1]]
    assert listed("state=open") == numbers[:0:-1]
    assert listed("state=closed") == numbers[:1]


def test_the_page_says_why(office: Office, browser: Browser) -> None:
    office.hear(invented.TRACKER, Fix(latitude_deg=43.25, longitude_deg=76.95))
    office.clock.pass_(minutes=2)
    cut = office.hear(invented.TRACKER, Strap(open=True))
    finding = invented.finding(1, at=office.clock(), because=(cut.id,))
    number = office.find(finding)[0]
    office.stores.live.gateway_beat(office.clock(), connected=1, keep_ms=2.0)
    office.clock.pass_(minutes=1)
    office.stores.live.gateway_beat(office.clock(), connected=1, keep_ms=2.0)

    page = browser.get(f"/api/alarms/{number}").json()
    assert [one["id"] for one in page["findings"]] == [finding.id]
    assert page["superseded"] == []
    assert [(one["bodies"][0]["type"], one["decided"]) for one in page["heard"]] == [("fix", False), ("strap", True)]
    assert page["heard"][0]["authentication"] == "unauthenticated_device"
    assert page["zones"][0]["kind"] == "exclusion"
    assert page["zones"][0]["warning_m"] == 50
    assert page["steps"] == ["call_person", "show_strap_by_video", "ask_for_visit", "tell_police"]
    assert page["children"] == []
    assert page["person"]["person"]["name"] == "Ayan Sample"
    assert page["person"]["restrictions"][0]["clause"] == "Do not visit the market"
    timeline = page["timeline"]
    assert timeline[0]["from_at"] == "2026-11-21T16:47:00Z"
    assert timeline[-1]["until_at"] == "2026-11-21T17:03:00Z"
    assert all(one["until_at"] == two["from_at"] for one, two in pairwise(timeline))

    raw = browser.get(f"/api/observations/{cut.id}").json()
    assert bytes.fromhex(raw["raw"]) == b"#D#invented"
    assert raw["heard"]["bodies"] == [{"type": "strap", "open": True}]
    assert _looks(office) == [
        ("aliya", "look.alarm", "person/p-1", f"alarm/{number}"),
        ("aliya", "look.observation", "person/p-1", f"observation/{cut.id}"),
    ]


def test_time_in_which_nobody_listened_is_shown_as_our_own_blindness(office: Office, browser: Browser) -> None:
    office.stores.live.gateway_beat(office.clock(), connected=0, keep_ms=None)
    office.clock.pass_(minutes=10)
    day = browser.get("/api/people/p-1").json()["day"]
    assert day[-1] == {
        "from_at": "2026-11-21T17:00:00Z",
        "until_at": "2026-11-21T17:10:00Z",
        "compliance": "unknown",
        "blindness": "ourselves",
    }


def test_the_card_shows_a_person_as_they_are_and_the_look_is_written_down(office: Office, browser: Browser) -> None:
    fix = Fix(latitude_deg=43.2, longitude_deg=76.9, speed_m_s=1.5)
    heard = office.hear(invented.TRACKER, fix)
    last = LastFix(at=office.clock(), fix=fix, accuracy_m=12.0, observation_id=heard.id)
    standing = PersonStanding(
        compliance=Compliance.AS_PRESCRIBED,
        blindness=None,
        since=office.clock(),
        last_fix=last,
        heard_at=office.clock(),
        battery_percent=71.0,
    )
    office.stand(invented.AYAN, standing)
    card = browser.get("/api/people/p-1").json()
    assert card["person"]["compliance"] == "inside"
    assert card["person"]["last_fix"]["accuracy_m"] == 12.0
    assert card["person"]["battery_percent"] == 71.0
    assert card["order_act"] == "1-26"
    assert [(one["id"], one["heard_at"]) for one in card["devices"]] == [("d-1", "2026-11-21T17:00:00Z")]
    assert _looks(office) == [("aliya", "look.person", "person/p-1", "")]
    live = browser.get("/api/live").json()
    assert [person["name"] for person in live["people"]] == ["Ayan Sample"]


def test_without_an_order_in_force_nobody_is_looked_at(office: Office, browser: Browser) -> None:
    standing = PersonStanding(
        compliance=Compliance.UNKNOWN,
        blindness=None,
        since=None,
        last_fix=None,
        heard_at=invented.NOW,
        battery_percent=None,
    )
    office.stand(invented.DANA, standing)
    assert [person["id"] for person in browser.get("/api/people").json()["people"]] == ["p-1"]
    card = browser.get("/api/people/p-2").json()
    assert card["person"]["heard_at"] is None
    assert card["order_from"] is None
    assert card["devices"] == card["restrictions"] == []


def test_a_gap_in_our_own_listening_is_no_observation_of_the_person(office: Office, browser: Browser) -> None:
    office.hear(invented.SPARE, Blind(from_at=invented.NOW))
    number = office.find(invented.finding(1, at=office.clock()))[0]
    assert browser.get(f"/api/alarms/{number}").json()["heard"] == []
