"""Work on equipment with a console and no network: what becomes of it later, and what is refused and why."""

from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from baqylau.domain.commands import CommandState, LocateMode
from baqylau.domain.console import ConsoleCheck
from baqylau.domain.field import FieldKind, FieldRefusal, FieldState, Stage
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId
from baqylau.domain.observations import Fix
from baqylau.domain.orders import Fitting
from baqylau.domain.rights import Role
from baqylau.monitoring.console import acting, text_page, views, work_views
from baqylau.monitoring.console.jobs import JobWrongError, Work
from baqylau.protocols.console.envelope import brought_of
from baqylau.protocols.evidence.verdict import SOUND
from baqylau.storage.access.audit import Audit
from baqylau.storage.judging.findings import Findings
from baqylau.storage.registers.registry import Registry
from tests.sim.console_site import (
    CONSOLE,
    OFFICER,
    OTHER,
    PICTURE,
    SPARE,
    SPARE_ROOT,
    TRACKER,
    ConsoleSite,
    Tablet,
)
from tests.sim.test_console import begun, brought, checks_of, listening, told
from tests.unit.server.given import asked, bundle_of, verdict_on
from tests.unit.server.link.household import AINUR, BRACELET, UNIT, told_of
from tests.unit.server.site import START
from tests.unit.server.test_evidence import lines

__all__ = ["listening"]


def on(site: ConsoleSite) -> list[tuple[str, bool]]:
    """What Ainur wears or wore on the leg, and whether it still is there."""
    fittings = site.registers.supervision(AINUR).fittings
    return sorted((one.device_id, one.until_at is None) for one in fittings if one.device_id in {BRACELET, SPARE})


async def heard_of(site: ConsoleSite, tablet: Tablet) -> None:
    """There is a network, and an officer who uses the console."""
    async with site.serving() as (_, address):
        await tablet.line.to(address)
        await tablet.sync.contact(news=True, about=tablet.desk.about())
        await tablet.line.to(None)


def _proved_without_us(site: ConsoleSite) -> None:
    """In a bundle stands what the officer wrote, each with the console's own signature and the key that proves it."""
    bundle = bundle_of(site, asked(until_at=site.clock.at))
    verdict = verdict_on(bundle, site.signer.public_key)
    facts = {one.key.removeprefix("evidence.fact."): one.params for one in verdict.facts}
    assert (verdict.outcome, verdict.faults) == (SOUND, [])
    assert facts["written_signed"] == {"count": 3}
    assert CONSOLE in {one["device_id"] for one in lines(bundle, "keys")}
    signed = [one["body"]["signed"] for one in lines(bundle, "registers") if one["kind"] == "field_act"]
    assert [brought_of(b64decode(one)).officer for one in signed] == [OFFICER] * 2


