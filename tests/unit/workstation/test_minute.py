"""Why and why not, at any minute: as known now, and as known then."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, text

from baqylau.domain.findings import Code
from baqylau.domain.ids import PermissionId, PersonId
from baqylau.domain.orders import Permission
from baqylau.domain.people import Person
from baqylau.domain.verdicts import Compliance
from baqylau.monitoring.workstation.looking_back.minute import Begun, Minute
from baqylau.monitoring.workstation.stores import Stores
from baqylau.rules.explanation import Account
from baqylau.storage.registers.registry import Registry
from baqylau.storage.vault import Vault
from tests.unit.server.site import AINUR, FAR_AWAY, IN_SCHOOL, SECRETS, START, Site, prescribed
from tests.unit.server.test_judge import catch_up, entry, listen, walk_into_school
from tests.unit.workstation import invented
from tests.unit.workstation.office import Browser, Office

NOBODY_KNOWN = Person(id=AINUR, name="Ainur Invented")


@pytest.fixture
def site(engine: Engine) -> Site:
    opened = Site(engine, prescribed())
    opened.open_for_the_first_time()
    return opened


def ask(site: Site, at: datetime, known_at: datetime | None = None, longest: timedelta | None = None) -> Minute:
    stores = Stores(site.engine, Vault(site.engine, SECRETS.key, os.urandom), "Asia/Almaty", site.clock, os.urandom)
    return stores.minutes.of(NOBODY_KNOWN, at, known_at=known_at, longest=longest)


def about(minute: Minute, rule: str) -> Account:
    said = minute.explanation
    accounts = [account for restriction in said.restrictions for account in restriction.accounts]
    accounts += [account for device in said.devices for account in device.accounts]
    return next(one for one in accounts if one.rule == rule)


def lacking(account: Account) -> list[str]:
    return [need.key for need in account.needs if not need.met]


def test_the_first_fix_inside_lacks_the_second_and_the_second_names_the_alarm(site: Site) -> None:
    walk_into_school(site, 4)
    catch_up(site)
    (alarm,) = site.alarms()
    entered = ask(site, START + timedelta(minutes=1, seconds=30))
    assert lacking(about(entered, "exclusion")) == ["confirmed"]
    assert entered.findings == ()
    found = ask(site, START + timedelta(minutes=3))
    assert [(one.finding.code, one.alarm_id) for one in found.findings] == [(Code.EXCLUSION_ENTRY, alarm.alarm.id)]
    assert found.explanation.compliance is Compliance.NOT_AS_PRESCRIBED
    assert [zone.zone.name for zone in found.zones] == ["School 3"]
    assert {one.decided for one in found.heard} == {True, False}
    assert found.timeline[-1].compliance is Compliance.NOT_AS_PRESCRIBED


def silent_then_back(site: Site) -> tuple[datetime, datetime]:
    """Half an hour of silence, found; then the backlog comes. Gives when it was found and when it was known better."""
    site.journal.append([entry(START, FAR_AWAY)])
    catch_up(site)
    site.clock.pass_by(minutes=31)
    listen(site)
    catch_up(site)
    found_at = site.clock()
    site.clock.pass_by(minutes=10)
    site.journal.append([entry(START + timedelta(minutes=minute), FAR_AWAY) for minute in range(1, 41)])
    listen(site)
    catch_up(site)
    return found_at, site.clock()


def test_as_known_then_the_device_was_silent_and_as_known_now_it_never_was(site: Site) -> None:
    found_at, better_at = silent_then_back(site)
    then = ask(site, found_at, found_at)
    assert [(one.finding.code, one.superseded_at) for one in then.findings] == [(Code.NO_COMMS, None)]
    assert then.explanation.heard_age_s == 31 * 60
    for now in (ask(site, found_at), ask(site, found_at, better_at)):
        assert now.findings == ()
        assert now.explanation.heard_age_s == 0
        assert lacking(about(now, "silence")) == ["silence_limit"]


def test_a_permission_that_was_written_down_later_excuses_only_who_knows_of_it(site: Site) -> None:
    walk_into_school(site, 4)
    catch_up(site)
    entered_at = site.clock()
    site.clock.pass_by(minutes=5)
    excuse = Permission(
        id=PermissionId("late"),
        person_id=AINUR,
        restriction_id=None,
        from_at=START,
        until_at=START + timedelta(hours=1),
        reason="invented",
        granted_by="inspector",
    )
    site.registers.save(Registry(permissions=(excuse,)), by="test")
    listen(site)
    catch_up(site)
    then, now = ask(site, entered_at, entered_at), ask(site, entered_at)
    assert [one.finding.code for one in then.findings] == [Code.EXCLUSION_ENTRY]
    assert then.explanation.restrictions[0].permissions == ()
    assert now.findings == ()
    assert now.explanation.restrictions[0].permissions == (excuse.id,)
    assert lacking(about(now, "exclusion")) == ["no_permission"]


def test_the_fold_begins_at_the_last_snapshot_that_knows_no_more_than_is_to_be_known(site: Site) -> None:
    judge = site.judge()
    for hour in range(1, 25):
        site.journal.append([entry(START + timedelta(hours=hour, minutes=minute), FAR_AWAY) for minute in range(60)])
        site.clock.at = START + timedelta(hours=hour + 1)
        listen(site)
        judge.catch_up(lambda: False)
    evening = START + timedelta(hours=20)
    begun = ask(site, evening)
    assert begun.begun is Begun.SNAPSHOT
    assert begun.folded < 600
    assert ask(site, evening, evening + timedelta(hours=1)).begun_at == begun.begun_at
    site.clock.pass_by(hours=1)
    known_at = site.clock()
    site.clock.pass_by(seconds=1)
    site.journal.append([entry(START + timedelta(hours=2, seconds=30), IN_SCHOOL)])
    listen(site)
    catch_up(site)
    then = ask(site, evening, known_at)
    assert then.folded > 1_000 > begun.folded
    assert then.explanation == begun.explanation
    short = ask(site, evening, known_at, longest=timedelta(hours=5))
    assert (short.begun, short.begun_at) == (Begun.STRETCH, evening - timedelta(hours=1) - timedelta(hours=5))
    assert short.explanation.last_fix == begun.explanation.last_fix


def test_nothing_is_said_beyond_the_instant_at_which_we_listened(site: Site) -> None:
    walk_into_school(site, 2)
    catch_up(site)
    listened_at = site.clock()
    site.clock.pass_by(hours=5)
    assert ask(site, site.clock()).explanation.at == listened_at


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    office.employ()
    office.populate()
    with office.browser() as browser:
        browser.sign_in()
        yield browser


def path(at: str, known_at: str | None = None, who: PersonId = invented.AYAN) -> str:
    asked = {"at": at} | ({"known_at": known_at} if known_at is not None else {})
    return f"/api/people/{who}/minute?{urlencode(asked)}"


def test_a_minute_is_given_by_its_address_and_the_look_is_audited(office: Office, browser: Browser) -> None:
    office.hear(invented.TRACKER)
    at = (office.clock() - timedelta(minutes=5)).isoformat()
    answer = browser.get(path(at, office.clock().isoformat()))
    assert answer.status_code == 200
    minute = msgspec.json.decode(answer.content, type=Minute)
    assert minute.person_name == "Ayan Sample"
    assert [one.clause for one in minute.explanation.restrictions] == ["Do not visit the market"]
    with office.engine.connect() as connection:
        looks = connection.execute(text("SELECT who, object FROM audit WHERE what = 'look.minute'")).all()
    assert [tuple(row) for row in looks] == [("aliya", f"person/{invented.AYAN}")]


@pytest.mark.parametrize(
    ("at", "known_at", "expected"),
    [
        ("", None, "request.refused.field"),
        ("yesterday", None, "request.refused.field"),
        ("2026-11-21T17:00:00", None, "request.refused.field"),
        ("0001-01-01T00:00:00+05:00", None, "request.refused.field"),
        ("2026-11-21T17:00:01Z", None, "minute.refused.future"),
        ("2026-11-21T16:00:00Z", "2026-11-21T17:00:01Z", "minute.refused.future"),
        ("2026-11-21T16:00:00Z", "2026-11-21T15:59:59Z", "minute.refused.known_before"),
        ("2026-11-21T16:00:00Z", "", "request.refused.field"),
    ],
)
def test_a_minute_that_cannot_be_is_refused_with_its_reason(
    browser: Browser, at: str, known_at: str | None, expected: str
) -> None:
    answer = browser.get(path(at, known_at))
    assert (answer.status_code, answer.json()["key"]) == (422, expected)


def test_a_minute_of_nobody_is_not_found(browser: Browser) -> None:
    assert browser.get(path("2026-11-21T16:00:00Z", who=PersonId("nobody"))).status_code == 404
    assert browser.get(path("2026-11-21T16:00:00Z", who=PersonId("%00"))).status_code == 404


def test_the_page_of_an_alarm_that_fell_names_what_arrived_too_late_for_it(office: Office, browser: Browser) -> None:
    spoken = office.clock()
    silence = replace(invented.finding(1, at=spoken), code=Code.NO_COMMS)
    (number,) = office.find(silence)
    office.clock.pass_(minutes=5)
    backlog = office.hear(invented.TRACKER, observed_at=spoken - timedelta(minutes=1))
    office.take_away(silence)
    page = browser.get(f"/api/alarms/{number}").json()
    (gone,) = page["superseded"]
    assert (gone["finding_id"], gone["late"]) == (silence.id, [backlog.id])
    assert gone["raised_at"] < gone["superseded_at"]
