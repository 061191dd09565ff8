"""A technician's day: equipment is taken in, issued, given to repair and lost, each as a signed act, by keys alone."""

import re

from playwright.sync_api import Browser, Page, expect

from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from tests.browser.alone.conftest import STATIC
from tests.browser.axe import faults
from tests.unit.workstation.office import PASSWORD, Office

SLOW_MS = 60_000
"""Setting a page as PDF takes its time on a busy machine."""


def take_in(page: Page) -> None:
    """Two devices of one batch; without any number nothing is saved and the field says so."""
    page.get_by_role("button", name="Take in new equipment").press("Enter")
    expect(page.get_by_role("heading", name="Take in new equipment")).to_be_focused()
    page.get_by_label("Where it lies").fill("shelf 4")
    page.get_by_label(re.compile("^Batch")).fill("B-17")
    page.get_by_role("button", name="Sign and record").press("Enter")
    expect(page.locator(".stock-form .msg").first).not_to_be_empty()
    page.get_by_label("Numbers, one a line").fill("B0101\nB0102")
    assert faults(page) == []
    page.get_by_role("button", name="Sign and record").press("Enter")
    expect(page.locator(".said-done")).to_contain_text("2")
    expect(page.get_by_role("heading", name="Store", exact=True)).to_be_focused()


def deed(page: Page, name: str, **fields: str) -> None:
    """Sign one act of a device."""
    page.get_by_role("button", name=name).press("Enter")
    expect(page.get_by_role("heading", name=name)).to_be_focused()
    for label, said in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(said)
    page.get_by_role("button", name="Sign and record").press("Enter")
    expect(page.get_by_role("heading", name="Acts")).to_be_focused()


def through_its_life(page: Page) -> None:
    """Issued, broken, lost by mistake: that act is taken back with its reason, and stays readable."""
    page.get_by_role("link", name="B0101").press("Enter")
    deed(page, "Issue", To_whom="Officer Bekova")
    deed(page, "Give to repair", Workshop="Bench", What_is_wrong="the strap does not close")
    deed(page, "Record as lost", What_happened="not on the shelf")
    expect(page.locator(".list-head")).to_contain_text("Lost")
    page.get_by_role("button", name=re.compile("^Take back")).first.press("Enter")
    page.get_by_label("Why it was wrong").fill("it lay in the workshop")
    page.get_by_role("button", name="Sign and record").press("Enter")
    expect(page.locator(".list-head")).to_contain_text("In repair")
    expect(page.locator(".side-list").first).to_contain_text("it lay in the workshop")
    expect(page.locator(".chip.ok")).to_have_count(5)


def on_paper(page: Page) -> None:
    """The act is printed, numbered and signed."""
    with page.expect_download(timeout=SLOW_MS) as given:
        page.get_by_role("button", name=re.compile("^Act as paper")).last.press("Enter")
    assert given.value.path().read_bytes().startswith(b"%PDF-")


def test_a_technicians_day_is_worked_by_keys_and_every_act_is_signed(office: Office, browser: Browser) -> None:
    office.employ("serik", Role.TECHNICIAN)
    office.stores.accounts.set_language("serik", Language.EN)
    with office.open(static_dir=STATIC) as address, browser.new_context(locale="en-GB") as desk:
        page = desk.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/stock")
        page.fill("#login", "serik")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        take_in(page)
        through_its_life(page)
        assert faults(page) == []
        on_paper(page)
        page.set_viewport_size({"width": 320, "height": 800})
        assert faults(page) == []
        assert complaints == []
