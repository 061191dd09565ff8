"""The real programs under a real browser: `baqylau server`, trackers on sockets, Debian's Chromium."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from baqylau.cli.roles.doors import options
from baqylau.domain.observations import Body
from baqylau.domain.rights import Role
from baqylau.monitoring.workstation.files import STATIC_DIR
from baqylau.protocols.wialon import WialonDevice
from tests.browser.conftest import CHROMIUM
from tests.perf.installation import free_port

LOGIN, NAME, PASSWORD = "aliya", "Әлия С.", "korgan tau ozen 17"
STARTS_WITHIN_S = 60
WINDOW: ViewportSize = {"width": 1600, "height": 900}

PEOPLE = (
    "Бекзат Ойдан",
    "Игорь Вымышлен",
    "Наталья Ойдан",
    "Ержан Жорамал",
    "Анна Вымышлен",
    "Олжас Ойдан",
    "Дина Жорамал",
    "Тимур Ойдан",
    "Мария Вымышлен",
    "Сәуле Жорамал",
)


def people_file() -> str:
    """Invented people, each with a tracker, kept out of one school and bound to one town."""
    rows = range(len(PEOPLE))
    people = "\n".join(f"  - {{id: p-{one}, name: {PEOPLE[one]}, address: 'Тал көшесі, {one}'}}" for one in rows)
    devices = "\n".join(f"  - {{id: t-{one}, kind: tracker, protocol: wialon, number: '90000{one}'}}" for one in rows)
    term = "from: 2026-01-01T00:00:00+05:00, until: 2040-01-01T00:00:00+05:00"
    orders = "\n".join(
        f"  - {{id: o-{one}, person: p-{one}, court: Сот, act_number: '{one}/2026', act_date: 2026-01-01, {term}, "
        f"restrictions: [{{id: r-{one}, kind: exclusion, clause: 'мектепке бармау', zone: school, warning_m: 60}}, "
        f"{{id: s-{one}, kind: territory, clause: 'қаладан шықпау', zone: town}}]}}"
        for one in rows
    )
    fittings = "\n".join(
        f"  - {{id: f-{one}, person: p-{one}, device: t-{one}, from: 2026-01-02T00:00:00+05:00}}" for one in rows
    )
    devices += "\n  - {id: av-5, kind: av_unit, protocol: link, number: AV-5}"
    fittings += "\n  - {id: f-av, person: p-5, device: av-5, from: 2026-01-02T00:00:00+05:00}"
    zones = (
        "  - {id: school, name: № 3 мектеп, circle: {center: [48.6, 66.9], radius_m: 150}}\n"
        "  - {id: town, name: Ақжелкен, circle: {center: [48.6, 66.9], radius_m: 9000}}"
    )
    return f"people:\n{people}\ndevices:\n{devices}\nzones:\n{zones}\norders:\n{orders}\nfittings:\n{fittings}\n"


class Installation:
    """One server with its data; it can be stopped, killed and started again on the same doors."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._log = folder / "server.log"
        self.door, self._web = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self._web}"
        doors = (*options({"wialon": self.door}), "--web-port", str(self._web))
        self._command = (*self._program, "server", "--data", str(self._data), *doors, *("--map-center", "66.9", "48.6"))
        (folder / "people.yaml").write_text(people_file(), encoding="utf-8")
        self.start()
        self.run("import", str(folder / "people.yaml"), "--data", str(self._data))

    _program = (sys.executable, "-m", "baqylau.cli")

    def run(self, *arguments: str) -> None:
        subprocess.run([*self._program, *arguments], check=True, capture_output=True, timeout=STARTS_WITHIN_S)

    def start(self) -> None:
        with self._log.open("ab") as log:
            zoom = ("--map-zoom", "14")
            self._server = subprocess.Popen([*self._command, *zoom], stdout=log, stderr=log, start_new_session=True)
        waiting = monotonic() + STARTS_WITHIN_S
        while not self._answers():
            if self._server.poll() is not None or monotonic() > waiting:
                pytest.fail(f"the server did not start:\n{self._log.read_text()[-3000:]}")
            sleep(0.2)

    def _answers(self) -> bool:
        with suppress(URLError, OSError), closing(socket.create_connection(("127.0.0.1", self.door), 1)):
            return bool(urlopen(f"{self.address}/readyz", timeout=2).status == 200)  # noqa: S310 - our own address
        return False

    def stop(self) -> None:
        self._server.send_signal(signal.SIGINT)
        self._server.wait(STARTS_WITHIN_S)

    def kill(self, role: str) -> None:
        """Kill a role without a warning; the watch over it starts it again."""
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text().split()
        for child in children:
            if f"baqylau.cli\0{role}\0".encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
                return
        pytest.fail(f"no {role} runs")

    def invitation(self) -> str:
        """The one-time link that the server printed at its first start."""
        waiting = monotonic() + STARTS_WITHIN_S
        while not (found := re.search(r"http://\S+/welcome#\S+", self._log.read_text())):
            if monotonic() > waiting:
                pytest.fail("no link was printed")
            sleep(0.1)
        return found.group()

    def tracker(self, one: int) -> "Tracker":
        return Tracker(f"90000{one}", self.door)


