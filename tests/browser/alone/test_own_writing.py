"""A person writes on their telephone while the page closes by itself, and while the network goes away."""

from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from baqylau.domain.acts import Channel, Contact, Explain, Whom
from baqylau.domain.ids import AlarmId, OrderId, PersonId
from baqylau.storage.registers.registers import Registers
from tests.browser.alone.conftest import HOME, STATIC
from tests.browser.alone.test_own_page import PHOTO, PIN
from tests.browser.axe import faults
from tests.perf.cut_line import CutLine
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, DANA, TOWN
from tests.unit.workstation.office import Browser as Desk
from tests.unit.workstation.office import Office

pytestmark = pytest.mark.timeout(180)
ARRIVES_WITHIN_S = 30
WORDS = "The lift stood still for an hour."


@pytest.fixture
def number(office: Office) -> AlarmId:
    """The number of an alarm that the person was told of."""
    number = AlarmId(office.find(invented.finding(1))[0])
    office.stores.alarms.act(number, Contact(whom=Whom.WEARER, channel=Channel.CALL, reached=True), "aliya")
    return number


@pytest.fixture
def line(office: Office) -> Iterator[CutLine]:
    """All that leads from the telephone to the server."""
    with office.open(static_dir=STATIC) as address:
        between = CutLine(int(address.rpartition(":")[2]))
        between.start()
        yield between
        between.close()


def handed_over(line: CutLine, person: PersonId) -> str:
    """Give a code that opens somebody's page once."""
    desk = Desk(f"http://127.0.0.1:{line.port}")
    with desk.client:
        desk.sign_in()
        code: str = desk.change("POST", f"/api/people/{person}/own-page/access").json()["code"]
    return code


def come_in(phone: Page, line: CutLine, person: PersonId = AYAN, pin: str = PIN) -> None:
    """Come in by a code: from its link, or typed where the telephone asks for the PIN of whoever was here before."""
    code = handed_over(line, person)
    phone.goto(f"http://127.0.0.1:{line.port}/my#{code.replace(' ', '')}")
    expect(phone.locator("#pin")).to_be_visible()
    if phone.locator("#code").is_hidden():
        phone.get_by_text("I forgot my PIN").click()
        phone.get_by_role("button", name="I have a new code").click()
        phone.fill("#code", code)
    phone.fill("#pin", pin)
    phone.fill("#again", pin)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Ayan Sample", timeout=ARRIVES_WITHIN_S * 1_000)


def begin_writing(phone: Page, line: CutLine) -> None:
    """Come in, write and choose a photograph."""
    come_in(phone, line)
    phone.get_by_role("button", name="Explain, or disagree").click()
    phone.get_by_label("In your own words").fill(WORDS)
    phone.get_by_label("Photograph, if it helps").set_input_files(files=[PHOTO])


def arrived(office: Office) -> int:
    """Wait for what was attached, and count it."""
    waiting = monotonic() + ARRIVES_WITHIN_S
    while not (files := office.stores.own_words.files(AYAN)) and monotonic() < waiting:
        sleep(0.05)
    return len(files)


def test_what_is_written_outlives_a_closed_page_and_a_photograph_whose_answer_was_lost_is_not_sent_twice(
    office: Office, number: AlarmId, line: CutLine, browser: Browser
) -> None:
    with browser.new_context(locale="en-GB", viewport={"width": 320, "height": 700}) as small:
        phone = small.new_page()
        begin_writing(phone, line)
        send = phone.get_by_role("button", name="Send", exact=True)
        office.clock.pass_(seconds=office.settings.own_idle_s + 1)
        send.click()
        expect(phone.get_by_text("What you were writing is still here.")).to_be_visible()
        expect(phone.get_by_label("In your own words")).not_to_be_visible()
        assert faults(phone) == []
        phone.fill("#pin", PIN)
        phone.keyboard.press("Enter")
        expect(phone.get_by_label("In your own words")).to_be_visible()
        expect(phone.get_by_label("In your own words")).to_have_value(WORDS)

        line.hold_answers()
        send.click()
        assert arrived(office) == 1
        line.cut()
        expect(phone.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
        line.join()
        send.click()
        expect(phone.locator("blockquote")).to_contain_text(WORDS)
        expect(phone.locator(".files img")).to_have_count(1)
        assert arrived(office) == 1
        said = [one.act for one in office.stores.alarms.grounds(number).acts if isinstance(one.act, Explain)]
        assert [one.text for one in said] == [WORDS]


@pytest.fixture
def theirs(office: Office) -> AlarmId:
    """The number of an alarm of somebody of the same name, who was told of it."""
    namesake = replace(TOWN.people[1], name=TOWN.people[0].name)
    order = replace(TOWN.orders[0], id=OrderId("o-2"), person_id=DANA)
    orders, people = (*TOWN.orders, order), (TOWN.people[0], namesake)
    town = replace(TOWN, people=people, orders=orders, restrictions=(*TOWN.restrictions, HOME))
    Registers(office.engine, office.clock).save(town, by="installation")
    number = AlarmId(office.find(replace(invented.finding(2), person_id=DANA))[0])
    office.stores.alarms.act(number, Contact(whom=Whom.WEARER, channel=Channel.CALL, reached=True), "aliya")
    return number


def writes(phone: Page) -> None:
    """Begin to write of the one alarm on the page."""
    phone.get_by_role("button", name="Explain, or disagree").click()
    expect(phone.get_by_label("In your own words")).to_have_value("")
    phone.get_by_label("In your own words").fill(WORDS)


def nothing_is_left(phone: Page) -> None:
    """Neither to see nor to find in the page."""
    expect(phone.locator("textarea")).to_have_count(0)
    assert WORDS not in phone.content()


def test_what_somebody_was_writing_is_gone_when_another_person_of_the_same_name_comes_in_on_their_telephone(
    office: Office, number: AlarmId, theirs: AlarmId, line: CutLine, browser: Browser
) -> None:
    their_pin = "161803"
    with browser.new_context(locale="en-GB", viewport={"width": 320, "height": 700}) as small:
        first, second = small.new_page(), small.new_page()
        come_in(first, line)
        writes(first)
        office.clock.pass_(seconds=office.settings.own_idle_s + 1)
        first.get_by_role("button", name="Send", exact=True).click()
        expect(first.get_by_text("What you were writing is still here.")).to_be_visible()
        come_in(second, line, DANA, their_pin)
        first.fill("#pin", their_pin)
        first.keyboard.press("Enter")
        expect(first.get_by_role("button", name="Explain, or disagree")).to_be_visible()
        nothing_is_left(first)

        writes(first)
        second.get_by_role("button", name="Close the page").click()
        come_in(second, line)
        first.get_by_role("button", name="Send", exact=True).click()
        expect(first.get_by_role("button", name="Explain, or disagree")).to_be_visible()
        nothing_is_left(first)
        acts = [one.act for each in (number, theirs) for one in office.stores.alarms.grounds(each).acts]
        assert not any(isinstance(act, Explain) for act in acts)
