"""A session ends on the server while somebody writes: what was written stays for them, and for nobody else."""

import pytest
from playwright.sync_api import Browser, Page, expect

from baqylau.domain.acts import Note
from baqylau.domain.ids import AlarmId
from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from tests.browser.alone.conftest import STATIC
from tests.browser.axe import faults
from tests.unit.workstation import invented
from tests.unit.workstation.office import PASSWORD, Office

pytestmark = pytest.mark.timeout(180)
RINGS, DOOR = "Six rings, no answer.", "The neighbour opens the door."


def end_session(office: Office, login: str) -> None:
    """End whatever session somebody has, as an administrator or the clock does."""
    sessions = office.stores.sessions
    for one in sessions.of(login):
        assert sessions.revoke(login, one.id)


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.fill("#login", login)
    page.fill("#password", password)
    page.keyboard.press("Enter")


def covered(page: Page) -> None:
    """Nothing but the way in can be seen or reached."""
    expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
    expect(page.locator("#password")).to_be_focused()
    expect(page.locator("#note")).not_to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#password")).to_be_focused()


def notes(office: Office, number: AlarmId) -> list[str]:
    """Every note that is kept of an alarm."""
    acts = office.stores.alarms.grounds(number).acts
    return [done.act.text for done in acts if isinstance(done.act, Note)]


def test_what_is_being_written_when_a_session_ends_stays_for_whoever_wrote_it_and_for_nobody_else(
    office: Office, browser: Browser
) -> None:
    number = AlarmId(office.find(invented.finding(1))[0])
    office.employ("marat", Role.OPERATOR)
    office.stores.accounts.set_language("marat", Language.EN)
    with office.open(static_dir=STATIC) as address, browser.new_context(locale="en-GB") as context:
        page, complaints = context.new_page(), list[str]()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/alarms/{number}")
        sign_in(page, "aliya")
        page.fill("#note", RINGS)
        end_session(office, "aliya")
        page.keyboard.press("Enter")
        covered(page)
        page.set_viewport_size({"width": 320, "height": 640})
        assert faults(page) == []
        page.fill("#password", "not this one")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#note")).to_have_value(RINGS)
        page.get_by_role("button", name="Write down", exact=True).click()
        expect(page.locator(".told li", has_text=RINGS)).to_have_count(1)
        assert notes(office, number) == [RINGS]

        page.set_viewport_size({"width": 1280, "height": 720})
        page.fill("#note", DOOR)
        page.locator(".find").click()
        page.locator("dialog input").first.fill("ayan")
        end_session(office, "aliya")
        covered(page)
        sign_in(page, "marat")
        expect(page.locator("main .queue")).to_be_visible()
        page.goto(f"{address}/alarms/{number}")
        expect(page.locator("#note")).to_have_value("")
        expect(page.get_by_text(DOOR)).to_have_count(0)
        assert notes(office, number) == [RINGS]
        assert complaints == []
