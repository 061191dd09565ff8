"""A zone is drawn with the mouse, a hole in it and a corridor, and its hours have days of their own."""

from datetime import date, timedelta
from time import monotonic

import pytest
from playwright.sync_api import FloatRect, Page, expect

from baqylau.domain.orders import ExclusionZone
from baqylau.domain.proposals import SetRestriction
from baqylau.domain.zones import Polygon
from tests.unit.workstation.invented import AYAN, NOW
from tests.unit.workstation.office import Office

pytestmark = pytest.mark.timeout(180)
SLOW_MS = 30_000
MARGIN_PX = 56
"""What the map leaves free around a zone that it fits."""


def canvas(page: Page) -> FloatRect:
    box = page.locator(".zone-editor canvas").bounding_box()
    assert box is not None
    return box


def drag(page: Page, across_px: float, by_px: tuple[float, float]) -> None:
    """Take the point so far to the right of the middle, once the hand over it shows that it can be taken."""
    box = canvas(page)
    x, y = box["x"] + box["width"] / 2 + across_px, box["y"] + box["height"] / 2
    waiting = monotonic() + SLOW_MS / 1000
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    while page.locator(".zone-editor canvas").evaluate("one => one.style.cursor") != "grab":
        assert monotonic() < waiting, "there is no point to take"
        page.mouse.move(x - 1, y)
        page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by_px[0], y + by_px[1], steps=3)
    page.mouse.up()


def test_a_hole_and_a_corridor_are_drawn_with_the_mouse(office: Office, desk: Page) -> None:
    begin(desk)
    points = desk.locator(".points tbody tr")
    desk.get_by_role("button", name="Outline", exact=True).click()
    expect(points).to_have_count(12)
    desk.get_by_role("button", name="Cut a hole").click()
    expect(points).to_have_count(16)
    quarter_px = (canvas(desk)["height"] - 2 * MARGIN_PX) / 8
    drag(desk, quarter_px, (quarter_px, -10))
    expect(points).to_have_count(17)
    desk.get_by_role("button", name="Corridor", exact=True).click()
    expect(points).to_have_count(2)
    drag(desk, 0, (20, -60))
    expect(points).to_have_count(3)
    for _ in range(3):
        desk.get_by_role("button", name="Undo").click()
    expect(points).to_have_count(17)
    desk.get_by_role("button", name="Put it in the middle of the map").click()
    expect(points).to_have_count(17)
    monday = NOW.date() + timedelta(days=2)
    own_hours(desk, monday)
    propose(desk, monday)
    [waiting] = office.stores.proposals.waiting(AYAN)
    assert isinstance(waiting.change, SetRestriction)
    drawn = waiting.change.restriction
    assert isinstance(drawn, ExclusionZone)
    assert isinstance(drawn.zone, Polygon)
    assert (len(drawn.zone.outline), [len(hole) for hole in drawn.zone.holes]) == (12, [5])
    assert drawn.schedule is not None
    assert [one.day for one in drawn.schedule.exceptions] == [monday]
    assert drawn.schedule.holidays == (monday + timedelta(days=1),)


def begin(page: Page) -> None:
    """A zone to stay out of."""
    page.goto(f"/people/{AYAN}/case")
    page.get_by_role("button", name="New restriction").click()
    page.get_by_label("Kind", exact=True).select_option("exclusion")
    page.get_by_label("Words of the order").fill("5")
    page.get_by_label("Name of the place").fill("Park")
    ready = page.locator(".zone-editor .map[data-ready=true]")
    ready.wait_for(timeout=SLOW_MS)
    ready.scroll_into_view_if_needed()


def own_hours(page: Page, monday: date) -> None:
    """Each working day from eight to six by the mouse; one Monday is short, and the day after is a holiday."""
    page.get_by_label("Only at certain hours").check()
    page.locator("[data-cell='0-16']").hover()
    page.mouse.down()
    page.locator("[data-cell='4-35']").hover()
    page.mouse.up()
    page.get_by_text("Exceptions and holidays").click()
    page.get_by_role("button", name="Add a day").click()
    single = page.locator(".dated")
    single.get_by_label("Day").fill(monday.isoformat())
    single.get_by_role("button", name="Add hours").click()
    single.get_by_label("From").fill("10:00")
    single.get_by_label("Until").fill("12:00")
    page.get_by_role("button", name="Add a holiday").click()
    page.locator(".holidays").get_by_label("Day").fill((monday + timedelta(days=1)).isoformat())


def propose(page: Page, monday: date) -> None:
    """Look at what it would do: the hours to come are those of the single days."""
    page.get_by_role("button", name="What would this do?").click()
    hours = page.locator(".preview", has_text=f"Mon {monday.day} Nov, 10:00–12:00")
    expect(hours).to_be_visible(timeout=SLOW_MS)
    expect(hours).not_to_contain_text(f"Tue {monday.day + 1} Nov")
    expect(hours).to_contain_text(f"Wed {monday.day + 2} Nov, 08:00–18:00")
    page.get_by_label("Grounds", exact=True).fill("act 5")
    page.get_by_role("button", name="Propose to a second person").click()
    expect(page.locator(".proposal")).to_contain_text("somebody else has to agree", timeout=SLOW_MS)
