"""`why` and `refold` over a real database: what was before the rules, and what judging again would change."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from baqylau.cli import app
from baqylau.domain.findings import Code
from baqylau.domain.orders import ExclusionZone
from baqylau.domain.zones import Point
from baqylau.storage.access.audit import Audit
from baqylau.storage.installation import installation
from baqylau.storage.registers.registry import Registry
from tests.unit.server.site import AINUR, SCHOOL, START, Site, prescribed
from tests.unit.server.test_judge import catch_up, walk_into_school

RUN = CliRunner()
ENTERED = START + timedelta(minutes=2)


class Terminal:
    """Somebody at the terminal of an installation."""

    def __init__(self, dsn: str, place: Path) -> None:
        self._options = ["--database", dsn, "--data", str(place), "--language", "en"]
        self.place = place

    def run(self, *words: str) -> Result:
        return RUN.invoke(app, [*words, *self._options])

    def file(self, content: str) -> str:
        written = self.place / "changed.yaml"
        written.write_text(content)
        return str(written)


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Site:
    """An installation with its secrets in a folder, in which somebody walked into a zone."""
    opened = Site(engine, prescribed(), installation(tmp_path / "keys", os.urandom))
    opened.open_for_the_first_time()
    walk_into_school(opened)
    catch_up(opened)
    return opened


@pytest.fixture
def terminal(dsn: str, tmp_path: Path) -> Terminal:
    return Terminal(dsn, tmp_path)


def order(until: str = "2027-11-19T12:00:00Z", radius_m: int = 150) -> str:
    """The order of the site, as an import file says it."""
    return dedent(f"""\
        people:
          - {{id: ainur, name: Ainur Invented}}
        zones:
          - {{id: school, name: School 3, circle: {{center: [48.6, 66.9], radius_m: {radius_m}}}}}
        orders:
          - id: order-1
            person: ainur
            court: Town court
            act_number: 4-1/2026
            act_date: 2026-10-01
            from: 2026-10-20T12:00:00Z
            until: {until}
            restrictions:
              - {{id: school, kind: exclusion, clause: "2", zone: school}}
        """)


def permitted(from_at: datetime) -> str:
    until_at = START + timedelta(hours=5)
    return order() + dedent(f"""\
        permissions:
          - {{id: clinic, person: ainur, from: {from_at.isoformat()}, until: {until_at.isoformat()},
             reason: clinic, granted_by: inspector}}
        """)


@pytest.mark.usefixtures("site")
def test_judging_again_shows_no_difference_where_nothing_changed(terminal: Terminal) -> None:
    assert (terminal.run("refold", "--json").exit_code, terminal.run("refold", "--json").output) == (0, "")
    assert terminal.run("refold", "--person", AINUR).output == "Nothing would change.\n"
    nobody = terminal.run("refold", "--person", "nobody")
    assert (nobody.exit_code, nobody.output) == (1, "Nobody has the id nobody.\n")


def test_judging_again_after_a_zone_moved_shows_the_difference_and_records_it_on_request(
    site: Site, terminal: Terminal
) -> None:
    (school,) = prescribed().restrictions
    assert isinstance(school, ExclusionZone)
    elsewhere = replace(SCHOOL, center=Point(48.7, 66.9))
    site.registers.save(Registry(restrictions=(replace(school, zone=elsewhere),)), by="test")
    (line,) = terminal.run("refold", "--person", AINUR, "--json").output.splitlines()
    assert [one["code"] for one in json.loads(line)["comparison"]["lost"]] == [Code.EXCLUSION_ENTRY]
    assert "lost" in terminal.run("refold").output
    assert site.alarms()[0].alarm.superseded_at is None
    assert terminal.run("refold", "--apply").exit_code == 0
    catch_up(site)
    assert site.alarms()[0].alarm.superseded_at is not None


def test_a_permission_in_a_file_shows_what_it_would_take_away_and_leaves_no_trace(
    site: Site, terminal: Terminal
) -> None:
    before = site.registers.supervision(AINUR), site.registers.unjudged_changes()
    file = terminal.file(permitted(START - timedelta(hours=1)))
    done = terminal.run("refold", "--person", AINUR, "--from", START.isoformat(), "--with", file, "--json")
    said = json.loads(done.output)
    assert [one["code"] for one in said["comparison"]["lost"]] == [Code.EXCLUSION_ENTRY]
    assert said["comparison"]["gained"] == []
    assert said["rows_matter_from"] is not None
    assert (site.registers.supervision(AINUR), site.registers.unjudged_changes()) == before
    catch_up(site)
    assert site.alarms()[0].alarm.superseded_at is None


def test_a_permission_that_ends_in_the_middle_changes_when_the_alarm_began(terminal: Terminal, site: Site) -> None:
    walk_into_school(site, 4)
    catch_up(site)
    content = permitted(START - timedelta(hours=1)).replace("17:00:00+00:00", "12:04:30+00:00")
    done = terminal.run("refold", "--person", AINUR, "--with", terminal.file(content), "--json")
    comparison = json.loads(done.output)["comparison"]
    assert (comparison["gained"], comparison["lost"]) == ([], [])
    (moved,) = comparison["changed"]
    assert moved["was"]["code"] == moved["now"]["code"] == Code.EXCLUSION_ENTRY
    assert moved["was"]["at"] < moved["now"]["at"]
    assert "changed" in terminal.run("refold", "--person", AINUR, "--with", terminal.file(content)).output


def test_the_rows_of_a_file_are_saved_and_judged_by_one_act(site: Site, terminal: Terminal) -> None:
    file = terminal.file(permitted(START - timedelta(hours=1)))
    assert terminal.run("refold", "--person", AINUR, "--with", file, "--apply").exit_code == 0
    (change,) = site.registers.unjudged_changes()
    assert (change.person_id, change.effective_from) == (AINUR, START - timedelta(hours=1))
    latest = Audit(site.engine, site.clock).latest(1)[0]
    assert (latest.who, latest.what) == ("refold/changed.yaml", "registers.save")
    catch_up(site)
    assert site.alarms()[0].alarm.superseded_at is not None


def test_an_earlier_beginning_is_judged_again_by_the_same_act(site: Site, terminal: Terminal) -> None:
    file, since = terminal.file(permitted(START + timedelta(hours=1))), START - timedelta(days=2)
    done = terminal.run("refold", "--person", AINUR, "--from", since.isoformat(), "--with", file, "--apply")
    assert done.exit_code == 0
    (change,) = site.registers.unjudged_changes()
    assert change.effective_from == since


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("content", "person", "sentence"),
    [
        ("people: {", AINUR, ":"),
        ("orders: 1", AINUR, "orders"),
        (order().replace("person: ainur", "person: nobody"), AINUR, "person"),
        (order(until="2026-01-01T00:00:00Z"), AINUR, "until"),
        (order(), "nobody", "Nobody has the id nobody."),
        (order(), "", "--person"),
    ],
)
def test_what_cannot_be_judged_is_said_in_a_sentence(
    terminal: Terminal, content: str, person: str, sentence: str
) -> None:
    done = terminal.run("refold", "--person", person, "--with", terminal.file(content))
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output


@pytest.mark.usefixtures("site")
def test_a_file_that_is_not_there_or_changes_nothing_is_named(terminal: Terminal) -> None:
    missing = terminal.run("refold", "--person", AINUR, "--with", str(terminal.place / "none.yaml"))
    assert missing.exit_code == 1
    assert "none.yaml" in missing.output
    same = terminal.run("refold", "--person", AINUR, "--with", terminal.file(order()))
    assert same.exit_code == 0
    assert "changes nothing" in same.output


def test_why_says_what_was_before_the_rules(site: Site, terminal: Terminal) -> None:
    done = terminal.run("why", AINUR, "--at", (START + timedelta(seconds=90)).isoformat())
    assert done.exit_code == 0, done.output
    assert "- Only 1 of 2 fixes" in done.output
    found = terminal.run("why", AINUR, "--at", ENTERED.isoformat())
    assert f"alarm {site.alarms()[0].alarm.id}" in found.output
    assert Audit(site.engine, site.clock).latest(1)[0].what == "look.minute"
    asked = json.loads(terminal.run("why", AINUR, "--at", ENTERED.isoformat(), "--json").output)
    assert asked["explanation"]["compliance"] == "outside"
    then = terminal.run("why", AINUR, "--at", ENTERED.isoformat(), "--known", ENTERED.isoformat())
    assert "as known at" in then.output


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nobody", "--at", ENTERED.isoformat()), "Nobody has the id nobody."),
        ((AINUR, "--at", "2999-01-01T00:00:00Z"), "has not happened yet"),
        ((AINUR, "--at", ENTERED.isoformat(), "--known", START.isoformat()), "cannot lie before"),
        ((AINUR, "--at", "yesterday"), "neither NOW nor"),
        ((AINUR,), "--at"),
    ],
)
def test_a_minute_that_cannot_be_told_is_refused_with_its_reason(
    terminal: Terminal, words: tuple[str, ...], sentence: str
) -> None:
    done = terminal.run("why", *words)
    assert done.exit_code != 0
    assert sentence in " ".join(done.output.replace("│", " ").split())
