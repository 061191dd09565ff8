"""A supervised person's own page: how they come to it, what it tells, and that nothing else is open to them."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from PIL import Image

from baqylau.domain.acts import Channel, Close, Contact, Whom
from baqylau.domain.alarms import Action, Cause
from baqylau.domain.case_facts import LabourDone, LabourSet, LifeKind, LifePlace, TakenBack, VisitDue
from baqylau.domain.ids import AlarmId, DeviceId, FittingId, OrderId, PersonId
from baqylau.domain.observations import Battery
from baqylau.domain.rights import STRANGER, Role
from baqylau.domain.zones import Circle, Point
from baqylau.monitoring.workstation.app import api
from baqylau.monitoring.workstation.door import Door, Hall
from baqylau.monitoring.workstation.openapi import method_of
from baqylau.monitoring.workstation.own_page.doors import OWN
from baqylau.monitoring.workstation.own_page.gate import OwnDoor
from baqylau.storage.registers.registers import Registers
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, DANA, NOW, SPARE, TRACKER
from tests.unit.workstation.office import Browser, Office, visitor

PIN = "271828"
JPEG = b"\xff\xd8\xff\xe0 an invented photograph"


class Phone:
    """A person's own browser."""

    def __init__(self, address: str) -> None:
        self.client = visitor(address)
        self.headers = {"Origin": address}

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        answer = self.client.request(method, f"/my/api{path}", json=body, headers=self.headers, **more)
        if answer.is_success and path in ("/code", "/pin"):
            self.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return answer

    def send_file(self, number: int, content: bytes, kind: str) -> httpx.Response:
        headers = {**self.headers, "Content-Type": kind}
        return self.client.post(f"/my/api/alarms/{number}/files", content=content, headers=headers)

    def page(self, language: str = "en") -> dict[str, Any]:
        answer = self.client.get(f"/my/api/page?language={language}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


class Service:
    """A town with two people under an order, an inspector, and a phone."""

    def __init__(self, office: Office, browser: Browser) -> None:
        self.office, self.browser = office, browser
        self.phone = Phone(str(browser.client.base_url))

    def code(self, person: PersonId = AYAN) -> str:
        answer = self.browser.change("POST", f"/api/people/{person}/own-page/access")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["code"])

    def begin(self, person: PersonId = AYAN) -> Phone:
        answer = self.phone.send("POST", "/code", {"code": self.code(person), "pin": PIN})
        assert answer.status_code == 200, answer.text
        return self.phone

    def state(self, person: PersonId = AYAN) -> dict[str, Any]:
        return dict(self.browser.get(f"/api/people/{person}/own-page").json())


@pytest.fixture
def service(office: Office) -> Iterator[Service]:
    order = replace(invented.TOWN.orders[0], id=OrderId("o-2"), person_id=DANA)
    fitting = replace(invented.TOWN.fittings[0], id=FittingId("f-2"), person_id=DANA, device_id=SPARE)
    town = invented.TOWN
    both = replace(town, orders=(*town.orders, order), fittings=(*town.fittings, fitting))
    Registers(office.engine, office.clock).save(both, by="installation")
    office.employ(role=Role.INSPECTOR)
    with office.browser() as browser:
        browser.sign_in()
        made = Service(office, browser)
        with made.phone.client:
            yield made


