"""What a person disputes, from their words to the decision and beyond."""

from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(180)


class Open(Protocol):
    def __call__(self, path: str, *, language: str = "en", look: str = "light", width: int = 1600) -> Page: ...


def test_a_closed_alarm_is_contested_decided_and_opened_again(visit: Open) -> None:
    page = visit("/alarms/418")
    page.check("input[value='weak_signal']")
    page.select_option("#action", "talked_with_person")
    page.fill("#grounds", "Sat in the bus that stops there.")
    page.click(".close .end .btn")
    page.click(".close .end .btn")
    page.wait_for_selector("#closed-title")
    page.click(".record .seg button >> nth=1")
    page.fill("#note", "I was on the bus.")
    page.get_by_role("button", name="Contests it").click()
    page.wait_for_selector(".decision .note")
    page.goto(f"{page.evaluate('location.origin')}/alarms?which=contested")
    disputed = page.locator(".alarm-table tbody tr")
    expect(disputed).to_have_count(1)
    expect(disputed).to_contain_text("the person disputes it")
    disputed.locator("a.what").click()
    page.check("input[value='no_violation']")
    page.fill(".decision textarea", "The bus passes the school.")
    page.click(".decision .btn")
    expect(page.locator("#decided")).to_have_text("No violation")
    page.go_back()
    expect(page.locator(".empty")).to_have_text("Nothing is disputed that waits for a decision.")
    page.go_forward()
    page.click(".title .btn")
    page.keyboard.type("The driver says otherwise.")
    page.keyboard.press("Enter")
    expect(page.locator(".title .chip").first).to_have_text("Nobody has taken it")
