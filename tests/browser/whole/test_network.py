"""The network between a screen and the server goes away in the middle of the work; the server lives on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from baqylau.domain.observations import Enclosure, Strap
from tests.browser.whole.conftest import PEOPLE, Installation, Watched
from tests.browser.whole.test_shift import AT_HOME, LIVE_WITHIN_MS, card_of, open_why
from tests.perf.cut_line import CutLine

NOTICED_WITHIN_MS = 15_000
"""Seven seconds of quiet, on a machine that has other work."""
JOINED_WITHIN_MS = 60_000
CUT, SILENT, MEANWHILE = 7, 8, 9
FORGIVEN = "Failed to load resource"
"""What the browser itself says of a question that nobody answers."""


@pytest.fixture
def line(installation: Installation) -> Iterator[CutLine]:
    """All that leads from the operator's screen to the server."""
    between = CutLine(int(installation.address.rpartition(":")[2]))
    between.start()
    yield between
    between.close()


@pytest.fixture
def screen(line: CutLine, watched: tuple[Page, Watched]) -> Iterator[Page]:
    """The live screen with its map at the far end of the line; questions that fail are no mistake of the page."""
    far, notes = watched
    far.goto(f"http://127.0.0.1:{line.port}")
    far.wait_for_selector("main .queue")
    far.wait_for_selector(".map[data-ready=true]", timeout=JOINED_WITHIN_MS)
    yield far
    notes.complaints[:] = [one for one in notes.complaints if FORGIVEN not in one]


def stale(screen: Page) -> Locator:
    return screen.locator(".stale-bar")


def write_down(screen: Page) -> None:
    screen.get_by_role("button", name="Write down", exact=True).click()


def told(screen: Page, words: str) -> Locator:
    """What stands about the alarm in these words."""
    return screen.locator(".told li", has_text=words)


def test_a_cut_line_is_said_what_was_being_written_is_kept_and_the_queue_is_whole_again(
    installation: Installation, line: CutLine, screen: Page
) -> None:
    installation.tracker(CUT).say(AT_HOME, Strap(open=True))
    expect(card_of(screen, PEOPLE[CUT])).to_be_visible(timeout=LIVE_WITHIN_MS)
    open_why(screen, PEOPLE[CUT])
    screen.fill("#note", "Six rings, no answer.")
    line.cut()
    expect(stale(screen)).to_contain_text("Not live since", timeout=NOTICED_WITHIN_MS)
    write_down(screen)
    expect(screen.locator(".title-msg")).to_contain_text("cannot be reached")
    expect(screen.locator("#note")).to_have_value("Six rings, no answer.")
    installation.tracker(MEANWHILE).say(AT_HOME, Enclosure(open=True))

    line.join()
    expect(stale(screen)).to_have_count(0, timeout=JOINED_WITHIN_MS)
    expect(screen.locator("#note")).to_have_value("Six rings, no answer.")
    write_down(screen)
    expect(told(screen, "Six rings, no answer.")).to_have_count(1)
    expect(screen.locator("#note")).to_have_value("")
    screen.get_by_role("navigation").first.get_by_role("link", name="Live").click()
    for person in (PEOPLE[CUT], PEOPLE[MEANWHILE]):
        expect(card_of(screen, person)).to_have_count(1)


def test_what_arrived_though_its_answer_was_lost_is_not_done_twice(
    installation: Installation, line: CutLine, screen: Page
) -> None:
    installation.tracker(SILENT).say(AT_HOME, Strap(open=True))
    expect(card_of(screen, PEOPLE[SILENT])).to_be_visible(timeout=LIVE_WITHIN_MS)
    open_why(screen, PEOPLE[SILENT])
    screen.fill("#note", "The neighbour opens the door.")
    line.hold_answers()
    write_down(screen)
    expect(stale(screen)).to_be_visible(timeout=NOTICED_WITHIN_MS)
    expect(screen.locator(".title-msg")).to_contain_text("cannot be reached")
    expect(screen.locator("#note")).to_have_value("The neighbour opens the door.")

    line.join()
    expect(stale(screen)).to_have_count(0, timeout=JOINED_WITHIN_MS)
    expect(told(screen, "The neighbour opens the door.")).to_have_count(1, timeout=LIVE_WITHIN_MS)
    write_down(screen)
    expect(screen.locator("#note")).to_have_value("")
    expect(screen.locator(".title-msg")).to_have_count(0)
    screen.reload()
    expect(screen.locator("main")).to_contain_text("The neighbour opens the door.")
    expect(told(screen, "The neighbour opens the door.")).to_have_count(1)


def test_a_page_that_cannot_come_says_so_and_comes_when_the_line_is_joined(line: CutLine, screen: Page) -> None:
    line.cut()
    expect(stale(screen)).to_be_visible(timeout=NOTICED_WITHIN_MS)
    screen.get_by_role("navigation").first.get_by_role("link", name="Cases").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("This part could not be read")
    again = screen.get_by_role("main").get_by_role("button", name="Try again")
    again.click()
    expect(again).to_be_visible()
    line.join()
    expect(stale(screen)).to_have_count(0, timeout=JOINED_WITHIN_MS)
    again.click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Cases")
