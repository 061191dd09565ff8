"""A case at the workstation: one colleague proposes what is stricter, another one agrees."""

import re

from playwright.sync_api import Page, expect

from baqylau.domain.rights import Role
from tests.browser.axe import faults
from tests.browser.whole.conftest import PEOPLE, Installation, Invite

PERSON = "p-3"
SLOW_MS = 30_000


def test_a_curfew_is_set_by_keyboard_looked_at_proposed_and_agreed_to_by_a_second_person(
    installation: Installation, page: Page, invite: Invite
) -> None:
    second = invite("dauren", Role.INSPECTOR)
    second.emulate_media(color_scheme="dark")
    page.goto(f"{installation.address}/people/{PERSON}/case")
    page.get_by_role("button", name="New restriction").press("Enter")
    expect(page.get_by_role("heading", name="New restriction")).to_be_focused()
    page.get_by_label("In force from").fill("2026-02-01T00:00")
    page.get_by_label("Words of the order").fill("2.1")
    page.get_by_role("button", name="Clear the week").press("Enter")
    page.locator("[role=gridcell][tabindex='0']").focus()
    for key in (*["Shift+ArrowDown"] * 4, *["Shift+ArrowRight"] * 14, "Space"):
        page.keyboard.press(key)
    weekly = page.get_by_role("group", name="Hours of the week as a list")
    expect(weekly.get_by_label("From")).to_have_value("22:00")
    expect(weekly.get_by_label("Until")).to_have_value("05:30")
    expect(weekly.get_by_role("button", name="Sat")).to_have_attribute("aria-pressed", "false")
    page.get_by_label("Name of the place").fill("Тал көшесі, 3")
    for label, figure in (("Latitude, Centre", "48.61"), ("Longitude, Centre", "66.91"), ("Radius, m", "60")):
        page.get_by_label(label).fill(figure)
        page.get_by_label(label).press("Tab")
    page.get_by_role("button", name="What would this do?").press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Stricter for the person"))).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".preview")).to_contain_text("Dauren")
    expect(page.locator(".map[data-ready=true]")).to_be_attached(timeout=SLOW_MS)
    assert faults(page) == []
    page.get_by_label("Grounds", exact=True).fill("act 3/2026 of the court")
    page.get_by_role("button", name="Propose to a second person").press("Enter")
    expect(page.locator(".proposal")).to_contain_text("somebody else has to agree", timeout=SLOW_MS)

    second.goto(f"{installation.address}/cases")
    expect(second.locator(".nav .count")).to_have_text("1")
    waiting = second.locator(".proposal", has_text=PEOPLE[3])
    expect(waiting).to_contain_text("22:00–05:30")
    second.set_viewport_size({"width": 320, "height": 800})
    assert faults(second) == []
    waiting.get_by_label("Grounds of your decision").fill("compared with the act")
    waiting.get_by_role("button", name="Approve").press("Enter")
    expect(second.locator(".proposal")).to_have_count(0, timeout=SLOW_MS)

    page.reload()
    expect(page.locator(".case-restrictions")).to_contain_text("22:00–05:30", timeout=SLOW_MS)
    expect(page.locator(".case-history")).to_contain_text("proposal 1")
