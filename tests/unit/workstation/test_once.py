"""An answer that was lost on the way: whoever asks again with the same key gets nothing done twice."""

from collections.abc import Iterator
from datetime import timedelta
from time import sleep

import httpx
import pytest

from baqylau.domain.rights import Role
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.storage.access.asked_once import KNOWN_FOR, Asked, AskedOnce
from baqylau.storage.database import StorageUnavailableError
from tests.unit.workstation.office import Browser, Office

KEY = "5f0c1f7e"
NOTE = {"type": "note", "text": "Six rings, no answer."}


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    office.employ("aliya", Role.OPERATOR)
    office.employ("bolat", Role.OPERATOR)
    office.populate()
    with office.browser() as browser:
        browser.sign_in("aliya")
        yield browser


def ask(browser: Browser, number: int, act: dict[str, str], key: str = KEY) -> httpx.Response:
    headers = {**browser.headers, "Idempotency-Key": key}
    return browser.client.post(f"/api/alarms/{number}/acts", json=act, headers=headers)


def notes(browser: Browser, number: int) -> int:
    acts = browser.get(f"/api/alarms/{number}").json()["acts"]
    return sum(one["act"]["type"] == "note" for one in acts)


def test_a_note_whose_answer_was_lost_is_written_once_however_often_it_is_sent(
    office: Office, browser: Browser
) -> None:
    number = office.alarm()
    assert ask(browser, number, NOTE).is_success
    again = ask(browser, number, NOTE)
    assert (again.status_code, again.json()["key"]) == (409, "request.refused.done_already")
    assert notes(browser, number) == 1
    assert ask(browser, number, NOTE, "another").is_success
    assert notes(browser, number) == 2


def test_without_a_key_asking_twice_is_doing_twice(office: Office, browser: Browser) -> None:
    number = office.alarm()
    for _ in range(2):
        assert browser.act(number, "note", text="Six rings.").is_success
    assert notes(browser, number) == 2


def test_what_was_refused_is_tried_again_with_the_same_key(office: Office, browser: Browser) -> None:
    number = office.alarm()
    close = {"type": "close", "cause": "network_outage", "action": "engineers_told", "grounds": ""}
    refused = [ask(browser, number, close) for _ in range(2)]
    assert refused[0].is_client_error
    assert [one.json()["key"] for one in refused] == [refused[0].json()["key"]] * 2
    assert ask(browser, number, {**close, "grounds": "The mast had no power."}).is_success


def test_whoever_has_been_refused_may_ask_again_at_once(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget = AskedOnce.forget

    def slowly(kept: AskedOnce, by: str, key: bytes) -> None:
        sleep(0.3)
        forget(kept, by, key)

    monkeypatch.setattr(AskedOnce, "forget", slowly)
    number = office.alarm()
    assert ask(browser, number, {**NOTE, "text": ""}).is_client_error
    assert ask(browser, number, NOTE).is_success


def test_a_key_stands_for_one_persons_change_at_one_place(office: Office, browser: Browser) -> None:
    first, second = office.alarm(), office.alarm()
    assert ask(browser, first, NOTE).is_success
    assert ask(browser, second, NOTE).is_success
    other = Browser(str(browser.client.base_url).rstrip("/"))
    with other.client:
        other.sign_in("bolat")
        assert ask(other, first, NOTE).is_success
    assert notes(browser, first) == 2


def test_what_a_killed_server_had_begun_is_not_done_blindly_again(office: Office, browser: Browser) -> None:
    number = office.alarm()
    asked = digest(f"POST /api/alarms/{number}/acts {KEY}")
    assert office.stores.asked_once.begin("aliya", asked) is Asked.NEW
    again = ask(browser, number, NOTE)
    assert (again.status_code, again.json()["key"]) == (409, "request.refused.begun_already")
    assert notes(browser, number) == 0
    office.clock.pass_(seconds=(KNOWN_FOR + timedelta(seconds=1)).total_seconds())
    browser.sign_in("aliya")
    assert ask(browser, number, NOTE).is_success


def test_a_deed_whose_mark_could_not_be_kept_is_answered_and_never_done_again_blindly(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StorageUnavailableError

    number = office.alarm()
    with monkeypatch.context() as patched:
        patched.setattr(AskedOnce, "done", away)
        assert ask(browser, number, NOTE).is_success
    assert ask(browser, number, NOTE).json()["key"] == "request.refused.begun_already"
    assert notes(browser, number) == 1


def test_whoever_is_not_signed_in_leaves_no_key(office: Office, browser: Browser) -> None:
    stranger = Browser(str(browser.client.base_url).rstrip("/"))
    with stranger.client:
        assert ask(stranger, office.alarm(), NOTE).status_code == 401
        stranger.headers["Idempotency-Key"] = KEY
        assert stranger.sign_in("bolat").is_success
        assert stranger.sign_in("bolat").is_success
