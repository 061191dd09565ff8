"""A person writes on their telephone while the page closes by itself, and while the network goes away."""

from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, Page, expect

from baqylau.domain.acts import Channel, Contact, Explain, Whom
from baqylau.domain.ids import AlarmId
from tests.browser.alone.conftest import STATIC
from tests.browser.alone.test_own_page import PHOTO, PIN
from tests.browser.axe import faults
from tests.perf.cut_line import CutLine
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN
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


def begin_writing(phone: Page, line: CutLine) -> None:
    """Come in by a code, write and choose a photograph."""
    address = f"http://127.0.0.1:{line.port}"
    desk = Desk(address)
    with desk.client:
        desk.sign_in()
        code = desk.change("POST", f"/api/people/{AYAN}/own-page/access").json()["code"]
    phone.goto(f"{address}/my#{code.replace(' ', '')}")
    phone.fill("#pin", PIN)
    phone.fill("#again", PIN)
    phone.keyboard.press("Enter")
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
