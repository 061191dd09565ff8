"""Checks over the invented town: a recording is played and decided by keys, a breath is drawn and printed."""

from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(120)
DOUBTED, BREATH = f"/checks/{7:c>32x}", f"/checks/{5:c>32x}"

ERRS = ("Measured on", "has not been measured", "Part of the challenge", "nothing is decided by it")
"""A score never stands without how often it errs, or that it proves nothing."""


class Open(Protocol):
    def __call__(self, path: str, *, language: str = "en", look: str = "light", width: int = 1600) -> Page: ...


def test_a_doubted_check_says_how_sure_it_is_is_played_by_its_steps_and_decided_by_keys(visit: Open) -> None:
    page = visit(DOUBTED)
    expect(page.locator(".verdict .say")).to_contain_text("not certain")
    for score in page.locator(".score:not(.whole) p").all_inner_texts():
        assert any(part in score for part in ERRS), score
    page.wait_for_function("document.querySelector('video').readyState >= 2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".challenge-step.cur")).to_have_text("→")
    page.keyboard.press("Space")
    expect(page.locator(".challenge-step.cur")).to_have_text("4", timeout=15_000)
    page.keyboard.press("Space")
    page.keyboard.press("KeyD")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("The scar over the brow is the same.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".decide [role=status]")).to_contain_text("Press again")
    page.keyboard.press("Enter")
    expect(page.locator(".decided")).to_contain_text("The scar over the brow is the same.")
    expect(page.locator(".life")).to_contain_text("decided by a person")


def test_a_breath_stands_against_its_limit_and_on_paper(visit: Open) -> None:
    page = visit(BREATH)
    expect(page.locator(".verdict .finding")).to_contain_text("Above the limit of 0.16")
    expect(page.locator(".blow-chart svg")).to_have_count(2)
    assert "Estimate only" in page.locator(".blood").inner_text()
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".decide")).to_be_hidden()
    expect(page.locator(".protocol-head")).to_contain_text("Protocol of a breath test")
    expect(page.locator(".protocol-foot .sign")).to_be_visible()


def test_a_check_is_asked_for_from_the_page_of_a_person(visit: Open) -> None:
    page = visit("/people/bekzat")
    expect(page.locator(".check-rows li")).to_have_count(5)
    page.keyboard.press("KeyI")
    page.keyboard.type("Two bracelets were seen.")
    page.keyboard.press("Enter")
    expect(page.locator(".check-rows .name").first).to_have_text("Asked, not begun yet")
    page.click("text=Show earlier")
    expect(page.locator(".check-rows li")).to_have_count(8)
    page.click(".check-rows .name >> nth=0")
    page.click("text=Withdraw")
    page.keyboard.type("It was a mistake.")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict .say")).to_have_text("This check does not count.")


def test_recordings_are_held_and_released_with_a_reason_from_the_page(visit: Open) -> None:
    page = visit(DOUBTED)
    kept = page.locator(".keeping")
    expect(kept).to_contain_text("Kept until the person's file is closed.")
    kept.get_by_role("button", name="Forbid destruction").click()
    page.keyboard.type("The lawyer contests it, letter 17.")
    page.keyboard.press("Enter")
    expect(kept.locator(".decided")).to_contain_text("The lawyer contests it, letter 17.")
    kept.get_by_role("button", name="Allow destruction").click()
    expect(page.locator(".ask")).to_contain_text("within the hour")
    page.keyboard.type("Decided on 3 March.")
    page.keyboard.press("Enter")
    expect(kept.locator(".decided")).to_have_count(0)
    expect(kept).to_contain_text("Kept until the person's file is closed.")
