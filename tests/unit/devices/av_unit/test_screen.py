"""The unit's own screen: what stands on it, its page on the board alone, and the words of the indicator."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from baqylau.devices.av_unit.screen import Screen, ScreenIndicator
from baqylau.devices.av_unit.serving import ScreenPage
from baqylau.links.speaker import Speaker
from baqylau.locales import text
from tests.unit.devices.av_unit.sitting import NOON, Sitting, check

HOST = "127.0.0.1:1"


async def asked(port: int, path: str, host: str = HOST, method: str = "GET") -> tuple[str, str]:
    """Give head and content of an answer that ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head, _, content = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return head, content


def served(screen: Screen, story: Callable[[int], Awaitable[None]]) -> None:
    """Serve the page while a story is told."""

    async def both() -> None:
        page = ScreenPage(screen, 0)
        serving = asyncio.create_task(page.run())
        await page.open.wait()
        try:
            await asyncio.wait_for(story(page.port), 60)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(both())


@pytest.fixture
def screen(tmp_path: Path) -> Screen:
    return Screen(tmp_path, language="kk")


def test_the_page_brings_its_own_parts_and_lets_nothing_else_in(screen: Screen) -> None:
    async def story(port: int) -> None:
        for path, kind in (("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")):
            head, content = await asked(port, path)
            assert head.startswith("HTTP/1.1 200")
            assert kind in head
            assert "default-src 'none'" in head
            assert "http" not in content
        assert (await asked(port, "/screen.json"))[0].startswith("HTTP/1.1 404")
        assert (await asked(port, "/", method="POST"))[0].startswith("HTTP/1.1 405")

    served(screen, story)


def test_a_page_elsewhere_that_points_to_the_board_sees_nothing(screen: Screen) -> None:
    async def story(port: int) -> None:
        head, content = await asked(port, "/shown", host="evil.example:8480")
        assert head.startswith("HTTP/1.1 421")
        assert not content

    served(screen, story)


def test_each_change_reaches_the_page_with_the_time_that_is_left(screen: Screen) -> None:
    async def story(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /shown HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")

        async def told() -> dict[str, object]:
            line = (await reader.readuntil(b"\n\n")).decode().removeprefix("data: ")
            found: dict[str, object] = json.loads(line)
            return found

        first = await told()
        assert (first["capturing"], first["indicator"]) == (False, text("kk", "av.screen.off"))
        screen.capturing(on=True)
        assert (await told())["indicator"] == text("kk", "av.screen.on")
        screen.show("Санды айтыңыз", "kk", digit="7", left_ms=600_000)
        shown = await told()
        assert (shown["digit"], shown["for_ms"], shown["language"]) == ("7", 600_000, "kk")
        assert 0 < int(str(shown["left_ms"])) <= 600_000
        screen.capturing(on=False)
        over = await told()
        assert (over["digit"], over["left_ms"], over["capturing"]) == ("", 0, False)
        writer.close()
        await writer.wait_closed()

    served(screen, story)


def test_what_is_told_outside_a_check_stands_on_the_screen(screen: Screen, tmp_path: Path) -> None:
    ScreenIndicator(tmp_path, screen, Speaker("none-here")).say(NOON, "Тексеру күтуде", "kk", aloud=True)
    assert json.loads((tmp_path / "screen.json").read_text(encoding="utf-8"))["text"] == "Тексеру күтуде"


def test_a_check_whose_time_is_over_or_that_is_withdrawn_stands_on_the_screen_no_longer() -> None:
    late, taken_back = Sitting(), Sitting()
    late.order(check())
    late.wait(901)
    assert late.said[-1] == "av.say.late"
    taken_back.order(check())
    taken_back.withdraw()
    assert taken_back.said[-1] == "av.say.withdrawn"
    never_shown = Sitting()
    never_shown.order(check(due_at=NOON + timedelta(hours=1)))
    never_shown.withdraw()
    assert never_shown.said == []
