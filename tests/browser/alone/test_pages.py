"""The pages over an invented town: what an operator sees and does, without the server behind."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from msgspec import to_builtins
from playwright.sync_api import Page, Route, expect

from baqylau.domain.console import ConsoleCheck
from baqylau.domain.ids import DeviceId
from tests.unit.picture import photograph

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
    assert page.locator("[data-alarm]").count() == 13
    assert page.title().startswith("(2) ")
    page.wait_for_timeout(1_000)
    assert _picture_size(page) > 60_000


def test_an_alarm_arrives_live_and_waits_while_somebody_points_at_the_queue(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.hover(".qlist")
    _lever(page, "raise")
    page.wait_for_selector(".new-line")
    expect(page.locator(".new-line")).to_have_text("1 new")
    assert page.locator("[data-alarm]").count() == 13
    page.click(".new-line")
    assert page.locator("[data-alarm]").count() == 14


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
    page.keyboard.press("Tab")
    page.keyboard.type("Talked")
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


CHECKED = ConsoleCheck(
    check_id="c-1",
    console_id=DeviceId("con-7"),
    officer="dana",
    heard=True,
    frames=9,
    rssi_dbm=-61.0,
    others=2,
    listened_s=20.0,
    console_at=datetime(2026, 11, 22, 17, tzinfo=UTC),
    ahead_s=0.0,
    kept_at=datetime(2026, 11, 22, 18, tzinfo=UTC),
    note="at the door",
    photo="ab" * 32,
)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_an_officer_photographed_is_seen_with_the_record_of_the_check(visit: Open, look: str) -> None:
    page = visit("/alarms/418", look=look)
    _map_drawn(page)

    def with_photograph(route: Route) -> None:
        told = route.fetch().json()
        taken = base64.b64encode(photograph(size=(768, 1024))).decode()
        body = to_builtins(CHECKED)
        route.fulfill(json=told | {"photo": taken, "heard": told["heard"] | {"bodies": [body]}})

    page.route("**/api/observations/*", with_photograph)
    page.click(".because .link >> nth=0")
    picture = page.locator(".dialog .at-check img")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("one => [one.naturalWidth, one.naturalHeight]") == [768, 1024]
    assert "at the door" in page.locator(".dialog").inner_text()
    within = "one => one.scrollWidth - one.clientWidth"
    assert page.locator(".dialog").evaluate(within) <= 0
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong = page.evaluate("axe.run('.dialog').then((found) => found.violations.map((one) => one.id))")
    assert wrong == []


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
    page.click(".me-menu > .btn:last-child")
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


@pytest.mark.parametrize("latency_ms", [0, 400], ids=["a quick line", "a slow line"])
def test_a_whole_life_is_worked_by_keys_to_its_decision(visit: Open, latency_ms: int) -> None:
    page = visit("/alarms/418")
    page.wait_for_selector(".say")
    line = {"offline": False, "latency": latency_ms, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
    page.keyboard.press("KeyA")
    expect(page.locator(".title .chip").first).to_contain_text("Yours")
    page.keyboard.press("KeyS")
    page.keyboard.press("Tab")
    page.keyboard.type("The inspector is on the way.")
    page.keyboard.press("Enter")
    expect(page.locator(".title-msg")).to_be_visible()
    page.keyboard.press("Escape")
    page.click(".record .seg button >> nth=1")
    page.fill("#note", "Six rings.")
    page.get_by_role("button", name="No answer").click()
    expect(page.locator(".told")).to_contain_text("Person, Call: not reached")
    page.locator("#note").blur()
    page.keyboard.press("Digit1")
    page.keyboard.press("Enter")
    expect(page.locator(".steps li").first).to_have_class("done")
    page.keyboard.press("KeyS")
    page.keyboard.press("Tab")
    page.keyboard.type("The inspector is on the way.")
    page.keyboard.press("Enter")
    expect(page.locator(".title .due")).to_contain_text("Laid aside until")
    page.keyboard.press("KeyS")
    expect(page.locator(".title .due")).to_contain_text("Open for")
    visit.errors.clear()


def test_an_alarm_is_handed_over_to_a_named_colleague_and_a_shift_to_one(visit: Open) -> None:
    page = visit("/alarms/408")
    page.wait_for_selector(".say")
    page.keyboard.press("KeyG")
    page.locator(".ask select").select_option("aliya")
    page.keyboard.press("Enter")
    page.click(".ask .btn.main")
    expect(page.locator(".title .chip").first).to_contain_text("Taken by aliya")
    page.goto(page.evaluate("location.origin"))
    page.click(".side .btn.wide >> nth=-1")
    page.locator(".dialog select").select_option("aigul")
    page.click(".dialog .btn.main")
    expect(page.locator(".dialog [role=status]")).to_contain_text("Done: 2")


def test_an_incident_is_one_row_and_closing_it_says_how_many_it_closes(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    expect(page.locator("[data-alarm='405']")).to_contain_text("alarms in it: 6")
    assert page.locator("[data-alarm='390']").count() == 0
    page.click("[data-alarm='405']")
    page.wait_for_selector("#children-title")
    expect(page.locator(".close .end p")).to_contain_text("Closes the 6 alarms")
    page.check("input[value='network_outage']")
    page.select_option("#action", "engineers_told")
    page.fill("#grounds", "Power cut in the north, over at noon.")
    page.click(".close .end .btn")
    page.click(".close .end .btn")
    page.wait_for_selector("#closed-title")
    page.goto(f"{page.evaluate('location.origin')}/alarms/390")
    expect(page.locator("#closed-title")).to_have_text("Network or power cut")


def test_many_alarms_of_the_third_priority_are_closed_at_once_by_keys(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    page.keyboard.press("Shift+KeyB")
    expect(page.locator(".bulk b")).to_have_text("chosen: 4")
    page.keyboard.press("KeyX")
    page.check(".bulk input[value='other']")
    page.select_option("#action", "only_watched")
    page.fill("#grounds", "All charged overnight.")
    page.click(".bulk .btn.main")
    expect(page.locator(".bulk")).to_contain_text("Done: 4")
    assert page.locator("[data-priority='3']").count() == 0


def test_what_is_laid_aside_is_a_count_and_a_press_away(visit: Open) -> None:
    page = visit("/")
    page.wait_for_selector(".hot")
    assert page.locator("[data-alarm='403']").count() == 0
    page.click(".qsec .link")
    expect(page.locator("[data-alarm='403']")).to_contain_text("Замена устройства инспектором")


def test_any_minute_says_why_and_why_not(visit: Open) -> None:
    page = visit("/alarms/418")
    page.wait_for_selector(".say")
    page.keyboard.press("KeyW")
    page.wait_for_selector(".account")
    expect(page.locator(".account").first).to_contain_text("found")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".account").first).to_contain_text("missing: 1")
    expect(page.locator(".account").first).to_contain_text("Only 1 of 3 fixes")
    page.keyboard.press("KeyK")
    expect(page.locator(".minute")).to_contain_text("counts for nothing here")
    assert "known=" in page.url


def test_the_load_is_shown_in_figures_and_tables(visit: Open) -> None:
    page = visit("/load")
    expect(page.locator(".figures")).to_contain_text("0.05")
    assert page.locator("#codes-title ~ *, .load-cols tbody tr").count() > 9
    page.click(".seg button >> nth=0")
    expect(page.locator(".seg button").first).to_have_attribute("aria-pressed", "true")


def test_a_device_is_reached_from_its_person_and_told_something_by_keys(visit: Open) -> None:
    page = visit("/people/bekzat")
    page.wait_for_selector(".presence")
    expect(page.locator(".presence li").first).to_contain_text("Heard at home by unit-17")
    page.click(".devices a[href='/devices/unit-17']")
    page.wait_for_selector(".lanes")
    expect(page.locator(".lanes li").first).to_contain_text("heard in 268 of 300 minutes in which the unit listened")
    expect(page.locator(".device")).to_contain_text("silence up to 5 min means nothing in this home")
    page.keyboard.press("KeyM")
    page.keyboard.type("The inspector comes at ten.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".order .main")).to_have_text("Send it to Бекзат Желкенбай")
    page.keyboard.press("Enter")
    expect(page.locator(".device ol li").first).to_contain_text("The inspector comes at ten.")
    expect(page.locator(".device ol li").first).to_contain_text("ruslan: waits for the device")


PAGES = (
    "/",
    "/alarms/418",
    "/alarms/405",
    "/people/bekzat",
    "/devices/unit-17",
    "/people/bekzat/minute",
    "/people",
    "/alarms",
    "/load",
    "/health",
    "/nearby",
    "/devices",
    f"/checks/{7:c>32x}",
    f"/checks/{5:c>32x}",
)


def test_nothing_is_wider_than_the_screen_however_narrow_it_becomes(visit: Open) -> None:
    page = visit("/", language="kk")
    town = page.evaluate("location.origin")
    for path in PAGES:
        page.goto(town + path)
        page.wait_for_selector("main h1")
        for width in (1280, 800, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(200)
            wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
            assert wide <= 0, (path, width)


CUT = "parts => parts.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_on_a_telephone_the_queue_writes_in_full_what_was_found_and_about_whom(visit: Open, language: str) -> None:
    page = visit("/", language=language, width=320)
    page.wait_for_selector(".hot")
    assert page.locator(".q").count() > 9
    assert page.locator(".q :is(b, small)").evaluate_all(CUT) == []


HEIGHTS = "fields => [...new Set(fields.map(one => one.offsetHeight).filter(high => high > 0))]"


@pytest.mark.parametrize("path", ["/audit", "/nearby"])
def test_dates_lists_and_words_of_a_form_stand_in_fields_of_one_height(visit: Open, path: str) -> None:
    page = visit(path)
    fields = page.locator("main :is(input:not([type=file]), select).field")
    expect(fields.first).to_be_visible()
    heights = fields.evaluate_all(HEIGHTS)
    assert len(heights) == 1, heights


@pytest.mark.parametrize(
    ("language", "look", "paths"), [("kk", "light", PAGES), ("ru", "dark", PAGES), ("en", "light", PAGES[1::3])]
)
def test_every_page_is_accessible(visit: Open, language: str, look: str, paths: tuple[str, ...]) -> None:
    page = visit("/", language=language, look=look)
    town = page.evaluate("location.origin")
    axe = AXE.read_text(encoding="utf-8")
    for path in (*paths, "/welcome#token"):
        page.goto(town + path)
        page.wait_for_selector("main h1")
        page.wait_for_timeout(300)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]]
        assert faults == [], path
