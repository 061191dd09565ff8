"""Signing in by an identity provider: whom it names comes in where we know them, and by its own word alone."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from baqylau.domain.rights import Role
from tests.unit.workstation.identity_provider import (
    CLIENT,
    OTHER,
    IdentityProvider,
    forged,
    identity_provider,
    signed,
)
from tests.unit.workstation.office import Browser, Office

BEGIN = "/api/session/oidc"


@pytest.fixture
def provider(office: Office) -> Iterator[IdentityProvider]:
    with identity_provider(office.clock) as provider:
        yield provider


@pytest.fixture
def browser(office: Office, provider: IdentityProvider) -> Iterator[Browser]:
    office.employ(role=Role.INSPECTOR)
    with office.browser(identity=provider.identity) as browser:
        yield browser


def begin(browser: Browser) -> str:
    return str(browser.change("POST", BEGIN).json()["address"])


def came_back(browser: Browser, address: str) -> str:
    """Follow the provider's redirection, and give where the page goes then."""
    answer = browser.client.get(address)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def sign_in(browser: Browser, provider: IdentityProvider) -> str:
    return came_back(browser, provider.sign_in(begin(browser)))


def login(browser: Browser) -> Any:
    found = browser.get("/api/session").json()
    return found["login"] if found else None


def test_whom_the_provider_names_comes_in_by_the_own_account_with_its_own_rights(
    office: Office, browser: Browser, provider: IdentityProvider
) -> None:
    assert browser.get("/api/session/ways").json() == {"provider": "Invented ID"}
    assert (sign_in(browser, provider), login(browser)) == ("/", "aliya")
    assert browser.get("/api/session").json()["role"] == "inspector"
    assert [one.what for one in office.stores.audit.latest(9) if one.what.startswith("account.i")] == [
        "account.identity"
    ]


def test_another_subject_of_the_same_name_stays_outside_until_an_administrator_resets_the_account(
    office: Office, browser: Browser, provider: IdentityProvider
) -> None:
    sign_in(browser, provider)
    browser.client.cookies.clear()
    provider.person["sub"] = "s-18"
    assert sign_in(browser, provider) == "/?refused=session.refused.oidc_unknown"
    office.employ("chief")
    browser.sign_in("chief")
    assert browser.change("POST", "/api/accounts/aliya/reset").status_code == 200
    browser.client.cookies.clear()
    assert (sign_in(browser, provider), login(browser)) == ("/", "aliya")


def test_whom_we_do_not_know_gets_no_account(browser: Browser, provider: IdentityProvider) -> None:
    for person in ({"sub": "s-17"}, {"sub": "s-17", "preferred_username": "nobody"}):
        provider.person = person
        assert (sign_in(browser, provider), login(browser)) == ("/?refused=session.refused.oidc_unknown", None)


WRONG: dict[str, dict[str, Any]] = {
    "signed by another key": {"sign": partial(signed, key=OTHER)},
    "signed with what everybody knows": {"sign": partial(forged, algorithm="HS256")},
    "not signed": {"sign": partial(forged, algorithm="none")},
    "of another provider": {"claims": {"iss": "https://elsewhere.example"}},
    "for another program": {"claims": {"aud": "another"}},
    "for several, and not said for whom": {"claims": {"aud": [CLIENT, "another"]}},
    "handed on by another program": {"claims": {"azp": "another"}},
    "of another sign-in": {"claims": {"nonce": "another"}},
    "of no sign-in": {"claims": {"nonce": None}},
    "over": {"claims": {"exp": -600}},
    "never over": {"claims": {"exp": None}},
    "of tomorrow": {"claims": {"iat": 86_400}},
    "of an hour ago": {"claims": {"iat": -3_600}},
    "of nobody": {"claims": {"sub": None}},
}


def altered(said: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    at = {key: claims["iat"] + value if isinstance(value, int) else value for key, value in said.items()}
    return {key: value for key, value in {**claims, **at}.items() if value is not None}


def test_a_token_that_is_not_as_it_must_be_opens_nothing(
    office: Office, browser: Browser, provider: IdentityProvider
) -> None:
    for name, wrong in WRONG.items():
        office.clock.pass_(hours=1)
        provider.change, provider.sign = partial(altered, wrong.get("claims", {})), wrong.get("sign", signed)
        came_to = sign_in(browser, provider)
        assert (came_to, login(browser)) == ("/?refused=session.refused.oidc", None), name


def test_whom_the_provider_signs_out_is_out_at_once_by_its_own_word_alone(
    office: Office, browser: Browser, provider: IdentityProvider
) -> None:
    def say(token: str) -> int:
        return browser.client.post("/oidc/signed-out", data={"logout_token": token}).status_code

    sign_in(browser, provider)
    begin(browser)
    wrong = (
        provider.signs_out(aud="another"),
        provider.signs_out(nonce=next(iter(provider.asked.values()), {}).get("nonce", "n")),
        provider.signs_out(events={"another": {}}),
        provider.signs_out(events=None),
        provider.signs_out(sub=None),
        provider.signs_out(iat=int(office.clock().timestamp()) - 3_600),
        signed({"iss": provider.address, "aud": CLIENT}, key=OTHER),
        "",
    )
    assert [say(token) for token in wrong] == [400] * len(wrong)
    assert say(provider.signs_out(sub="s-18")) == 200, "a stranger's name tells nobody whether we know it"
    assert login(browser) == "aliya"
    assert (say(provider.signs_out()), login(browser)) == (200, None)
    assert office.stores.audit.latest(1)[0].what == "session.provider_ended"


def test_the_provider_is_asked_again_in_the_middle_of_a_shift(
    office: Office, browser: Browser, provider: IdentityProvider
) -> None:
    sign_in(browser, provider)
    for _ in range(8):
        assert login(browser) == "aliya"
        office.clock.pass_(minutes=29)
    office.clock.pass_(minutes=9)
    assert login(browser) is None


def test_what_was_begun_elsewhere_too_long_ago_or_came_back_already_is_begun_anew(
    office: Office, browser: Browser, provider: IdentityProvider
) -> None:
    again = "/?refused=session.refused.oidc_again"
    address = provider.sign_in(begin(browser))
    stranger = Browser(browser.headers["Origin"])
    with stranger.client:
        assert came_back(stranger, address) == again
    assert came_back(browser, address) == "/"
    assert came_back(browser, address) == again
    late = provider.sign_in(begin(browser))
    office.clock.pass_(minutes=11)
    assert came_back(browser, late) == again
    assert came_back(browser, f"{BEGIN}?state=") == again


def test_a_provider_that_is_away_or_says_it_is_another_lets_password_and_passkey_alone(
    browser: Browser, provider: IdentityProvider
) -> None:
    provider.issuer = "https://elsewhere.example"
    refused = browser.change("POST", BEGIN)
    assert (refused.status_code, refused.json()["key"]) == (502, "session.refused.oidc_away")
    assert browser.sign_in().status_code == 200


def test_without_a_provider_there_is_no_such_door(office: Office) -> None:
    with office.browser() as browser:
        assert browser.get("/api/session/ways").json() == {"provider": ""}
        assert [browser.change("POST", BEGIN).status_code, browser.get(BEGIN).status_code] == [404, 404]
