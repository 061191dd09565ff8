"""A bundle is asked for at the workstation, and what comes down proves itself."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest

from baqylau.domain.ids import AlarmId
from baqylau.protocols.evidence.checking import check
from baqylau.protocols.evidence.verdict import SOUND
from tests.unit.workstation.invented import DANA
from tests.unit.workstation.office import Browser, Office

WANTED: dict[str, Any] = {"purpose": "hearing", "basis": "ruling 4", "recipient": "court"}


def ask(browser: Browser, path: str = f"/api/people/{DANA}/evidence", **more: object) -> httpx.Response:
    return browser.change("POST", path, {**WANTED, **more})


@pytest.fixture
def period(office: Office) -> dict[str, str]:
    until = office.clock()
    return {"from_at": (until - timedelta(days=1)).isoformat(), "until_at": until.isoformat()}


def test_a_person_and_a_time_come_down_as_a_file_that_verifies(office: Office, period: dict[str, str]) -> None:
    office.populate()
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        answer = ask(browser, **period)
        nobody = ask(browser, "/api/people/nobody/evidence", **period)
        timeless = ask(browser)
        wordless = ask(browser, purpose="  ", **period)
    verdict = check(BytesIO(answer.content), office.signer.public_key)
    assert (answer.headers["content-type"], verdict.outcome) == ("application/zip", SOUND)
    assert (nobody.status_code, timeless.status_code, wordless.status_code) == (404, 422, 422)
    given = [one for one in office.stores.audit.latest(20) if one.what == "evidence.export"]
    assert [one.who for one in given] == ["aliya"]


def test_an_alarm_comes_down_under_its_own_person_alone(office: Office) -> None:
    office.populate()
    office.employ()
    number = office.alarm()
    with office.browser() as browser:
        browser.sign_in()
        theirs = ask(browser, alarm=number)
        person_id = office.stores.alarms.get(AlarmId(number)).alarm.person_id
        right = theirs if person_id == DANA else ask(browser, f"/api/people/{person_id}/evidence", alarm=number)
        none = ask(browser, alarm=999)
    assert (right.status_code, none.status_code) == (200, 404)
