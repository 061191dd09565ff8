"""The same pages on a wall, on the largest screen, and for whoever wants no motion."""

from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(180)
WIDE, HIGH = 3840, 2160
PAGES = ("/", "/alarms/418", "/people", "/people/bekzat", "/alarms", "/load", "/staff", "/audit")
READ_FROM_FOUR_METRES_PX = 40
"""At 4 m an arc of 0.4 degrees, on a screen of 55 inches with 1920 pixels across."""


class Open(Protocol):
    errors: list[str]

    def __call__(self, path: str, *, language: str = "en", look: str = "light", width: int = 1600) -> Page: ...


OVERLAPPING = """selector => {
    const boxes = [...document.querySelectorAll(selector)].map(one => [one, one.getBoundingClientRect()])
    const parts = boxes.filter(([, box]) => box.width > 0 && box.height > 0)
    const across = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
    const down = (a, b) => a.top < b.bottom - 1 && b.top < a.bottom - 1
    const over = ([one, a], [other, b]) => across(a, b) && down(a, b) && !one.contains(other)
    return parts.flatMap((one, at) => parts.slice(at + 1).filter(other => over(one, other)).map(([it]) => it.className))
}"""
"""Parts that lie over each other and must not."""
MOVING = """() => document.getAnimations()
    .filter(one => one.effect.getComputedTiming().activeDuration > 1).map(one => one.effect.target.className)"""
WIDEST = """() => Math.max(...[...document.querySelectorAll('main *')].map(one => one.getBoundingClientRect().right))"""


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_wall_shows_what_is_urgent_and_offers_nothing_to_press(visit: Open, language: str) -> None:
    page = visit("/?wall", language=language, width=1920)
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(page.locator(".hot")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "wall")
    for control in (".nav", ".find", ".me", ".hot .acts", ".over", ".side", ".keys"):
        expect(page.locator(control).first).to_be_hidden()
    shown = page.locator("[data-alarm]")
    assert set(shown.evaluate_all("rows => rows.map(row => row.dataset.priority ?? '1')")) <= {"1", "2"}
    left = page.locator(".hot .due b").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert left >= READ_FROM_FOUR_METRES_PX
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("document.scrollingElement.scrollHeight - innerHeight") <= 0
    before = shown.count()
    page.request.post(f"{page.evaluate('location.origin')}/api/__/raise")
    expect(shown).to_have_count(before + 1)


def test_every_page_fills_the_largest_screen_without_holes_or_overlaps(visit: Open) -> None:
    page = visit("/", language="kk", width=WIDE)
    page.set_viewport_size({"width": WIDE, "height": HIGH})
    town = page.evaluate("location.origin")
    for path in PAGES:
        page.goto(town + path)
        page.wait_for_selector("main h1")
        page.wait_for_timeout(300)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate(OVERLAPPING, "main .panel, .queue, .mapbox") == [], path
        assert page.evaluate(WIDEST) > 0.9 * WIDE, f"{path} leaves a tenth of the screen empty on its right"


def test_whoever_wants_no_motion_gets_none_and_the_same_alarms(visit: Open) -> None:
    page = visit("/")
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.wait_for_selector(".hot")
    page.request.post(f"{page.evaluate('location.origin')}/api/__/raise")
    page.wait_for_selector("[data-alarm='419']")
    assert page.evaluate(MOVING) == []
    page.keyboard.press("Slash")
    page.wait_for_selector("dialog, .dialog")
    assert page.evaluate("document.getAnimations().length") == 0
