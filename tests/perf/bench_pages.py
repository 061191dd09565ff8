"""A hundred thousand people on whole pages: the live screen and the list of people in a real browser.

`python -m tests.perf.bench_pages --people 20000` looks at another number.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from time import perf_counter

from playwright.sync_api import CDPSession, Page, Response, sync_playwright

from baqylau.links.wall_clock import now
from baqylau.storage.registers.registers import Registers
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.perf import bench_calibration
from tests.perf.bench_calibration import Calibration
from tests.perf.bench_map import walking
from tests.perf.crowd import Walking, gather
from tests.perf.figures import Figure, figure, quantile, show, wide_console
from tests.perf.installation import HOST, Installation, await_door, free_port, installed
from tests.perf.screen import LOGIN, PASSWORD, employ

PEOPLE, MOVES_PER_S = 100_000, 500
SHOWN_WITHIN_S = 3.0
"""From asking for a page to its content, the server having read everybody in before."""
ANSWERED_WITHIN_S = 1.0
"""From a press to what was asked for; the map itself takes 0.3 s to go there."""
MEMORY_MIB = 80
SENT_MIB = 3
VIEWS = 12
_VIEW = "**/api/live/view?west=*"
SLIPPED = "Сарыжанбековва"
READ_IN_WITHIN_MS = 300_000


def figures(installation: Installation, calibration: Calibration, people: int = PEOPLE) -> Iterator[Figure]:
    """Sign in, look at the live screen, move its map, go through the list and look for somebody."""
    gather(installation, people)
    employ(installation.engine)
    crowd = Walking(installation, [person.id for person in Registers(installation.engine, now).people()])
    port = free_port()
    with (
        installation.role("web", "--web-port", str(port)),
        walking(crowd, MOVES_PER_S),
        sync_playwright() as playwright,
    ):
        await_door(port)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        # The pages forbid any script of others, and so what looks for something in them.
        page = browser.new_page(viewport={"width": 1600, "height": 900}, bypass_csp=True)
        page.set_default_timeout(READ_IN_WITHIN_MS)
        name = f"pages: {people} people"
        yield figure(f"{name}, read into memory by the first look", _signed_in(page, port), "s")
        yield from _live(page, name, people, calibration)
        yield from _listed(page, name, people, calibration)
        browser.close()


def _signed_in(page: Page, port: int) -> float:
    page.goto(f"http://{HOST}:{port}/")
    page.locator("input").nth(0).fill(LOGIN)
    page.locator("input").nth(1).fill(PASSWORD)
    begun_s = perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_selector(".map[data-ready=true]")
    page.wait_for_function("document.querySelector('.side .big')?.textContent.trim()")
    return perf_counter() - begun_s


def _live(page: Page, name: str, people: int, calibration: Calibration) -> Iterator[Figure]:
    sent: list[Response] = []
    page.on("response", lambda one: sent.append(one))  # noqa: PLW0108 - playwright keeps a mark on what it is given
    shown_s = _took(page.reload, lambda: page.wait_for_function(f"{_COUNTED} === {people}"))
    yield figure(f"{name}, live screen until it counts everybody", shown_s, "s", at_most=SHOWN_WITHIN_S)
    page.wait_for_selector(".map[data-ready=true][data-drawn]")
    told = page.context.new_cdp_session(page)
    yield figure(f"{name}, live screen, sent to the browser", _mib(sent), "MiB", at_most=SENT_MIB)
    views_s = [_viewed(page, turn) for turn in range(VIEWS)]
    yield figure(
        f"{name}, map moved until what it shows came, p50", quantile(views_s, 0.5), "s", beside=calibration.loop
    )
    yield figure(f"{name}, map moved until what it shows came, longest", max(views_s), "s", at_most=ANSWERED_WITHIN_S)
    yield figure(f"{name}, live screen, memory", _heap_mib(told), "MiB", at_most=MEMORY_MIB)


_COUNTED = "Number((document.querySelector('.side .big')?.textContent ?? '').replaceAll(/\\D/g, ''))"


def _viewed(page: Page, turn: int) -> float:
    """Press a sign of the map and wait for the answer about the new window; while it stands still it asks the same."""
    with page.expect_response(_VIEW) as stood:
        pass
    before = stood.value.url
    begun_s = perf_counter()
    with page.expect_response(lambda one: "/api/live/view?west" in one.url and one.url != before) as answered:
        page.locator(".mapbox .zoom button").nth(turn // 4 % 2).click()
    answered.value.finished()
    return perf_counter() - begun_s


def _listed(page: Page, name: str, people: int, calibration: Calibration) -> Iterator[Figure]:
    rows = page.locator("tbody tr")
    opened_s = _took(lambda: page.click("nav a[href='/people']"), rows.nth(100).wait_for)
    yield figure(f"{name}, list opened", opened_s, "s", at_most=SHOWN_WITHIN_S)
    more = page.locator("main > p button")
    further_s = [_took(more.click, rows.nth(200 * turn + 100).wait_for) for turn in range(1, 4)]
    yield figure(f"{name}, list, two hundred further, longest", max(further_s), "s", beside=calibration.loop)
    field = page.locator("input[type=search]")
    found_s = _took(lambda: field.fill(SLIPPED), lambda: page.wait_for_function(_FEWER, arg=people / 2))
    yield figure(f"{name}, list, somebody found with a slip of the hand", found_s, "s", beside=calibration.loop)


_FEWER = (
    "most => Number((document.querySelector('main h1 .dim')?.textContent ?? '').replaceAll(/\\D/g, '') || 1e9) < most"
)


def _took(act: Callable[[], object], wait: Callable[[], object]) -> float:
    begun_s = perf_counter()
    act()
    wait()
    return perf_counter() - begun_s


def _mib(sent: list[Response]) -> float:
    """Of what came to an end, as it went over the line; a body that came out of the cache has none there."""
    sizes = (one.request.sizes()["responseBodySize"] for one in sent if "/api/feed" not in one.url)
    return sum(max(size, 0) for size in sizes) / 2**20


def _heap_mib(told: CDPSession) -> float:
    told.send("HeapProfiler.collectGarbage")
    used: float = told.send("Runtime.getHeapUsage")["usedSize"]
    return used / 2**20


def _main() -> None:
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=PEOPLE)
    console = wide_console()
    with installed() as installation:
        calibration = bench_calibration.calibrate(installation.dsn)
        measured = list(figures(installation, calibration, asked.parse_args().people))
    show("Whole pages on this machine", measured, console)


if __name__ == "__main__":
    _main()
