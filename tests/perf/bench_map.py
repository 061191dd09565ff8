"""Ten thousand people on the map, five hundred of whom move each second: a real workstation server, a real browser.

`python -m tests.perf.bench_map --minutes 60` looks longer than `make bench` does. Whoever looks touches the mouse once
a minute, or the page would be covered.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from threading import Thread
from time import perf_counter
from typing import Any

import psutil  # type: ignore[import-untyped]
from msgspec import Struct
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from baqylau.links.wall_clock import now
from baqylau.storage.registers.registers import Registers
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.perf import bench_calibration
from tests.perf.bench_calibration import Calibration
from tests.perf.crowd import Walking, gather
from tests.perf.figures import Figure, figure, grown, show, wide_console
from tests.perf.installation import HOST, Installation, await_door, free_port, installed
from tests.perf.screen import LOGIN, PASSWORD, employ

PEOPLE, MOVES_PER_S = 10_000, 500
MAP_PX = (800, 450)
LOOK_S = 40.0
PAN_S = 10.0
FRAMES_PER_S = 10
FIRST_PAINT_S = 1.5
PAINTS = 5
SHOWN_WITHIN_S = 1.5
GROWTH_MIB = 15
"""What a heap may differ by that was swept twice: the parts of the map that are kept are not the same each time."""
STARTS_WITHIN_MS = 120_000
TOUCHED_EVERY_S = 60.0
SIZED_EVERY_S = 1.0

WATCH = """
window.measured = { drawn: 0, moved: [], open: null };
for (const kind of [WebGL2RenderingContext, WebGLRenderingContext]) {
  const draw = kind.prototype.drawElements;
  kind.prototype.drawElements = function (...given) { window.measured.open = true; return draw.apply(this, given) };
}
const count = () => {
  if (window.measured.open) window.measured.drawn += 1;
  window.measured.open = false;
  requestAnimationFrame(count);
};
requestAnimationFrame(count);
const note = (changes) => changes.forEach(() => window.measured.moved.push(performance.now()));
const seen = { subtree: true, attributes: true, attributeFilter: ['data-moved'] };
addEventListener('DOMContentLoaded', () => new MutationObserver(note).observe(document.body, seen));
"""
"""Counts frames in which the map drew anything, and notes when what moved was taken over into what is drawn."""


class Sizes(Struct, kw_only=True):
    """How much memory was in use, looked at again and again."""

    server: psutil.Process
    server_bytes: list[int]
    browser_bytes: list[int]
    """Of all the browser's programs together: the picture itself is not on the page's heap."""

    def look(self) -> None:
        """Look once."""
        self.server_bytes.append(self.server.memory_info().rss)
        self.browser_bytes.append(sum(map(_browser_bytes, psutil.Process().children(recursive=True))))


def _browser_bytes(program: psutil.Process) -> int:
    """Give a program's memory if it is the browser's; a browser ends programs of its own as it likes."""
    try:
        return int(program.memory_info().rss) if "chrom" in program.name() else 0
    except psutil.NoSuchProcess:
        return 0


def figures(installation: Installation, calibration: Calibration, look_s: float = LOOK_S) -> Iterator[Figure]:
    """Sign in, look at the map for a while, and push it about."""
    gather(installation, PEOPLE)
    employ(installation.engine)
    people = [person.id for person in Registers(installation.engine, now).people()]
    port = free_port()
    with (
        installation.role("web", "--web-port", str(port)) as server,
        walking(Walking(installation, people), MOVES_PER_S),
        sync_playwright() as playwright,
    ):
        await_door(port)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield _first_paint(browser, port)
        sizes = Sizes(server=psutil.Process(server), server_bytes=[], browser_bytes=[])
        yield from _seen(_live(browser, port), calibration, look_s, sizes)
        browser.close()


@contextmanager
def walking(crowd: Walking, moves_per_s: int) -> Iterator[None]:
    """Let people move while something is measured."""
    thread = Thread(target=crowd.run, args=(moves_per_s,))
    thread.start()
    try:
        yield
    finally:
        crowd.going = False
        thread.join()


def _first_paint(browser: Browser, port: int) -> Figure:
    paints_s = sorted(_painted_s(browser, port) for _ in range(PAINTS))
    return figure("map: first paint with a cold cache", paints_s[PAINTS // 2], "s", at_most=FIRST_PAINT_S)


def _painted_s(browser: Browser, port: int) -> float:
    """Give after how long a page that nobody has looked at before shows anything: each page has a cache of its own."""
    page = browser.new_page()
    page.goto(f"http://{HOST}:{port}/")
    page.wait_for_selector("input")
    paint_ms: float = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 1e6")
    page.close()
    return paint_ms / 1000


def _live(browser: Browser, port: int) -> Page:
    page = browser.new_page(viewport={"width": 1500, "height": 700})
    page.set_default_timeout(STARTS_WITHIN_MS)
    page.add_init_script(WATCH)
    page.goto(f"http://{HOST}:{port}/")
    page.locator("input").nth(0).fill(LOGIN)
    page.locator("input").nth(1).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".map[data-ready=true][data-drawn]")
    box = _box(page)
    page.set_viewport_size(
        {"width": int(1500 + MAP_PX[0] - box["width"]), "height": int(700 + MAP_PX[1] - box["height"])}
    )
    return page


def _seen(page: Page, calibration: Calibration, look_s: float, sizes: Sizes) -> Iterator[Figure]:
    told = page.context.new_cdp_session(page)
    page.wait_for_timeout(5_000)
    box, before_mib, begun_ms = _box(page), _heap_mib(told), page.evaluate("performance.now()")
    _look(page, look_s, sizes)
    moved = [at for at in page.evaluate("measured.moved") if at > begun_ms]
    pauses = sorted((after - before) / 1000 for before, after in pairwise(moved))
    after_mib = _heap_mib(told)
    name = f"map: {PEOPLE} people, {MOVES_PER_S} moves/s"
    yield figure(
        f"{name}, pictures taken over", 1000 * len(moved) / (page.evaluate("performance.now()") - begun_ms), "1/s"
    )
    yield figure(f"{name}, between two pictures, p50", pauses[len(pauses) // 2], "s", at_most=SHOWN_WITHIN_S)
    yield figure(f"{name}, between two pictures, longest", pauses[-1], "s")
    yield figure(f"{name}, memory grown in {look_s:.0f} s", after_mib - before_mib, "MiB", at_most=GROWTH_MIB)
    yield figure(f"{name}, memory", after_mib, "MiB")
    yield from grown(f"{name}, all programs of the browser", sizes.browser_bytes)
    yield from grown(f"{name}, server", sizes.server_bytes)
    size = f"{box['width']:.0f}x{box['height']:.0f}"
    yield figure(
        f"{name}, panned at {size} in software", _pan(page), "frames/s", at_least=FRAMES_PER_S, beside=calibration.loop
    )


def _look(page: Page, look_s: float, sizes: Sizes) -> None:
    """Look at the map, with a hand on the mouse now and then."""
    until_s, touched_s = perf_counter() + look_s, 0.0
    while (now_s := perf_counter()) < until_s:
        if now_s - touched_s >= TOUCHED_EVERY_S:
            page.mouse.move(*_middle(page))
            page.mouse.move(1, 1)
            touched_s = now_s
        page.wait_for_timeout(min(SIZED_EVERY_S, until_s - now_s) * 1000)
        sizes.look()


def _pan(page: Page) -> float:
    """Push the map about by its middle and give the frames a second in which it was drawn."""
    left, top = _middle(page)
    page.mouse.move(left, top)
    page.mouse.down()
    begun_s, drawn, step = perf_counter(), page.evaluate("measured.drawn"), 0
    while perf_counter() - begun_s < PAN_S:
        step += 1
        page.mouse.move(left + 150 * _there_and_back(step, 60), top + 80 * _there_and_back(step, 44))
    drawn = page.evaluate("measured.drawn") - drawn
    seconds = perf_counter() - begun_s
    page.mouse.up()
    return float(drawn / seconds)


def _there_and_back(step: int, every: int) -> float:
    return abs(step % (2 * every) - every) / every * 2 - 1


def _middle(page: Page) -> tuple[float, float]:
    box = _box(page)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _box(page: Page) -> dict[str, float]:
    box: Any = page.locator(".map").bounding_box()
    assert box is not None
    return dict(box)


def _heap_mib(told: CDPSession) -> float:
    told.send("HeapProfiler.collectGarbage")
    used: float = told.send("Runtime.getHeapUsage")["usedSize"]
    return used / 2**20


def _main() -> None:
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=LOOK_S / 60)
    console = wide_console()
    with installed() as installation:
        calibration = bench_calibration.calibrate(installation.dsn)
        measured = list(figures(installation, calibration, asked.parse_args().minutes * 60))
    show("The map on this machine", measured, console)


if __name__ == "__main__":
    _main()
