"""A passkey made and used on the server itself, with an authenticator that Chromium imitates."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from baqylau.domain.people import Language
from tests.browser.alone.conftest import STATIC
from tests.unit.workstation.office import PASSWORD, Office

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def _sign_out(page: Page) -> None:
    page.click(".me-open")
    page.click(".me-menu > button:last-child")
    page.wait_for_selector("#login")


def test_a_passkey_is_made_and_opens_the_account_without_a_password(
    engine: Engine, tmp_path: Path, browser: Browser
) -> None:
    if not (STATIC / "index.html").is_file():
        pytest.skip("the pages are not built: run make setup")
    office = Office(engine, tmp_path)
    office.employ("aliya")
    office.stores.accounts.set_language("aliya", Language.EN)
    with office.open(static_dir=STATIC) as address, browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        # Passkeys belong to a name, never to a bare address.
        town = address.replace("127.0.0.1", "localhost")
        page.goto(town)
        page.fill("#login", "aliya")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".me-open")
        page.goto(f"{town}/account")
        page.get_by_label("Name, such as: work telephone").fill("A telephone")
        page.get_by_role("button", name="Make a passkey").click()
        kept = page.get_by_role("listitem").filter(has_text="A telephone")
        expect(kept).to_be_visible()
        _sign_out(page)
        page.get_by_role("button", name="Sign in by passkey").click()
        expect(page.locator(".me-open")).to_be_visible()
        page.get_by_role("button", name="Remove A telephone").click()
        expect(kept).to_have_count(0)
        _sign_out(page)
        page.get_by_role("button", name="Sign in by passkey").click()
        expect(page.get_by_role("alert")).not_to_be_empty()