def test_a_code_opens_the_page_once_and_from_then_on_the_pin_does_on_that_phone(service: Service) -> None:
    phone = service.phone
    stranger = phone.send("GET", "/session").json()
    assert (stranger["standing"], stranger["access"]) == ("stranger", 0)
    code = service.code()
    assert phone.send("POST", "/code", {"code": code, "pin": "1234"}).json()["key"] == "own.refused.pin_form"
    for easy in ("111111", "345678", "876543", "907907"):
        assert phone.send("POST", "/code", {"code": code, "pin": easy}).json()["key"] == "own.refused.pin_easy"
    assert phone.send("POST", "/code", {"code": "0" * 16, "pin": PIN}).json()["key"] == "own.refused.code"
    opened = phone.send("POST", "/code", {"code": f" {code} ", "pin": PIN})
    assert opened.json()["standing"] == "open"
    assert all(
        "Path=/my;" in one and "HttpOnly" in one and "samesite=strict" in one.lower()
        for one in opened.headers.get_list("set-cookie")
    )
    assert (phone.page()["name"], phone.page()["access"]) == ("Ayan Sample", opened.json()["access"])
    again = Phone(str(service.browser.client.base_url))
    with again.client:
        assert again.send("POST", "/code", {"code": code, "pin": PIN}).json()["key"] == "own.refused.code"
        assert again.send("POST", "/pin", {"pin": PIN}).json()["key"] == "own.refused.phone"

    service.office.clock.pass_(minutes=16)
    assert phone.client.get("/my/api/page").json()["key"] == "session.refused.expired"
    doorway = phone.send("GET", "/session").json()
    assert (doorway["standing"], doorway["access"]) == ("phone", opened.json()["access"])
    assert "Ayan" not in str(doorway)
    assert phone.send("POST", "/pin", {"pin": PIN}).status_code == 200
    assert phone.send("DELETE", "/session").status_code == 204
    assert phone.send("GET", "/session").json()["standing"] == "phone"
    row = service.state()["access"][0]
    assert (row["given_by"], row["opened_at"] is not None, row["ended_at"]) == ("Aliya", True, None)


def test_five_wrong_pins_in_a_row_and_the_phone_opens_nothing_any_more(service: Service) -> None:
    phone = service.begin()
    for left in (4, 3):
        refused = phone.send("POST", "/pin", {"pin": "314159"}).json()
        assert (refused["key"], refused["params"]) == ("own.refused.pin", {"count": left})
    assert phone.send("POST", "/pin", {"pin": PIN}).status_code == 200
    for _ in range(4):
        assert phone.send("POST", "/pin", {"pin": "314159"}).json()["key"] == "own.refused.pin"
    assert phone.send("POST", "/pin", {"pin": "314159"}).json()["key"] == "own.refused.phone"
    assert phone.send("POST", "/pin", {"pin": PIN}).json()["key"] == "own.refused.phone"
    assert phone.client.get("/my/api/page").status_code == 401
    assert service.state()["access"][0]["ended_why"] == "wrong_pin"
    assert service.begin().page()["name"] == "Ayan Sample"


def test_guessed_codes_are_slowed_down_and_old_or_withdrawn_ones_open_nothing(service: Service) -> None:
    old = service.code()
    new = service.code()
    assert service.phone.send("POST", "/code", {"code": old, "pin": PIN}).json()["key"] == "own.refused.code"
    assert service.browser.change("DELETE", f"/api/people/{AYAN}/own-page/access").status_code == 204
    assert service.phone.send("POST", "/code", {"code": new, "pin": PIN}).json()["key"] == "own.refused.code"
    late = service.code()
    service.office.clock.pass_(days=8)
    assert service.phone.send("POST", "/code", {"code": late, "pin": PIN}).status_code == 401
    answers = [service.phone.send("POST", "/code", {"code": "1" * 16, "pin": PIN}).status_code for _ in range(5)]
    assert answers[-1] == 429


def test_access_that_is_withdrawn_closes_an_open_page_at_once(service: Service) -> None:
    phone = service.begin()
    assert service.browser.change("DELETE", f"/api/people/{AYAN}/own-page/access").status_code == 204
    assert phone.client.get("/my/api/page").status_code == 401
    assert phone.send("GET", "/session").json()["standing"] == "stranger"
    phone = service.begin()
    assert phone.send("DELETE", "/phone").status_code == 204
    assert phone.send("GET", "/session").json()["standing"] == "stranger"
    assert service.state()["access"][0]["ended_why"] == "forgotten"


