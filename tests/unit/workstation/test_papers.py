"""Papers are made at the workstation: numbered, signed, on record, readable letter by letter."""

import base64
import re
from datetime import date, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from baqylau.domain.acts import Explain
from baqylau.domain.case_facts import LabourDone, LabourSet, Met, Received, VisitDue, VisitEnded, WarningGiven
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId
from baqylau.domain.observations import Fix
from baqylau.domain.papers import PaperKind, TableFormat
from baqylau.domain.rights import Bounds, Role
from baqylau.monitoring.server.papers.making import ABOUT_PERSON
from baqylau.storage.people.own_access import signature
from baqylau.storage.people.papers import Receipt, Statement, holds
from baqylau.storage.registers.case_fact_tables import case_fact
from baqylau.storage.registers.registers import Registers
from tests.unit.papers.pdf_text import text_of
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, TRACKER
from tests.unit.workstation.office import Browser, Office

NAME = 'Әғқңөұүһі #panic("a") *b* $x$ @c <img onerror> \\ #let'
"""A name that would be code in the language of the papers, with every letter that Kazakh has beyond Russian."""


@pytest.fixture
def town(office: Office) -> Office:
    people = (replace(invented.TOWN.people[0], name=NAME), invented.TOWN.people[1])
    Registers(office.engine, office.clock).save(replace(invented.TOWN, people=people), by="installation")
    office.employ()
    return office


def ask(browser: Browser, office: Office, kind: str, language: str = "kk", **more: object) -> httpx.Response:
    until = office.clock() + timedelta(minutes=1)
    period = {"from_at": (until - timedelta(days=2)).isoformat(), "until_at": until.isoformat()}
    body: dict[str, Any] = {"kind": kind, "language": language, "purpose": "hearing 4", **period, **more}
    return browser.change("POST", f"/api/people/{AYAN}/papers", body)


