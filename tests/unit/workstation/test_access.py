"""Accounts: the second step, passkeys refused, the cover, keys for programs, and who gives whom which rights."""

from base64 import b32decode
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import httpx
import pytest

from baqylau.crypto import one_time
from baqylau.domain.rights import Bounds, Role
from tests.unit.workstation.office import PASSWORD, Browser, Office

WRONG, OTHER = "not the right password", "three quiet invented words"


def _key(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["key"])


def _code(secret: str, at: datetime) -> str:
    return one_time.code_of(b32decode(secret), one_time.step_at(at))


@pytest.fixture
def doors(office: Office) -> Iterator["Doors"]:
    with ExitStack() as stack:
        yield Doors(office, stack)


class Doors:
    """One server and as many browsers as the story has people."""

    def __init__(self, office: Office, stack: ExitStack) -> None:
        self.office = office
        self._stack = stack
        self._address = stack.enter_context(office.open())

    def browser(self, login: str = "", role: Role = Role.ADMINISTRATOR, bounds: Bounds | None = None) -> Browser:
        browser = Browser(self._address)
        self._stack.enter_context(browser.client)
        if login:
            self.office.employ(login, role, bounds or Bounds())
            assert browser.sign_in(login).status_code == 200
        return browser

    def second_step(self, browser: Browser) -> tuple[str, list[str]]:
        """Connect an authenticator and give its secret and the recovery codes."""
        secret = browser.change("POST", "/api/account/totp").json()["secret"]
        code = _code(secret, self.office.clock())
        codes = browser.change("PUT", "/api/account/totp", {"code": code}).json()["codes"]
        self.office.clock.pass_(seconds=one_time.STEP_S)
        return secret, codes


def _sign_in(browser: Browser, **more: Any) -> httpx.Response:
    return browser.change("POST", "/api/session", {"login": "aliya", "password": PASSWORD, **more})


def test_the_password_alone_does_not_open_an_account_with_an_authenticator(doors: Doors) -> None:
    secret, codes = doors.second_step(doors.browser("aliya"))
    stranger = doors.browser()
    assert _key(_sign_in(stranger)) == (401, "session.refused.code_needed")
    assert _key(_sign_in(stranger, code="000000")) == (401, "session.refused.wrong_code")
    assert _key(_sign_in(stranger, password=WRONG, code="000000")) == (401, "session.refused.wrong_password")
    code = _code(secret, doors.office.clock())
    assert _sign_in(stranger, code=f"{code[:3]} {code[3:]}").status_code == 200
    assert _key(_sign_in(stranger, code=code)) == (401, "session.refused.wrong_code")
    assert len(codes) == 10
    assert _sign_in(stranger, code=codes[3].lower()).status_code == 200
    assert _key(_sign_in(stranger, code=codes[3])) == (401, "session.refused.wrong_code")
    assert stranger.get("/api/account").json()["recovery_left"] == 9


def test_codes_are_guessed_no_faster_than_passwords(doors: Doors) -> None:
    doors.second_step(doors.browser("aliya"))
    stranger = doors.browser()
    answers = [_sign_in(stranger, code=f"{number:06d}").status_code for number in range(7)]
    assert answers == [401] * 4 + [429] * 3


def test_an_authenticator_is_connected_once_and_taken_away_with_the_password(doors: Doors) -> None:
    browser = doors.browser("aliya")
    assert _key(browser.change("PUT", "/api/account/totp", {"code": "123456"})) == (422, "session.refused.wrong_code")
    doors.second_step(browser)
    assert _key(browser.change("POST", "/api/account/totp")) == (409, "account.refused.totp_there")
    refused = browser.change("POST", "/api/account/totp/removal", {"password": WRONG})
    assert _key(refused) == (401, "session.refused.wrong_password")
    assert browser.change("POST", "/api/account/totp/removal", {"password": PASSWORD}).status_code == 204
    assert doors.browser().sign_in("aliya").status_code == 200


