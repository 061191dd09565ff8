"""`make pictures`: start the invented town, walk through every page in both looks, keep a small picture of each.

`--only case replay`, `--language kk`, `--width 320` and `--to build/looks` look without touching the documentation.
"""

import base64
import re
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.pictures.pages import AUDITED, LOOKS, PICTURES, ROUTES, WITH_A_MAP, Found, file_of

STARTS_WITHIN_S = 240.0
LIVED_S = 150.0
"""How long the town lives before it is looked at, so that something has happened in it."""
SETTLED_MS = 3_000
QUALITY = 62
A_MINUTE = timedelta(minutes=1)
AUDITOR = "Марат Қуат"
NAME, LOGIN, PASSWORD = "Айгүл Сарыжан", "aigul", "long-enough-pass-2026"


@contextmanager
def _town() -> Iterator[str]:
    """Give the one-time link of a demo that runs."""
    with TemporaryDirectory(prefix="baqylau-pictures-") as folder:
        said = Path(folder) / "said.txt"
        with said.open("wb") as out:
            words = [sys.executable, "-u", "-m", "baqylau.cli", "demo", "--data", f"{folder}/data"]
            demo = subprocess.Popen(words, stdout=out, stderr=out)
        try:
            yield _link(said, demo)
        finally:
            demo.terminate()
            demo.wait(60)


def _link(said: Path, demo: "subprocess.Popen[bytes]") -> str:
    end_s = monotonic() + STARTS_WITHIN_S
    while not (found := re.search(r"http://\S+/welcome#\S+", said.read_text())):
        if demo.poll() is not None or monotonic() > end_s:
            raise TimeoutError(said.read_text()[-2000:])
        sleep(0.5)
    return found.group()


class Walk:
    """One browser that goes from page to page."""

    def __init__(self, context: BrowserContext, address: str, asked: Namespace) -> None:
        """Take a context that nobody signed in to yet."""
        self._context, self._address, self._asked = context, address, asked
        self._page = context.new_page()
        self.complaints: list[str] = []
        self._page.on("console", self._note)

    def _note(self, line: Any) -> None:
        if line.type == "error":
            self.complaints.append(f"{self._page.url}: {line.text}")

    def come_in(self, link: str) -> None:
        """Use the one-time link, and picture the way in."""
        self._page.goto(link)
        self._page.wait_for_selector("#name")
        self._take("welcome")
        self._page.fill("#name", NAME)
        self._page.fill("#login", LOGIN)
        self._page.fill("#password", PASSWORD)
        self._page.keyboard.press("Enter")
        self._page.wait_for_selector("main .queue")
        self._put("PUT", "/api/session/language", {"language": self._asked.language})

    def see(self) -> None:
        """Picture every page that the administrator sees."""
        found = self._found()
        for name, path in ROUTES.items():
            if name not in ("welcome", AUDITED) and (not self._asked.only or name in self._asked.only):
                self._see(name, path(found))

    def audit(self) -> None:
        """Picture what an auditor sees, and nobody else."""
        link = self._put("POST", "/api/accounts/invitations", {"role": "auditor", "bounds": {}})["path"]
        self._context.clear_cookies()
        self._page.goto("about:blank")
        self._page.goto(self._address + link)
        for field, value in (("#name", AUDITOR), ("#login", "auditor"), ("#password", PASSWORD)):
            self._page.fill(field, value)
        self._page.keyboard.press("Enter")
        self._page.wait_for_selector("header a[href='/account'], nav")
        self._see(AUDITED, f"/{AUDITED}")

    def leave(self) -> None:
        """Picture what nobody who is signed in sees."""
        self._context.clear_cookies()
        self._page.goto(self._address)
        self._page.wait_for_selector("#password")
        self._take("sign-in")
        self._page.goto(f"{self._address}/my")
        self._take("own-page")

    def _found(self) -> Found:
        alarms = self._read("/api/live")["alarms"]
        alarms.sort(key=lambda row: (row["alarm"]["person_id"] == "", row["alarm"]["priority"]))
        person = alarms[0]["alarm"]["person_id"]
        people = [person, *(one["id"] for one in self._read("/api/people")["people"])]
        checked = (self._read(f"/api/people/{one}/checks")["rows"] for one in people)
        rows = [row for one in checked for row in one]
        check = min(rows, key=lambda row: row["ended_at"] is None, default={"id": "", "person_id": person})
        card = self._read(f"/api/people/{person}")
        return Found(
            person=person,
            alarm=alarms[0]["alarm"]["id"],
            at=(datetime.fromisoformat(alarms[0]["alarm"]["raised_at"]) + A_MINUTE).isoformat(),
            check=check["id"],
            enrolled=check["person_id"],
            device=card["devices"][0]["id"],
            stocked=self._read("/api/stock")["rows"][0]["id"],
        )

    def _see(self, name: str, path: str) -> None:
        self._page.goto(self._address + path)
        self._page.wait_for_selector("main h1", state="attached")
        self._page.wait_for_selector(".waiting", state="detached")
        if name in WITH_A_MAP:
            self._drawn(WITH_A_MAP[name])
        self._take(name)

    def _drawn(self, map_ready: str) -> None:
        """Wait for a map to be drawn; a narrow screen shows it only when it is asked for."""
        self._page.wait_for_selector(".map", state="attached")
        if self._page.locator(".map").first.is_visible():
            self._page.wait_for_selector(map_ready)

    def _put(self, method: str, path: str, body: object) -> Any:
        headers = {"Origin": self._address, "X-CSRF-Token": self._read("/api/session")["csrf"]}
        answer = self._context.request.fetch(self._address + path, method=method, data=body, headers=headers)
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def _read(self, path: str) -> Any:
        return self._context.request.get(self._address + path).json()

    def _take(self, name: str) -> None:
        for look in LOOKS:
            self._page.emulate_media(color_scheme="dark" if look == "dark" else "light")
            self._page.wait_for_timeout(SETTLED_MS)
            told = self._context.new_cdp_session(self._page)
            shot = told.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
            file = self._asked.to / file_of(name, look)
            file.write_bytes(base64.b64decode(shot["data"]))


def _main() -> None:
    asked = ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    asked.add_argument("--only", nargs="*", default=[], choices=[*ROUTES])
    asked.add_argument("--language", default="en", choices=["kk", "ru", "en"])
    asked.add_argument("--width", type=int, default=1440)
    asked.add_argument("--height", type=int, default=900)
    asked.add_argument("--to", type=Path, default=PICTURES)
    asked.add_argument("--lived", type=float, default=LIVED_S)
    given = asked.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    with _town() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        context = browser.new_context(
            viewport={"width": given.width, "height": given.height}, locale=given.language, timezone_id="Asia/Almaty"
        )
        context.set_default_timeout(60_000)
        walk = Walk(context, link.partition("/welcome")[0], given)
        walk.come_in(link)
        sleep(given.lived)
        walk.see()
        walk.audit()
        walk.leave()
        browser.close()
    print("\n".join(walk.complaints))  # noqa: T201 - this is a program


if __name__ == "__main__":
    _main()
