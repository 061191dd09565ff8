"""A permission from the telephone of who asks for it to its second week, in the browsers of both."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.alone.conftest import STATIC
from tests.browser.alone.test_own_page import PIN
from tests.browser.axe import faults
from tests.unit.workstation.invented import AYAN
from tests.unit.workstation.office import PASSWORD, Office

pytestmark = pytest.mark.timeout(180)


def ask(phone: Page) -> None:
    """Ask for every Saturday night of ten weeks; first with the end before the beginning and without a day."""
    phone.get_by_role("button", name="Рұқсат сұрау").click()
    phone.get_by_label("Не үшін керек").fill("Түнгі ауысым, наубайхана.")
    phone.get_by_label("Қашаннан").fill("2026-11-28T12:00")
    phone.get_by_label("Қашанға дейін").fill("2026-11-27T12:00")
    send = phone.get_by_role("button", name="Инспекторға жіберу")
    send.click()
    expect(phone.get_by_role("alert").filter(has_text="Соңы басынан кейін")).to_be_visible()
    phone.get_by_label("Қашанға дейін").fill("2027-02-06T12:00")
    phone.get_by_label("Апта сайын, тек кейбір сағаттарда").check()
    send.click()
    expect(phone.get_by_role("alert").filter(has_text="күнді таңдаңыз")).to_be_visible()
    phone.get_by_role("button", name="сн", exact=True).click()
    phone.get_by_label("Басталуы").fill("22:30")
    phone.get_by_label("Аяқталуы").fill("06:30")
    assert faults(phone) == []
    send.click()
    expect(phone.locator(".asked")).to_contain_text("Инспектордың жауабын күтуде")


def grant(case: Page, address: str) -> None:
    """Find the request in the list of cases, look at what it would come to, and grant it."""
    case.goto(f"{address}/cases")
    case.get_by_role("region", name="Permissions asked for").get_by_role("link", name="Ayan Sample").click()
    asked = case.locator(".asked-for")
    expect(asked).to_contain_text("22:30")
    assert faults(case) == []
    asked.get_by_role("button", name="Look and grant").click()
    expect(case.get_by_label("From", exact=True).first).to_have_value("2026-11-28T12:00")
    expect(case.locator(".change-form")).to_contain_text("Түнгі ауысым, наубайхана.")
    case.get_by_role("button", name="What would this do?").click()
    case.get_by_label("Grounds", exact=True).fill("letter of the bakery")
    case.get_by_role("button", name="Save", exact=True).click()
    expect(asked).to_have_count(0)
    expect(case.locator(".case-side")).to_contain_text("Түнгі ауысым, наубайхана.")


def test_a_weekly_permission_is_asked_for_by_telephone_granted_and_in_force_in_its_second_week(
    office: Office, browser: Browser
) -> None:
    with (
        office.open(static_dir=STATIC, absolute_s=90 * 86_400, own_absolute_s=90 * 86_400) as address,
        browser.new_context(locale="en-GB", timezone_id="Asia/Almaty") as desk,
        browser.new_context(locale="kk-KZ", viewport={"width": 320, "height": 700}) as small,
    ):
        case = desk.new_page()
        case.goto(f"{address}/people/{AYAN}/case")
        case.fill("#login", "aliya")
        case.fill("#password", PASSWORD)
        case.keyboard.press("Enter")
        case.get_by_role("button", name="Give a code").click()
        code = case.locator(".code-given b").inner_text()
        phone = small.new_page()
        complaints: list[str] = []
        phone.on("pageerror", lambda error: complaints.append(str(error)))
        phone.goto(f"{address}/my#{code.replace(' ', '')}")
        phone.fill("#pin", PIN)
        phone.fill("#again", PIN)
        phone.get_by_role("button", name="Ашу").click()
        ask(phone)
        grant(case, address)

        office.clock.pass_(days=14, minutes=70)
        phone.reload()
        phone.fill("#pin", PIN)
        phone.get_by_role("button", name="Ашу").click()
        expect(phone.get_by_text("Рұқсат берілді")).to_be_visible()
        permitted = phone.locator("section", has=phone.get_by_role("heading", name="Рұқсаттар"))
        expect(permitted.locator(".duty").first).to_contain_text(re.compile(r"22:30.*06:30"))
        duties = phone.locator("section", has=phone.get_by_role("heading", name="Қазір"))
        expect(duties.locator(".duty").first).not_to_contain_text("Тал көшесі")
        assert complaints == []

        office.clock.pass_(days=1)
        phone.reload()
        phone.fill("#pin", PIN)
        phone.get_by_role("button", name="Ашу").click()
        expect(duties.locator(".duty").first).to_contain_text("Тал көшесі")
