"""A shift at the workstation, in a real browser over the real programs."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from baqylau.domain.observations import Enclosure, Fix, Strap
from tests.browser.whole.conftest import LOGIN, PASSWORD, PEOPLE, WINDOW, Installation, Watched

AT_HOME = Fix(latitude_deg=48.61, longitude_deg=66.91, satellites=11, hdop=0.7, accuracy_m=6.0)
LIVE_WITHIN_MS = 5_000


def card_of(page: Page, person: str) -> Locator:
    """The person's alarm in the queue."""
    return page.locator("[data-alarm]", has_text=person)


def open_why(page: Page, person: str) -> None:
    """Open the page that says why."""
    card_of(page, person).evaluate("one => (one.matches('a') ? one : one.querySelector('a')).click()")
    expect(page).to_have_url(re.compile(r"/alarms/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text(person)


def test_the_one_time_link_works_once_and_a_password_opens_the_door_again(
    installation: Installation, browser: Browser, page: Page
) -> None:
    assert page.title().startswith(("Live", "(")), page.title()
    visitor = browser.new_context(locale="en-GB", viewport=WINDOW).new_page()
    visitor.goto(installation.invitation())
    for field in ("#name", "#login"):
        visitor.fill(field, "someone")
    visitor.fill("#password", PASSWORD)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("alert")).to_contain_text(re.compile(r"\w"))
    visitor.goto(installation.address)
    visitor.fill("#login", LOGIN)
    visitor.fill("#password", "a wrong password")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("alert")).to_contain_text(re.compile(r"\w"))
    visitor.fill("#password", PASSWORD)
    visitor.keyboard.press("Enter")
    expect(visitor.locator("main .queue")).to_be_visible()
    visitor.context.close()


def test_an_alarm_arrives_live_says_why_and_is_closed_with_a_cause(installation: Installation, page: Page) -> None:
    installation.tracker(0).say(AT_HOME, Strap(open=True))
    expect(card_of(page, PEOPLE[0])).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    open_why(page, PEOPLE[0])
    assert re.search(r"[0-9a-f]{4}·[0-9a-f]{2}", page.locator("main").inner_text())
    close = page.locator("form", has=page.locator("#grounds"))
    assert close.locator(".end button").is_disabled()
    close.get_by_role("radio").nth(1).check()
    page.select_option("#action", "device_inspected")
    page.fill("#grounds", "Looked at the strap together: the clasp is worn.")
    close.locator(".end button").click()
    close.locator(".end button").click()
    expect(page.locator("#closed-title")).to_be_visible()
    expect(page.locator("main")).to_contain_text("the clasp is worn")
    page.goto(installation.address)
    expect(page.locator("main .queue")).to_be_visible()
    expect(card_of(page, PEOPLE[0])).to_have_count(0)


def test_keys_alone_are_enough_to_take_note_and_close(installation: Installation, page: Page) -> None:
    installation.tracker(1).say(AT_HOME, Strap(open=True))
    expect(card_of(page, PEOPLE[1])).to_be_visible(timeout=LIVE_WITHIN_MS)
    for _ in range(20):
        if page.locator("[data-alarm][aria-current]", has_text=PEOPLE[1]).count():
            break
        page.keyboard.press("KeyJ")
    page.keyboard.press("KeyA")
    expect(page.locator("a[data-alarm]", has_text=PEOPLE[1])).to_contain_text(re.compile("yours|you", re.IGNORECASE))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/alarms/\d+$"))
    expect(page.locator("#grounds")).to_be_visible()
    page.keyboard.press("KeyN")
    page.keyboard.type("Called, no answer.")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Called, no answer.")
    page.keyboard.press("Escape")
    page.keyboard.press("KeyX")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Talked")
    page.keyboard.press("Tab")
    page.keyboard.type("Seen by video: a fault of the sensor.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#closed-title")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "name", "live"), [("ru", "Русский", "Эфир"), ("kk", "Қазақша", "Эфир"), ("en", "English", "Live")]
)
def test_every_language_is_a_press_away_and_stays(page: Page, language: str, name: str, live: str) -> None:
    page.locator(".me-open").click()
    page.get_by_role("button", name=name).click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("navigation").first).to_contain_text(live)
    assert not re.search(r"\b[a-z]+\.[a-z_]+\.[a-z_]+\b", page.locator("body").inner_text())


def test_a_reload_in_the_middle_shows_the_same_work(installation: Installation, page: Page) -> None:
    installation.tracker(2).say(AT_HOME, Enclosure(open=True))
    expect(card_of(page, PEOPLE[2])).to_be_visible(timeout=LIVE_WITHIN_MS)
    open_why(page, PEOPLE[2])
    page.keyboard.press("KeyA")
    expect(page.locator("main")).to_contain_text(re.compile("Yours", re.IGNORECASE))
    page.reload()
    expect(page.locator("main")).to_contain_text(re.compile("Yours", re.IGNORECASE))


def test_the_map_draws_people_zones_and_alarms(installation: Installation, page: Page) -> None:
    installation.tracker(3).say(AT_HOME)
    expect(page.locator("[data-drawn]")).to_have_attribute("data-drawn", re.compile("[1-9]"), timeout=20_000)
    assert page.locator("canvas.maplibregl-canvas").bounding_box()


def test_a_workstation_that_dies_in_the_middle_loses_nothing(
    installation: Installation, page: Page, watched: tuple[Page, Watched]
) -> None:
    installation.kill("web")
    bar = page.locator(".stale-bar")
    expect(bar).to_be_visible(timeout=15_000)
    installation.tracker(4).say(AT_HOME, Strap(open=True))
    expect(card_of(page, PEOPLE[4])).to_be_visible(timeout=60_000)
    expect(bar).to_have_count(0)
    watched[1].complaints.clear()


def test_a_server_that_is_stopped_and_started_goes_on_with_what_it_had(
    installation: Installation, page: Page, watched: tuple[Page, Watched]
) -> None:
    installation.stop()
    expect(page.locator(".stale-bar")).to_be_visible(timeout=15_000)
    installation.start()
    installation.tracker(5).say(AT_HOME, Strap(open=True))
    expect(card_of(page, PEOPLE[5])).to_be_visible(timeout=60_000)
    watched[1].complaints.clear()