def test_the_page_says_rules_duties_devices_and_messages_in_the_language_asked_for(service: Service) -> None:
    service.office.hear(DeviceId(TRACKER), Battery(level_percent=14.0))
    wrote = service.browser.change("POST", f"/api/people/{AYAN}/own-page/messages", {"text": "Come on Monday at 10."})
    assert wrote.status_code == 200
    phone = service.begin()
    english, kazakh = phone.page("en"), phone.page("kk")
    assert english["rules"][0]["clause"] == "Do not visit the market"
    assert english["rules"][0]["said"] != kazakh["rules"][0]["said"]
    (device,) = english["devices"]
    assert (device["kind"], device["battery_percent"], device["battery_low"]) == ("tracker", 14.0, True)
    (note,) = english["notes"]
    assert (note["text"], note["role"], note["read_at"]) == ("Come on Monday at 10.", "inspector", None)
    assert phone.send("POST", f"/messages/{note['number']}/receipt").status_code == 204
    read_at = service.state()["messages"][0]["read_at"]
    service.office.clock.pass_(minutes=1)
    assert phone.send("POST", f"/messages/{note['number']}/receipt").status_code == 204
    assert service.state()["messages"][0]["read_at"] == read_at
    looks = phone.page()["looks"]
    assert looks
    assert {one["role"] for one in looks} == {"inspector"}
    assert "aliya" not in str(phone.page()).lower()


def test_an_alarm_is_told_once_the_wearer_was_spoken_to_and_can_be_contested_with_a_photograph(
    service: Service,
) -> None:
    number = service.office.find(invented.finding(1))[0]
    phone = service.begin()
    assert phone.page()["alarms"] == []
    assert phone.send("POST", f"/alarms/{number}/words", {"type": "explain", "text": "a"}).status_code == 404
    service.browser.act(number, "take")
    service.browser.act(number, "contact", whom="wearer", channel="call", reached=True, text="a secret note")
    (told,) = phone.page()["alarms"]
    assert (told["number"], told["closed"], told["outcome"]) == (number, False, "")
    before = service.office.stores.alarms.get(AlarmId(number)).alarm.waits_since
    service.office.clock.pass_(seconds=30)
    said = {"type": "contest", "text": "The strap was never open."}
    assert phone.send("POST", f"/alarms/{number}/words", said).status_code == 204
    after = service.office.stores.alarms.get(AlarmId(number)).alarm
    assert after.contested_at is not None
    assert after.waits_since == before, "the wearer's own words do not put off that it climbs"
    attached = phone.send_file(number, JPEG, "image/jpeg").json()
    assert phone.client.get(f"/my/api/files/{attached['number']}").content == JPEG
    assert phone.send_file(number, b"<script>", "image/jpeg").json()["key"] == "own.refused.file_kind"
    assert phone.send_file(number, b"<html>", "text/html").status_code == 415
    assert phone.send_file(number, JPEG + bytes(5_000_000), "image/jpeg").status_code == 413
    assert "secret" not in str(phone.page())

    (dispute,) = service.state()["disputes"]
    assert (dispute["alarm"], dispute["said"][0]["contests"]) == (number, True)
    file = f"/api/people/{AYAN}/own-page/files/{attached['number']}"
    assert service.browser.get(file.replace(AYAN, DANA)).status_code == 404
    assert service.browser.get(file).json()["key"] == "own.refused.no_picture", "it only began like one"
    acts = service.browser.get(f"/api/alarms/{number}").json()["acts"]
    assert acts[-1]["by"] == f"person/{AYAN}"
    for _ in range(5):
        phone.send_file(number, JPEG, "image/jpeg")
    assert phone.send_file(number, JPEG, "image/jpeg").json()["key"] == "own.refused.files_enough"


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_picture_comes_to_the_service_drawn_anew_and_stays_as_it_was_sent(
    service: Service, form: str, kind: str
) -> None:
    number = service.office.find(invented.finding(1))[0]
    service.browser.sign_in()
    phone = service.begin()
    service.browser.act(number, "contact", whom="wearer", channel="call", reached=True)
    out = BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(out, form)
    sent = out.getvalue() + b"<script>hidden behind it</script>"
    attached = phone.send_file(number, sent, kind).json()
    assert phone.client.get(f"/my/api/files/{attached['number']}").content == sent
    shown = service.browser.get(f"/api/people/{AYAN}/own-page/files/{attached['number']}")
    assert (shown.headers["content-type"], b"script" in shown.content) == ("image/jpeg", False)
    assert Image.open(BytesIO(shown.content)).size == (60, 40)
    assert "attachment" in shown.headers["content-disposition"]


