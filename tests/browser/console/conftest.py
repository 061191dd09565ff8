"""A console without a network, over invented people and a little air of its own; its pages in a browser."""

import asyncio
import base64
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import uvicorn
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext, Page

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind, Language, Person, Supervision
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.verdicts import Compliance
from baqylau.links.radio.words import Frame, Said, Sky, Stamp
from baqylau.links.wall_clock import monotonic_s
from baqylau.monitoring.console.app import create_app
from baqylau.monitoring.console.desk import Desk
from baqylau.monitoring.console.program import work
from baqylau.monitoring.console.secrets import Officer, box_key
from baqylau.monitoring.console.store import Store
from baqylau.monitoring.console.sync import Identity, Sync
from baqylau.monitoring.workstation.files import STATIC_DIR
from baqylau.protocols.batch.commands import DelegatedKey
from baqylau.protocols.beacon.keys import epoch_of, period_key, period_of
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.protocols.console.envelope import sealed_package, server_key
from baqylau.protocols.console.words import Case, Package
from baqylau.rules.gnss.epoch import FULL_FIX, Epoch
from tests.unit.server.link.household import frame, household

CONSOLE, SEED, PASSWORD = DeviceId("con-7"), bytes([3] * 32), "a long enough sentence"
SPARE = DeviceId("br-9")
EVERY_S = 0.4
PICTURE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////"
    "////////wAALCAABAAEBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEG"
    "E1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJ"
    "ipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/ACv/2Q=="
)
"""One pixel."""
PEOPLE = (
    ("bekzat", "Бекзат Желкенбай", "Тал көшесі, 14, 9-пәтер", -66.0, Compliance.NOT_AS_PRESCRIBED),
    ("gulnar", "Гүлнар Әшім", "Қайың көшесі, 3", -78.0, Compliance.AS_PRESCRIBED),
    ("timur", "Тимур Ордабек", "Терек көшесі, 21, 4-пәтер", -91.0, Compliance.UNKNOWN),
)


def _root(number: int) -> bytes:
    return bytes([number] * 32)


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp() -> Stamp:
    return Stamp(_now(), int(monotonic_s() * 1000))


def _case(number: int) -> Case:
    name, said, address, _, compliance = PEOPLE[number]
    known, person_id = household(), PersonId(name)
    order = replace(
        known.orders[0],
        id=OrderId(name),
        person_id=person_id,
        from_at=_now() - timedelta(9),
        until_at=_now() + timedelta(9),
    )
    always = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=0, end_min=0),))
    home = replace(known.restrictions[0], order_id=order.id, from_at=order.from_at, schedule=always)
    devices = (
        Device(id=DeviceId(f"br-{number}"), kind=DeviceKind.BRACELET, protocol="beacon", number=""),
        Device(id=DeviceId(f"tr-{number}"), kind=DeviceKind.TRACKER, protocol="link", number=""),
    )
    fittings = tuple(
        Fitting(id=FittingId(f"{name}-{one.id}"), device_id=one.id, person_id=person_id, from_at=order.from_at)
        for one in devices
    )
    return Case(
        person=Person(id=person_id, name=said, address=address, phone="+7 700 000 00 00"),
        supervision=Supervision(
            person_id=person_id, orders=(order,), restrictions=(home,), fittings=fittings, devices=devices
        ),
        compliance=compliance,
        photo=PICTURE if number == 0 else b"",
        heard_at=_now() - timedelta(hours=1),
        open_alarms=1 if number == 0 else 0,
    )


def _package() -> Package:
    period = period_of(epoch_of(int(seconds_at(_now()))))
    return Package(
        console_id=CONSOLE,
        officer="dana",
        officer_name="Дана О.",
        language=Language.KK,
        timezone="Asia/Almaty",
        issued_at=_now(),
        expires_at=_now() + timedelta(hours=48),
        cases=tuple(_case(number) for number in range(len(PEOPLE))),
        keys=tuple(
            DelegatedKey(transmitter_id=device_id, period=one, key=period_key(root, one))
            for device_id, root in (
                (SPARE, _root(9)),
                *((DeviceId(f"br-{number}"), _root(number + 1)) for number in range(len(PEOPLE))),
            )
            for one in (period - 1, period, period + 1)
        ),
        spares=(Device(id=SPARE, kind=DeviceKind.BRACELET, protocol="beacon", number="B-0009"),),
    )


class Around:
    """Three people of the list and two strangers, and a sky; the first person comes nearer all the time."""

    name = "air"

    async def words(self) -> AsyncIterator[Said]:
        chance, sub = Random(5), 0  # noqa: S311 - an invented air
        begun_s = monotonic_s()
        while True:
            sub = (sub + 1) % 200
            nearer_db = min((monotonic_s() - begun_s) / 2, 12)
            for number, (_, _, _, level_dbm, _) in enumerate(PEOPLE):
                rssi_dbm = level_dbm + (nearer_db if number == 0 else 0) + chance.gauss(0, 3)
                yield Said(_stamp(), Frame(frame(_now(), root=_root(number + 1), sub=sub), rssi_dbm))
            yield Said(_stamp(), Frame(frame(_now(), root=_root(9), sub=sub), -52.0))
            for stranger in (70, 71):
                yield Said(_stamp(), Frame(frame(_now(), root=_root(stranger), sub=sub), -84.0))
            yield Said(_stamp(), Sky(_epoch()))
            await asyncio.sleep(EVERY_S)


def _epoch() -> Epoch:
    return Epoch(
        at_s=_now().timestamp(), mode=FULL_FIX, latitude_deg=48.6, longitude_deg=66.91, satellites=11, hdop=0.9
    )


def _desk(folder: Path) -> Desk:
    store, salt = Store(folder / "console.db"), bytes(16)
    officer = Officer(SEED, PASSWORD, salt)
    sealed = sealed_package(_package(), box_key(SEED).public_key, officer.public_key, bytes([8] * 32))
    store.hold(
        package=sealed,
        salt=salt,
        package_at=_now().isoformat().encode(),
        package_ms=_stamp().monotonic_ms,
        package_boot=b"boot",
        server_key=server_key(bytes(32)).public_key,
    )
    identity = Identity(device_id=CONSOLE, seed=SEED, trusted=(), boot="boot")
    return Desk(identity, store, Sync(identity, None, store, _stamp), _stamp)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a console's pages."""
    if not (STATIC_DIR / "tablet.html").is_file():
        pytest.skip("the pages are not built on this machine: `make setup` builds them")
    desk = _desk(tmp_path_factory.mktemp("console"))
    app = create_app(desk, STATIC_DIR, lambda size: bytes([4] * size), work(desk, [Around()]))  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0)) as opened:
        serving = threading.Thread(target=server.run, args=([opened],))
        serving.start()
        yield f"http://127.0.0.1:{opened.getsockname()[1]}"
        server.should_exit = True
        serving.join()
    desk.store.close()


class Held:
    """A tablet with the console's page open."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __call__(self, *, language: str = "kk", theme: str = "light", width: int = 800) -> Page:
        context = self._browser.new_context(viewport={"width": width, "height": 1280}, locale="ru")
        self._contexts.append(context)
        said = f"localStorage['baqylau.language'] = '{language}'; localStorage['baqylau.console.theme'] = '{theme}'"
        context.add_init_script(said)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        page.goto(self._address)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def held(browser: Browser, console: str) -> Iterator[Held]:
    opened = Held(browser, console)
    yield opened
    opened.close()
    assert opened.errors == []
