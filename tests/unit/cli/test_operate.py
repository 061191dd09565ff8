"""`import`, `alarms` and `doctor` over a real database."""

import json
import os
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from baqylau.cli import app, opening
from baqylau.domain.findings import Code
from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from baqylau.links.wall_clock import now
from baqylau.monitoring.workstation.access.tokens import digest
from baqylau.storage.access.accounts import Accounts
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.installation import installation
from baqylau.storage.registers.registers import Registers
from tests.unit.server.site import Site, prescribed
from tests.unit.server.test_importing import GOOD
from tests.unit.server.test_judge import catch_up, walk_into_school

RUN = CliRunner()


def test_a_good_file_is_taken_and_a_bad_one_leaves_nothing(dsn: str, engine: Engine, tmp_path: Path) -> None:
    registers = Registers(engine, Site(engine).clock)
    file = tmp_path / "people.yaml"
    options = ["--database", dsn, "--data", str(tmp_path / "data"), "--language", "en"]
    file.write_text(GOOD.replace("zone: town", "zone: village"))
    done = RUN.invoke(app, ["import", str(file), *options])
    assert done.exit_code == 1
    assert f"{file}:" in done.output
    assert "village is not among the zones" in done.output
    assert not registers.people()
    file.write_text(GOOD)
    done = RUN.invoke(app, ["import", str(file), *options])
    assert done.exit_code == 0, done.output
    assert "People: 1" in done.output
    assert [person.name for person in registers.people()] == ["Бекзат Желкенбай"]