def words(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert b"<pdfaid:part>2</pdfaid:part>" in answer.content
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in answer.content
    return text_of(answer.content)


def test_each_paper_about_a_person_can_be_read_out_letter_by_letter(town: Office) -> None:
    town.find(invented.finding(1))
    with town.browser() as browser:
        browser.sign_in()
        wanted = [("kk", kind) for kind in sorted(ABOUT_PERSON)] + [("ru", "court"), ("en", "own")]
        for language, kind in wanted:
            said = "".join(words(ask(browser, town, kind, language)).split())
            assert "".join(NAME.split()) in said, (kind, language)
            assert "1-26" in said


def test_numbers_have_no_gap_and_each_signature_holds_for_its_file_alone(town: Office) -> None:
    with town.browser() as browser:
        browser.sign_in()
        wrong = ask(browser, town, "compliance", until_at=(town.clock() - timedelta(days=9)).isoformat())
        first, second = ask(browser, town, "memo"), ask(browser, town, "compliance", recipient="the court")
        numbers = [one.headers["Baqylau-Paper"] for one in (first, second)]
        beside = browser.get(f"/api/papers/{numbers[0]}")
        none = browser.get("/api/papers/2026-000009")
    assert (wrong.status_code, none.status_code, numbers) == (422, 404, ["2026-000001", "2026-000002"])
    receipt = msgspec.json.decode(beside.content, type=Receipt)
    assert holds(first.content, receipt, town.signer.public_key)
    assert not holds(second.content, receipt)
    assert not holds(first.content, receipt, bytes(32))
    forged = replace(receipt.said, made_by="somebody")
    assert not holds(first.content, replace(receipt, statement=base64.b64encode(msgspec.json.encode(forged)).decode()))
    signed = msgspec.json.decode(base64.b64decode(receipt.statement), type=Statement)
    assert (signed.kind, signed.person_id, signed.number) == (PaperKind.MEMO, AYAN, numbers[0])


def test_what_leaves_the_service_is_on_the_persons_record_and_every_paper_is_in_the_audit(town: Office) -> None:
    with town.browser() as browser:
        browser.sign_in()
        assert ask(browser, town, "memo").status_code == 200
        assert ask(browser, town, "court", recipient="the court").status_code == 200
        said = words(ask(browser, town, "own"))
    entries = town.stores.audit.latest(20)
    assert [one.purpose for one in reversed(entries) if one.what == "paper.make"][:2] == [
        "hearing 4; memo 2026-000001",
        "hearing 4; the court; court 2026-000002",
    ]
    assert len([one for one in entries if one.what == "look.paper"]) == 3
    assert said.count(Code.DISCLOSURE.value) == 1


def test_an_alarms_report_says_why_and_what_was_done(town: Office) -> None:
    number = town.alarm()
    with town.browser() as browser:
        browser.sign_in()
        browser.act(number, "take")
        browser.act(number, "note", text="he says that it was the door")
        town.employ("oral", Role.SENIOR, Bounds())
        browser.act(number, "assign", to="oral", text="knows the family")
        town.stores.alarms.act(AlarmId(number), Explain(text="I opened it for the plumber."), signature(AYAN))
        asked = {"language": "en", "purpose": "hearing"}
        said = words(browser.change("POST", f"/api/alarms/{number}/paper", asked))
        none = browser.change("POST", "/api/alarms/999/paper", asked)
    assert none.status_code == 404
    for part in ("Report on alarm", "B01", "he says that it was the door", "tamper 1", "Asia/Almaty", "UTC+5"):
        assert part in said, said
    flat = " ".join(said.split())
    for part in ("Aliya, administrator (aliya)", "Oral, senior (oral)", "the person, on their own page"):
        assert part in flat, flat


def test_the_court_reads_whose_paper_it_is_and_how_many_alarms_nobody_decided_yet(town: Office) -> None:
    number = town.alarm()
    with town.browser() as browser:
        browser.sign_in()
        before = words(ask(browser, town, "court", "en"))
        for act in ("take", "close"):
            more = (
                {"cause": "network_outage", "action": "engineers_told", "grounds": "no power"} if act == "close" else {}
            )
            assert browser.act(number, act, **more).status_code == 200
        after, own = words(ask(browser, town, "court", "en")), words(ask(browser, town, "own", "en"))
    assert "Aliya, administrator (aliya)" in " ".join(before.split())
    assert "aliya" not in own.lower()
    undecided = "Alarms of this period that nobody has decided yet: 1."
    assert (undecided in before, undecided in after) == (True, False)


def test_statistics_name_nobody_and_an_operator_prints_nothing(town: Office) -> None:
    number = town.alarm()
    town.employ("oral", Role.OPERATOR, Bounds())
    until = town.clock() + timedelta(minutes=1)
    period = {"from_at": (until - timedelta(days=2)).isoformat(), "until_at": until.isoformat(), "language": "ru"}
    with town.browser() as browser:
        browser.sign_in()
        said = words(browser.change("POST", "/api/papers/statistics", period))
        browser.sign_in("oral")
        refused = browser.change("POST", f"/api/alarms/{number}/paper", {"language": "ru", "purpose": "a"})
    assert "< 5" in said
    assert AYAN not in said
    assert "Әғқ" not in said
    assert refused.status_code == 403


def test_a_track_leaves_in_every_form_and_a_list_is_no_track(town: Office) -> None:
    town.hear(TRACKER, Fix(latitude_deg=43.25, longitude_deg=76.95, accuracy_m=8.0))
    until = town.clock() + timedelta(minutes=1)
    period = {"from_at": (until - timedelta(days=1)).isoformat(), "until_at": until.isoformat()}
    asked = {"language": "kk", "purpose": "hearing", "recipient": "=the court", **period}

    def table(browser: Browser, kind: str, form: str) -> httpx.Response:
        return browser.change("POST", f"/api/people/{AYAN}/tables", {"kind": kind, "format": form, **asked})

    with town.browser() as browser:
        browser.sign_in()
        tracks = {form: table(browser, "track", form) for form in TableFormat}
        lists = [table(browser, kind, form) for kind in ("alarms", "findings") for form in ("xlsx", "csv")]
        drawn = table(browser, "alarms", "gpx")
    assert {form: answer.status_code for form, answer in tracks.items()} == dict.fromkeys(TableFormat, 200)
    assert all(b"43.25" in tracks[form].content for form in TableFormat if form is not TableFormat.XLSX)
    assert [one.status_code for one in lists] == [200] * 4
    assert Code.DISCLOSURE.value in lists[3].text
    assert (drawn.status_code, drawn.json()["params"]) == (422, {"field": "format"})
    assert len([one for one in town.stores.audit.latest(60) if one.what == "table.give"]) == 9


def test_warnings_visits_and_hours_of_labour_are_in_the_reports_and_in_the_copy_of_own_data(town: Office) -> None:
    at = town.clock() - timedelta(hours=3)
    for fact in (
        VisitDue(at=at, place="at home", purpose="talk"),
        VisitEnded(visit=1, met=Met.NOT_MET, text="nobody opened"),
        WarningGiven(at=at, grounds="left home", received=Received.REFUSED),
        VisitDue(at=at, place="at work", purpose="talk"),
        LabourSet(hours=100, act="1-26", until=date(2027, 3, 1)),
        LabourDone(day=at.date(), hours=3.5, place="park", confirmed_by="akimat"),
    ):
        town.stores.case_facts.record(AYAN, fact, "aliya")
    with town.browser() as browser:
        browser.sign_in()
        for kind in ("compliance", "court", "own"):
            said = " ".join(words(ask(browser, town, kind, "ru")).split())
            for part in (
                "nobody opened",
                "left home",
                "3,5 ч из 100 ч",
                "Последний день: 01.03.2027",
                "Итог ещё не записан",
            ):
                assert part in said, (kind, part)
            whole = re.sub(r"[\s\xad-]", "", said)
            assert whole.count("Aliya,администратор(aliya)") == (0 if kind == "own" else 4), (
                "maker, two visits, a warning"
            )
            assert kind != "own" or "aliya" not in said.lower()


def test_a_paper_says_what_a_newer_version_recorded_and_it_cannot_write(town: Office) -> None:
    row = {"person_id": AYAN, "by": "aliya", "at": town.clock(), "fact": {"type": "visit_moved", "visit": 1}}
    with town.engine.begin() as connection:
        connection.execute(insert(case_fact).values(**row))
    with town.browser() as browser:
        browser.sign_in()
        said = " ".join(words(ask(browser, town, "court", "en")).split())
    assert "1 entry that a newer version of the software recorded is not in this paper" in said