def test_the_copy_holds_what_is_kept_of_a_month_until_a_day_ago_and_names_no_officer(service: Service) -> None:
    number = AlarmId(service.office.find(invented.finding(1))[0])
    alarms = service.office.stores.alarms
    alarms.act(number, Close(cause=Cause.OTHER, action=Action.ONLY_WATCHED, grounds="a private thought"), "aliya")
    service.office.clock.pass_(days=2)
    service.browser.sign_in()
    phone = service.begin()
    answer = phone.client.get("/my/api/copy")
    assert "attachment" in answer.headers["content-disposition"]
    copy = answer.json()
    assert copy["person"]["id"] == AYAN
    assert [one["alarm"]["id"] for one in copy["alarms"]] == [number]
    assert "aliya" not in answer.text
    assert "private" not in answer.text
    for _ in range(3):
        assert phone.client.get("/my/api/copy").status_code == 200
    assert phone.client.get("/my/api/copy").json()["key"] == "own.refused.copies"


def test_the_copy_holds_what_was_recorded_written_and_asked(service: Service) -> None:
    stores = service.office.stores
    home = LifePlace(kind=LifeKind.HOME, zone=Circle(name="Tal 3", center=Point(43.3, 77.05), radius_m=50))
    stores.case_facts.record(AYAN, home, "aliya")
    wrong = stores.case_facts.record(AYAN, LabourSet(hours=900, act="of somebody else"), "aliya")
    stores.case_facts.record(AYAN, TakenBack(fact=wrong.number, why="another person's act"), "aliya")
    stores.own_words.write(AYAN, "come on Monday", "aliya")
    phone = service.begin()
    asked = {"from_at": (NOW + timedelta(days=1)).isoformat(), "until_at": (NOW + timedelta(days=2)).isoformat()}
    assert phone.send("POST", "/requests", {**asked, "weekly": None, "reason": "a wedding"}).is_success
    answer = phone.client.get("/my/api/copy")
    copy = answer.json()
    assert [one["fact"]["zone"]["name"] for one in copy["recorded"]] == ["Tal 3"]
    assert [one["text"] for one in copy["written"]] == ["come on Monday"]
    assert [one["reason"] for one in copy["asked"]] == ["a wedding"]
    assert "aliya" not in answer.text


def _own_paths() -> list[tuple[str, str]]:
    doors = [one for one in OWN if isinstance(one, OwnDoor)]
    assert len(doors) == len(OWN)
    return [(min((one.methods or set()) - {"HEAD"}), one.path) for one in doors if not one.entrance]


def test_no_door_of_the_workstation_opens_to_a_persons_session_and_none_of_theirs_to_an_operators(
    service: Service,
) -> None:
    phone = service.begin()
    session, csrf = phone.client.cookies["baqylau-own"], phone.headers["X-CSRF-Token"]
    origin = phone.headers["Origin"]
    with visitor(origin) as bare:
        for brought in (
            {"Cookie": f"baqylau={session}"},
            {"Cookie": f"baqylau-own={session}; baqylau-phone={phone.client.cookies['baqylau-phone']}"},
            {"Authorization": f"Bearer {session}"},
            {"Authorization": f"Bearer bqk_{session}"},
        ):
            for one in api(service.office.settings):
                assert isinstance(one, Door | Hall)
                if one.action in STRANGER:
                    continue
                method = method_of(one) if isinstance(one, Door) else "GET"
                path = one.path.replace("{id}", AYAN).replace("{number}", "1").replace("{index}", "1")
                headers = {"Origin": origin, "X-CSRF-Token": csrf, **brought}
                answer = bare.request(method, f"/api{path}", headers=headers, json={})
                assert answer.status_code == 401, (method, path, brought)
        operators = service.browser.client.cookies["baqylau"]
        for method, path in _own_paths():
            for name in ("baqylau", "baqylau-own"):
                headers = {**service.browser.headers, "Cookie": f"{name}={operators}"}
                filled = path.replace("{number}", "1")
                assert bare.request(method, f"/my/api{filled}", headers=headers).status_code == 401, (method, path)


