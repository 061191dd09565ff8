"""An inspector prepares for court: the form and the report are asked for on the person's page, made, and opened."""

from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Locator, Page, expect

from baqylau.storage.people.papers import Receipt, holds
from tests.browser.axe import faults
from tests.unit.papers.pdf_text import text_of
from tests.unit.workstation.invented import AYAN
from tests.unit.workstation.office import Office

pytestmark = pytest.mark.timeout(180)
SLOW_MS = 30_000


def given(form: Locator, button: str) -> tuple[str, bytes]:
    """Press, and give name and content of the file that comes."""
    with form.page.expect_download(timeout=SLOW_MS) as coming:
        form.get_by_role("button", name=button).click()
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def test_the_form_for_the_court_and_the_report_come_numbered_with_a_signature_that_holds(
    office: Office, desk: Page
) -> None:
    office.alarm()
    desk.goto(f"/people/{AYAN}")
    desk.get_by_role("button", name="Papers and files").press("Enter")
    form = desk.get_by_role("dialog")
    form.get_by_label("What").select_option("compliance")
    until = form.get_by_label("Until").input_value()
    form.get_by_label("Until").fill("2020-01-01T00:00")
    form.get_by_label("Purpose").fill("hearing of 3 December")
    form.get_by_role("button", name="Make").click()
    expect(form.get_by_role("alert")).to_contain_text("a beginning before its end")
    form.get_by_label("Until").fill(until)
    name, report = given(form, "Make")
    assert (name, "hearing of 3 December" in text_of(report)) == ("2026-000001.pdf", True)
    form.get_by_label("What").select_option("court")
    form.get_by_label("Language of the paper").select_option("kk")
    form.get_by_label("For whom outside the service").fill("the town court")
    assert faults(desk) == []
    name, court = given(form, "Make")
    expect(form.get_by_role("status")).to_contain_text("2026-000002")
    said = "".join(text_of(court).split())
    assert name == "2026-000002.pdf"
    assert all(one in said for one in ("Сотқаұсыныс", "thetowncourt", "Aliya,инспектор(aliya)"))
    _, beside = given(form, "Its signature")
    receipt = msgspec.json.decode(beside, type=Receipt)
    assert holds(court, receipt, office.signer.public_key)
    assert not holds(report, receipt)