class Tracker:
    """A device that says what the test wants, now, and waits for the answer."""

    def __init__(self, number: str, door: int) -> None:
        self._device = WialonDevice(number)
        self._door = door

    def say(self, *bodies: Body) -> None:
        """Deliver one report, trying again while the gateway is away."""
        frame = self._device.report([(datetime.now(UTC).replace(microsecond=0), bodies)])
        waiting = monotonic() + STARTS_WITHIN_S
        while monotonic() < waiting:
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self._door), 2)) as line:
                line.settimeout(5)
                line.sendall(self._device.hello())
                if line.recv(100) == b"#AL#1\r\n":
                    line.sendall(frame)
                    if line.recv(100) == b"#AD#1\r\n":
                        return
            sleep(0.2)
        pytest.fail("the report was not taken")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    if not CHROMIUM.is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}; name one in BAQYLAU_CHROMIUM")
    if not (STATIC_DIR / "index.html").exists():
        pytest.skip("the web pages are not built: run make setup")
    running = Installation(tmp_path_factory.mktemp("installation"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def signed_in(installation: Installation, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first administrator came in by the one-time link; their session as a file."""
    state = tmp_path_factory.mktemp("session") / "state.json"
    context = browser.new_context(locale="en-GB", timezone_id="Asia/Almaty", viewport=WINDOW)
    page = context.new_page()
    page.goto(installation.invitation())
    page.fill("#name", NAME)
    page.fill("#login", LOGIN)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("main .queue")
    context.storage_state(path=state)
    context.close()
    return state


class Watched:
    """Notes what a page complains of; whoever expects complaints says so.

    That a map is slow to draw without a graphics card is the driver's word, and nothing of the page.
    """

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "GL Driver Message" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def context(browser: Browser, signed_in: Path) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        locale="en-GB", timezone_id="Asia/Almaty", viewport=WINDOW, storage_state=signed_in, color_scheme="light"
    )
    yield opened
    opened.close()


@pytest.fixture
def watched(context: BrowserContext) -> Iterator[tuple[Page, Watched]]:
    """A signed-in page whose complaints fail the test, but for those that the test forgives."""
    page = context.new_page()
    notes = Watched(page)
    yield page, notes
    assert not notes.complaints


@pytest.fixture
def page(watched: tuple[Page, Watched], installation: Installation) -> Page:
    """The live screen."""
    opened = watched[0]
    opened.goto(installation.address)
    opened.wait_for_selector("main .queue")
    return opened


Invite = Callable[[str, Role], Page]


@pytest.fixture
def invite(browser: Browser, page: Page) -> Iterator[Invite]:
    """Give colleagues whom the administrator invited, each at a screen of their own; the login is their name too."""
    opened: list[BrowserContext] = []

    def invited(login: str, role: Role) -> Page:
        link = page.evaluate(
            """async role => {
                const { csrf } = await (await fetch('/api/session')).json()
                const headers = { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }
                const body = JSON.stringify({ role, bounds: { districts: null, people: [] } })
                return (await (await fetch('/api/accounts/invitations', { method: 'POST', headers, body })).json()).path
            }""",
            role.value,
        )
        opened.append(browser.new_context(locale="en-GB", timezone_id="Asia/Almaty", viewport=WINDOW))
        screen = opened[-1].new_page()
        screen.goto(page.evaluate("location.origin") + link)
        for field, text in (("#name", login.title()), ("#login", login), ("#password", PASSWORD)):
            screen.fill(field, text)
        screen.keyboard.press("Enter")
        screen.wait_for_selector("main .queue")
        return screen

    yield invited
    for one in opened:
        one.close()