def test_what_may_not_be_meant_is_told_and_saved(dsn: str, tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    second = "- {id: t-2, kind: tracker, protocol: wialon, number: '860000000000009'}\n"
    twice = GOOD.replace("devices:\n", f"devices:\n  {second}")
    twice += "  - {id: f-2, person: p-1, device: t-2, from: 2026-08-15T10:00:00+05:00}\n"
    file.write_text(twice, encoding="utf-8")
    done = RUN.invoke(app, ["import", str(file), "--database", dsn, "--language", "en"])
    assert done.exit_code == 0
    assert "fitting f-2: a device of the same kind, t-1, is on the person at the same time" in done.output


def test_what_cannot_be_meant_is_refused_already_by_checking(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    own = "kind: no_contact, clause: '4', other: p-1, distance_m: 100}"
    file.write_text(GOOD.replace("permissions:\n", f"      - {{id: r-9, {own}\npermissions:\n"), encoding="utf-8")
    done = RUN.invoke(app, ["import", str(file), "--check", "--language", "en"])
    assert done.exit_code == 1
    assert "restriction r-9: it forbids contact with the person themselves (p-1)" in done.output


def test_checking_a_file_saves_nothing(dsn: str, engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(GOOD)
    done = RUN.invoke(app, ["import", str(file), "--check", "--database", dsn, "--language", "kk"])
    assert done.exit_code == 0
    assert "Қате жоқ" in done.output
    assert not Registers(engine, Site(engine).clock).people()


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Site:
    """An installation with its secrets in a folder, in which somebody walked into a zone."""
    opened = Site(engine, prescribed(), installation(tmp_path / "keys", os.urandom))
    opened.open_for_the_first_time()
    walk_into_school(opened)
    catch_up(opened)
    return opened


@pytest.mark.usefixtures("site")
def test_alarms_are_listed_for_people_and_for_programs(dsn: str, tmp_path: Path) -> None:
    options = ["--database", dsn, "--data", str(tmp_path), "--language", "en"]
    (line,) = RUN.invoke(app, ["alarms", "--json", *options]).output.splitlines()
    assert json.loads(line)["alarm"]["code"] == Code.EXCLUSION_ENTRY
    assert Code.EXCLUSION_ENTRY in RUN.invoke(app, ["alarms", *options]).output


def test_the_doctor_proves_the_journal_and_names_a_changed_entry(site: Site, dsn: str, tmp_path: Path) -> None:
    options = ["doctor", "--journal", "--database", dsn, "--data", str(tmp_path), "--language", "en"]
    assert "as it was written" in RUN.invoke(app, options).output
    with site.engine.begin() as connection:
        connection.execute(text("UPDATE journal SET sealed = sealed || decode('00', 'hex') WHERE seq = 2"))
    alarms = Alarms(site.engine, site.clock)
    for _ in range(2):
        done = RUN.invoke(app, options)
        assert done.exit_code == 1
        assert "entry 2" in done.output
        raised = [one.alarm for one in alarms.open() if one.alarm.code is Code.CHAIN_BROKEN]
        assert [(one.person_id, one.count) for one in raised] == [("", 1)]
        assert raised[0].subject.startswith("journal/")


def test_the_doctor_says_that_a_database_which_takes_no_writing_has_no_alarm_of_it(
    site: Site, dsn: str, tmp_path: Path
) -> None:
    with site.engine.begin() as connection:
        connection.execute(text("UPDATE journal SET sealed = sealed || decode('00', 'hex') WHERE seq = 2"))
    to_read = f"{dsn}{'&' if '?' in dsn else '?'}options=-c%20default_transaction_read_only%3Don"
    done = RUN.invoke(app, ["doctor", "--journal", "--database", to_read, "--data", str(tmp_path), "--language", "en"])
    assert done.exit_code == 1
    assert "entry 2" in done.output
    assert "No alarm was raised" in done.output
    assert [one.alarm.code for one in Alarms(site.engine, site.clock).open()] == [Code.EXCLUSION_ENTRY]


@pytest.mark.parametrize(
    ("stands", "told", "outcome"),
    [("9999", "! The tables are newer than this program", 0), ("0001", "The tables are not those of this program", 1)],
)
def test_the_doctor_tells_a_schema_that_is_newer_from_one_that_is_older(
    engine: Engine, dsn: str, tmp_path: Path, stands: str, told: str, outcome: int
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :stands"), {"stands": stands})
    done = RUN.invoke(app, ["doctor", "--database", dsn, "--data", str(tmp_path), "--language", "en"])
    assert told in done.output
    assert done.exit_code == outcome, done.output


def test_the_doctor_says_that_a_database_cannot_be_reached(tmp_path: Path) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1"
    done = RUN.invoke(app, ["doctor", "--database", nowhere, "--data", str(tmp_path), "--language", "ru"])
    assert done.exit_code == 1
    assert "База данных недоступна" in done.output


def test_a_doctor_called_in_the_wrong_folder_says_so_and_begins_no_installation(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    done = RUN.invoke(app, ["doctor", "--data", str(elsewhere), "--language", "en"], env={"BAQYLAU_DATABASE": ""})
    assert done.exit_code == 1
    assert f"x There is no installation in {elsewhere}" in done.output
    assert not elsewhere.exists()


def test_a_command_that_begins_an_installation_says_so(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "embedded", lambda _folder: nullcontext(dsn))
    for there in (False, True):
        done = RUN.invoke(app, ["region", "list", "--data", str(tmp_path)], env={"BAQYLAU_DATABASE": ""})
        assert done.exit_code == 0
        assert (f"No installation in {tmp_path} yet" in done.stderr) is not there
        (tmp_path / "postgresql").mkdir(exist_ok=True)


def test_whoever_means_to_begin_an_installation_is_not_warned_of_it(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(opening, "embedded", lambda _folder: nullcontext(dsn))
    with opening.begun(tmp_path, ""):
        assert capsys.readouterr().err == ""


def test_the_first_link_leads_to_where_browsers_come(dsn: str, tmp_path: Path) -> None:
    asked = ["invite", "--database", dsn, "--data", str(tmp_path)]
    assert RUN.invoke(app, asked).output.startswith("http://127.0.0.1:8080/welcome#")
    pages = tmp_path / "pages.yaml"
    pages.write_text("address: https://bq.example.kz", encoding="utf-8")
    pages.chmod(0o600)
    assert RUN.invoke(app, asked).output.startswith("https://bq.example.kz/welcome#")
    pages.write_text("adress: https://bq.example.kz", encoding="utf-8")
    done = RUN.invoke(app, asked)
    assert done.exit_code == 2
    assert f"{pages} is not as it must be" in done.stderr


def test_the_doctor_names_a_slip_of_the_pen_and_a_line_that_others_can_read(dsn: str, tmp_path: Path) -> None:
    said = {"BAQYLAU_DATABSE": "x", "BAQYLAU_HOST": "0.0.0.0", "BAQYLAU_KEEP_DAYS": "30"}  # noqa: S104 - the point of the story
    asked = ["doctor", "--database", dsn, "--data", str(tmp_path), "--language", "en"]
    told = [line for line in RUN.invoke(app, asked, env=said).output.splitlines() if line.startswith("!")]
    assert any("BAQYLAU_DATABSE" in line for line in told)
    assert any("0.0.0.0 without TLS" in line for line in told)
    assert not any("BAQYLAU_KEEP_DAYS" in line or "BAQYLAU_HOST" in line for line in told)


def test_who_runs_role_by_role_gets_the_first_administrators_link_until_there_is_one(
    dsn: str, engine: Engine, tmp_path: Path
) -> None:
    asked = ["invite", "--address", "https://bq.example.kz/", "--database", dsn, "--data", str(tmp_path)]
    done = RUN.invoke(app, [*asked, "--language", "en"])
    address, _, token = done.output.strip().partition("/welcome#")
    assert (done.exit_code, address) == (0, "https://bq.example.kz")
    accounts = Accounts(engine, now)
    accounts.accept(digest(token), "dana", "Дана Биртау", "long enough to keep", Language.KK)
    [first] = accounts.all()
    assert first.role is Role.ADMINISTRATOR
    done = RUN.invoke(app, [*asked, "--language", "en"])
    assert done.exit_code == 1
    assert "Somebody administers this installation already" in done.output
