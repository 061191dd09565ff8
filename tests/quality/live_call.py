"""A live call whole: the real server, the real unit's program, the page in Chromium, media over real sockets."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine

from baqylau.crypto import passwords
from baqylau.domain.calls import LEAST_RUNG_MS, CallEnding
from baqylau.domain.people import Language
from baqylau.domain.rights import Bounds, Role
from baqylau.links.wall_clock import now
from baqylau.storage.access.accounts import Account, Accounts
from baqylau.storage.checks.calls import Calls
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.unit.av_server.flat import AIGERIM, Flat, free_port, wait

pytest.importorskip("aiortc")
pytestmark = pytest.mark.timeout(600)
LOGIN, PASSWORD = "aliya", "korgan tau ozen 17"


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """Chromium with invented microphone and camera that need no leave."""
    if not CHROMIUM.is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *fake])
        yield running
        running.close()


def sounded(file: Path) -> bool:
    """Whether the loudspeaker sounded anything but silence."""
    raw = file.read_bytes()[44:] if file.exists() else b""
    sound = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2")
    return bool(len(sound)) and int(np.abs(sound).max()) > 500


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _employed(engine: Engine) -> None:
    account = Account(
        login=LOGIN,
        name="Әлия",
        password=passwords.hashed(PASSWORD),
        language=Language.EN,
        role=Role.OPERATOR,
        bounds=Bounds(),
    )
    Accounts(engine, now).create(account, by="test")


def _started(flat: Flat, web: int, loud: Path) -> None:
    flat.programs.start("gateway", "gateway", *flat.link_door)
    flat.programs.start("web", "web", "--web-port", str(web))
    flat.start_unit("--loudspeaker", f"file:{loud}", "--page", "0")


def _signed_in(page: Page, web: int) -> None:
    wait(lambda: _listens(web), "the workstation does not start")
    page.goto(f"http://127.0.0.1:{web}/")
    page.fill("#login", LOGIN, timeout=60_000)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("main .queue", timeout=60_000)


def test_a_call_rings_is_answered_seen_and_heard_and_hung_up(
    engine: Engine, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chromium: Browser
) -> None:
    flat = Flat(engine, tmp_path, monkeypatch, dsn)
    try:
        _employed(engine)
        web, screen, loud = free_port(), tmp_path / "unit" / "screen.json", tmp_path / "sounded.wav"
        _started(flat, web, loud)
        wait(screen.exists, "the unit does not start")
        calls = Calls(engine, now)
        page = chromium.new_context(locale="en-GB").new_page()
        _signed_in(page, web)
        page.goto(f"http://127.0.0.1:{web}/people/{AIGERIM}")
        panel = page.locator(".call-panel")
        panel.get_by_role("button", name="Call").click(timeout=60_000)
        panel.locator("input").fill("to see how she is")
        panel.locator("input").press("Enter")
        wait(lambda: '"call": "ring"' in screen.read_text(encoding="utf-8"), "the unit does not ring")
        assert '"capturing": false' in screen.read_text(encoding="utf-8")
        assert not loud.exists()
        wait(lambda: calls.of_person(AIGERIM)[0].rang_at is not None, "nobody is told that it rings")
        sleep(LEAST_RUNG_MS / 1000)
        flat.press()
        wait(lambda: '"capturing": true' in screen.read_text(encoding="utf-8"), "the screen hides that it is live")
        picture = panel.locator("video")
        picture.wait_for(timeout=60_000)
        wait(lambda: picture.evaluate("film => film.videoWidth") > 0, "nobody is seen")
        panel.get_by_role("button", name="Hold to speak").hover()
        page.mouse.down()
        wait(lambda: sounded(loud), "the voice of the duty room is not heard")
        page.mouse.up()
        panel.get_by_role("button", name="Hang up").click()
        wait(lambda: '"capturing": false' in screen.read_text(encoding="utf-8"), "the unit stays open")
        (call,) = calls.of_person(AIGERIM)
        wait(lambda: calls.get(call.id).how is not None, "the end is not told")
        assert calls.get(call.id).how in {CallEnding.OVER, CallEnding.LOST}
        assert call.purpose == "to see how she is"
        kept = [one.name for one in (tmp_path / "unit" / "checks").iterdir()]
        assert all(name.startswith("checks.db") for name in kept), "something was recorded"
        page.context.close()
    finally:
        flat.close()
