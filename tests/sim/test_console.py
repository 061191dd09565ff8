"""A console's whole way: the package of the day, days without a network, checks brought once, what is wiped and why."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from baqylau.crypto.blocks import aes
from baqylau.devices.beacon_sender import Beacon
from baqylau.devices.strap import Sample
from baqylau.devices.tracker import core
from baqylau.devices.tracker.inputs import Tick, TimeTold
from baqylau.domain.console import ConsoleCheck
from baqylau.domain.field import FieldState
from baqylau.domain.findings import Code
from baqylau.domain.observations import Heard, Strap
from baqylau.links.device_line import LineError, RevokedError
from baqylau.links.radio.words import Frame, Said
from baqylau.monitoring.console import text_near, text_page, views
from baqylau.monitoring.console.desk import LockedError, NotOpenedError, UnknownPersonError
from baqylau.monitoring.console.sync import RefusedError
from baqylau.monitoring.server import keeper
from baqylau.monitoring.workstation.looking_back.photographed import photographed
from baqylau.protocols.beacon.keys import root_of
from baqylau.storage.access.audit import Audit
from baqylau.storage.judging.findings import Findings
from tests.sim.console_site import (
    CONSOLE,
    OFFICER,
    OTHER,
    PASSWORD,
    SPARE,
    SPARE_ROOT,
    STRANGER_ROOT,
    TRACKER,
    TRACKER_KEY,
    ConsoleSite,
    Tablet,
)
from tests.unit.picture import opened, photograph
from tests.unit.server.link.household import AINUR, BRACELET, RELAY, RELAY_ROOT, ROOT, bodies_of, told_of
from tests.unit.server.site import START

TAKEN = photograph(beside=b"43.238 76.889", behind=b"hidden")
Story = Callable[[ConsoleSite, Tablet], Coroutine[None, None, None]]


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the story leaps, while the server listens all the time."""
    monkeypatch.setattr(keeper, "BLIND_AFTER", timedelta(days=9))


def told(engine: Engine, folder: Path, story: Story) -> ConsoleSite:
    """Tell a story of one console."""
    site = ConsoleSite(engine)

    async def tell() -> None:
        tablet = Tablet(site, folder)
        try:
            await story(site, tablet)
        finally:
            await tablet.close()

    asyncio.run(tell())
    return site


async def begun(site: ConsoleSite, tablet: Tablet, after: int = 0) -> None:
    """The officer begins the day where there is a network; after so many attempts in which an answer is lost."""
    for requests in (*range(1, after + 1), 1_000):
        async with site.serving() as (_, address):
            await tablet.line.to(address)
            tablet.line.breaks_after(requests)
            unlocking = asyncio.create_task(tablet.desk.unlock(PASSWORD, OFFICER))
            (failed,) = await asyncio.gather(unlocking, return_exceptions=True)
            await tablet.line.to(None)
            assert failed is None or (isinstance(failed, LineError) and requests < 1_000)


async def brought(site: ConsoleSite, tablet: Tablet) -> None:
    async with site.serving() as (_, address):
        await tablet.line.to(address)
        await tablet.sync.contact()
        await tablet.line.to(None)


def checks_of(site: ConsoleSite) -> list[ConsoleCheck]:
    return [one for one in bodies_of(site, BRACELET, ConsoleCheck) if isinstance(one, ConsoleCheck)]


