"""An inspector writes down where somebody lives; whoever draws a forbidden zone over it is told."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.alone.conftest import STATIC
from tests.browser.axe import faults
from tests.unit.workstation.invented import AYAN
from tests.unit.workstation.office import PASSWORD, Office

SLOW_MS = 30_000


def place(page: Page, north: str, east: str) -> None:
    """Put the middle of a circle by its figures, without the mouse."""
    for label, figure in (("Latitude, Centre", north), ("Longitude, Centre", east)):
        page.get_by_label(label).fill(figure)
        page.get_by_label(label).press("Tab")


def write_down(page: Page) -> None:
    """Without an address it is refused at the ground; then it is recorded, and the zone that takes it is told."""
    panel = page.locator(".places-panel")
    panel.get_by_role("button", name="Add a place").press("Enter")
    expect(panel.get_by_role("heading", name="Add a place")).to_be_focused()
    panel.get_by_label("Name of the place").fill("")
    panel.get_by_label("Name of the place").press("Tab")
    panel.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(panel.locator(".fact-form")).to_contain_text("something has to stand here")
    panel.get_by_label("Name of the place").fill("Базар көшесі, 1")
    place(page, "43.252", "76.95")
    expect(panel.locator(".map[data-ready=true]")).to_be_attached(timeout=SLOW_MS)
    assert faults(page) == []
    panel.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(panel.locator(".side-list").first).to_contain_text("lives")
    expect(panel.get_by_role("heading", name="Where the person lives")).to_be_focused()
    expect(panel).to_contain_text("the zone “Market” reaches over “Базар көшесі, 1”, where the person lives")


def correct(page: Page) -> None:
    """The point was wrong: the new version stands, and the old one stays readable."""
    panel = page.locator(".places-panel")
    panel.get_by_role("button", name="Correct Базар көшесі, 1").press("Enter")
    place(page, "43.2", "76.9")
    panel.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(panel.locator(".past > summary")).to_have_text("1 earlier")
    expect(panel.locator(".warned")).to_have_count(0)


def draw_over_it(page: Page) -> None:
    """A zone to be avoided, drawn where the person lives."""
    page.get_by_role("button", name="New restriction").press("Enter")
    page.get_by_label("Kind", exact=True).select_option("exclusion")
    page.get_by_label("Words of the order").fill("5")
    page.get_by_label("Name of the place").fill("Stadium")
    place(page, "43.2", "76.9")
    page.get_by_role("button", name="What would this do?").press("Enter")
    told = "the zone “Stadium” reaches over “Базар көшесі, 1”, where the person lives"
    expect(page.locator(".preview")).to_contain_text(told, timeout=SLOW_MS)


def leave(page: Page) -> None:
    """They moved: it is no place of theirs any more, and why is read with it."""
    page.get_by_role("button", name="Cancel").press("Enter")
    panel = page.locator(".places-panel")
    panel.get_by_role("button", name=re.compile("^Left")).press("Enter")
    panel.get_by_label("How it is known").fill("said so at the visit")
    panel.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(panel).to_contain_text("No place was recorded.")
    panel.locator(".past > summary").press("Enter")
    expect(panel).to_contain_text("left: said so at the visit")
    page.set_viewport_size({"width": 320, "height": 800})
    assert faults(page) == []


def test_where_somebody_lives_is_known_to_whoever_draws_a_forbidden_zone(office: Office, browser: Browser) -> None:
    with office.open(static_dir=STATIC) as address, browser.new_context(locale="en-GB") as desk:
        page = desk.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/people/{AYAN}/case")
        page.fill("#login", "aliya")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        write_down(page)
        correct(page)
        draw_over_it(page)
        leave(page)
        assert complaints == []
