"""The console's pages without a network: what an officer sees, hears by a screen reader and does with gloves on."""

from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "a long enough sentence"  # noqa: S105 - invented
TARGET_PX = 60
SMALL = (
    "[...document.querySelectorAll('button, a, input[type=radio]')].map((one) => one.closest('label') ?? one)"
    f".filter((one) => !one.closest('p:not(.notice)') && one.offsetHeight < {TARGET_PX}).map((one) => one.outerHTML)"
)
pytestmark = pytest.mark.timeout(180)


class Open(Protocol):
    errors: list[str]

    def __call__(self, *, language: str = "kk", theme: str = "light", width: int = 800) -> Page: ...


def _unlocked(page: Page) -> Page:
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("nav.nav5")).to_be_visible()
    return page


def _well(page: Page, where: str) -> None:
    """Nothing stands over the edge, and no reader is left without a word."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{where} is {over} px wider than the screen"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong = page.evaluate("axe.run().then((found) => found.violations.map((one) => `${one.id} ${one.nodes[0].html}`))")
    assert wrong == [], where


def _exchanges_a_bracelet(page: Page) -> None:
    """Without a network: begun, seen to be heard with its strap closed, signed; then a home is walked through."""
    page.get_by_role("link", name="Құрылғылар").click()
    page.get_by_role("radio", name="br-0").check()
    page.get_by_role("radio", name="br-9").check()
    page.locator("#reason").fill("ескірген")
    _well(page, "work")
    page.get_by_role("button", name="Жұмысты бастау").click()
    expect(page.get_by_role("status").filter(has_text="br-0 орнына br-9 тағу")).to_be_visible()
    expect(page.locator(".facts").first).to_contain_text("бауы бүтін")
    _well(page, "work going on")
    page.click('nav.nav5 a[href="#near"]')
    page.locator(".notice").get_by_role("link", name="Өту").click()
    page.get_by_role("button", name="Қол қою: жасалды").click()
    expect(page.locator(".row", has_text="жасалды")).to_be_visible()
    expect(page.get_by_role("radio", name="br-9")).to_be_visible()
    page.goto(f"{page.url.partition('#')[0]}#walk/bekzat")
    page.get_by_label("Әр орындағы секунд").fill("10")
    page.get_by_label("Орындар").fill("төсек")
    _well(page, "walk test")
    page.get_by_role("button", name="Осы пульт тыңдайды").click()
    expect(page.get_by_role("status").filter(has_text="Қазір: төсек")).to_be_visible()
    _well(page, "walking")
    expect(page.locator(".row", has_text="төсек")).to_be_visible(timeout=30_000)
    assert page.evaluate(SMALL) == []


def test_an_officer_opens_the_list_finds_checks_and_locks_without_a_network(held: Open) -> None:
    page = _unlocked(held())
    expect(page.locator(".row b", has_text="Бекзат Желкенбай")).to_be_visible()
    expect(page.locator(".row.others .db")).to_have_text("2")
    for width, theme in ((800, "light"), (320, "sun")):
        page.set_viewport_size({"width": width, "height": 1280})
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        for section in ("near", "finder", "check", "visits", "device"):
            page.click(f'nav.nav5 a[href="#{section}"]')
            expect(page.locator("h1")).to_be_visible()
            _well(page, f"{section} {width} {theme}")
    page.set_viewport_size({"width": 800, "height": 1280})
    page.goto(f"{page.url.partition('#')[0]}#finder/bekzat")
    expect(page.get_by_role("img")).to_be_visible()
    page.get_by_role("button", name="Дыбыс").click()
    expect(page.get_by_role("button", name="Дыбыс")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(SMALL) == []
    _well(page, "finder of one")
    page.get_by_role("link", name="Тексеруді жазу").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Бекзат Желкенбай")
    expect(page.get_by_role("status").filter(has_text="Естілді")).to_be_visible(timeout=20_000)
    page.get_by_label("Жазба").fill("есік алдында")
    _well(page, "check under way")
    page.get_by_role("button", name="Қол қойып сақтау").click()
    expect(page.locator(".row", has_text="есік алдында")).to_be_visible()
    page.goto(f"{page.url.partition('#')[0]}#person/bekzat")
    expect(page.locator(".facts").first).to_contain_text("бауы бүтін")
    _well(page, "person")
    _exchanges_a_bracelet(page)
    page.click('nav.nav5 a[href="#device"]')
    page.get_by_role("button", name="Құлыптау").click()
    expect(page.locator("#password")).to_be_visible()
    _well(page, "locked")


def test_the_page_speaks_each_language_and_says_when_a_password_opens_nothing(held: Open) -> None:
    page = held(language="ru", theme="dark", width=480)
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Этот пароль здесь ничего не открывает.")
    _well(page, "wrong password")
    held.errors.clear()
    _unlocked(page)
    page.click('nav.nav5 a[href="#device"]')
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This console")
