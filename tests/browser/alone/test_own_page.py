"""A supervised person opens their own page on a small telephone, and the inspector sees what they say there."""

import re

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from baqylau.domain.acts import Channel, Contact, Whom
from baqylau.domain.ids import AlarmId, DeviceId
from baqylau.domain.observations import Battery
from tests.browser.alone.conftest import STATIC
from tests.browser.axe import faults
from tests.unit.picture import photograph
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, TRACKER
from tests.unit.workstation.office import PASSWORD, Office

PIN = "271828"
PHOTO = FilePayload(name="strap.jpg", mimeType="image/jpeg", buffer=photograph())


@pytest.fixture
def office(office: Office) -> Office:
    """The person has a tracker that is nearly empty, and knows of an alarm."""
    office.hear(DeviceId(TRACKER), Battery(level_percent=14.0))
    number = AlarmId(office.find(invented.finding(1))[0])
    office.stores.alarms.act(number, Contact(whom=Whom.WEARER, channel=Channel.CALL, reached=True), "aliya")
    office.stores.own_words.write(AYAN, "Дүйсенбі күні сағат 10-да келіңіз.", "aliya")
    return office


def narrow(page: Page) -> None:
    """Make the window as narrow as a telephone."""
    page.set_viewport_size({"width": 320, "height": 800})


def come_in(phone: Page, address: str, code: str) -> None:
    """The link with the code, two PINs that differ, then the same twice."""
    phone.goto(f"{address}/my#{code.replace(' ', '')}")
    expect(phone.locator("#code")).to_have_value(re.sub(r"\s", "", code))
    assert "#" not in phone.url
    assert faults(phone) == []
    for again, said in (("314159", "бірдей емес"), (PIN, "")):
        phone.fill("#pin", PIN)
        phone.fill("#again", again)
        phone.get_by_role("button", name="Ашу").click()
        if said:
            expect(phone.locator(".trouble")).to_contain_text(said)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Ayan Sample")


def contest(phone: Page) -> None:
    """Say of the alarm that it was not so, with a photograph."""
    phone.get_by_role("button", name=re.compile("Түсіндіру немесе келіспеу")).click()
    phone.get_by_label("Келіспеймін: олай болған жоқ").check()
    phone.get_by_label("Өз сөзіңізбен").fill("Бауды ашқан жоқпын.")
    phone.get_by_label("Фотосурет, көмектессе").set_input_files(files=[PHOTO])
    assert faults(phone) == []
    phone.get_by_role("button", name="Жіберу").click()
    expect(phone.locator("blockquote")).to_contain_text("Бауды ашқан жоқпын.")


def record(case: Page) -> None:
    """A visit without its place is refused at the field; then it is recorded, and hours of labour are."""
    case.get_by_role("button", name="Plan a visit").click()
    case.get_by_label("Purpose").fill("talk about work")
    case.get_by_role("button", name="Record", exact=True).click()
    expect(case.locator(".fact-form .msg").first).to_be_visible()
    case.get_by_label("Place", exact=True).fill("at home")
    case.get_by_label("When").fill("2026-11-23T10:00")
    case.get_by_role("button", name="Record", exact=True).click()
    expect(case.locator(".facts-panel")).to_contain_text("at home, talk about work")
    case.get_by_role("button", name="Hours set by the court").click()
    case.get_by_label("Hours", exact=True).fill("100")
    case.get_by_label("Act of the court").fill("1-26")
    case.get_by_role("button", name="Record", exact=True).click()
    expect(case.locator(".facts-panel")).to_contain_text("0 h of 100 h done")


def bind(case: Page, address: str) -> None:
    """A restriction becomes a template; binding it is looked at, then proposed for the person chosen."""
    case.get_by_role("button", name="Make a template 1").click()
    case.get_by_label("Name of the template").fill("Markets")
    case.get_by_role("button", name="Make a template", exact=True).click()
    expect(case.get_by_text("Kept. It is under Cases.")).to_be_visible()
    case.goto(f"{address}/cases")
    expect(case.locator(".due-visits")).to_contain_text("talk about work")
    case.get_by_role("button", name="Bind to people Markets").click()
    panel = case.locator(".templates")
    panel.get_by_label("Ayan Sample").check()
    panel.get_by_label("Words of the acts").fill("no markets")
    panel.get_by_label("Grounds").fill("letter 18")
    panel.get_by_role("button", name="What would this do?").click()
    expect(panel).to_contain_text("a second person has to agree")
    narrow(case)
    assert faults(case) == []
    panel.get_by_role("button", name="Propose for each").click()
    expect(panel).to_contain_text("waits for a second person, proposal 1")


def test_a_person_comes_in_by_a_code_reads_contests_with_a_photograph_and_the_inspector_sees_it(
    office: Office, browser: Browser
) -> None:
    with (
        office.open(static_dir=STATIC) as address,
        browser.new_context(locale="en-GB", timezone_id="Asia/Almaty") as desk,
        browser.new_context(locale="kk-KZ", viewport={"width": 320, "height": 700}, color_scheme="dark") as small,
    ):
        case = desk.new_page()
        case.goto(f"{address}/people/{AYAN}/case")
        case.fill("#login", "aliya")
        case.fill("#password", PASSWORD)
        case.keyboard.press("Enter")
        case.get_by_role("button", name="Give a code").click()
        code = case.locator(".code-given b").inner_text()

        complaints: list[str] = []
        phone = small.new_page()
        phone.on("pageerror", lambda error: complaints.append(str(error)))
        come_in(phone, address, code)
        expect(phone.locator(".duty").last).to_contain_text("Тал көшесі, 3")
        expect(phone.locator(".device")).to_contain_text("14")
        assert faults(phone) == []
        phone.get_by_role("button", name="Оқыдым").click()
        expect(phone.get_by_text("Оқылды: 1")).to_be_visible()
        contest(phone)
        phone.get_by_role("button", name="Eng").click()
        expect(phone.get_by_role("heading", name="Your rules")).to_be_visible()
        phone.get_by_role("button", name="Close the page").click()
        phone.get_by_label("PIN", exact=True).fill("314159")
        phone.get_by_role("button", name="Open", exact=True).click()
        expect(phone.locator(".trouble")).to_contain_text("4 attempts")
        assert complaints == []

        case.reload()
        panel = case.locator(".own-panel")
        for said in ("Бауды ашқан жоқпын.", "does not agree", "read "):
            expect(panel).to_contain_text(said)
        picture = panel.get_by_role("link").get_by_role("img")
        picture.scroll_into_view_if_needed()
        case.wait_for_function(
            "one => one.naturalWidth === 48 && one.naturalHeight === 64", arg=picture.element_handle()
        )
        panel.get_by_role("button", name="Withdraw access").click()
        panel.get_by_role("button", name="Yes, withdraw now").click()
        expect(panel).to_contain_text("No access now.")
        record(case)
        narrow(case)
        assert faults(case) == []
        bind(case, address)