def test_a_passkey_that_proves_nothing_opens_nothing(doors: Doors) -> None:
    browser = doors.browser("aliya")
    asked = browser.change("POST", "/api/account/passkeys/options").json()
    assert asked["rp"]["id"] == "127.0.0.1"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    for credential in (
        {},
        {"response": {"clientDataJSON": "e30"}},
        {"response": 1},
        {"response": {"clientDataJSON": "*"}},
    ):
        made = browser.change("POST", "/api/account/passkeys", {"credential": credential, "name": "my key"})
        assert _key(made) == (401, "session.refused.passkey")
        opened = doors.browser().change("POST", "/api/session/passkey", {"credential": credential})
        assert opened.status_code in {401, 429}


def test_a_covered_page_opens_for_the_password_alone(doors: Doors) -> None:
    browser = doors.browser("aliya")
    assert browser.change("POST", "/api/session/lock").status_code == 204
    assert _key(browser.get("/api/people")) == (423, "session.refused.locked")
    assert _key(browser.get("/api/account")) == (423, "session.refused.locked")
    assert browser.get("/api/session").json()["locked"]
    refused = browser.change("POST", "/api/session/unlock", {"password": WRONG})
    assert _key(refused) == (401, "session.refused.wrong_password")
    assert browser.change("POST", "/api/session/unlock", {"password": PASSWORD}).status_code == 204
    assert browser.get("/api/people").status_code == 200


def test_a_new_password_ends_every_other_session_and_guessable_ones_are_refused(doors: Doors) -> None:
    browser, other = doors.browser("aliya"), doors.browser()
    other.sign_in("aliya")
    for guessable in ("passwordpassword1", "111111111111", "Құпиясөз-2026", "aaaaabaaaaaaa", "aliya-2026-11-22"):
        refused = browser.change("PUT", "/api/account/password", {"old": PASSWORD, "new": guessable})
        assert _key(refused) == (422, "password.refused.guessable"), guessable
    assert browser.change("PUT", "/api/account/password", {"old": WRONG, "new": OTHER}).status_code == 401
    assert browser.change("PUT", "/api/account/password", {"old": PASSWORD, "new": OTHER}).status_code == 204
    assert browser.get("/api/people").status_code == 200
    assert other.get("/api/people").status_code == 401
    assert other.sign_in("aliya", OTHER).status_code == 200


def test_sessions_are_listed_and_ended_one_by_one(doors: Doors) -> None:
    browser, other = doors.browser("aliya"), doors.browser()
    other.client.headers["User-Agent"] = "<script>alert(1)</script>"
    other.sign_in("aliya")
    sessions = browser.get("/api/account").json()["sessions"]
    assert [one["this"] for one in sessions].count(True) == 1
    theirs = next(one["session"] for one in sessions if not one["this"])
    assert theirs["agent"] == "<script>alert(1)</script>"
    assert browser.change("DELETE", f"/api/account/sessions/{theirs['id']}").status_code == 204
    assert other.get("/api/people").status_code == 401
    bolat = doors.browser("bolat", Role.OPERATOR)
    mine = next(one["session"]["id"] for one in browser.get("/api/account").json()["sessions"])
    assert bolat.change("DELETE", f"/api/account/sessions/{mine}").status_code == 404


