"""A live call whole: the real servers, the real unit's program, the page in Chromium, media over real sockets.

Once without the court act's word: nothing of it is kept. Once with it: the recording is brought, played and proved.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.crypto import passwords
from baqylau.domain.calls import LEAST_RUNG_MS, CallEnding
from baqylau.domain.ids import CheckId
from baqylau.domain.people import Language
from baqylau.domain.rights import Bounds, Role
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.storage.access.accounts import Account, Accounts
from baqylau.storage.checks.calls import Calls, LiveCall
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.perf.installation import free_port
from tests.unit.av_server.flat import AIGERIM, Flat, wait

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


def _called(page: Page, web: int, words: str) -> Locator:
    """Have the person's unit ring from their page; the page says whether it is recorded, and by which words."""
    page.goto(f"http://127.0.0.1:{web}/people/{AIGERIM}")
    panel = page.locator(".call-panel")
    panel.get_by_role("button", name="Call").click(timeout=60_000)
    assert panel.locator("q").all_inner_texts() == ([words] if words else [])
    panel.locator("input").fill("to see how she is")
    panel.locator("input").press("Enter")
    return panel


def _spoken(page: Page, panel: Locator, loud: Path) -> None:
    """See the person, and be heard by them."""
    picture = panel.locator("video")
    picture.wait_for(timeout=60_000)
    wait(lambda: picture.evaluate("film => film.videoWidth") > 0, "nobody is seen")
    panel.get_by_role("button", name="Hold to speak").hover()
    page.mouse.down()
    wait(lambda: sounded(loud), "the voice of the duty room is not heard")
    page.mouse.up()


def _call(flat: Flat, page: Page, web: int, calls: Calls, folder: Path, words: str) -> LiveCall:
    """Let a call go from the ring to its end."""
    screen, loud = folder / "unit" / "screen.json", folder / "sounded.wav"

    def shows(key: str) -> bool:
        shown = json.loads(screen.read_text(encoding="utf-8"))
        return bool(shown["text" if key.startswith("av.say.") else "indicator"] == text("kk", key))

    panel = _called(page, web, words)
    wait(lambda: shows("av.say.ring_recorded" if words else "av.say.ring"), "the unit does not ring")
    assert shows("av.screen.off")
    assert not loud.exists()
    wait(lambda: calls.of_person(AIGERIM)[0].rang_at is not None, "nobody is told that it rings")
    sleep(LEAST_RUNG_MS / 1000)
    flat.press()
    wait(lambda: shows("av.screen.call_recorded" if words else "av.screen.call"), "the screen hides what goes on")
    _spoken(page, panel, loud)
    panel.get_by_role("button", name="Hang up").click()
    wait(lambda: shows("av.screen.off"), "the unit stays open")
    (call,) = calls.of_person(AIGERIM)
    wait(lambda: calls.get(call.id).how is not None, "the end is not told")
    assert calls.get(call.id).how in {CallEnding.OVER, CallEnding.LOST}
    assert (call.purpose, call.recorded) == ("to see how she is", bool(words))
    return call


@pytest.fixture
def flat(engine: Engine, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flat]:
    one = Flat(engine, tmp_path, monkeypatch, dsn)
    _employed(engine)
    yield one
    one.close()


def test_a_call_rings_is_answered_seen_and_heard_and_hung_up_and_nothing_of_it_is_kept(
    engine: Engine, tmp_path: Path, flat: Flat, chromium: Browser
) -> None:
    web = free_port()
    _started(flat, web, tmp_path / "sounded.wav")
    wait((tmp_path / "unit" / "screen.json").exists, "the unit does not start")
    page = chromium.new_context(locale="en-GB").new_page()
    _signed_in(page, web)
    call = _call(flat, page, web, Calls(engine, now), tmp_path, "")
    kept = [one.name for one in (tmp_path / "unit" / "checks").iterdir()]
    assert all(name.startswith("checks.db") for name in kept), "something was recorded"
    assert flat.media.of_check(CheckId(call.id)) is None
    page.context.close()


def test_a_call_that_the_act_has_recorded_is_brought_played_held_and_proved_by_both_verifiers(
    engine: Engine, tmp_path: Path, flat: Flat, chromium: Browser
) -> None:
    words, web, began_at = "Conversations with the duty room are recorded", free_port(), now()
    registers = Registers(engine, now)
    order = replace(registers.supervision(AIGERIM).orders[0], calls_recorded=words)
    registers.save(Registry(orders=(order,)), by="test")
    _started(flat, web, tmp_path / "sounded.wav")
    flat.start_av_server()
    wait((tmp_path / "unit" / "screen.json").exists, "the unit does not start")
    page = chromium.new_context(locale="en-GB").new_page()
    _signed_in(page, web)
    call = _call(flat, page, web, Calls(engine, now), tmp_path, words)
    name = CheckId(call.id)

    def whole() -> bool:
        kept = flat.media.of_check(name)
        return kept is not None and kept.whole_at is not None

    wait(whole, "the recording does not come")
    page.reload()
    page.locator(".call-panel").get_by_role("button", name=text("en", "call.watch")).click(timeout=60_000)
    film = page.locator(".call-film")
    film.get_by_role("button", name=text("en", "checks.play")).click(timeout=60_000)
    playing = film.locator("video").first
    wait(lambda: playing.evaluate("film => film.videoWidth > 0 && film.currentTime > 0.5"), "it does not play")
    page.screenshot(path=tmp_path / "recorded_call.png", full_page=True)
    _proved(flat, tmp_path, began_at, name)
    page.context.close()


def _proved(flat: Flat, folder: Path, began_at: datetime, name: CheckId) -> None:
    """Give the recording away as evidence, and have the product and the single file say that it is what was signed."""
    kept = flat.media.of_check(name)
    assert kept is not None
    since, until = ((one - timedelta(seconds=1)).isoformat() for one in (began_at, now() + timedelta(seconds=2)))
    why = ("--purpose", "complaint 17", "--basis", "act 3", "--recipient", "the court")
    span = ("--person", AIGERIM, "--from", since, "--until", until)
    told("evidence", "export", "--with-recordings", "--no-report", *span, *why, "--output", "bundle.zip")
    told("evidence", "verifier", "--output", "verifier.py")
    told("verify", "bundle.zip", "--recordings", "by-us")
    alone = [sys.executable, "-I", "verifier.py", "bundle.zip", "--recordings", "alone"]
    subprocess.run(alone, check=True, cwd=folder, capture_output=True)
    expected = {f"{name}-{one.index:03}.webm": flat.media.read(name, one.index, who="duty") for one in kept.items}
    for out in ("by-us", "alone"):
        assert {one.name: one.read_bytes() for one in (folder / out).iterdir()} == expected
    assert all(content.startswith(b"\x1a\x45\xdf\xa3") for content in expected.values())


def told(*words: str) -> None:
    """Do what a command line says."""
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, (words, done.output)
