"""The whole life of one alarm on the real programs: cut, taken, tried to reach, laid aside, closed, opened, decided."""

import re

from playwright.sync_api import Page, expect

from baqylau.domain.observations import Strap
from tests.browser.whole.conftest import PEOPLE, Installation
from tests.browser.whole.test_shift import AT_HOME, LIVE_WITHIN_MS, card_of, open_why


def _close(page: Page, grounds: str) -> None:
    page.check("input[value='device_fault']")
    page.select_option("#action", "device_inspected")
    page.fill("#grounds", grounds)
    page.click(".close .end button")
    page.click(".close .end button")
    expect(page.locator("#closed-title")).to_be_visible()


def test_a_cut_strap_is_worked_to_the_inspectors_decision(installation: Installation, page: Page) -> None:
    installation.tracker(6).say(AT_HOME, Strap(open=True))
    expect(card_of(page, PEOPLE[6])).to_be_visible(timeout=LIVE_WITHIN_MS)
    open_why(page, PEOPLE[6])
    page.keyboard.press("KeyA")
    expect(page.locator(".title .chip").first).to_contain_text("Yours")
    page.click(".record .seg button >> nth=1")
    page.fill("#note", "Six rings.")
    page.get_by_role("button", name="No answer").click()
    expect(page.locator(".told")).to_contain_text("not reached")
    page.locator("#note").blur()
    page.keyboard.press("Digit1")
    page.keyboard.press("Enter")
    expect(page.locator(".steps .done")).to_have_count(1)
    page.keyboard.press("KeyS")
    page.keyboard.press("Tab")
    page.keyboard.type("The inspector is on the way.")
    page.keyboard.press("Enter")
    expect(page.locator(".title .due")).to_contain_text("Laid aside until")
    page.keyboard.press("KeyS")
    expect(page.locator(".title .due")).to_contain_text("Open for")
    _close(page, "The clasp is worn.")
    page.click(".title .btn")
    page.keyboard.type("The workshop found the clasp in order.")
    page.keyboard.press("Enter")
    expect(page.locator("#grounds")).to_be_visible()
    _close(page, "The clasp opens under load.")
    page.check("input[value='no_violation']")
    page.fill(".decision textarea", "A fault of the clasp.")
    page.click(".decision .btn")
    expect(page.locator("#decided")).to_have_text("No violation")
    expect(page.locator(".told li")).to_have_count(9)
    page.goto(installation.address)
    expect(page.locator("main .queue")).to_be_visible()
    expect(card_of(page, PEOPLE[6])).to_have_count(0)


def test_any_minute_of_a_person_is_explained_by_the_real_rules(installation: Installation, page: Page) -> None:
    page.goto(f"{installation.address}/people/p-6")
    page.get_by_role("link", name=re.compile("Why, why not")).click()
    expect(page.locator(".minute .account").first).to_be_visible(timeout=LIVE_WITHIN_MS)
    page.keyboard.press("KeyK")
    expect(page).to_have_url(re.compile("known="))
    assert not re.search(r"\b[a-z]+\.[a-z_]+\.[a-z_]+\b", page.locator("main").inner_text())
