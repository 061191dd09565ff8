"""An inspector sees which visits are overdue and what hours of labour come to, and the person reads it calmly."""

from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from baqylau.domain.case_facts import LabourDone, LabourSet, VisitDue
from tests.browser.alone.conftest import STATIC
from tests.browser.alone.test_own_page import come_in, narrow
from tests.browser.axe import faults
from tests.unit.workstation.invented import AYAN
from tests.unit.workstation.office import PASSWORD, Office

PACE = "At the pace of the last four weeks"


def remember(office: Office) -> None:
    """A visit of yesterday that nobody wrote down, one of tomorrow, and some hours of labour."""
    now, record = office.clock(), office.stores.case_facts.record
    for days, place in ((-1, "at home"), (1, "at the office")):
        record(AYAN, VisitDue(at=now + timedelta(days=days), place=place, purpose="talk about work"), "aliya")
    record(AYAN, LabourSet(hours=100, act="1-26", until=now.date() + timedelta(days=56)), "aliya")
    for days in (2, 9, 16, 40):
        done = LabourDone(day=now.date() - timedelta(days=days), hours=4, place="park", confirmed_by="akimat")
        record(AYAN, done, "aliya")


def set_a_nearer_day(case: Page) -> None:
    """The act is recorded anew with an earlier day, by keys; a year that cannot be is refused at its field."""
    case.get_by_role("button", name="Hours set by the court").press("Enter")
    case.get_by_label("Hours", exact=True).fill("16")
    case.get_by_label("Act of the court").fill("2-26")
    last = case.get_by_label("Last day")
    last.fill("2099-01-01")
    case.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(last).to_have_attribute("aria-invalid", "true")
    last.fill("2027-01-15")
    case.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(case.locator(".facts-panel")).to_contain_text("All hours are done.")


def test_an_overdue_visit_has_a_figure_in_the_navigation_until_its_result_is_recorded(
    office: Office, browser: Browser
) -> None:
    remember(office)
    with (
        office.open(static_dir=STATIC) as address,
        browser.new_context(locale="en-GB", timezone_id="Asia/Almaty") as desk,
        browser.new_context(locale="kk-KZ", viewport={"width": 320, "height": 700}) as small,
    ):
        complaints: list[str] = []
        case = desk.new_page()
        case.on("pageerror", lambda error: complaints.append(str(error)))
        case.goto(f"{address}/cases")
        case.fill("#login", "aliya")
        case.fill("#password", PASSWORD)
        case.keyboard.press("Enter")
        badge = case.get_by_role("navigation").get_by_role("img", name="1 visit is overdue")
        expect(badge).to_have_text("1")
        due = case.get_by_role("region", name="Visits of the coming week, and overdue ones")
        expect(due.get_by_text("1 overdue")).to_be_visible()
        expect(due.get_by_role("listitem").first).to_contain_text("at home, talk about work")
        expect(case.get_by_role("region", name="Ends soon")).to_contain_text(f"{PACE}: 40 of 100 h by 16 Jan 2027")
        narrow(case)
        assert faults(case) == []
        case.goto(f"{address}/people/{AYAN}")
        expect(case.get_by_role("region", name="Visits", exact=True)).to_contain_text("its result is not recorded yet")

        case.goto(f"{address}/people/{AYAN}/case")
        expect(case.locator(".facts-panel")).to_contain_text("84 h are left: about 10.5 h a week.")
        case.get_by_role("button", name="Give a code").click()
        code = case.locator(".code-given b").inner_text()
        phone = small.new_page()
        phone.on("pageerror", lambda error: complaints.append(str(error)))
        read_at_home(phone, address, code)

        case.locator(".facts-panel .overdue").get_by_role("button", name="Result").press("Enter")
        case.get_by_label("What was found").fill("spoke at the door")
        case.get_by_role("button", name="Record", exact=True).press("Enter")
        expect(badge).to_have_count(0)
        set_a_nearer_day(case)
        assert faults(case) == []
        assert complaints == []


def read_at_home(phone: Page, address: str, code: str) -> None:
    """The person's own page says that the result is missing, and that nothing is held against them."""
    come_in(phone, address, code)
    phone.get_by_role("button", name="Рус").click()
    own = phone.get_by_role("region", name="Посещения и работы")
    expect(own).to_contain_text("Против вас это не засчитывается")
    expect(own).to_contain_text("При темпе последних четырёх недель")
    expect(own).to_contain_text("отработано 16 ч из 100 ч")
    assert faults(phone) == []
