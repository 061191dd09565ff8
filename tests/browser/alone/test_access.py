"""Accounts, the people of the service, the audit and the cover, over an invented town."""

from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.timeout(180)


class Open(Protocol):
    def __call__(self, path: str, *, language: str = "en", look: str = "light", width: int = 1600) -> Page: ...


@pytest.mark.parametrize(("language", "look", "width"), [("kk", "light", 1280), ("ru", "dark", 320)])
def test_the_pages_are_accessible_and_fit_in_every_language(visit: Open, language: str, look: str, width: int) -> None:
    page = visit("/account", language=language, look=look, width=width)
    town, axe = page.evaluate("location.origin"), AXE.read_text(encoding="utf-8")
    for path in ("/account", "/staff", "/audit"):
        page.goto(town + path)
        page.wait_for_selector("main h2, main td")
        page.wait_for_timeout(200)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, path
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]]
        assert faults == [], path


def test_a_covered_page_shows_nothing_and_stays_covered_when_it_is_loaded_anew(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.click(".me-open")
    page.get_by_role("button", name="Cover the page").click()
    expect(page.get_by_role("heading", name="The page is covered")).to_be_visible()
    expect(page.locator(".hot")).to_be_hidden()
    expect(page.locator("#cover-password")).to_be_focused()
    page.reload()
    expect(page.get_by_role("heading", name="The page is covered")).to_be_visible()
    page.keyboard.type("password-of-the-fixture")
    page.keyboard.press("Enter")
    expect(page.locator(".hot")).to_be_visible()


def test_an_authenticator_is_connected_and_its_recovery_codes_are_shown_once(visit: Open) -> None:
    page = visit("/account")
    page.get_by_role("button", name="Connect an authenticator").click()
    expect(page.locator(".once code")).to_have_text("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP")
    page.get_by_label("Code", exact=True).fill("123456")
    page.keyboard.press("Enter")
    expect(page.locator(".once li")).to_have_count(10)


def test_a_colleague_is_invited_by_keyboard(visit: Open) -> None:
    page = visit("/staff")
    page.get_by_role("button", name="Invite a colleague").press("Enter")
    expect(page.get_by_label("Role")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Оңтүстік").press("Space")
    page.get_by_role("button", name="Make the link").press("Enter")
    expect(page.locator(".once code")).to_contain_text("/welcome#fixture")


def test_the_audit_says_who_looked_at_whom_and_for_what(visit: Open) -> None:
    page = visit("/audit")
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody")).to_contain_text("looked at the person")
    expect(page.locator("tbody")).to_contain_text("Соттың сұрауы, 17-хат")
    page.get_by_role("button", name="Prove the chain").click()
    expect(page.locator(".chip.ok")).to_have_text("42 entries, none changed")
