"""Who was near a place, and how the system stands, over an invented town."""

import re
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(180)


class Open(Protocol):
    errors: list[str]

    def __call__(self, path: str, *, language: str = "en", look: str = "light", width: int = 1600) -> Page: ...


def test_who_was_near_is_asked_with_a_reason_by_keyboard_and_answered_with_every_position(visit: Open) -> None:
    page = visit("/nearby")
    page.wait_for_selector('.map[data-ready="true"]', timeout=30_000)
    page.get_by_label("Radius, m").fill("two hundred")
    page.get_by_label("Radius, m").press("Tab")
    expect(page.get_by_role("alert").filter(has_text="is no number")).to_be_visible()
    page.get_by_label("Radius, m").fill("200")
    page.get_by_label("Radius, m").press("Tab")
    page.get_by_role("button", name="Ask").press("Enter")
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
    page.get_by_label("Why you ask").fill("request 17 of the police")
    page.get_by_role("button", name="Ask").press("Enter")
    found = page.get_by_role("region", name="2 people were near")
    expect(found).to_contain_text("The places of 12 of them are unknown")
    expect(found.locator("tbody tr")).to_have_count(3)
    expect(found).to_contain_text("within the radius")


def test_the_state_of_the_system_names_each_link_and_the_program_that_is_quiet(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.get_by_role("link", name="State of the system").click()
    links = page.locator(".way > li")
    expect(links).to_have_count(6)
    expect(links.nth(3)).to_contain_text("31 ms")
    expect(page.locator("tbody tr").first).to_contain_text("messenger")
    expect(page.locator("tbody tr").first).to_contain_text("stopped")
