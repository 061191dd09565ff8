"""A check on the real programs: asked for from the page of a person, shown, taken back."""

import re

from playwright.sync_api import Page, expect

from tests.browser.whole.conftest import Installation


def test_a_check_is_asked_for_and_taken_back(installation: Installation, page: Page) -> None:
    page.goto(f"{installation.address}/people/p-5")
    expect(page.locator("#checks-title")).to_be_visible()
    page.keyboard.press("KeyI")
    page.keyboard.type("Two bracelets were seen.")
    page.keyboard.press("Enter")
    row = page.locator(".check-rows .name").first
    expect(row).to_have_text("Asked, not begun yet")
    row.click()
    expect(page.locator(".verdict .say")).to_contain_text("may begin until")
    assert not re.search(r"\b[a-z]+\.[a-z_]+\.[a-z_]+\b", page.locator("main").inner_text())
    page.get_by_role("button", name="Withdraw").click()
    page.keyboard.type("It was a mistake.")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict .say")).to_have_text("This check does not count.")
