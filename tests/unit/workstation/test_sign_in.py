"""Signing in: who may, who may not, and what a guess costs."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import httpx
from sqlalchemy import select

from baqylau.storage.access.access_tables import account_session
from tests.unit.workstation.office import PASSWORD, Browser, Office

WRONG = "not the right password"
NEWCOMER = {"login": "Bolat", "name": "Bolat Invented", "password": PASSWORD}


def _key(answer: httpx.Response) -> str:
    return str(answer.json()["key"])


def test_an_operator_signs_in_works_and_signs_out(office: Office) -> None:
    office.employ("aliya")
    with office.browser() as browser:
        assert (browser.get("/api/session").status_code, browser.get("/api/session").json()) == (200, None)
        assert browser.get("/api/live").json() == {"key": "session.refused.not_signed_in", "params": {}}

        answer = browser.sign_in(" ALIYA ")
        assert answer.status_code == 200
        assert (answer.json()["login"], answer.json()["timezone"]) == ("aliya", "Asia/Almaty")
        assert browser.get("/api/session").json() == answer.json()
        assert browser.get("/api/live").status_code == 200

        assert browser.change("PUT", "/api/session/language", {"language": "en"}).status_code == 204
        assert browser.get("/api/session").json()["language"] == "en"

        assert browser.change("DELETE", "/api/session").status_code == 204
        assert browser.get("/api/live").status_code == 401


def test_the_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        cookie = browser.sign_in().headers["set-cookie"].lower()
    assert cookie.startswith("baqylau=")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie


def test_over_tls_the_cookie_is_bound_to_the_host(office: Office) -> None:
    office.employ()
    origin = "https://bq.example.kz"
    with office.browser(public_origin=origin) as browser:
        browser.headers["Origin"] = origin
        answer = browser.sign_in()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-baqylau=")
    assert "Secure" in cookie
    assert "domain" not in cookie.lower()
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_the_database_holds_no_cookie_and_no_password(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        token = browser.client.cookies["baqylau"]
    with office.engine.connect() as connection:
        stored = connection.scalar(select(account_session.c.token))
    assert stored == sha256(token.encode()).digest()


def test_a_session_that_somebody_else_chose_is_not_taken_over(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        chosen = "chosen-by-somebody-else"
        browser.client.cookies.set("baqylau", chosen, domain="127.0.0.1")
        token = browser.sign_in().cookies["baqylau"]
        assert token != chosen

        second = browser.sign_in()
        assert second.cookies["baqylau"] != token
        stale = Browser(str(browser.client.base_url))
        stale.client.cookies.set("baqylau", token)
        assert _key(stale.get("/api/health")) == "session.refused.expired"
        stale.client.close()


def test_a_wrong_password_and_an_unknown_login_are_answered_alike(office: Office) -> None:
    office.employ("aliya")
    with office.browser() as browser:
        wrong = browser.sign_in("aliya", WRONG)
        unknown = browser.sign_in("nobody", WRONG)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json() == {"key": "session.refused.wrong_password", "params": {}}


def test_who_guesses_has_to_wait_and_a_restart_forgets_nothing(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        for _ in range(5):
            assert browser.sign_in(password=WRONG).status_code == 401
            office.clock.pass_(seconds=1)
    with office.browser() as browser:
        refused = browser.sign_in()
        assert refused.status_code == 429
        assert refused.json() == {"key": "session.refused.too_many", "params": {"seconds": 1}}
        assert refused.headers["retry-after"] == "1"

        office.clock.pass_(seconds=1)
        assert browser.sign_in().status_code == 200
        assert browser.sign_in(password=WRONG).status_code == 401


def test_many_guesses_at_once_gain_nothing(office: Office) -> None:
    office.employ()
    with office.open() as address, ThreadPoolExecutor(12) as pool:
        browsers = [Browser(address) for _ in range(12)]
        answers = list(pool.map(lambda browser: browser.sign_in(password=WRONG).status_code, browsers))
        for browser in browsers:
            browser.client.close()
    assert sorted(answers) == [401] * 4 + [429] * 8


def test_who_tries_many_logins_from_one_place_has_to_wait_too(office: Office) -> None:
    for number in range(20):
        office.stores.throttle.failed(f"login-{number}", "127.0.0.1")
    office.employ()
    with office.browser() as browser:
        assert browser.sign_in().status_code == 429


def test_a_session_ends_when_nobody_uses_it(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        office.clock.pass_(minutes=29)
        assert browser.get("/api/health").status_code == 200
        office.clock.pass_(minutes=31)
        assert _key(browser.get("/api/health")) == "session.refused.expired"


def test_a_session_ends_with_the_shift_however_much_it_is_used(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        for _ in range(47):
            office.clock.pass_(minutes=15)
            assert browser.get("/api/health").status_code == 200
        office.clock.pass_(minutes=15)
        assert _key(browser.get("/api/health")) == "session.refused.expired"


def test_the_first_administrator_comes_in_by_a_link_that_works_once(office: Office) -> None:
    invitation = {"token": office.invite(), **NEWCOMER}
    with office.browser() as browser:
        answer = browser.change("POST", "/api/invitation", invitation)
        assert answer.status_code == 200
        assert answer.json()["login"] == "bolat"
        assert browser.get("/api/health").status_code == 200
        again = browser.change("POST", "/api/invitation", {**invitation, "login": "somebody"})
        assert again.status_code == 410
        assert _key(again) == "invitation.refused.used_or_expired"
    with office.browser() as browser:
        assert browser.sign_in("bolat").status_code == 200


def test_two_who_use_the_link_at_once_do_not_both_come_in(office: Office) -> None:
    token = office.invite()
    with office.open() as address, ThreadPoolExecutor(4) as pool:
        browsers = [Browser(address) for _ in range(4)]

        def accept(number: int) -> int:
            body = {**NEWCOMER, "token": token, "login": f"bolat{number}"}
            return browsers[number].change("POST", "/api/invitation", body).status_code

        answers = sorted(pool.map(accept, range(4)))
        for browser in browsers:
            browser.client.close()
    assert answers == [200, 410, 410, 410]


def test_a_link_ends_after_an_hour(office: Office) -> None:
    invitation = {"token": office.invite(), **NEWCOMER}
    office.clock.pass_(minutes=61)
    with office.browser() as browser:
        assert browser.change("POST", "/api/invitation", invitation).status_code == 410


UNFIT = (
    ({"password": "elevenchars"}, "password.refused.too_short"),
    ({"login": "bolat-invented", "password": "Bolat-Invented"}, "password.refused.is_login"),
    ({"login": "b"}, "login.refused.form"),
    ({"login": "bolat <script>"}, "login.refused.form"),
    ({"name": "  "}, "name.refused.empty"),
)


def test_what_cannot_be_taken_is_refused_and_the_link_still_holds(office: Office) -> None:
    invitation = {"token": office.invite(), **NEWCOMER}
    with office.browser() as browser:
        for change, key in UNFIT:
            refused = browser.change("POST", "/api/invitation", {**invitation, **change})
            assert (refused.status_code, _key(refused)) == (422, key)
        assert browser.change("POST", "/api/invitation", invitation).status_code == 200


def test_a_login_is_not_given_twice(office: Office) -> None:
    office.employ("bolat")
    invitation = {"token": office.invite(), **NEWCOMER}
    with office.browser() as browser:
        assert _key(browser.change("POST", "/api/invitation", invitation)) == "login.refused.taken"
        assert browser.change("POST", "/api/invitation", {**invitation, "login": "bolat2"}).status_code == 200


def test_a_change_needs_the_sessions_own_token(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        right = browser.headers.pop("X-CSRF-Token")
        missing = browser.change("PUT", "/api/session/language", {"language": "en"})
        browser.headers["X-CSRF-Token"] = right[:-1]
        wrong = browser.change("PUT", "/api/session/language", {"language": "en"})
    assert missing.status_code == wrong.status_code == 403
    assert _key(missing) == _key(wrong) == "request.refused.wrong_csrf"


def test_a_change_that_another_site_asks_for_is_refused(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        for origin in ("https://evil.example", "null", "", browser.headers["Origin"] + ".evil.example"):
            browser.headers["Origin"] = origin
            for method in ("DELETE", "POST"):
                refused = browser.change(method, "/api/session", {"login": "aliya", "password": PASSWORD})
                assert (refused.status_code, _key(refused)) == (403, "request.refused.wrong_origin")
        del browser.headers["Origin"]
        assert browser.change("DELETE", "/api/session").status_code == 403
