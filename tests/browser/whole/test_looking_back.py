"""Looking back under a real browser: nights that name what was otherwise, and the hours again over one line of time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from baqylau.domain.ids import PermissionId, RestrictionId
from baqylau.domain.observations import Fix, NoFix
from baqylau.domain.orders import Permission, PresenceRegime
from baqylau.domain.people import Language
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point
from baqylau.monitoring.workstation.files import STATIC_DIR
from baqylau.storage.journal.journal import Entry
from baqylau.storage.registers.registry import Registry
from tests.browser.whole.conftest import WINDOW
from tests.unit.server.site import AINUR, START, Site, prescribed
from tests.unit.server.test_judge import catch_up, entry, listen
from tests.unit.workstation import invented
from tests.unit.workstation.office import PASSWORD, Office

WITHIN_MS = 30_000
HOME = Point(48.6100, 66.8900)
WALK = datetime(2026, 11, 21, 12, 20, tzinfo=UTC)
"""17:20 in Almaty, on the day before."""
LATE, HIDDEN, AWAY = 4, 6, 8
"""Nights that are not like the others."""


def registry() -> Registry:
    """The person of the site, at home at night, with leave for one night."""
    made, begun = prescribed(), START - timedelta(days=13)
    home = PresenceRegime(
        id=RestrictionId("home"),
        order_id=made.orders[0].id,
        version=1,
        clause="at home at night",
        from_at=begun,
        places=(Circle(name="Home", center=HOME, radius_m=120.0),),
        schedule=Schedule(timezone="Asia/Almaty", windows=(Window(start_min=22 * 60, end_min=6 * 60),)),
    )
    school = replace(made.restrictions[0], warning_m=120.0, from_at=begun)
    leave = Permission(
        id=PermissionId("leave"),
        person_id=AINUR,
        restriction_id=home.id,
        from_at=evening(AWAY) - timedelta(hours=4),
        until_at=evening(AWAY) + timedelta(hours=12),
        reason="to the village",
        granted_by="inspector",
    )
    return replace(made, restrictions=(home, school), permissions=(leave,))


def evening(night: int) -> datetime:
    """22:00 of a night, the first one of the story being 0."""
    return datetime(2026, 11, 7, 17, 0, tzinfo=UTC) + timedelta(days=night)


def fix(north_m: float, east_m: float, **more: float) -> Fix:
    spot = {
        "latitude_deg": HOME.latitude_deg + north_m / 111_000,
        "longitude_deg": HOME.longitude_deg + east_m / 73_600,
    }
    return Fix(**(spot | {"satellites": 9, "hdop": 0.9, "speed_m_s": 1.2} | more))  # type: ignore[arg-type]


def nights() -> list[Entry]:
    """Fourteen nights, a fix each five minutes."""
    told = []
    for night in range(14):
        for minutes in range(-60, 9 * 60, 5):
            if night == HIDDEN and 180 < minutes < 240:
                continue
            away = night == AWAY or minutes < (11 if night == LATE else -30)
            told.append(entry(evening(night) + timedelta(minutes=minutes), fix(900 if away else 3, 20)))
    return told


def walk() -> list[Entry]:
    """Along the avenue past the school, where the sky is narrow, and on after a quarter of an hour unheard."""
    told = []
    for step in range(110):
        at = WALK + timedelta(seconds=20 * step)
        if 50 < step < 56:
            told.append(entry(at, NoFix(satellites=3)))
        elif not 70 < step < 100:
            narrow = 36 < step < 50
            place = fix(
                -1112 + 9 * step - 300, 10 + 11 * step, hdop=5.5 if narrow else 1.0, satellites=5 if narrow else 9
            )
            told.append(entry(at, place))
    return told


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Iterator[tuple[Office, str]]:
    site = Site(engine, registry())
    site.open_for_the_first_time()
    site.clock.at = invented.NOW
    site.journal.append([*nights(), *walk()])
    listen(site)
    catch_up(site)
    office = Office(engine, tmp_path)
    office.employ("aliya")
    office.stores.accounts.set_language("aliya", Language.EN)
    with office.open(static_dir=STATIC_DIR, basemap_dir=None) as address:
        yield office, address


@pytest.fixture
def page(browser: Browser, office: tuple[Office, str]) -> Iterator[Page]:
    context = browser.new_context(viewport=WINDOW, locale="en")
    page = context.new_page()
    page.clock.set_fixed_time(invented.NOW)
    page.goto(office[1])
    page.fill("#login", "aliya")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("header.top")).to_be_visible(timeout=WITHIN_MS)
    yield page
    context.close()


def test_a_late_night_leads_to_its_hours_and_the_line_of_time_to_every_fact(
    page: Page, office: tuple[Office, str]
) -> None:
    _, address = office
    page.goto(f"{address}/people/{AINUR}")
    rows = page.locator(".kept-row:not(.kept-axis)")
    expect(rows).to_have_count(15, timeout=WITHIN_MS)
    expect(rows.locator(".s-out")).to_have_count(1)
    expect(rows.locator(".s-exc")).to_have_count(1)
    expect(rows.locator("a")).to_have_count(3)
    page.goto(f"{address}/people/{AINUR}/replay?at=2026-11-21T12:34:00Z")
    replay = page.locator("main.replay")
    expect(replay.locator(".vd li").first).to_be_visible(timeout=WITHIN_MS)
    expect(replay.locator(".map")).to_have_attribute("data-ready", "true", timeout=WITHIN_MS)
    expect(replay.locator(".whynot .account").first).to_be_visible(timeout=WITHIN_MS)
    page.keyboard.press("ArrowRight")
    expect(replay).to_have_attribute("data-at", "2026-11-21T12:34:20.000Z")
    expect(replay.locator("tr.on")).to_have_count(1)
    page.keyboard.press("Space")
    expect(replay).to_have_attribute("data-playing", "true")
    expect(replay).not_to_have_attribute("data-at", "2026-11-21T12:34:20.000Z")
    page.keyboard.press("Space")
    page.keyboard.press("KeyD")
    expect(replay.locator(".dock p[role=status]")).to_be_visible(timeout=WITHIN_MS)
    page.keyboard.press("KeyE")
    expect(page.locator("dialog .giving")).to_be_visible()
