"""The pages over an invented town: what an operator sees and does, without the server behind."""

from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.timeout(180)


class Open(Protocol):
    errors: list[str]

    def __call__(self, path: str, *, language: str = "en", look: str = "light", width: int = 1600) -> Page: ...


def _map_drawn(page: Page) -> None:
    page.wait_for_selector('.map[data-ready="true"]', timeout=30_000)


def _lever(page: Page, name: str) -> None:
    """Pull a lever of the invented town."""
    page.request.post(f"{page.evaluate('location.origin')}/api/__/{name}")


def _picture_size(page: Page) -> int:
    """Give the size of the map's picture: a blank map packs to next to nothing."""
    shot: bytes = page.locator(".mapbox").first.screenshot()
    return len(shot)


def test_the_live_screen_shows_queue_map_and_situation(visit: Open) -> None:
    page = visit("/")
    _map_drawn(page)
    expect(page.locator(".hot h3")).to_have_text("In the exclusion zone")
    assert page.locator("[data-alarm]").count() == 9
    assert page.title().startswith("(1) ")
    page.wait_for_timeout(1_000)
    assert _picture_size(page) > 60_000


def test_an_alarm_arrives_live_and_waits_while_somebody_points_at_the_queue(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.hover(".qlist")
    _lever(page, "raise")
    page.wait_for_selector(".new-line")
    expect(page.locator(".new-line")).to_have_text("1 new")
    assert page.locator("[data-alarm]").count() == 9
    page.click(".new-line")
    assert page.locator("[data-alarm]").count() == 10


def test_an_alarm_is_taken_read_and_closed_by_keyboard_alone(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.keyboard.press("KeyJ")
    page.keyboard.press("KeyA")
    page.wait_for_selector("[data-alarm='418'] .chip.line")
    page.keyboard.press("Enter")
    page.wait_for_selector(".say")
    assert "inside “школа № 3”" in page.locator(".say").inner_text()
    page.keyboard.press("KeyX")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Walked past the school on the way to work.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("#closed-title")
    assert "Closed" in page.locator(".title .chip").inner_text()


def test_the_page_of_an_alarm_says_why_in_words_chart_and_table(visit: Open) -> None:
    page = visit("/alarms/418")
    _map_drawn(page)
    assert page.locator(".because ol li").count() == 4
    assert page.locator(".because .ok li").count() == 7
    assert page.locator("circle.fix.decided").count() == 3
    page.keyboard.press("KeyT")
    assert page.locator(".table-box tbody tr").count() == 34
    page.click(".because .link >> nth=0")
    page.wait_for_selector(".dialog .raw")
    page.keyboard.press("Escape")
    page.wait_for_selector(".dialog", state="detached")


def test_a_lost_line_is_said_and_nothing_is_missed(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    _lever(page, "deaf")
    _lever(page, "cut")
    page.wait_for_selector(".stale-bar", timeout=15_000)
    assert "Not live since" in page.locator(".stale-bar").inner_text()
    _lever(page, "raise")
    page.click(".stale-bar .btn")
    _lever(page, "hear")
    page.wait_for_selector(".stale-bar", state="detached", timeout=40_000)
    page.wait_for_selector("[data-alarm='419']")
    visit.errors.clear()


def test_the_language_changes_at_once_and_everywhere(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.click(".me-open")
    page.click("button[lang='kk']")
    expect(page.locator(".qhead h1")).to_have_text("Кезек")
    assert page.locator("html").get_attribute("lang") == "kk"
    page.reload()
    page.wait_for_selector(".hot")
    expect(page.locator(".hot h3")).to_have_text("Тыйым салынған аймақта")


def test_sign_in_says_what_was_wrong(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.click(".me-open")
    page.click(".me-menu > .btn")
    page.fill("#login", "ruslan")
    page.fill("#password", "something else")
    page.click("button.main")
    page.wait_for_function("document.querySelector('#mistake').textContent.length > 0")
    assert "wrong" in page.locator("#mistake").inner_text()
    page.fill("#password", "password-of-the-fixture")
    page.click("button.main")
    page.wait_for_selector(".hot")
    visit.errors.clear()


def test_a_person_is_found_and_shown(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.keyboard.press("Slash")
    page.keyboard.type("желкен")
    page.wait_for_selector(".found button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".identity h1")
    expect(page.locator(".identity h1")).to_have_text("Бекзат Желкенбай")
    assert page.locator(".restrictions li").count() == 3


@pytest.mark.parametrize("width", [1280, 800, 320])
def test_nothing_is_wider_than_the_screen(visit: Open, width: int) -> None:
    for path in ("/", "/alarms/418", "/people/bekzat", "/people", "/alarms"):
        page = visit(path, language="kk", width=width)
        page.wait_for_selector("main h1")
        page.wait_for_timeout(300)
        wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        assert wide <= 0, path


@pytest.mark.parametrize(("language", "look"), [("kk", "light"), ("ru", "dark"), ("en", "light")])
def test_every_page_is_accessible(visit: Open, language: str, look: str) -> None:
    for path in ("/", "/alarms/418", "/alarms", "/people", "/people/bekzat", "/welcome#token"):
        page = visit(path, language=language, look=look)
        page.wait_for_selector("main h1")
        page.wait_for_timeout(700)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]]
        assert faults == [], path
        page.context.close()
