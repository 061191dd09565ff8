"""Looking back at one person: nights that add up, hours again, a month in words. Each look is on record."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, text

from baqylau.domain.ids import PersonId, RestrictionId
from baqylau.domain.observations import Fix
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.verdicts import Compliance
from baqylau.monitoring.workstation.looking_back.kept import KeptTimes, Range
from baqylau.monitoring.workstation.looking_back.messages import KeptPage, PatternsPage, Replay
from baqylau.rules.fold import Turn
from baqylau.storage.database import driver, transaction
from baqylau.storage.journal.journal import Entry
from baqylau.storage.judging import verdicts
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.verdicts import Verdicts
from tests.unit.server.site import AINUR, FAR_AWAY, IN_SCHOOL, SCHOOL, START, Site, prescribed
from tests.unit.server.test_judge import catch_up, entry, listen
from tests.unit.workstation import invented
from tests.unit.workstation.office import Browser, Office

AT_HOME = IN_SCHOOL
"""The zone of the story is a home here."""
NIGHTLY = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=22 * 60, end_min=6 * 60),))
HOME = RestrictionId("home")
EVENING = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
"""22:00 in Almaty."""


def at_home() -> PresenceRegime:
    return PresenceRegime(
        id=HOME,
        order_id=prescribed().orders[0].id,
        version=1,
        clause="at home at night",
        from_at=START - timedelta(days=30),
        places=(replace(SCHOOL, name="Home"),),
        schedule=NIGHTLY,
    )


@pytest.fixture
def site(engine: Engine) -> Site:
    registry = prescribed()
    opened = Site(engine, replace(registry, restrictions=(at_home(),)))
    opened.open_for_the_first_time()
    return opened


def page(site: Site, far: Range = Range.NIGHTS) -> KeptPage:
    times = KeptTimes(Verdicts(site.engine), Findings(site.engine), Live(site.engine), "Asia/Almaty")
    found = times.of(site.registers.supervision(AINUR), None, far, site.clock())
    assert found is not None
    return found


def told(site: Site, until: datetime, places: dict[int, Fix]) -> None:
    """A fix a minute from 21:50 on; from these minutes after 22:00 on at these places."""
    entries: list[Entry] = []
    at, place = EVENING - timedelta(minutes=10), FAR_AWAY
    while at < until:
        place = places.get(round((at - EVENING).total_seconds() / 60), place)
        entries.append(entry(at, place))
        at += timedelta(minutes=1)
    site.clock.at = until
    site.journal.append(entries)
    listen(site)
    catch_up(site)


def test_who_comes_eleven_minutes_late_reads_so_in_the_row_of_that_night(site: Site) -> None:
    told(site, EVENING + timedelta(hours=9), {11: AT_HOME})
    night = page(site).rows[-2]
    assert (str(night.day), page(site).nights) == ("2026-11-19", True)
    assert night.shares.outside_s == pytest.approx(11 * 60, abs=61)
    assert night.shares.duty_s == 8 * 3600
    (named,) = night.exceptions
    assert (named.kind, named.late) == (Compliance.NOT_AS_PRESCRIBED, True)
    assert [one.compliance for one in night.stretches] == [Compliance.NOT_AS_PRESCRIBED, Compliance.AS_PRESCRIBED]


def test_the_night_to_come_has_its_hours_and_nothing_is_said_of_it(site: Site) -> None:
    told(site, EVENING + timedelta(hours=12), {-10: AT_HOME})
    tonight = page(site).rows[-1]
    assert (len(tonight.hours), tonight.stretches, tonight.shares.duty_s) == (1, (), 0)


def test_rows_add_up_to_the_total_and_to_the_hours_over_every_range(site: Site) -> None:
    told(site, EVENING + timedelta(hours=9), {11: AT_HOME, 200: FAR_AWAY, 230: AT_HOME})
    for far in Range:
        found = page(site, far)
        for name in found.total.__struct_fields__:
            assert sum(getattr(one.shares, name) for one in found.rows) == pytest.approx(getattr(found.total, name))
        until = found.known_until or site.clock()
        asked = sum(max((min(end, until) - begin).total_seconds(), 0) for row in found.rows for begin, end in row.hours)
        assert found.total.duty_s + found.total.spared_s == pytest.approx(asked)
    assert not any(row.stretches for row in page(site, Range.ALL).rows)


def test_a_year_of_a_restless_person_answers_in_time(site: Site) -> None:
    begun = START - timedelta(days=30)
    site.clock.at = begun + timedelta(days=365)
    said = (Compliance.AS_PRESCRIBED, Compliance.UNKNOWN)
    turns = [
        Turn(restriction_id=HOME, version=1, at=begun + timedelta(hours=number), compliance=said[number % 2])
        for number in range(365 * 24)
    ]
    with transaction(site.engine) as connection, driver(connection).cursor() as cursor:
        verdicts.write(cursor, [], [(AINUR, turn) for turn in turns])
    listen(site)
    assert len(page(site, Range.ALL).rows) >= 365


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    office.employ()
    office.populate()
    with office.browser() as browser:
        browser.sign_in()
        yield browser


def path(what: str, who: PersonId = invented.AYAN, **asked: str) -> str:
    return f"/api/people/{who}/{what}?{urlencode({key.rstrip('_'): value for key, value in asked.items()})}"


def test_hours_are_given_again_with_what_was_heard_and_each_look_is_on_record(office: Office, browser: Browser) -> None:
    office.hear(invented.TRACKER, FAR_AWAY)
    until = office.clock()
    asked = {"from_": (until - timedelta(hours=1)).isoformat(), "until": until.isoformat()}
    again = msgspec.json.decode(browser.get(path("replay", invented.AYAN, **asked)).content, type=Replay)
    assert again.receptions
    assert [lane.clause for lane in again.lanes] == ["Do not visit the market"]
    assert [zone.version for zone in again.zones] == [1]
    then = browser.get(path("replay", invented.AYAN, **asked, known_at=asked["until"]))
    assert then.status_code == 200
    month = msgspec.json.decode(browser.get(path("patterns", month="2026-11")).content, type=PatternsPage)
    assert month.patterns.fixes == 1
    assert browser.get(path("kept")).status_code == 200
    with office.engine.connect() as connection:
        looks = connection.execute(text("SELECT what FROM audit WHERE object = 'person/p-1' ORDER BY id")).scalars()
        assert list(looks) == ["look.replay", "look.replay", "look.patterns", "look.kept"]


@pytest.mark.parametrize(
    ("what", "asked", "refused"),
    [
        ("replay", {"from_": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:01Z"}, "replay.refused.too_long"),
        ("replay", {"from_": "2026-11-20T00:00:00Z", "until": "2026-11-19T00:00:00Z"}, "replay.refused.too_long"),
        ("replay", {"from_": "yesterday", "until": "2026-11-19T00:00:00Z"}, "request.refused.field"),
        ("replay", {"from_": "2026-12-20T00:00:00Z", "until": "2026-12-20T01:00:00Z"}, "minute.refused.future"),
        ("kept", {"range": "for ever"}, "request.refused.field"),
        ("kept", {"restriction": "somebody else's"}, "kept.refused.not_found"),
        ("patterns", {"month": "spring"}, "request.refused.field"),
        ("patterns", {"month": "9999-12"}, "request.refused.field"),
    ],
)
def test_what_cannot_be_looked_back_at_is_refused_with_its_reason(
    browser: Browser, what: str, asked: dict[str, str], refused: str
) -> None:
    assert browser.get(path(what, invented.AYAN, **asked)).json()["key"] == refused