def test_nobody_sees_another_persons_page_whatever_they_ask_for(service: Service) -> None:
    numbers = {}
    for index, person in enumerate((AYAN, DANA), 1):
        number = service.office.find(replace(invented.finding(index), person_id=person))[0]
        contact = Contact(whom=Whom.WEARER, channel=Channel.CALL, reached=True)
        service.office.stores.alarms.act(AlarmId(number), contact, "aliya")
        message = service.browser.change("POST", f"/api/people/{person}/own-page/messages", {"text": f"to {person}"})
        file = service.office.stores.own_words.attach(person, AlarmId(number), "image/jpeg", JPEG)
        numbers[person] = (number, message.json()["number"], file.id)
    phone = service.begin(AYAN)
    alarm, note, photograph = numbers[DANA]
    words = {"type": "explain", "text": "a"}
    assert phone.send("POST", f"/alarms/{alarm}/words", words).status_code == 404
    assert (
        phone.send("POST", "/alarms/999/words", words).json()
        == phone.send("POST", f"/alarms/{alarm}/words", words).json()
    )
    assert phone.send_file(alarm, JPEG, "image/jpeg").status_code == 404
    assert phone.send("POST", f"/messages/{note}/receipt").status_code == 404
    assert phone.send("GET", f"/files/{photograph}").status_code == 404
    for path in (f"/page?person={DANA}", f"/page?id={DANA}&person_id={DANA}", "/copy"):
        text = phone.client.get(f"/my/api{path}").text
        assert DANA not in text
        assert "Dana" not in text
        assert f"to {DANA}" not in text
    assert phone.send("GET", f"/people/{DANA}").status_code == 404
    assert [one["number"] for one in phone.page()["alarms"]] == [numbers[AYAN][0]]


def test_a_change_needs_the_pages_own_token_and_our_own_origin(service: Service) -> None:
    phone = service.begin()
    right = dict(phone.headers)
    phone.headers = {"Origin": right["Origin"]}
    for method, path in _own_paths():
        if method != "GET":
            answer = phone.send(method, path.replace("{number}", "1"))
            assert (answer.status_code, answer.json()["key"]) == (403, "request.refused.wrong_csrf"), path
    phone.headers = {**right, "Origin": "https://elsewhere.example"}
    for path in ("/code", "/pin"):
        assert phone.send("POST", path, {}).json()["key"] == "request.refused.wrong_origin"


def test_what_was_given_and_said_is_in_the_audit_under_the_persons_own_signature(service: Service) -> None:
    service.begin()
    service.office.clock.pass_(seconds=1)
    service.phone.send("DELETE", "/phone")
    rows = [(one.who, one.what) for one in service.office.stores.audit.latest(20) if one.object == f"person/{AYAN}"]
    herself = f"person/{AYAN}"
    assert rows == [
        (herself, "own.forgotten"),
        (herself, "own.open"),
        (herself, "own.begin"),
        ("aliya", "own.give"),
    ]


def test_the_person_reads_calmly_of_a_visit_without_result_and_how_the_hours_stand(service: Service) -> None:
    now, record = service.office.clock(), service.office.stores.case_facts.record
    record(AYAN, VisitDue(at=now - timedelta(hours=2), place="at home", purpose="talk"), "aliya")
    record(AYAN, VisitDue(at=now + timedelta(days=2), place="office", purpose="papers"), "aliya")
    until = now.date() + timedelta(days=56)
    record(AYAN, LabourSet(hours=40, act="1-26", until=until), "aliya")
    for days in (3, 30):
        worked = LabourDone(day=now.date() - timedelta(days=days), hours=7.5, place="park", confirmed_by="akimat")
        record(AYAN, worked, "aliya")
    page = service.begin().page()
    assert [(one["place"], one["overdue"]) for one in page["visits"]] == [("at home", True), ("office", False)]
    assert (page["labour"]["done_h"], page["labour"]["ahead"]["outlook"]) == (15, "short")
    assert page["labour"]["ahead"]["by_then_h"] == 30