def test_a_key_for_a_program_does_what_it_was_given_for_and_ends(doors: Doors) -> None:
    browser = doors.browser("aliya", Role.OPERATOR)
    for scope in ([], ["look_audit"], ["keep_own_account"], ["nothing"]):
        asked = browser.change("POST", "/api/account/keys", {"name": "wall", "scope": scope, "days": 1})
        assert asked.status_code == 422, scope
    issued = browser.change("POST", "/api/account/keys", {"name": "wall", "scope": ["look_alarms"], "days": 1}).json()
    program = doors.browser()
    program.client.headers["Authorization"] = f"Bearer {issued['key']}"
    assert program.get("/api/alarms").status_code == 200
    assert _key(program.get("/api/people")) == (403, "request.refused.scope")
    assert _key(program.get("/api/account")) == (403, "request.refused.scope")
    assert _key(program.change("POST", "/api/alarms/1/acts", {"type": "take"})) == (403, "request.refused.scope")
    keys = browser.get("/api/account").json()["keys"]
    assert [(one["name"], one["scope"]) for one in keys] == [("wall", ["look_alarms"])]
    assert issued["key"] not in str(keys)
    doors.office.clock.pass_(hours=25)
    assert program.get("/api/alarms").status_code == 401

    assert browser.sign_in("aliya").status_code == 200
    issued = browser.change("POST", "/api/account/keys", {"name": "wall", "scope": ["look_alarms"], "days": 1}).json()
    program.client.headers["Authorization"] = f"Bearer {issued['key']}"
    assert program.get("/api/alarms").status_code == 200
    named = browser.get("/api/account").json()["keys"][0]["id"]
    assert browser.change("DELETE", f"/api/account/keys/{named}").status_code == 204
    assert program.get("/api/alarms").status_code == 401


def _welcome(doors: Doors, link: dict[str, Any], login: str, password: str = PASSWORD) -> Browser:
    browser = doors.browser()
    body = {"token": link["path"].partition("#")[2], "login": login, "name": login.title(), "password": password}
    answer = browser.change("POST", "/api/invitation", body)
    assert answer.status_code == 200, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return browser


def test_a_colleague_is_invited_with_role_and_districts(doors: Doors) -> None:
    head = doors.browser("aliya")
    north = {"districts": ["North"], "people": []}
    link = head.change("POST", "/api/accounts/invitations", {"role": "operator", "bounds": north}).json()
    second = head.change("POST", "/api/accounts/invitations", {"role": "operator", "bounds": north}).json()
    _welcome(doors, second, "dana")
    bolat = _welcome(doors, link, "bolat")
    mine = bolat.get("/api/account").json()
    assert (mine["role"], mine["bounds"]) == ("operator", north)
    assert bolat.get("/api/accounts").status_code == 403
    shown = {one["login"]: one for one in head.get("/api/accounts").json()["accounts"]}
    assert (shown["bolat"]["sessions"], shown["bolat"]["suspended"]) == (1, False)


def test_more_rights_need_a_second_administrator_and_fewer_do_not(doors: Doors) -> None:
    head, second = doors.browser("aliya"), doors.browser("serik")
    doors.browser("bolat", Role.OPERATOR, Bounds(districts=("North",)))
    less: dict[str, list[str]] = {"districts": [], "people": []}
    more: dict[str, list[str]] = {"districts": ["North", "South"], "people": []}
    assert head.change("PUT", "/api/accounts/bolat/duty", {"role": "operator", "bounds": less}).status_code == 204
    assert head.change("PUT", "/api/accounts/bolat/duty", {"role": "inspector", "bounds": more}).status_code == 202
    wish = head.get("/api/accounts").json()["wishes"][0]
    assert (wish["login"], wish["asked_by"], wish["change"]["role"]) == ("bolat", "aliya", "inspector")
    where = f"/api/accounts/wishes/{wish['id']}"
    assert _key(head.change("POST", where, {"agreed": True})) == (403, "account.refused.second")
    assert second.change("POST", where, {"agreed": True}).status_code == 200
    assert _key(second.change("POST", where, {"agreed": True})) == (404, "account.refused.no_wish")
    bolat = next(one for one in head.get("/api/accounts").json()["accounts"] if one["login"] == "bolat")
    assert (bolat["role"], bolat["bounds"], bolat["sessions"]) == ("inspector", more, 0)
    said = [one.purpose for one in doors.office.stores.audit.latest(9) if one.what == "account.role"]
    assert said[0] == "inspector, North, South, agreed with serik"


