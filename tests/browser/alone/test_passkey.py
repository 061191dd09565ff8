"""A passkey made and used on the server itself, with an authenticator that Chromium imitates."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from baqylau.domain.people import Language
from tests.browser.alone.conftest import STATIC
from tests.browser.alone.passkeys import page_with_authenticator, sign_in_and_make_one, town_of
from tests.unit.workstation.office import Office


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
        page = page_with_authenticator(context)
        kept = sign_in_and_make_one(page, town_of(address), "aliya")
        _sign_out(page)
        page.get_by_role("button", name="Sign in by passkey").click()
        expect(page.locator(".me-open")).to_be_visible()
        page.get_by_role("button", name="Remove A telephone").click()
        expect(kept).to_have_count(0)
        _sign_out(page)
        page.get_by_role("button", name="Sign in by passkey").click()
        expect(page.get_by_role("alert")).not_to_be_empty()
