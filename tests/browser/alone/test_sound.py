"""What an operator hears, and what the page says while it can make no sound."""

import re
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(180)


TONES = """
    window.tones = []
    const Made = OscillatorNode
    window.OscillatorNode = class extends Made {
        constructor(context, options) {
            super(context, options)
            window.tones.push(options.frequency)
        }
    }
"""
"""Notes each tone that is played."""


class Open(Protocol):
    errors: list[str]

    def __call__(self, path: str, *, language: str = "en", look: str = "light", width: int = 1600) -> Page: ...


def _lever(page: Page, name: str) -> None:
    """Pull a lever of the invented town."""
    page.request.post(f"{page.evaluate('location.origin')}/api/__/{name}")


def test_a_priority_1_and_a_lost_line_are_heard_and_a_page_that_can_make_no_sound_yet_says_so(visit: Open) -> None:
    page = visit("/")
    page.add_init_script(TONES)
    page.reload()
    button = page.locator(".qhead .btn.icon")
    expect(button).to_have_attribute("aria-label", re.compile("No sound yet"))
    button.click()
    expect(button).to_have_attribute("aria-label", "Sound is on")
    _lever(page, "raise")
    page.wait_for_function("String(window.tones.slice(-2)) === '880,660'")
    _lever(page, "cut")
    page.wait_for_function("window.tones.at(-1) === 220")
    expect(page.locator(".stale-bar")).to_have_count(0)
    button.click()
    expect(button).to_have_attribute("aria-label", "Sound is off")
    visit.errors.clear()