def test_nobody_changes_their_own_rights_or_gives_more_districts_than_they_have(doors: Doors) -> None:
    head = doors.browser("aliya", bounds=Bounds(districts=("North",)))
    everywhere: dict[str, Any] = {"districts": None, "people": []}
    asked = {"role": "administrator", "bounds": everywhere}
    assert _key(head.change("PUT", "/api/accounts/aliya/duty", asked)) == (403, "account.refused.own")
    assert _key(head.change("PUT", "/api/accounts/aliya/suspension", {"suspended": True}))[1] == "account.refused.own"
    assert _key(head.change("POST", "/api/accounts/invitations", asked)) == (403, "account.refused.beyond_own")
    assert _key(head.change("POST", "/api/accounts/nobody/reset")) == (404, "account.refused.not_found")


def test_a_suspended_account_is_out_at_once_and_comes_back(doors: Doors) -> None:
    head, bolat = doors.browser("aliya"), doors.browser("bolat", Role.OPERATOR)
    issued = bolat.change("POST", "/api/account/keys", {"name": "a", "scope": ["look_alarms"], "days": 1}).json()
    assert head.change("PUT", "/api/accounts/bolat/suspension", {"suspended": True}).status_code == 204
    assert bolat.get("/api/people").status_code == 401
    assert _key(bolat.sign_in("bolat")) == (401, "session.refused.suspended")
    assert _key(doors.browser().sign_in("bolat", WRONG)) == (401, "session.refused.wrong_password")
    program = doors.browser().client.get("/api/alarms", headers={"Authorization": f"Bearer {issued['key']}"})
    assert program.status_code == 401
    assert [one["login"] for one in head.get("/api/colleagues").json()] == ["aliya"]
    assert head.change("PUT", "/api/accounts/bolat/suspension", {"suspended": False}).status_code == 204
    assert bolat.sign_in("bolat").status_code == 200


def test_who_lost_everything_comes_in_by_a_link_of_the_administrator(doors: Doors) -> None:
    head, bolat = doors.browser("aliya"), doors.browser("bolat", Role.OPERATOR)
    doors.second_step(bolat)
    link = head.change("POST", "/api/accounts/bolat/reset").json()
    back = _welcome(doors, link, "ignored", OTHER)
    assert back.get("/api/account").json()["login"] == "bolat"
    assert not back.get("/api/account").json()["totp"]
    assert bolat.get("/api/people").status_code == 401


def test_an_administrator_alone_gets_no_auditors_password(doors: Doors) -> None:
    head, second = doors.browser("aliya"), doors.browser("serik")
    doors.browser("bolat", Role.AUDITOR)
    assert head.change("POST", "/api/accounts/bolat/reset").json() == {"path": None, "expires_at": None}
    wish = head.get("/api/accounts").json()["wishes"][0]
    assert second.change("POST", f"/api/accounts/wishes/{wish['id']}", {"agreed": False}).json()["path"] is None
    assert head.get("/api/accounts").json()["wishes"] == []


def test_an_auditor_reads_who_looked_at_whom_and_proves_the_chain(doors: Doors) -> None:
    doors.office.populate()
    head, auditor = doors.browser("aliya"), doors.browser("serik", Role.AUDITOR)
    for _ in range(3):
        head.get("/api/people/p-1")
    first = auditor.get("/api/audit?about=person/p-1&what=look.&limit=2").json()
    assert [(one["who"], one["what"]) for one in first["entries"]] == [("aliya", "look.person")] * 2
    rest = auditor.get(f"/api/audit?about=person/p-1&what=look.&limit=2&before={first['next']}").json()
    assert (len(rest["entries"]), rest["next"]) == (1, None)
    assert auditor.get("/api/audit?who=serik&what=look.audit").json()["entries"][0]["purpose"]
    assert auditor.get("/api/audit?until=2026-01-01T00:00:00Z").json()["entries"] == []
    assert auditor.get("/api/audit?who=%25';drop table audit;--").json()["entries"] == []
    assert auditor.get("/api/audit?from=yesterday").status_code == 422
    chain = auditor.get("/api/audit/chain").json()
    assert (chain["broken"], chain["entries"] > 6) == ([], True)