def test_a_bracelet_that_was_exchanged_without_a_network_is_heard_as_theirs_at_once_and_fitted_on_the_server_later(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tablet.wrong = timedelta(hours=1)
        tablet.swaps(BRACELET, SPARE)
        tablet.hears(root=SPARE_ROOT)
        assert [one.device_id for one in views.state(tablet.desk).near] == [SPARE]
        tablet.checks(root=SPARE_ROOT, note="with the new one")
        site.clock.pass_by(hours=5)
        assert {(one.sent, one.state) for one in work_views.jobs_of(tablet.desk)} == {(False, FieldState.WAITING)}
        await heard_of(site, tablet)
        assert {(one.sent, one.state) for one in work_views.jobs_of(tablet.desk)} == {(True, FieldState.DONE)}
        assert tablet.store.waiting() == 0

    site = told(engine, tmp_path, story)
    fittings = {one.device_id: one for one in site.registers.supervision(AINUR).fittings}
    assert fittings[BRACELET].until_at == fittings[SPARE].from_at == START + timedelta(minutes=10)
    rests = site.registers.supervision(AINUR).maintenances
    assert {(one.device_id, one.from_at, one.until_at, one.by) for one in rests} == {
        (device_id, START, START + timedelta(minutes=15), OFFICER) for device_id in (BRACELET, SPARE)
    }
    (check,) = [body for one in told_of(site, SPARE) for body in one.bodies if isinstance(body, ConsoleCheck)]
    assert (check.heard, check.note) == (True, "with the new one")
    assert ("console.swap", f"person/{AINUR}") in {
        (one.what, one.object) for one in Audit(engine, site.clock).latest(30)
    }
    site.judge().catch_up(lambda: False)
    found = Findings(engine).recent({Code.MAINTENANCE, Code.CONSOLE_READ}, START - timedelta(days=1))
    assert {one.code for one in found} == {Code.MAINTENANCE, Code.CONSOLE_READ}
    _proved_without_us(site)


def test_a_device_that_somebody_else_was_given_meanwhile_is_refused_and_the_officer_is_told(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        tablet.swaps(BRACELET, SPARE)
        theirs = Fitting(id=FittingId("f-x"), device_id=SPARE, person_id=OTHER, from_at=START - timedelta(hours=1))
        site.registers.save(Registry(fittings=(theirs,)), by="somebody")
        await heard_of(site, tablet)
        shown = work_views.jobs_of(tablet.desk)
        assert {(one.state, one.refusal) for one in shown} == {(FieldState.REFUSED, FieldRefusal.ELSEWHERE)}
        assert views.state(tablet.desk).refused == 2
        written = "\n".join(text_page.lines(tablet.desk, "en"))
        assert "br-1 exchanged for br-9, not taken over\nIn the registers the device that came on is on" in written
        assert [one.id for one in work_views.work(tablet.desk, AINUR).worn if one.kind == "bracelet"] == [BRACELET]

    site = told(engine, tmp_path, story)
    assert on(site) == [(BRACELET, True)]
    assert [one.refusal for one in site.acts.recent(START)] == [FieldRefusal.ELSEWHERE, FieldRefusal.ELSEWHERE]
    assert "console.refused" in {one.what for one in Audit(engine, site.clock).latest(30)}


def test_taking_off_putting_on_and_giving_up_are_done_in_their_order_and_work_goes_on_after_a_restart(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        for wrong, why in (
            (Work(person_id=AINUR, off=SPARE, on=BRACELET, reason="r"), "not_worn"),
            (Work(person_id=AINUR, off=BRACELET, on=TRACKER, reason="r"), "not_spare"),
            (Work(person_id=AINUR, off=BRACELET, on=SPARE, reason=" "), "no_reason"),
        ):
            with pytest.raises(JobWrongError, match=why):
                acting.begin_work(tablet.desk, wrong)
        tablet.swaps(BRACELET, SPARE, done=False)
        acting.begin_work(tablet.desk, Work(person_id=AINUR, off=BRACELET, on=DeviceId(""), reason="hospital"))
        tablet.desk.lock()
        await tablet.desk.unlock("a long enough sentence")
        going = work_views.work(tablet.desk, AINUR).running
        assert going is not None
        assert (going.kind, going.stage, views.state(tablet.desk).working) == (FieldKind.UNFIT, Stage.BEGUN, AINUR)
        site.clock.pass_by(minutes=5)
        acting.end_work(tablet.desk, done=True)
        assert BRACELET in {one.id for one in work_views.work(tablet.desk, AINUR).spares}
        await brought(site, tablet)

    site = told(engine, tmp_path, story)
    assert on(site) == [(BRACELET, False)]
    assert [(one.kind, one.stage, one.state) for one in reversed(site.acts.of_person(AINUR))] == [
        (FieldKind.SWAP, Stage.BEGUN, FieldState.DONE),
        (FieldKind.SWAP, Stage.WITHDRAWN, FieldState.DONE),
        (FieldKind.UNFIT, Stage.BEGUN, FieldState.DONE),
        (FieldKind.UNFIT, Stage.DONE, FieldState.DONE),
    ]


def test_whoever_has_no_right_to_it_any_more_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        account = site.accounts.get(OFFICER)
        assert account is not None
        site.accounts.employ(OFFICER, Role.OPERATOR, account.bounds, by="test")
        tablet.swaps(BRACELET, SPARE)
        await brought(site, tablet)

    site = told(engine, tmp_path, story)
    assert on(site) == [(BRACELET, True)]
    assert {one.refusal for one in site.acts.of_person(AINUR)} == {FieldRefusal.NOT_THEIRS}


def test_a_tracker_is_located_by_an_order_of_the_server_and_a_bracelet_is_not_for_it_only_sends(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        with pytest.raises(JobWrongError, match="only_sends"):
            acting.ask(tablet.desk, AINUR, BRACELET, "locate")
        acting.ask(tablet.desk, AINUR, TRACKER, "locate")
        site.clock.pass_by(minutes=2)
        await heard_of(site, tablet)
        (asked,) = work_views.jobs_of(tablet.desk)
        assert (asked.order, asked.state, asked.command) == ("locate", FieldState.DONE, CommandState.QUEUED)
        acting.ask(tablet.desk, AINUR, TRACKER, "locate")
        site.clock.pass_by(hours=2)
        await heard_of(site, tablet)
        assert work_views.jobs_of(tablet.desk)[0].refusal is FieldRefusal.TOO_LATE

    site = told(engine, tmp_path, story)
    (row,) = site.commands.of([TRACKER])
    assert (row.command.order, row.by) == (LocateMode(for_s=300), OFFICER)


def test_a_home_is_walked_through_without_a_network_and_by_its_own_unit_where_there_is_one(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        await begun(site, tablet)
        with pytest.raises(JobWrongError, match="rooms"):
            acting.begin_walk(tablet.desk, AINUR, ["bed", "bed"], 60, by_unit=False)
        acting.begin_walk(tablet.desk, AINUR, ["bed", "bath"], 60, by_unit=False)
        for count in range(24):
            if count != 18:
                tablet.hears(rssi_dbm=-60.0 if count < 12 else -85.0, sub=count % 16)
            site.clock.pass_by(seconds=5)
            if count == 13:
                shown = work_views.walk(tablet.desk)
                assert shown is not None
                assert (shown.room, shown.frames, shown.left_s) == (1, 2, 50.0)
        assert work_views.walk(tablet.desk) is None
        assert work_views.work(tablet.desk, AINUR).rooms == ("bed", "bath")
        acting.begin_walk(tablet.desk, AINUR, ["kitchen"], 30, by_unit=True)
        await heard_of(site, tablet)

    site = told(engine, tmp_path, story)
    ordered, walked = site.acts.of_person(AINUR)
    assert (walked.kind, walked.state, ordered.kind, ordered.state) == (
        FieldKind.WALK,
        FieldState.DONE,
        FieldKind.ORDER,
        FieldState.DONE,
    )
    bed, bath = walked.body["test"]["rooms"]
    assert (bed["name"], bed["median_dbm"], bed["frames"], bath["median_dbm"]) == ("bed", -60.0, 12, -85.0)
    assert [row.command.device_id for row in site.commands.of([UNIT])] == [UNIT]


def test_an_open_page_says_where_a_tracker_was_and_a_picture_lies_on_the_disk_for_nobody_to_see(
    engine: Engine, tmp_path: Path
) -> None:
    async def story(site: ConsoleSite, tablet: Tablet) -> None:
        site.photos.put(AINUR, PICTURE, by="test")
        await begun(site, tablet)
        page = views.person(tablet.desk, AINUR)
        assert page.visit.photo.startswith("data:image/jpeg;base64,")
        assert page.now.spot is None
        site.seen(TRACKER, Fix(latitude_deg=48.61, longitude_deg=66.92, satellites=9, hdop=1.0))
        await heard_of(site, tablet)
        spot = views.person(tablet.desk, AINUR).now.spot
        assert spot is not None
        assert (spot.latitude_deg, spot.longitude_deg, spot.at) == (48.61, 66.92, site.clock.at)
        site.clock.pass_by(minutes=1)
        assert tablet.desk.about() == ()

    site = told(engine, tmp_path, story)
    news = [one for one in Audit(engine, site.clock).latest(30) if one.what == "console.news"]
    assert [(one.who, one.object) for one in news] == [(OFFICER, f"device/{CONSOLE}")]
    disk = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    assert b"picture of Ainur" not in disk
    assert checks_of(site) == []