def test_an_officer_sees_their_own_people_by_name_and_of_all_others_only_how_many(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        with pytest.raises(LockedError):
            tablet.desk.opened()
        await begun(site, tablet)
        tablet.hears()
        tablet.hears(root=STRANGER_ROOT)
        shown = views.state(tablet.desk)
        assert [(one.name, one.device_id) for one in shown.near] == [("Ainur Invented", BRACELET)]
        assert (shown.others, shown.cases, shown.hears) == (1, 1, True)
        with pytest.raises(UnknownPersonError):
            tablet.desk.looked(OTHER, "person")
        tablet.desk.looked(AINUR, "person")
        page = views.person(tablet.desk, AINUR)
        assert next(one for one in page.devices if one.id == BRACELET).strap_open is False
        assert page.prescribed[0].clause == "1"
        await brought(site, tablet)

    site = told(engine, tmp_path, story)
    written = [(one.who, one.what, one.object) for one in Audit(engine, site.clock).latest(20)]
    assert (OFFICER, "console.package", f"device/{CONSOLE}") in written
    assert (OFFICER, "console.look", f"person/{AINUR}") in written


def test_a_terminal_says_who_is_near_how_they_stand_and_of_all_others_only_how_many(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        assert "Nobody of your list is heard here." in "\n".join(text_near.near(tablet.desk, "en"))
        for second in range(30):
            site.clock.pass_by(seconds=1)
            tablet.hears(rssi_dbm=-80.0 + second)
            tablet.hears(root=STRANGER_ROOT, rssi_dbm=-40.0)
        written = list(text_near.near(tablet.desk, "en"))
        assert written[1] == "  my list 1, other 1"
        assert written[2].startswith("  Ainur Invented: -5")
        assert written[2].endswith(" dBm, Growing stronger")
        assert written[3].startswith("    Radio bracelet, strap intact, case closed, ")
        assert written[4] == "    no duty now"
        tablet.desk.lock()
        assert AINUR not in "\n".join(text_page.lines(tablet.desk, "en")), "nobody is named on a locked console"

    told(engine, tmp_path, story)


def test_what_is_looked_for_is_on_the_body_and_not_the_relay_that_stands_in_the_flat(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tablet.hears(rssi_dbm=-80.0)
        site.clock.pass_by(seconds=1)
        tablet.hears(root=RELAY_ROOT, rssi_dbm=-40.0)
        assert views.finder(tablet.desk, AINUR).level_dbm == -80.0
        assert views.visits(tablet.desk)[0].near_dbm == -80.0
        assert {one.device_id for one in views.state(tablet.desk).near} == {BRACELET, RELAY}

    told(engine, tmp_path, story)


def test_a_personal_tracker_is_heard_by_its_own_beacon_and_named_with_its_wearer(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tracker = Worn(site.clock.at, root_of(TRACKER_KEY))
        for frame in tracker.sends(20):
            tablet.desk.heard(Said(tablet.now(), Frame(frame, -58.0)))
        assert [(one.name, one.device_id) for one in views.state(tablet.desk).near] == [("Ainur Invented", TRACKER)]
        tracker.cut()
        site.clock.pass_by(seconds=20)
        for frame in tracker.sends(3):
            tablet.desk.heard(Said(tablet.now(), Frame(frame, -58.0)))
        page = views.person(tablet.desk, AINUR)
        assert next(one for one in page.devices if one.id == TRACKER).strap_open is True

    told(engine, tmp_path, story)


class Worn:
    """A tracker's core on somebody, with a radio."""

    def __init__(self, at: datetime, root: bytes) -> None:
        self.ms, self.strap = 0, (10_000, 60.0)
        self.state = core.begin(aes, 0, TRACKER, root=root)
        self.give(TimeTold(0, round(at.timestamp() * 1000)))

    def give(self, given: Any) -> list[bytes]:
        self.state, outputs = core.step(self.state, given)
        return [one.frame() for one in outputs if isinstance(one, Beacon)]

    def cut(self) -> None:
        self.strap = (10_000_000, 0.0)

    def sends(self, seconds: int) -> list[bytes]:
        """Let seconds pass, with its sensors looked at each second."""
        frames, end_ms = [], self.ms + seconds * 1000
        while self.ms < end_ms:
            self.ms = min(self.state.wake_at_ms, self.ms - self.ms % 1000 + 1000)
            frames += self.give(Tick(self.ms))
            if self.ms % 1000 == 0:
                power = 4000, False
                frames += self.give(Sample(self.ms, self.strap, (False, 0.0), 900, (False, 0.0), 30.0, power))
        return frames


def test_three_days_without_a_network_and_five_hundred_checks_come_once_and_in_order(
    engine: Engine, tmp_path: Path
) -> None:
    made: list[str] = []

    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        packages, worn, roots = 0, [BRACELET, SPARE], [ROOT, SPARE_ROOT]
        for count in range(500):
            tablet.desk.tend()
            if tablet.desk.locked:
                assert tablet.store.held("package") is None
                await begun(site, tablet, after=packages * 3)
                packages += 1
            if count % 100 == 99:
                tablet.swaps(*worn)
                worn.reverse()
                roots.reverse()
            made.append(tablet.checks(heard=count % 50 != 0, note=f"note {count}", root=roots[0]))
            site.clock.pass_by(seconds=500)
        assert packages == 2
        assert site.clock.at - START > timedelta(hours=72)
        for requests in range(1, 13):
            async with site.serving() as (_, address):
                await tablet.line.to(address)
                tablet.line.breaks_after(requests)
                contact = asyncio.create_task(tablet.sync.contact())
                await asyncio.gather(contact, return_exceptions=True)
                await tablet.line.to(None)
        assert tablet.store.waiting() == 0

    site = told(engine, tmp_path, story)
    observed = sorted((*told_of(site, BRACELET), *told_of(site, SPARE)), key=lambda one: one.observed_at)
    checks = [body for one in observed for body in one.bodies if isinstance(body, ConsoleCheck)]
    assert [one.check_id for one in checks] == made
    assert [one.state for one in site.acts.of_person(AINUR)] == [FieldState.DONE] * 10
    fitted = sorted(
        (one.from_at, one.device_id)
        for one in site.registers.supervision(AINUR).fittings
        if one.device_id in {BRACELET, SPARE}
    )
    assert [device_id for _, device_id in fitted] == [BRACELET, SPARE, BRACELET, SPARE, BRACELET, SPARE]
    assert len(set(made)) == 500
    assert [one.note for one in checks] == [f"note {count}" for count in range(500)]
    assert sum(not one.heard for one in checks) == 10
    site.judge().catch_up(lambda: False)
    assert Code.CONSOLE_NOT_FOUND in {view.alarm.code for view in site.alarms()}


def test_a_check_is_judged_again_by_the_server_and_says_what_the_bracelet_said(engine: Engine, tmp_path: Path) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tablet.checks(note="at the door", photo=TAKEN)
        await brought(site, tablet)
        assert [(row.sent, row.heard, row.photo) for row in views.checks(tablet.desk)] == [(True, True, True)]

    site = told(engine, tmp_path, story)
    (check,) = checks_of(site)
    assert (check.heard, check.frames, check.others, check.officer, check.note) == (True, 4, 1, OFFICER, "at the door")
    assert check.ahead_s == 0
    assert bodies_of(site, BRACELET, Strap) == [Strap(open=False)]
    assert bodies_of(site, BRACELET, Heard) == []
    _shows_the_photograph_and_keeps_the_file(site, check)


def _shows_the_photograph_and_keeps_the_file(site: ConsoleSite, check: ConsoleCheck) -> None:
    """The file of the camera stays as it was signed; what is shown was drawn anew from it."""
    (observation,) = [one for one in told_of(site, BRACELET) if check in one.bodies]
    raw = site.journal.raw(observation.id)
    assert (check.photo, TAKEN in raw) == (sha256(TAKEN).hexdigest(), True)
    shown = photographed(observation, raw)
    assert shown is not None
    assert (opened(shown).size, b"hidden" in TAKEN, b"hidden" in shown) == ((48, 64), True, False)
    assert photographed(observation, raw[:-80]) is None


def test_a_clock_that_is_wrong_by_an_hour_is_noticed_and_both_times_are_kept(engine: Engine, tmp_path: Path) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tablet.wrong = timedelta(hours=1)
        tablet.checks()
        site.clock.pass_by(hours=2)
        await brought(site, tablet)
        assert views.state(tablet.desk).ahead_s == 3600
        assert tablet.desk.right() == site.clock.at

    site = told(engine, tmp_path, story)
    (check,) = checks_of(site)
    (observed,) = [one for one in told_of(site, BRACELET) if check in one.bodies]
    assert observed.observed_at == START + timedelta(seconds=20)
    assert check.console_at == observed.observed_at + timedelta(hours=1)
    assert check.ahead_s == 3600
    site.judge().catch_up(lambda: False)
    codes = {Code.CONSOLE_READ, Code.CONSOLE_LATE}
    assert {one.code for one in Findings(engine).recent(codes, START)} == codes


def test_a_stolen_console_gives_nothing_without_the_officers_password(engine: Engine, tmp_path: Path) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tablet.desk.looked(AINUR, "person")
        tablet.checks(note="a word about somebody")
        stolen = Tablet(site, tmp_path, boot="another")
        with pytest.raises(NotOpenedError):
            await stolen.desk.unlock("a guess")
        assert stolen.desk.locked
        stolen.store.close()

    told(engine, tmp_path, story)
    disk = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    for word in ("Ainur", "Invented", "ainur", "Esil", "Tal 14", "somebody", OFFICER, "Dana", BRACELET, "Home"):
        assert word.encode() not in disk, word


def test_a_revoked_console_is_refused_and_wipes_itself(engine: Engine, tmp_path: Path) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tablet.checks()
        site.keys.revoke(CONSOLE, "lost", by="test")
        with pytest.raises(RevokedError):
            await brought(site, tablet)
        tablet.desk.tend()
        assert tablet.desk.locked
        assert views.state(tablet.desk).wiped == "revoked"
        with pytest.raises(NotOpenedError):
            await tablet.desk.unlock(PASSWORD)
        assert tablet.store.waiting() == 1

    assert checks_of(told(engine, tmp_path, story)) == []


def test_after_two_days_without_contact_the_caseload_goes_and_the_unsent_stay(engine: Engine, tmp_path: Path) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tablet.checks()
        site.clock.pass_by(hours=47)
        tablet.desk.tend()
        assert tablet.store.held("package")
        tablet.wrong = -timedelta(days=3)
        site.clock.pass_by(hours=2)
        tablet.desk.tend()
        assert tablet.store.held("package") is None
        assert views.state(tablet.desk).wiped == "expired"
        await brought(site, tablet)
        assert tablet.store.waiting() == 0

    assert len(checks_of(told(engine, tmp_path, story))) == 1


def test_only_an_officer_of_this_console_with_the_right_password_begins(engine: Engine, tmp_path: Path) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        with pytest.raises(LineError):
            await tablet.desk.unlock(PASSWORD, OFFICER)
        async with site.serving() as (_, address):
            await tablet.line.to(address)
            for _ in range(5):
                with pytest.raises(RefusedError, match="wrong_password"):
                    await tablet.desk.unlock("wrong", OFFICER)
            with pytest.raises(RefusedError, match="too_often"):
                await tablet.desk.unlock(PASSWORD, OFFICER)
            site.clock.pass_by(minutes=16)
            await tablet.desk.unlock(PASSWORD, OFFICER)
            site.consoles.withdraw(CONSOLE, OFFICER, by="test")
            with pytest.raises(RefusedError, match="not_assigned"):
                await tablet.desk.unlock(PASSWORD, OFFICER)
            await tablet.line.to(None)
        tablet.desk.lock()
        await tablet.desk.unlock(PASSWORD)
        assert not tablet.desk.locked

    told(engine, tmp_path, story)
